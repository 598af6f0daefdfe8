#include "service/synapse/notebook_snapshots.h"

namespace axonite::service::synapse {
namespace {

std::string_view workspace_name(const front::Call& call) {
  std::string_view host = call.request.host;
  return host.substr(0, host.find('.'));
}

Result<http::Response> get_snapshot(SnapshotRooms& rooms, front::Call& call) {
  TRY(std::string record, rooms.snapshot(workspace_name(call), call.path("run")));
  return http::json_response(200, std::move(record));
}

}  // namespace

front::Service notebook_snapshot_service(SnapshotRooms& rooms) {
  auto service = arm::management_service("synapse", front::bind<SnapshotRooms>(rooms, {
      {"GetNotebookSnapshot", "GET", "/notebooksnapshot/{run}", &get_snapshot, front::synapse_action("workspaces/notebooks/viewOutputs/action")},
  }));
  service.hosts = {"*.dev.azuresynapse.net"};
  service.audiences = {"https://dev.azuresynapse.net"};
  service.scope = [](const front::Call& call) -> Result<std::string> { return "workspaces/" + std::string(workspace_name(call)); };
  return service;
}

}  // namespace axonite::service::synapse
