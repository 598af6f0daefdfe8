#include "cli/client.h"

#include <boost/json.hpp>

#include "base/clock.h"
#include "base/text.h"

namespace axonite::cli {
namespace {

constexpr int kPolls = 600;
constexpr std::chrono::milliseconds kPollPause{200};

std::string audience_of(const std::string& url) {
  auto parsed = http::parse_url(url);
  return parsed && parsed->host.ends_with(".dev.azuresynapse.net") ? "https://dev.azuresynapse.net" : "https://management.azure.com";
}

bool is_success(int status) { return status >= 200 && status < 300; }

}  // namespace

Client::Client(const Environment& environment) {
  auto value = [&](const char* name) {
    auto found = environment.set.find(name);
    return found == environment.set.end() ? std::string() : found->second;
  };
  transport_ = http::network_transport(value("REQUESTS_CA_BUNDLE"), value("HTTPS_PROXY"));
  tenant_ = value("AZURE_TENANT_ID");
  client_ = value("AZURE_CLIENT_ID");
  subscription_ = value("AZURE_SUBSCRIPTION_ID");
  secret_ = Secret(value("AZURE_CLIENT_SECRET"));
}

Result<std::string> Client::token(std::string_view audience) {
  if (auto found = tokens_.find(audience); found != tokens_.end()) return found->second;
  http::Outgoing request{.method = "POST", .url = "https://login.microsoftonline.com/" + tenant_ + "/oauth2/v2.0/token"};
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  request.body = "grant_type=client_credentials&client_id=" + text::percent_encode(client_) +
                 "&client_secret=" + text::percent_encode(secret_.reveal()) + "&scope=" + text::percent_encode(std::string(audience) + "/.default");
  TRY(http::Incoming answer, transport_->send(request, {}));
  TRY(json::Value body, json::parse(answer.body));
  std::string token = json::string_or(body, "access_token");
  if (answer.status != 200 || token.empty()) return std::unexpected(unauthenticated("TokenRefused", "No token for " + std::string(audience) + ": " + answer.body));
  tokens_[std::string(audience)] = token;
  return token;
}

Result<http::Incoming> Client::send(std::string method, std::string url, std::string body) {
  TRY(std::string bearer, token(audience_of(url)));
  http::Outgoing request{.method = std::move(method), .url = std::move(url), .body = std::move(body)};
  request.headers.set("Authorization", "Bearer " + bearer);
  if (!request.body.empty()) request.headers.set("Content-Type", "application/json");
  return transport_->send(request, {});
}

Result<json::Value> Client::call(std::string method, std::string url, std::string body) {
  TRY(http::Incoming answer, send(method, url, std::move(body)));
  for (int poll = 0; answer.status == 202 && answer.headers.contains("Location") && poll < kPolls; ++poll) {
    system_clock().wait_until(system_clock().now() + kPollPause, {});
    TRY(answer, send("GET", std::string(answer.headers.get("Location"))));
  }
  if (!is_success(answer.status))
    return std::unexpected(invalid("ServiceRefused", method + " " + url + " was answered with " + std::to_string(answer.status) + ":\n" + answer.body));
  if (answer.body.empty()) return json::Value();
  return json::parse(answer.body);
}

}  // namespace axonite::cli
