#include "service/storage/sas.h"

#include "base/digest.h"
#include "base/text.h"
#include "service/storage/request.h"

namespace axonite::service::storage {
namespace {

Error refused() {
  return forbidden("AuthenticationFailed", "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.");
}

bool signed_by(const Secret& key, const std::string& text, std::string_view signature) {
  auto raw = text::base64_decode(key.reveal());
  return raw && equals_in_constant_time(text::base64_encode(digest::hmac_sha256(*raw, text)), signature);
}

using Fields = std::vector<std::string_view>;

std::string lines(const http::Query& query, const Fields& names) {
  std::string text;
  for (std::string_view name : names) text += std::string(query.get(name)) + "\n";
  return text;
}

struct Scope {
  std::string container, path;
};

Result<Scope> scope_of_path(const http::Request& request) {
  auto named = resource_path(request);
  if (!named) return std::unexpected(refused());
  return Scope{std::move(named->first), std::move(named->second)};
}

// sr=d signs the directory, sdd levels below the root; sr=c the container; sr=b the path itself.
Result<std::string> resource_of(const http::Request& request, const std::string& account) {
  TRY(Scope scope, scope_of_path(request));
  std::string_view kind = request.query.get("sr");
  std::string resource = "/blob/" + account + "/" + scope.container;
  if (kind == "c") return resource;
  if (kind == "d") {
    auto depth = text::parse_int<unsigned>(request.query.get("sdd"));
    auto parts = text::split(scope.path, '/');
    if (scope.path.empty()) parts.clear();
    if (!depth || parts.size() < *depth) return std::unexpected(refused());
    for (unsigned i = 0; i < *depth; ++i) resource += "/" + std::string(parts[i]);
    return resource;
  }
  if (kind == "b") return resource + "/" + scope.path;
  return std::unexpected(invalid("InvalidQueryParameterValue", "The signed resource is not supported.", "sr"));
}

std::string tail(const http::Query& query) {
  std::string_view version = query.get("sv");
  Fields names{"sip", "spr", "sv"};
  if (version >= "2018-11-09") names.insert(names.end(), {"sr", "snapshot"});
  if (version >= "2020-12-06") names.push_back("ses");
  names.insert(names.end(), {"rscc", "rscd", "rsce", "rscl", "rsct"});
  std::string text = lines(query, names);
  text.pop_back();
  return text;
}

Result<void> check_times(const http::Query& query, Time now) {
  auto expiry = parse_iso(query.get("se"));
  if (query.get("se").size() == 10) expiry = parse_iso(std::string(query.get("se")) + "T00:00:00Z");
  auto start = parse_iso(query.get("st"));
  if (!expiry || *expiry <= now || (query.contains("st") && start && *start > now + std::chrono::minutes(5))) return std::unexpected(refused());
  return ok();
}

Result<identity::Principal> verify_delegation(const http::Request& request, const lake::Account& account, Time now) {
  const http::Query& query = request.query;
  std::string_view version = query.get("sv");
  auto get = [&](const char* name) { return std::string(query.get(name)); };
  DelegationKey key{get("skoid"), get("sktid"), get("skt"), get("ske"), get("sks"), get("skv")};
  auto ends = parse_iso(key.expiry);
  if (!ends || *ends <= now) return std::unexpected(refused());
  TRY(std::string resource, resource_of(request, account.name));
  Fields names{"skoid", "sktid", "skt", "ske", "sks", "skv"};
  if (version >= "2020-02-10") names.insert(names.end(), {"saoid", "suoid", "scid"});
  if (version >= "2025-07-05") names.insert(names.end(), {"skdutid", "sduoid"});
  std::string text = lines(query, {"sp", "st", "se"}) + resource + "\n" + lines(query, names) + tail(query);
  if (!signed_by(key.value(account), text, query.get("sig"))) return std::unexpected(refused());
  std::string who = key.object_id;
  if (query.contains("suoid")) who = get("suoid");
  return identity::Principal{.kind = identity::Principal::Kind::service_principal, .tenant_id = key.tenant_id, .object_id = who, .name = who};
}

std::string account_text(const http::Query& query, const std::string& account) {
  Fields names{"sp", "ss", "srt", "st", "se", "sip", "spr", "sv"};
  if (query.get("sv") >= "2020-12-06") names.push_back("ses");
  return account + "\n" + lines(query, names);
}

}  // namespace

Secret DelegationKey::value(const lake::Account& account) const {
  std::string text = "user delegation\n" + object_id + "\n" + tenant_id + "\n" + start + "\n" + expiry + "\n" + service + "\n" + version;
  return Secret(text::base64_encode(digest::hmac_sha256(text::base64_decode(account.keys[0].reveal()).value_or(""), text)));
}

Result<identity::Principal> verify_sas(const http::Request& request, const lake::Account& account, Time now) {
  const http::Query& query = request.query;
  CHECK_OK(check_times(query, now));
  if (query.get("spr") == "https" && !request.secure)
    return std::unexpected(forbidden("AuthorizationProtocolMismatch", "This request is not authorized to perform this operation using this protocol."));
  if (query.contains("si")) return std::unexpected(unsupported("StoredAccessPolicyNotSupported", "Stored access policies are not supported by Axonite."));
  if (query.contains("sip")) return std::unexpected(unsupported("SasIpRangeNotSupported", "IP ranges of a SAS are not supported by Axonite."));
  if (query.contains("skoid")) return verify_delegation(request, account, now);
  std::string text;
  if (query.contains("ss")) {
    if (query.get("ss").find('b') == std::string_view::npos) return std::unexpected(forbidden("AuthorizationServiceMismatch", "This request is not authorized to perform this operation using this service."));
    text = account_text(query, account.name);
  } else {
    TRY(std::string resource, resource_of(request, account.name));
    text = lines(query, {"sp", "st", "se"}) + resource + "\n" + lines(query, {"si"}) + tail(query);
  }
  for (const Secret& key : account.keys)
    if (signed_by(key, text, query.get("sig")))
      return identity::Principal{.kind = identity::Principal::Kind::account_key, .object_id = account.name, .name = account.name};
  return std::unexpected(refused());
}

Result<void> check_sas_scope(const http::Request& request, const lake::Location& at) {
  const http::Query& query = request.query;
  if (!query.contains("sig")) return ok();
  if (query.contains("ss")) {
    char level = at.filesystem.empty() ? 's' : at.path.empty() ? 'c' : 'o';
    if (query.get("srt").find(level) != std::string_view::npos) return ok();
    return std::unexpected(forbidden("AuthorizationResourceTypeMismatch", "This request is not authorized to perform this operation using this resource type."));
  }
  // The signature covered the request's own container (and path); anything else is out of its scope.
  TRY(Scope scope, scope_of_path(request));
  bool inside = at.filesystem == scope.container && (query.get("sr") != "b" || at.path == scope.path);
  if (query.get("sr") == "d") inside = inside && at.path == scope.path;
  if (inside) return ok();
  return std::unexpected(forbidden("AuthorizationFailure", "This request is not authorized to perform this operation."));
}

}  // namespace axonite::service::storage
