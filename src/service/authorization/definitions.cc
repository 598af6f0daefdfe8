#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "service/authorization/handlers.h"

namespace axonite::service::authorization {
namespace {

using identity::RoleDefinition;

json::Array texts(const std::vector<std::string_view>& list) { return json::Array(list.begin(), list.end()); }

json::Value shape(const RoleDefinition& role, std::string_view scope) {
  json::Object permissions{{"actions", texts(role.actions)},
                           {"notActions", texts(role.not_actions)},
                           {"dataActions", texts(role.data_actions)},
                           {"notDataActions", texts(role.not_data_actions)}};
  json::Object properties{{"roleName", role.name},
                          {"type", "BuiltInRole"},
                          {"description", role.description},
                          {"assignableScopes", json::Array{"/"}},
                          {"permissions", json::Array{std::move(permissions)}}};
  return json::Object{{"properties", std::move(properties)},
                      {"id", subscription_of(scope) + "/providers/Microsoft.Authorization/roleDefinitions/" + std::string(role.id)},
                      {"type", "Microsoft.Authorization/roleDefinitions"},
                      {"name", role.id}};
}

}  // namespace

Answer get_definition(Rooms&, front::Call& call) {
  const RoleDefinition* role = identity::find_role(identity::RoleSystem::azure, call.path("name"));
  if (role) return arm::json_response(200, shape(*role, scope_of(call)));
  return std::unexpected(not_found("RoleDefinitionDoesNotExist", "The specified role definition with ID '" + std::string(call.path("name")) + "' does not exist."));
}

Answer list_definitions(Rooms&, front::Call& call) {
  TRY(Filter filter, parse_filter(call.query("$filter")));
  json::Array values;
  bool built_in = filter.type.empty() || text::equals_ignoring_case(filter.type, "BuiltInRole");
  for (const RoleDefinition& role : identity::role_definitions(identity::RoleSystem::azure))
    if (built_in && (filter.role_name.empty() || text::equals_ignoring_case(filter.role_name, role.name))) values.push_back(shape(role, scope_of(call)));
  return arm::json_response(200, json::Object{{"value", std::move(values)}});
}

Answer refuse_definition(Rooms&, front::Call&) {
  return std::unexpected(unsupported("CustomRolesNotSupported", "Custom role definitions are not supported by Axonite; assign built-in roles."));
}

}  // namespace axonite::service::authorization
