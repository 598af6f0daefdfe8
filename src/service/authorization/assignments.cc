#include <boost/json.hpp>

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "service/authorization/handlers.h"

namespace axonite::service::authorization {
namespace {

using identity::RoleAssignment;
using identity::RoleSystem;

json::Value shape(const RoleAssignment& assignment) {
  std::string base = assignment.scope == "/" ? "" : assignment.scope, created = format_iso(assignment.created);
  json::Object properties{{"roleDefinitionId", subscription_of(assignment.scope) + "/providers/Microsoft.Authorization/roleDefinitions/" + assignment.role_id},
                          {"principalId", assignment.principal_id},
                          {"principalType", "ServicePrincipal"},  // users and groups do not exist here
                          {"scope", assignment.scope},
                          {"condition", nullptr},
                          {"conditionVersion", nullptr},
                          {"createdOn", created},
                          {"updatedOn", created},
                          {"createdBy", assignment.created_by},
                          {"updatedBy", assignment.created_by},
                          {"delegatedManagedIdentityResourceId", nullptr},
                          {"description", nullptr}};
  return json::Object{{"properties", std::move(properties)},
                      {"id", base + "/providers/Microsoft.Authorization/roleAssignments/" + assignment.id},
                      {"type", "Microsoft.Authorization/roleAssignments"},
                      {"name", assignment.id}};
}

// The GUID at the end of a role definition's id.
Result<std::string> role_of(const json::Value& properties) {
  std::string id = json::string_or(properties, "roleDefinitionId");
  std::string guid = text::to_lower(std::string_view(id).substr(id.rfind('/') + 1));
  if (is_uuid(guid)) return guid;
  return std::unexpected(invalid("BadRequestFormat", "The role definition ID '" + id + "' is not valid. It must end with a GUID.", "roleDefinitionId"));
}

Result<RoleAssignment> read_assignment(const Rooms& rooms, front::Call& call) {
  TRY(json::Value body, call.body_json());
  TRY(json::Value properties, arm::properties_of(body));
  if (const json::Value* condition = json::find(properties, "condition"); condition && !condition->is_null())
    return std::unexpected(unsupported("ConditionNotSupported", "Conditions of role assignments are not supported by Axonite."));
  TRY(std::string role, role_of(properties));
  std::string name = text::to_lower(call.path("name")), principal = text::to_lower(json::string_or(properties, "principalId"));
  if (!is_uuid(name)) return std::unexpected(invalid("InvalidRoleAssignmentId", "The role assignment ID '" + name + "' is not valid. The role assignment ID must be a GUID."));
  if (!rooms.directory.principal(principal))
    return std::unexpected(invalid("PrincipalNotFound", "Principal " + text::replace_all(principal, "-", "") + " does not exist in the directory " + rooms.directory.tenant_id() +
                                                            ". Check that you have the correct principal ID."));
  return RoleAssignment{.id = name, .scope = scope_of(call), .role_id = role, .principal_id = principal, .created_by = call.principal.object_id};
}

// The assignment that the path names, if it is one of its scope.
std::optional<RoleAssignment> named(const Rooms& rooms, const front::Call& call) {
  auto found = rooms.directory.roles().find(RoleSystem::azure, call.path("name"));
  if (!found || !text::equals_ignoring_case(found->scope, scope_of(call))) return std::nullopt;
  return found;
}

}  // namespace

Answer put_assignment(Rooms& rooms, front::Call& call) {
  TRY(RoleAssignment wanted, read_assignment(rooms, call));
  auto before = rooms.directory.roles().find(RoleSystem::azure, wanted.id);
  TRY(RoleAssignment made, rooms.directory.roles().assign(std::move(wanted)));
  return arm::json_response(before ? 200 : 201, shape(made));
}

Answer get_assignment(Rooms& rooms, front::Call& call) {
  if (auto found = named(rooms, call)) return arm::json_response(200, shape(*found));
  return std::unexpected(not_found("RoleAssignmentNotFound", "The role assignment '" + std::string(call.path("name")) + "' is not found."));
}

Answer delete_assignment(Rooms& rooms, front::Call& call) {
  auto found = named(rooms, call);
  if (!found) return http::empty_response(204);
  CHECK_OK(rooms.directory.roles().remove(RoleSystem::azure, found->id));
  return arm::json_response(200, shape(*found));
}

Answer list_assignments(Rooms& rooms, front::Call& call) {
  TRY(Filter filter, parse_filter(call.query("$filter")));
  std::string scope = scope_of(call);
  json::Array values;
  for (const RoleAssignment& one : rooms.directory.roles().list(RoleSystem::azure, scope, text::to_lower(filter.principal_id)))
    if (!filter.at_scope || identity::scope_within(scope, one.scope)) values.push_back(shape(one));
  return arm::json_response(200, json::Object{{"value", std::move(values)}});
}

}  // namespace axonite::service::authorization
