// Triggers of workspaces: start and stop them, subscribe them to events, look at their runs.
#include <boost/json.hpp>

#include "arm/arm.h"
#include "service/synapse/runs.h"

namespace axonite::service::synapse {
namespace {

using Answer = Result<http::Response>;

#define TRIGGER "/triggers/{trigger}"
#define ACTION "workspaces/triggers/write"

// Each is long-running in the service; here it is done when it answers. Stopping a trigger that does not run, and
// starting one that does, succeed.
Answer start(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, workspace(rooms, call));
  TRY(auto id, resource::ResourceId::parse(owner.id));
  CHECK_OK(rooms.artifacts.get(id, artifact::kTrigger, call.path("trigger")));
  CHECK_OK(rooms.triggers.start(owner, call.path("trigger")));
  CHECK_OK(rooms.artifacts.set_trigger_state(id, call.path("trigger"), "Started", arm::author(call, "Microsoft.Synapse/" ACTION)));
  return http::empty_response(200);
}

Answer stop(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, workspace(rooms, call));
  TRY(auto id, resource::ResourceId::parse(owner.id));
  CHECK_OK(rooms.artifacts.set_trigger_state(id, call.path("trigger"), "Stopped", arm::author(call, "Microsoft.Synapse/" ACTION)));
  CHECK_OK(rooms.triggers.stop(owner, call.path("trigger")));
  return http::empty_response(200);
}

Answer status(RunRooms& rooms, const front::Call& call, const pipeline::Owner& owner) {
  TRY(bool subscribed, rooms.triggers.subscribed(owner, call.path("trigger")));
  return arm::json_response(200, json::Object{{"triggerName", std::string(call.path("trigger"))}, {"status", subscribed ? "Enabled" : "Disabled"}});
}

Result<pipeline::Owner> owner_of_event_trigger(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, workspace(rooms, call));
  TRY(auto id, resource::ResourceId::parse(owner.id));
  TRY(auto document, rooms.artifacts.get(id, artifact::kTrigger, call.path("trigger")));
  TRY(json::Value body, json::parse(document.body));
  std::string type = json::string_or(body, "properties.type");
  if (type == "BlobEventsTrigger") return owner;
  return std::unexpected(invalid("BadRequest", "A trigger of type '" + type + "' has no events to subscribe to."));
}

Answer subscribe(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, owner_of_event_trigger(rooms, call));
  CHECK_OK(rooms.triggers.subscribe(owner, call.path("trigger"), true));
  return status(rooms, call, owner);
}

Answer unsubscribe(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, owner_of_event_trigger(rooms, call));
  CHECK_OK(rooms.triggers.subscribe(owner, call.path("trigger"), false));
  return status(rooms, call, owner);
}

Answer subscription_status(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, owner_of_event_trigger(rooms, call));
  return status(rooms, call, owner);
}

Answer query_runs(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, workspace(rooms, call));
  TRY(json::Value body, call.body_json());
  TRY(json::Value answer, rooms.triggers.query_runs(owner.id, body));
  return arm::json_response(200, answer);
}

Answer rerun(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, workspace(rooms, call));
  CHECK_OK(rooms.triggers.rerun(owner, call.path("trigger"), call.path("run")));
  return http::empty_response(200);
}

Answer cancel(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, workspace(rooms, call));
  CHECK_OK(rooms.triggers.cancel(owner, call.path("trigger"), call.path("run")));
  return http::empty_response(200);
}

}  // namespace

std::vector<front::Operation> trigger_operations(RunRooms& rooms) {
  using front::synapse_action;
  constexpr std::string_view kView = "workspaces/pipelines/viewOutputs/action";
  constexpr std::string_view kUse = "workspaces/integrationRuntimes/useCompute/action";
  return front::bind(rooms, std::vector<front::OperationOf<RunRooms>>{
      {"StartTrigger", "POST", TRIGGER "/start", &start, synapse_action(ACTION)},
      {"StopTrigger", "POST", TRIGGER "/stop", &stop, synapse_action(ACTION)},
      {"SubscribeTriggerToEvents", "POST", TRIGGER "/subscribeToEvents", &subscribe, synapse_action(ACTION)},
      {"UnsubscribeTriggerFromEvents", "POST", TRIGGER "/unsubscribeFromEvents", &unsubscribe, synapse_action(ACTION)},
      {"GetTriggerSubscriptionStatus", "POST", TRIGGER "/getEventSubscriptionStatus", &subscription_status, synapse_action(ACTION)},
      {"QueryTriggerRuns", "POST", "/queryTriggerRuns", &query_runs, synapse_action(kView)},
      {"RerunTriggerRun", "POST", TRIGGER "/triggerRuns/{run}/rerun", &rerun, synapse_action(kUse)},
      {"CancelTriggerRun", "POST", TRIGGER "/triggerRuns/{run}/cancel", &cancel, synapse_action(kUse)},
  });
}

}  // namespace axonite::service::synapse
