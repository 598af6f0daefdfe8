// Triggers of factories: start and stop them, subscribe them to events, look at their runs.
#include <boost/json.hpp>

#include "arm/arm.h"
#include "service/data_factory/runs.h"

namespace axonite::service::data_factory {
namespace {

using Answer = Result<http::Response>;

#define FACTORY "/subscriptions/{subscription}/resourcegroups/{group}/providers/Microsoft.DataFactory/factories/{factory}"
#define TRIGGER FACTORY "/triggers/{trigger}"
#define ACTION "Microsoft.DataFactory/factories/"

// Each is long-running in the service; here it is done when it answers. Stopping a trigger that does not run, and
// starting one that does, succeed.
Answer start(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, factory(rooms, call));
  TRY(auto id, resource::ResourceId::parse(owner.id));
  CHECK_OK(rooms.artifacts.get(id, artifact::kTrigger, call.path("trigger")));
  CHECK_OK(rooms.triggers.start(owner, call.path("trigger")));
  CHECK_OK(rooms.artifacts.set_trigger_state(id, call.path("trigger"), "Started", arm::author(call, ACTION "triggers/start/action")));
  return http::empty_response(200);
}

Answer stop(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, factory(rooms, call));
  TRY(auto id, resource::ResourceId::parse(owner.id));
  CHECK_OK(rooms.artifacts.set_trigger_state(id, call.path("trigger"), "Stopped", arm::author(call, ACTION "triggers/stop/action")));
  CHECK_OK(rooms.triggers.stop(owner, call.path("trigger")));
  return http::empty_response(200);
}

Answer status(RunRooms& rooms, const front::Call& call, const pipeline::Owner& owner) {
  TRY(bool subscribed, rooms.triggers.subscribed(owner, call.path("trigger")));
  return arm::json_response(200, json::Object{{"triggerName", std::string(call.path("trigger"))}, {"status", subscribed ? "Enabled" : "Disabled"}});
}

Result<pipeline::Owner> owner_of_event_trigger(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, factory(rooms, call));
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
  TRY(pipeline::Owner owner, factory(rooms, call));
  TRY(json::Value body, call.body_json());
  TRY(json::Value answer, rooms.triggers.query_runs(owner.id, body));
  return arm::json_response(200, answer);
}

Answer rerun(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, factory(rooms, call));
  CHECK_OK(rooms.triggers.rerun(owner, call.path("trigger"), call.path("run")));
  return http::empty_response(200);
}

Answer cancel(RunRooms& rooms, front::Call& call) {
  TRY(pipeline::Owner owner, factory(rooms, call));
  CHECK_OK(rooms.triggers.cancel(owner, call.path("trigger"), call.path("run")));
  return http::empty_response(200);
}

}  // namespace

std::vector<front::Operation> trigger_operations(RunRooms& rooms) {
  using front::action;
  return front::bind(rooms, std::vector<front::OperationOf<RunRooms>>{
      {"StartTrigger", "POST", TRIGGER "/start", &start, action(ACTION "triggers/start/action")},
      {"StopTrigger", "POST", TRIGGER "/stop", &stop, action(ACTION "triggers/stop/action")},
      {"SubscribeTriggerToEvents", "POST", TRIGGER "/subscribeToEvents", &subscribe, action(ACTION "triggers/subscribetoevents/action")},
      {"UnsubscribeTriggerFromEvents", "POST", TRIGGER "/unsubscribeFromEvents", &unsubscribe, action(ACTION "triggers/unsubscribefromevents/action")},
      {"GetTriggerSubscriptionStatus", "POST", TRIGGER "/getEventSubscriptionStatus", &subscription_status,
       action(ACTION "triggers/geteventsubscriptionstatus/action")},
      {"QueryTriggerRuns", "POST", FACTORY "/queryTriggerRuns", &query_runs, action(ACTION "querytriggerruns/read")},
      {"RerunTriggerRun", "POST", TRIGGER "/triggerRuns/{run}/rerun", &rerun, action(ACTION "triggers/triggerruns/rerun/action")},
      {"CancelTriggerRun", "POST", TRIGGER "/triggerRuns/{run}/cancel", &cancel, action(ACTION "triggers/triggerruns/cancel/action")},
  });
}

}  // namespace axonite::service::data_factory
