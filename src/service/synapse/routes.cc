#include <boost/json.hpp>

#include "service/synapse/handlers.h"

namespace axonite::service::synapse {
namespace {

#define WORKSPACES "/subscriptions/{subscription}/resourcegroups/{group}/providers/Microsoft.Synapse/workspaces"
#define WORKSPACE WORKSPACES "/{workspace}"

Result<json::Value> shape(const resource::Document& document) { return arm::envelope(document); }

// The last segment of a collection's path, in the spelling of the service whatever the client's.
std::string_view collection_of(const front::Call& call) {
  std::string_view path = call.request.path;
  while (path.ends_with('/')) path.remove_suffix(1);
  return path.substr(path.rfind('/') + 1);
}

front::Operation child(Rooms& rooms, std::string_view name, std::string_view method, std::string_view path, Answer (*handler)(Rooms&, front::Call&),
                       std::string_view action) {
  return {name, method, path, [&rooms, handler](front::Call& call) { return handler(rooms, call); }, front::action(action)};
}

}  // namespace

Answer get_child(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(auto document, rooms.documents.get(id));
  return arm::resource_response(200, document);
}

Answer list_children(Rooms& rooms, front::Call& call) {
  TRY(auto workspace, arm::target(call));
  return arm::list_children(call, rooms.documents, workspace, collection_of(call), shape);
}

Answer delete_child(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  CHECK_OK(rooms.documents.get(*id.parent()));
  TRY(bool removed, rooms.documents.remove(id, arm::condition(call), arm::author(call, id.type() + "/delete")));
  return http::empty_response(removed ? 200 : 204);
}

front::Service synapse_management_service(Rooms& rooms) {
  define_workspace_operations(rooms);
  define_sql_pool_operations(rooms);
  auto row = [&](auto... arguments) { return child(rooms, arguments...); };
  return arm::management_service("synapse", {
      row("PutWorkspace", "PUT", WORKSPACE, &put_workspace, "Microsoft.Synapse/workspaces/write"),
      row("UpdateWorkspace", "PATCH", WORKSPACE, &patch_workspace, "Microsoft.Synapse/workspaces/write"),
      row("GetWorkspace", "GET", WORKSPACE, &get_workspace, "Microsoft.Synapse/workspaces/read"),
      row("DeleteWorkspace", "DELETE", WORKSPACE, &delete_workspace, "Microsoft.Synapse/workspaces/delete"),
      row("ListWorkspacesOfGroup", "GET", WORKSPACES, &list_workspaces, "Microsoft.Synapse/workspaces/read"),
      row("ListWorkspaces", "GET", "/subscriptions/{subscription}/providers/Microsoft.Synapse/workspaces", &list_workspaces,
          "Microsoft.Synapse/workspaces/read"),
      row("CheckNameAvailability", "POST", "/subscriptions/{subscription}/providers/Microsoft.Synapse/checkNameAvailability",
          &check_name_availability, "Microsoft.Synapse/checkNameAvailability/action"),
      row("PutSqlPool", "PUT", WORKSPACE "/sqlPools/{pool}", &put_sql_pool, "Microsoft.Synapse/workspaces/sqlPools/write"),
      row("UpdateSqlPool", "PATCH", WORKSPACE "/sqlPools/{pool}", &patch_sql_pool, "Microsoft.Synapse/workspaces/sqlPools/write"),
      row("GetSqlPool", "GET", WORKSPACE "/sqlPools/{pool}", &get_child, "Microsoft.Synapse/workspaces/sqlPools/read"),
      row("DeleteSqlPool", "DELETE", WORKSPACE "/sqlPools/{pool}", &delete_sql_pool, "Microsoft.Synapse/workspaces/sqlPools/delete"),
      row("ListSqlPools", "GET", WORKSPACE "/sqlPools", &list_children, "Microsoft.Synapse/workspaces/sqlPools/read"),
      row("PauseSqlPool", "POST", WORKSPACE "/sqlPools/{pool}/pause", &pause_sql_pool, "Microsoft.Synapse/workspaces/sqlPools/pause/action"),
      row("ResumeSqlPool", "POST", WORKSPACE "/sqlPools/{pool}/resume", &resume_sql_pool, "Microsoft.Synapse/workspaces/sqlPools/resume/action"),
      row("PutBigDataPool", "PUT", WORKSPACE "/bigDataPools/{pool}", &put_spark_pool, "Microsoft.Synapse/workspaces/bigDataPools/write"),
      row("UpdateBigDataPool", "PATCH", WORKSPACE "/bigDataPools/{pool}", &patch_spark_pool, "Microsoft.Synapse/workspaces/bigDataPools/write"),
      row("GetBigDataPool", "GET", WORKSPACE "/bigDataPools/{pool}", &get_child, "Microsoft.Synapse/workspaces/bigDataPools/read"),
      row("DeleteBigDataPool", "DELETE", WORKSPACE "/bigDataPools/{pool}", &delete_child, "Microsoft.Synapse/workspaces/bigDataPools/delete"),
      row("ListBigDataPools", "GET", WORKSPACE "/bigDataPools", &list_children, "Microsoft.Synapse/workspaces/bigDataPools/read"),
      row("PutFirewallRule", "PUT", WORKSPACE "/firewallRules/{rule}", &put_firewall_rule, "Microsoft.Synapse/workspaces/firewallRules/write"),
      row("GetFirewallRule", "GET", WORKSPACE "/firewallRules/{rule}", &get_child, "Microsoft.Synapse/workspaces/firewallRules/read"),
      row("DeleteFirewallRule", "DELETE", WORKSPACE "/firewallRules/{rule}", &delete_child, "Microsoft.Synapse/workspaces/firewallRules/delete"),
      row("ListFirewallRules", "GET", WORKSPACE "/firewallRules", &list_children, "Microsoft.Synapse/workspaces/firewallRules/read"),
      row("PutAdministrator", "PUT", WORKSPACE "/administrators/{administrator}", &put_administrator, "Microsoft.Synapse/workspaces/administrators/write"),
      row("GetAdministrator", "GET", WORKSPACE "/administrators/{administrator}", &get_child, "Microsoft.Synapse/workspaces/administrators/read"),
      row("DeleteAdministrator", "DELETE", WORKSPACE "/administrators/{administrator}", &delete_administrator,
          "Microsoft.Synapse/workspaces/administrators/delete"),
  });
}

}  // namespace axonite::service::synapse
