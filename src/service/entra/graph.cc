#include <boost/json.hpp>

#include "base/id.h"
#include "base/text.h"
#include "service/entra/entra.h"

namespace axonite::service::entra {
namespace {

using front::Call;

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
  return {{"id", application.object_id},
          {"appId", application.app_id},
          {"displayName", application.name},
          {"createdDateTime", format_iso_seconds(application.created)},
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

Result<http::Response> create_application(Rooms& rooms, Call& call) {
  TRY(auto body, call.body_json());
  TRY(std::string name, json::required_string(body, "displayName"));
  if (name.empty() || name.size() > 256) return std::unexpected(invalid("Request_BadRequest", "The displayName must have 1 to 256 characters.", "displayName"));
  TRY(auto application, rooms.directory.create_application(name));
  return http::json_response(201, json::write(application_body(application)));
}

Result<http::Response> add_password(Rooms& rooms, Call& call) {
  TRY(Secret secret, rooms.directory.add_password(call.path("id")));
  json::Object body{{"keyId", new_uuid()}, {"secretText", secret.reveal()}, {"hint", secret.reveal().substr(0, 3)}, {"startDateTime", format_iso_seconds(rooms.clock.now())}};
  return http::json_response(200, json::write(body));
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
                      {"AddPassword", "POST", "/v1.0/applications/{id}/addPassword", &add_password, administer},
                      {"CreateServicePrincipal", "POST", "/v1.0/servicePrincipals", &create_service_principal, administer},
                      {"FindServicePrincipals", "GET", "/v1.0/servicePrincipals", &find_service_principals, front::authenticated()},
                      {"GetServicePrincipal", "GET", "/v1.0/servicePrincipals/{id}", &get_service_principal, front::authenticated()}}),
          .scope = [&rooms](const Call&) -> Result<std::string> { return "/subscriptions/" + rooms.directory.subscription_id(); },
          .shape_error = shape_error};
}

}  // namespace axonite::service::entra
