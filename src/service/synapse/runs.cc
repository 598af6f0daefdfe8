#include "service/synapse/runs.h"

#include <boost/json.hpp>

#include "arm/arm.h"
#include "base/text.h"
#include "pipeline/monitoring.h"

namespace axonite::service::synapse {
namespace {

using Answer = Result<http::Response>;

std::string workspace_name(const front::Call& call) { return call.request.host.substr(0, call.request.host.find('.')); }

// The service answers 202 here, Data Factory 200 (azure-synapse-artifacts accepts nothing else).
Answer create_run(RunRooms& rooms, front::Call& call) {
  if (!call.query("referencePipelineRunId").empty() || text::equals_ignoring_case(call.query("isRecovery"), "true"))
    return std::unexpected(unsupported("RerunNotSupported", "Rerunning from an earlier run is not supported; start a new run."));
  TRY(pipeline::Owner owner, workspace(rooms, call));
  TRY(std::string text, call.body_text());
  json::Value parameters = json::Object();
  if (!text::trim(text).empty()) {
    TRY(parameters, json::parse(text));
  }
  TRY(std::string id, rooms.runner.create(owner, {.pipeline = std::string(call.path("pipeline")),
                                                  .parameters = std::make_shared<const json::Value>(std::move(parameters))}));
  return arm::json_response(202, json::Object{{"runId", id}});
}

Answer query_runs(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, workspace(rooms, call));
  TRY(json::Value body, call.body_json());
  TRY(json::Value answer, pipeline::query_pipeline_runs(rooms.runner.log(), owner.id, body));
  return arm::json_response(200, answer);
}

Answer get_run(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, workspace(rooms, call));
  TRY(pipeline::RunRecord run, rooms.runner.log().get(owner.id, call.path("run")));
  return arm::json_response(200, pipeline::pipeline_run_json(run));
}

Answer cancel_run(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, workspace(rooms, call));
  CHECK_OK(rooms.runner.cancel(owner.id, call.path("run"), text::equals_ignoring_case(call.query("isRecursive"), "true")));
  return http::empty_response(200);
}

Answer query_activity_runs(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, workspace(rooms, call));
  TRY(json::Value body, call.body_json());
  TRY(json::Value answer, pipeline::query_activity_runs(rooms.runner.log(), owner.id, call.path("run"), body));
  return arm::json_response(200, answer);
}

}  // namespace

Result<pipeline::Owner> workspace(RunRooms& rooms, const front::Call& call) {
  auto found = rooms.documents.find_by_name("Microsoft.Synapse/workspaces", workspace_name(call));
  if (found) return rooms.definitions.owner(found->id.text());
  if (found.error().kind != Error::Kind::not_found) return std::unexpected(std::move(found.error()));
  return std::unexpected(not_found("WorkspaceNotFound", "The workspace '" + workspace_name(call) + "' was not found."));
}

front::Service synapse_run_service(RunRooms& rooms) {
  using front::synapse_action;
  constexpr std::string_view kView = "workspaces/pipelines/viewOutputs/action";
  constexpr std::string_view kUse = "workspaces/integrationRuntimes/useCompute/action";
  auto operations = front::bind(rooms, std::vector<front::OperationOf<RunRooms>>{
      {"CreateRun", "POST", "/pipelines/{pipeline}/createRun", &create_run, synapse_action(kUse)},
      {"QueryPipelineRuns", "POST", "/queryPipelineRuns", &query_runs, synapse_action(kView)},
      {"GetPipelineRun", "GET", "/pipelineruns/{run}", &get_run, synapse_action(kView)},
      {"CancelPipelineRun", "POST", "/pipelineruns/{run}/cancel", &cancel_run, synapse_action(kUse)},
      {"QueryActivityRuns", "POST", "/pipelines/{pipeline}/pipelineruns/{run}/queryActivityruns", &query_activity_runs,
       synapse_action(kView)},
  });
  for (front::Operation& operation : trigger_operations(rooms)) operations.push_back(std::move(operation));
  front::Service service = arm::management_service("synapse", std::move(operations));
  service.hosts = {"*.dev.azuresynapse.net"};
  service.audiences = {"https://dev.azuresynapse.net"};
  service.scope = [](const front::Call& call) -> Result<std::string> { return "workspaces/" + workspace_name(call); };
  return service;
}

}  // namespace axonite::service::synapse
