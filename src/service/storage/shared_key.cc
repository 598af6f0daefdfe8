#include "service/storage/shared_key.h"

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"

namespace axonite::service::storage {
namespace {

using Pair = std::pair<std::string, std::string>;

// .NET's culture order puts '-' and '_' after nothing and before all else only as tie-breakers; comparing the names
// with them at the end of the alphabet's front gives the orders that the JS and C++ SDKs send.
std::string culture_key(const std::string& name) {
  std::string letters, punctuation;
  for (char c : name) (c == '-' ? punctuation : letters) += c;
  return letters + '\x01' + punctuation;
}

std::string head(const http::Request& request) {
  std::string text = request.method + "\n";
  for (const char* name : {"Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date", "If-Modified-Since", "If-Match",
                           "If-None-Match", "If-Unmodified-Since", "Range"}) {
    std::string value(request.headers.get(name));
    if (std::string_view(name) == "Content-Length" && value == "0") value.clear();
    if (std::string_view(name) == "Date" && request.headers.contains("x-ms-date")) value.clear();
    text += value + "\n";
  }
  return text;
}

std::string resource(const http::Request& request, const std::string& account) {
  std::string text = "/" + account + request.path;
  std::vector<Pair> parameters;
  for (const auto& [key, value] : request.query) parameters.emplace_back(text::to_lower(key), value);
  std::ranges::sort(parameters);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    bool again = i > 0 && parameters[i].first == parameters[i - 1].first;
    text += (again ? "," : "\n" + parameters[i].first + ":") + parameters[i].second;
  }
  return text;
}

}  // namespace

Result<void> verify_shared_key(const http::Request& request, const lake::Account& account, std::string_view signature) {
  std::vector<Pair> fields;
  for (const auto& [name, value] : request.headers)
    if (text::starts_with_ignoring_case(name, "x-ms-")) fields.emplace_back(text::to_lower(name), std::string(text::trim(value)));
  std::string before = head(request), after = resource(request, account.name);
  for (bool culture : {false, true}) {
    std::ranges::sort(fields, {}, [&](const Pair& field) { return culture ? culture_key(field.first) : field.first; });
    std::string text = before;
    for (const auto& [name, value] : fields) text += name + ":" + value + "\n";
    text += after;
    for (const Secret& key : account.keys) {
      auto raw = text::base64_decode(key.reveal());
      if (raw && equals_in_constant_time(text::base64_encode(digest::hmac_sha256(*raw, text)), signature)) return ok();
    }
  }
  return std::unexpected(forbidden("AuthenticationFailed", "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature."));
}

}  // namespace axonite::service::storage
