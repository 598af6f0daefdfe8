#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "service/entra/entra.h"

namespace axonite::service::entra {
namespace {

using front::Call;

constexpr std::string_view kHost = "https://login.microsoftonline.com/";

// AADSTS numbers of the errors that can come out here ("Microsoft Entra authentication and authorization error codes").
struct Known {
  std::string_view code, oauth;
  int number;
};
constexpr Known kErrors[] = {
    {"InvalidClientSecret", "invalid_client", 7000215}, {"MissingClientSecret", "invalid_client", 7000218},
    {"UnknownApplication", "unauthorized_client", 700016}, {"UnknownTenant", "invalid_request", 90002},
    {"UnknownResource", "invalid_resource", 500011}, {"UnsupportedGrantType", "unsupported_grant_type", 70003},
    {"MissingParameter", "invalid_request", 900144}, {"InvalidScope", "invalid_scope", 1002012},
};

http::Response shape_error(const Error& error, const Call& call) {
  const Known* known = nullptr;
  for (const Known& one : kErrors)
    if (one.code == error.code) known = &one;
  int number = known ? known->number : 90000;
  std::string now = format_iso_seconds(system_clock().now());
  std::string description = fmt::format("AADSTS{}: {} Trace ID: {} Correlation ID: {} Timestamp: {}", number, error.message,
                                        call.request_id, call.correlation_id, text::replace_all(now, "T", " "));
  json::Object body{{"error", known ? known->oauth : error.kind == Error::Kind::internal ? "server_error" : "invalid_request"},
                    {"error_description", description},
                    {"error_codes", json::Array{number}},
                    {"timestamp", text::replace_all(now, "T", " ")},
                    {"trace_id", call.request_id},
                    {"correlation_id", call.correlation_id},
                    {"error_uri", fmt::format("https://login.microsoftonline.com/error?code={}", number)}};
  int status = error.kind == Error::Kind::unauthenticated ? 401 : error.kind == Error::Kind::not_found ? 404 : error.kind == Error::Kind::internal ? 500 : 400;
  return http::json_response(status, json::write(body));
}

// The path's tenant: ours by id, or one of the aliases that mean any.
Result<void> check_tenant(const Rooms& rooms, std::string_view tenant) {
  for (std::string_view alias : {std::string_view(rooms.directory.tenant_id()), std::string_view("common"), std::string_view("organizations")})
    if (text::equals_ignoring_case(tenant, alias)) return ok();
  return std::unexpected(invalid("UnknownTenant", "Tenant '" + std::string(tenant) + "' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."));
}

Result<http::Response> instance_discovery(Rooms& rooms, Call& call) {
  std::string tenant = rooms.directory.tenant_id();
  std::string_view endpoint = call.query("authorization_endpoint");
  auto parts = text::split(endpoint, '/');
  if (parts.size() > 3 && !parts[3].empty()) tenant = parts[3];
  json::Object body{{"tenant_discovery_endpoint", std::string(kHost) + tenant + "/v2.0/.well-known/openid-configuration"},
                    {"api-version", "1.1"},
                    {"metadata", json::Array{json::Object{{"preferred_network", "login.microsoftonline.com"},
                                                          {"preferred_cache", "login.windows.net"},
                                                          {"aliases", json::Array{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"}}}}}};
  return http::json_response(200, json::write(body));
}

json::Object configuration(const std::string& tenant, std::string_view version) {
  std::string base = std::string(kHost) + tenant;
  bool second = version == "v2.0";
  std::string oauth = base + (second ? "/oauth2/v2.0" : "/oauth2");
  return {{"token_endpoint", oauth + "/token"},
          {"token_endpoint_auth_methods_supported", json::Array{"client_secret_post", "client_secret_basic"}},
          {"jwks_uri", base + (second ? "/discovery/v2.0/keys" : "/discovery/keys")},
          {"response_modes_supported", json::Array{"query", "fragment", "form_post"}},
          {"subject_types_supported", json::Array{"pairwise"}},
          {"id_token_signing_alg_values_supported", json::Array{"RS256"}},
          {"response_types_supported", json::Array{"code", "token"}},
          {"scopes_supported", json::Array{"openid"}},
          {"issuer", second ? base + "/v2.0" : "https://sts.windows.net/" + tenant + "/"},
          {"authorization_endpoint", oauth + "/authorize"},
          {"tenant_region_scope", "EU"},
          {"cloud_instance_name", "microsoftonline.com"}};
}

Result<http::Response> openid_configuration_v1(Rooms& rooms, Call& call) {
  CHECK_OK(check_tenant(rooms, call.path("tenant")));
  return http::json_response(200, json::write(configuration(rooms.directory.tenant_id(), "v1.0")));
}

Result<http::Response> openid_configuration_v2(Rooms& rooms, Call& call) {
  CHECK_OK(check_tenant(rooms, call.path("tenant")));
  return http::json_response(200, json::write(configuration(rooms.directory.tenant_id(), "v2.0")));
}

Result<http::Response> keys(Rooms& rooms, Call& call) {
  CHECK_OK(check_tenant(rooms, call.path("tenant")));
  const identity::SigningKey& key = rooms.directory.signing_key();
  json::Object entry{{"kty", "RSA"},
                     {"use", "sig"},
                     {"alg", "RS256"},
                     {"kid", key.key_id()},
                     {"x5t", key.key_id()},
                     {"n", text::base64url_encode(key.modulus())},
                     {"e", text::base64url_encode(key.exponent())}};
  return http::json_response(200, json::write(json::Object{{"keys", json::Array{entry}}}));
}

struct TokenRequest {
  std::string app_id, resource;
  Secret secret;
};

// Client id and secret from the body, or from Basic.
Result<void> read_client(const http::Query& form, const http::Headers& headers, TokenRequest& request) {
  request.app_id = form.get("client_id");
  request.secret = Secret(std::string(form.get("client_secret")));
  std::string_view basic = headers.get("Authorization");
  if (!text::starts_with_ignoring_case(basic, "Basic ")) return ok();
  auto decoded = text::base64_decode(text::trim(basic.substr(6)));
  std::size_t colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::unexpected(invalid("MissingParameter", "The Authorization header is not valid Basic authentication."));
  request.app_id = text::percent_decode(decoded->substr(0, colon), true).value_or("");
  request.secret = Secret(text::percent_decode(decoded->substr(colon + 1), true).value_or(""));
  return ok();
}

// "https://vault.azure.net/.default" → "https://vault.azure.net"; v1 names the resource as it is.
Result<std::string> read_resource(const http::Query& form, bool second) {
  if (!second) {
    if (form.get("resource").empty()) return std::unexpected(invalid("MissingParameter", "The request body must contain the following parameter: 'resource'."));
    return std::string(form.get("resource"));
  }
  std::string resource;
  for (std::string_view scope : text::split(form.get("scope"), ' ')) {
    if (scope == "openid" || scope == "profile" || scope == "offline_access" || scope.empty()) continue;
    if (!scope.ends_with("/.default"))
      return std::unexpected(invalid("InvalidScope", "The provided value for scope " + std::string(scope) + " is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."));
    resource = scope.substr(0, scope.size() - 9);
  }
  if (resource.empty()) return std::unexpected(invalid("MissingParameter", "The request body must contain the following parameter: 'scope'."));
  return resource;
}

Result<TokenRequest> read_token_request(Call& call, bool second) {
  TRY(std::string body, call.body_text());
  TRY(http::Query form, http::Query::parse(body));
  TokenRequest request;
  std::string_view grant = form.get("grant_type");
  if (grant.empty()) return std::unexpected(invalid("MissingParameter", "The request body must contain the following parameter: 'grant_type'."));
  if (grant != "client_credentials")
    return std::unexpected(invalid("UnsupportedGrantType", "The app requested an unsupported grant type '" + std::string(grant) + "'; Axonite issues tokens for client_credentials."));
  CHECK_OK(read_client(form, call.request.headers, request));
  if (request.app_id.empty()) return std::unexpected(invalid("MissingParameter", "The request body must contain the following parameter: 'client_id'."));
  if (form.contains("client_assertion"))
    return std::unexpected(unsupported("MissingClientSecret", "Client assertions are not supported by Axonite; use a client secret."));
  if (request.secret.empty()) return std::unexpected(unauthenticated("MissingClientSecret", "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."));
  TRY(request.resource, read_resource(form, second));
  return request;
}

Result<http::Response> issue(Rooms& rooms, Call& call, bool second) {
  CHECK_OK(check_tenant(rooms, call.path("tenant")));
  TRY(TokenRequest request, read_token_request(call, second));
  TRY(identity::Principal principal, rooms.directory.authenticate(request.app_id, request.secret));
  TRY(identity::IssuedToken issued, issue_token(rooms, principal, request.resource));
  auto lifetime = std::chrono::ceil<std::chrono::seconds>(issued.expires - rooms.clock.now()).count();
  json::Object body{{"token_type", "Bearer"}};
  if (second) {
    body["expires_in"] = lifetime;
    body["ext_expires_in"] = lifetime;
  } else {  // the first version prints its numbers as text
    body["expires_in"] = std::to_string(lifetime);
    body["ext_expires_in"] = std::to_string(lifetime);
    body["expires_on"] = std::to_string(to_unix_seconds(issued.expires));
    body["not_before"] = std::to_string(to_unix_seconds(rooms.clock.now()));
    body["resource"] = request.resource;
  }
  body["access_token"] = issued.token.reveal();
  return http::json_response(200, json::write(body));
}

Result<http::Response> token_v1(Rooms& rooms, Call& call) { return issue(rooms, call, false); }
Result<http::Response> token_v2(Rooms& rooms, Call& call) { return issue(rooms, call, true); }

}  // namespace

front::Service token_service(Rooms& rooms) {
  const front::Limits kForm{.body_bytes_max = 64u << 10};
  return {.name = "entra",
          .hosts = {"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"},
          .operations = front::bind<Rooms>(
              rooms, {{"InstanceDiscovery", "GET", "/{tenant}/discovery/instance", &instance_discovery, front::anonymous()},
                      {"OpenIdConfiguration", "GET", "/{tenant}/v2.0/.well-known/openid-configuration", &openid_configuration_v2, front::anonymous()},
                      {"OpenIdConfigurationV1", "GET", "/{tenant}/.well-known/openid-configuration", &openid_configuration_v1, front::anonymous()},
                      {"Keys", "GET", "/{tenant}/discovery/v2.0/keys", &keys, front::anonymous()},
                      {"KeysV1", "GET", "/{tenant}/discovery/keys", &keys, front::anonymous()},
                      {"Token", "POST", "/{tenant}/oauth2/v2.0/token", &token_v2, front::anonymous(), {}, kForm},
                      {"TokenV1", "POST", "/{tenant}/oauth2/token", &token_v1, front::anonymous(), {}, kForm}}),
          .shape_error = shape_error};
}

}  // namespace axonite::service::entra
