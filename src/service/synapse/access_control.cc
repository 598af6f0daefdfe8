#include "service/synapse/access_control.h"

#include <boost/json.hpp>

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"

namespace axonite::service::synapse {
namespace {

using Answer = Result<http::Response>;
using identity::RoleAssignment;
using identity::RoleDefinition;
using identity::RoleSystem;

constexpr std::string_view kPrefix = "Microsoft.Synapse/";
constexpr std::size_t kActionsMax = 100;

std::string workspace_scope(const front::Call& call) {
  std::string_view host = call.request.host;
  return "workspaces/" + std::string(host.substr(0, host.find('.')));
}

json::Value shape(const RoleAssignment& one) {
  return json::Object{{"id", one.id}, {"roleDefinitionId", one.role_id}, {"principalId", one.principal_id}, {"scope", one.scope}, {"principalType", "ServicePrincipal"}};
}

// The service calls all of these data actions.
json::Value shape(const RoleDefinition& role) {
  json::Array actions;
  for (std::string_view action : role.actions) actions.push_back(json::Value(std::string(kPrefix) + std::string(action)));
  json::Object permissions{{"actions", json::Array{}}, {"notActions", json::Array{}}, {"dataActions", std::move(actions)}, {"notDataActions", json::Array{}}};
  return json::Object{{"name", role.name},
                      {"description", role.description},
                      {"id", role.id},
                      {"isBuiltIn", true},
                      {"permissions", json::Array{std::move(permissions)}},
                      {"scopes", json::Array(role.scopes.begin(), role.scopes.end())},
                      {"availabilityStatus", "Available"}};
}

// Whether a scope is of a template's form: "workspaces/w/bigDataPools/p" of "workspaces/{…}/bigDataPools/{…}".
bool has_form(std::string_view scope, std::string_view form) {
  auto parts = text::split(scope, '/'), wanted = text::split(form, '/');
  if (parts.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (parts[i].empty() || (!wanted[i].starts_with('{') && !text::equals_ignoring_case(parts[i], wanted[i]))) return false;
  return true;
}

Result<std::string> read_scope(const front::Call& call, std::string scope) {
  if (identity::scope_within(scope, workspace_scope(call))) return scope;
  return std::unexpected(invalid("InvalidScope", "The scope '" + scope + "' does not lie in this workspace.", "scope"));
}

// The assignment that the path names, if it is one of this workspace.
std::optional<RoleAssignment> named(const AccessRooms& rooms, const front::Call& call) {
  auto found = rooms.roles.find(RoleSystem::synapse, call.path("id"));
  if (!found || !identity::scope_within(found->scope, workspace_scope(call))) return std::nullopt;
  return found;
}

Answer list_definitions(AccessRooms&, front::Call&) {
  json::Array values;
  for (const RoleDefinition& role : identity::role_definitions(RoleSystem::synapse)) values.push_back(shape(role));
  return arm::json_response(200, std::move(values));
}

Answer get_definition(AccessRooms&, front::Call& call) {
  if (const RoleDefinition* role = identity::find_role(RoleSystem::synapse, call.path("id"))) return arm::json_response(200, shape(*role));
  return std::unexpected(not_found("RoleNotFound", "The role '" + std::string(call.path("id")) + "' does not exist."));
}

Answer list_scopes(AccessRooms&, front::Call&) {
  return arm::json_response(200, json::Array{"workspaces/{workspaceName}", "workspaces/{workspaceName}/bigDataPools/{bigDataPoolName}",
                                             "workspaces/{workspaceName}/scopePools/{scopePoolName}",
                                             "workspaces/{workspaceName}/integrationRuntimes/{integrationRuntimeName}",
                                             "workspaces/{workspaceName}/credentials/{credentialName}",
                                             "workspaces/{workspaceName}/linkedServices/{linkedServiceName}"});
}

Answer list_assignments(AccessRooms& rooms, front::Call& call) {
  std::string_view role = call.query("roleId"), wanted = call.query("scope");
  json::Array values;
  for (const RoleAssignment& one : rooms.roles.list(RoleSystem::synapse, workspace_scope(call), text::to_lower(call.query("principalId"))))
    if ((role.empty() || text::equals_ignoring_case(role, one.role_id)) && (wanted.empty() || text::equals_ignoring_case(wanted, one.scope)))
      values.push_back(shape(one));
  std::size_t count = values.size();
  return arm::json_response(200, json::Object{{"count", count}, {"value", std::move(values)}});
}

Answer put_assignment(AccessRooms& rooms, front::Call& call) {
  TRY(json::Value body, call.body_json());
  TRY(std::string role_id, json::required_string(body, "roleId"));
  TRY(std::string principal, json::required_string(body, "principalId"));
  TRY(std::string scope_text, json::required_string(body, "scope"));
  TRY(std::string scope, read_scope(call, std::move(scope_text)));
  std::string id(call.path("id"));
  if (!is_uuid(text::to_lower(id))) return std::unexpected(invalid("InvalidRoleAssignmentId", "The role assignment ID '" + id + "' is not a GUID."));
  if (!is_uuid(text::to_lower(principal))) return std::unexpected(invalid("InvalidPrincipalId", "The principal ID '" + principal + "' is not a GUID.", "principalId"));
  const RoleDefinition* role = identity::find_role(RoleSystem::synapse, role_id);
  if (!role) return std::unexpected(not_found("RoleNotFound", "The role '" + role_id + "' does not exist."));
  bool allowed = false;
  for (std::string_view form : role->scopes) allowed |= has_form(scope, form);
  if (!allowed) return std::unexpected(invalid("InvalidScope", "The role '" + std::string(role->name) + "' cannot be assigned at the scope '" + scope + "'.", "scope"));
  TRY(auto made, rooms.roles.assign({.system = RoleSystem::synapse, .id = id, .scope = scope, .role_id = std::string(role->id),
                                     .principal_id = text::to_lower(principal), .created_by = call.principal.object_id}));
  return arm::json_response(200, shape(made));
}

Answer get_assignment(AccessRooms& rooms, front::Call& call) {
  if (auto found = named(rooms, call)) return arm::json_response(200, shape(*found));
  return std::unexpected(not_found("RoleAssignmentNotFound", "The role assignment '" + std::string(call.path("id")) + "' does not exist."));
}

Answer delete_assignment(AccessRooms& rooms, front::Call& call) {
  auto found = named(rooms, call);
  if (!found) return http::empty_response(204);
  CHECK_OK(rooms.roles.remove(RoleSystem::synapse, found->id));
  return http::empty_response(200);
}

Answer check_access(AccessRooms& rooms, front::Call& call) {
  TRY(json::Value body, call.body_json());
  TRY(std::string scope_text, json::required_string(body, "scope"));
  TRY(std::string scope, read_scope(call, std::move(scope_text)));
  identity::Principal who{.kind = identity::Principal::Kind::service_principal, .object_id = text::to_lower(json::string_or(body, "subject.principalId"))};
  TRY(const json::Value* actions, json::required_array(body, "actions"));
  if (actions->get_array().size() > kActionsMax) return std::unexpected(invalid("TooManyActions", "At most 100 actions can be checked at once.", "actions"));
  json::Array decisions;
  for (const json::Value& action : actions->get_array()) {
    TRY(std::string id, json::required_string(action, "id", "$.actions"));
    std::string_view name = id;
    if (text::starts_with_ignoring_case(name, kPrefix)) name.remove_prefix(kPrefix.size());
    bool allowed = rooms.roles.authorize(who, name, scope, RoleSystem::synapse).has_value();
    decisions.push_back(json::Object{{"accessDecision", allowed ? "Allowed" : "NotAllowed"}, {"actionId", id}});
  }
  return arm::json_response(200, json::Object{{"accessDecisions", std::move(decisions)}});
}

}  // namespace

front::Service synapse_access_service(AccessRooms& rooms) {
  using front::synapse_action;
  auto read = synapse_action("workspaces/read"), write = synapse_action("workspaces/roleAssignments/write");
  auto service = arm::management_service("synapse", front::bind<AccessRooms>(rooms, {
      {"ListRoleDefinitions", "GET", "/roleDefinitions", &list_definitions, read},
      {"GetRoleDefinition", "GET", "/roleDefinitions/{id}", &get_definition, read},
      {"ListRbacScopes", "GET", "/rbacScopes", &list_scopes, read},
      {"ListRoleAssignments", "GET", "/roleAssignments", &list_assignments, read},
      {"CreateRoleAssignment", "PUT", "/roleAssignments/{id}", &put_assignment, write},
      {"GetRoleAssignment", "GET", "/roleAssignments/{id}", &get_assignment, read},
      {"DeleteRoleAssignment", "DELETE", "/roleAssignments/{id}", &delete_assignment, synapse_action("workspaces/roleAssignments/delete")},
      {"CheckPrincipalAccess", "POST", "/checkAccessSynapseRbac", &check_access, read},
  }));
  service.hosts = {"*.dev.azuresynapse.net"};
  service.audiences = {"https://dev.azuresynapse.net"};
  service.scope = [](const front::Call& call) -> Result<std::string> { return workspace_scope(call); };
  return service;
}

}  // namespace axonite::service::synapse
