#include "service/data_factory/runs.h"

#include <boost/json.hpp>

#include "arm/arm.h"
#include "base/text.h"
#include "pipeline/monitoring.h"

namespace axonite::service::data_factory {
namespace {

using Answer = Result<http::Response>;

#define FACTORY "/subscriptions/{subscription}/resourcegroups/{group}/providers/Microsoft.DataFactory/factories/{factory}"

// An empty body stands for no parameters.
Result<json::Value> body_or_empty(front::Call& call) {
  TRY(std::string text, call.body_text());
  if (text::trim(text).empty()) return json::Object();
  return json::parse(text);
}

Answer create_run(RunRooms& rooms, front::Call& call) {
  if (!call.query("referencePipelineRunId").empty() || text::equals_ignoring_case(call.query("isRecovery"), "true"))
    return std::unexpected(unsupported("RerunNotSupported", "Rerunning from an earlier run is not supported; start a new run."));
  TRY(pipeline::Owner owner, factory(rooms, call));
  TRY(json::Value parameters, body_or_empty(call));
  TRY(std::string id, rooms.runner.create(owner, {.pipeline = std::string(call.path("pipeline")),
                                                  .parameters = std::make_shared<const json::Value>(std::move(parameters))}));
  return arm::json_response(200, json::Object{{"runId", id}});
}

Answer query_runs(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, factory(rooms, call));
  TRY(json::Value body, call.body_json());
  TRY(json::Value answer, pipeline::query_pipeline_runs(rooms.runner.log(), owner.id, body));
  return arm::json_response(200, answer);
}

Answer get_run(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, factory(rooms, call));
  TRY(pipeline::RunRecord run, rooms.runner.log().get(owner.id, call.path("run")));
  return arm::json_response(200, pipeline::pipeline_run_json(run));
}

Answer cancel_run(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, factory(rooms, call));
  CHECK_OK(rooms.runner.cancel(owner.id, call.path("run"), text::equals_ignoring_case(call.query("isRecursive"), "true")));
  return http::empty_response(200);
}

Answer query_activity_runs(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, factory(rooms, call));
  TRY(json::Value body, call.body_json());
  TRY(json::Value answer, pipeline::query_activity_runs(rooms.runner.log(), owner.id, call.path("run"), body));
  return arm::json_response(200, answer);
}

}  // namespace

// /subscriptions/s/resourceGroups/g/providers/Microsoft.DataFactory/factories/f of a longer path.
Result<std::string> factory_id(const front::Call& call) {
  return "/subscriptions/" + std::string(call.path("subscription")) + "/resourceGroups/" + std::string(call.path("group")) +
         "/providers/Microsoft.DataFactory/factories/" + std::string(call.path("factory"));
}

Result<pipeline::Owner> factory(RunRooms& rooms, const front::Call& call) {
  TRY(std::string id, factory_id(call));
  return rooms.definitions.owner(id);
}

front::Service data_factory_run_service(RunRooms& rooms) {
  using front::action;
  auto operations = front::bind(rooms, std::vector<front::OperationOf<RunRooms>>{
      {"CreateRun", "POST", FACTORY "/pipelines/{pipeline}/createRun", &create_run,
       action("Microsoft.DataFactory/factories/pipelines/createrun/action")},
      {"QueryPipelineRuns", "POST", FACTORY "/queryPipelineRuns", &query_runs,
       action("Microsoft.DataFactory/factories/querypipelineruns/read")},
      {"GetPipelineRun", "GET", FACTORY "/pipelineruns/{run}", &get_run,
       action("Microsoft.DataFactory/factories/pipelineruns/read")},
      {"CancelPipelineRun", "POST", FACTORY "/pipelineruns/{run}/cancel", &cancel_run,
       action("Microsoft.DataFactory/factories/pipelineruns/cancel/action")},
      {"QueryActivityRuns", "POST", FACTORY "/pipelineruns/{run}/queryActivityruns", &query_activity_runs,
       action("Microsoft.DataFactory/factories/pipelineruns/queryactivityruns/read")},
  });
  for (front::Operation& operation : trigger_operations(rooms)) operations.push_back(std::move(operation));
  front::Service service = arm::management_service("data_factory", std::move(operations));
  service.scope = &factory_id;
  return service;
}

}  // namespace axonite::service::data_factory
