#include <boost/json.hpp>

#include "base/id.h"
#include "base/text.h"
#include "service/entra/entra.h"

namespace axonite::service::entra {
namespace {

using front::Call;

constexpr std::size_t kIdentifierUrisMax = 50;

int http_status(Error::Kind kind) {
  switch (kind) {
    case Error::Kind::invalid:
    case Error::Kind::unsupported: return 400;
    case Error::Kind::unauthenticated: return 401;
    case Error::Kind::forbidden: return 403;
    case Error::Kind::not_found: return 404;
    case Error::Kind::conflict: return 409;
    case Error::Kind::precondition: return 412;
    case Error::Kind::too_large: return 413;
    case Error::Kind::throttled: return 429;
    case Error::Kind::unavailable:
    case Error::Kind::cancelled: return 503;
    case Error::Kind::internal: return 500;
  }
  return 500;
}

http::Response shape_error(const Error& error, const Call& call) {
  std::string code = error.kind == Error::Kind::forbidden ? "Authorization_RequestDenied" : error.code;
  json::Object inner{{"date", format_iso_seconds(system_clock().now())}, {"request-id", call.request_id}};
  return http::json_response(http_status(error.kind), json::write(json::Object{{"error", json::Object{{"code", code}, {"message", error.message}, {"innerError", inner}}}}));
}

json::Object application_body(const identity::Application& application) {
  json::Array uris(application.identifier_uris.begin(), application.identifier_uris.end());
  json::Value version = application.token_version == 2 ? json::Value(2) : json::Value(nullptr);
  return {{"id", application.object_id},
          {"appId", application.app_id},
          {"displayName", application.name},
          {"createdDateTime", format_iso_seconds(application.created)},
          {"identifierUris", uris},
          {"api", json::Object{{"requestedAccessTokenVersion", version}}},
          {"signInAudience", "AzureADMyOrg"}};
}

json::Object principal_body(const identity::Principal& principal) {
  bool managed = principal.kind == identity::Principal::Kind::managed_identity;
  return {{"id", principal.object_id},
          {"appId", principal.app_id},
          {"displayName", principal.name},
          {"appOwnerOrganizationId", principal.tenant_id},
          {"servicePrincipalType", managed ? "ManagedIdentity" : "Application"}};
}

// "api://…", or "https://" with a host: what an access token's audience may be.
Result<std::vector<std::string>> read_identifier_uris(const json::Value& uris) {
  std::vector<std::string> read;
  const json::Array* list = uris.if_array();
  if (!list || list->size() > kIdentifierUrisMax) return std::unexpected(invalid("Request_BadRequest", "identifierUris must be a list of at most 50 URIs.", "identifierUris"));
  for (const json::Value& one : *list) {
    std::string_view uri = one.is_string() ? std::string_view(one.get_string()) : std::string_view();
    bool named = uri.starts_with("api://") || uri.starts_with("https://");
    if (!named || uri.size() > 255 || uri.find_first_of(" \t\r\n*?#") != uri.npos || uri.ends_with('/'))
      return std::unexpected(invalid("Request_BadRequest", "Invalid value specified for property 'identifierUris' of resource 'Application'.", "identifierUris"));
    read.emplace_back(uri);
  }
  return read;
}

Result<identity::ApplicationChanges> read_changes(const json::Value& body) {
  identity::ApplicationChanges changes;
  TRY(changes.name, json::optional_string(body, "displayName"));
  if (changes.name && (changes.name->empty() || changes.name->size() > 256))
    return std::unexpected(invalid("Request_BadRequest", "The displayName must have 1 to 256 characters.", "displayName"));
  if (const json::Value* uris = json::find(body, "identifierUris")) {
    TRY(changes.identifier_uris, read_identifier_uris(*uris));
  }
  const json::Value* api = json::find(body, "api");
  if (const json::Value* version = api ? json::find(*api, "requestedAccessTokenVersion") : nullptr) {
    if (!version->is_null() && *version != 1 && *version != 2)
      return std::unexpected(invalid("Request_BadRequest", "requestedAccessTokenVersion must be 1, 2 or null.", "api"));
    changes.token_version = *version == 2 ? 2 : 1;
  }
  return changes;
}

Result<http::Response> create_application(Rooms& rooms, Call& call) {
  TRY(auto body, call.body_json());
  TRY(std::string name, json::required_string(body, "displayName"));
  TRY(auto properties, read_changes(body));
  TRY(auto application, rooms.directory.applications().create(name, properties));
  return http::json_response(201, json::write(application_body(application)));
}

Result<http::Response> get_application(Rooms& rooms, Call& call) {
  TRY(auto application, rooms.directory.applications().find(call.path("id")));
  return http::json_response(200, json::write(application_body(application)));
}

Result<http::Response> update_application(Rooms& rooms, Call& call) {
  TRY(auto body, call.body_json());
  TRY(auto changes, read_changes(body));
  CHECK_OK(rooms.directory.applications().change(call.path("id"), changes));
  return http::Response{.status = 204};
}

Result<http::Response> delete_application(Rooms& rooms, Call& call) {
  TRY(auto application, rooms.directory.applications().find(call.path("id")));
  if (auto principal = rooms.directory.principal_by_app(application.app_id)) CHECK_OK(rooms.directory.remove_service_principal(principal->object_id));
  CHECK_OK(rooms.directory.applications().remove(application.object_id));
  return http::Response{.status = 204};
}

Result<http::Response> add_password(Rooms& rooms, Call& call) {
  TRY(auto made, rooms.directory.applications().add_secret(call.path("id")));
  std::string text = made.text.reveal();
  json::Object body{{"keyId", made.key_id}, {"secretText", text}, {"hint", text.substr(0, 3)}, {"startDateTime", format_iso_seconds(rooms.clock.now())}};
  return http::json_response(200, json::write(body));
}

Result<http::Response> remove_password(Rooms& rooms, Call& call) {
  TRY(auto body, call.body_json());
  TRY(std::string key_id, json::required_string(body, "keyId"));
  CHECK_OK(rooms.directory.applications().remove_secret(call.path("id"), key_id));
  return http::Response{.status = 204};
}

Result<http::Response> create_service_principal(Rooms& rooms, Call& call) {
  TRY(auto body, call.body_json());
  TRY(std::string app_id, json::required_string(body, "appId"));
  TRY(auto principal, rooms.directory.create_service_principal(app_id));
  return http::json_response(201, json::write(principal_body(principal)));
}

// $filter=appId eq '…' is the one form that tools use to look up a principal.
Result<http::Response> find_service_principals(Rooms& rooms, Call& call) {
  std::string_view filter = text::trim(call.query("$filter"));
  constexpr std::string_view kPrefix = "appId eq '";
  if (!text::starts_with_ignoring_case(filter, kPrefix) || !filter.ends_with('\'') || filter.size() <= kPrefix.size())
    return std::unexpected(unsupported("Request_UnsupportedQuery", "Axonite lists service principals with $filter=appId eq '…' only."));
  json::Array found;
  if (auto principal = rooms.directory.principal_by_app(filter.substr(kPrefix.size(), filter.size() - kPrefix.size() - 1))) found.push_back(principal_body(*principal));
  return http::json_response(200, json::write(json::Object{{"value", found}}));
}

Result<http::Response> get_service_principal(Rooms& rooms, Call& call) {
  TRY(auto principal, rooms.directory.principal(call.path("id")));
  return http::json_response(200, json::write(principal_body(principal)));
}

Result<http::Response> delete_service_principal(Rooms& rooms, Call& call) {
  CHECK_OK(rooms.directory.remove_service_principal(call.path("id")));
  return http::Response{.status = 204};
}

}  // namespace

// Directory rights are not Azure roles. Who may assign roles at the subscription may make principals here: the one who set
// the tenant up is its administrator.
front::Service graph_service(Rooms& rooms) {
  auto administer = front::action("Microsoft.Authorization/roleAssignments/write");
  return {.name = "graph",
          .hosts = {"graph.microsoft.com"},
          .audiences = {"https://graph.microsoft.com"},
          .operations = front::bind<Rooms>(
              rooms, {{"CreateApplication", "POST", "/v1.0/applications", &create_application, administer},
                      {"GetApplication", "GET", "/v1.0/applications/{id}", &get_application, front::authenticated()},
                      {"UpdateApplication", "PATCH", "/v1.0/applications/{id}", &update_application, administer},
                      {"DeleteApplication", "DELETE", "/v1.0/applications/{id}", &delete_application, administer},
                      {"AddPassword", "POST", "/v1.0/applications/{id}/addPassword", &add_password, administer},
                      {"RemovePassword", "POST", "/v1.0/applications/{id}/removePassword", &remove_password, administer},
                      {"CreateServicePrincipal", "POST", "/v1.0/servicePrincipals", &create_service_principal, administer},
                      {"FindServicePrincipals", "GET", "/v1.0/servicePrincipals", &find_service_principals, front::authenticated()},
                      {"GetServicePrincipal", "GET", "/v1.0/servicePrincipals/{id}", &get_service_principal, front::authenticated()},
                      {"DeleteServicePrincipal", "DELETE", "/v1.0/servicePrincipals/{id}", &delete_service_principal, administer}}),
          .scope = [&rooms](const Call&) -> Result<std::string> { return "/subscriptions/" + rooms.directory.subscription_id(); },
          .shape_error = shape_error};
}

}  // namespace axonite::service::entra
