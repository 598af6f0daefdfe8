#include "pipeline/announcement.h"

#include <boost/json.hpp>

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "event/administrative.h"

namespace axonite::pipeline {
namespace {

// "/subscriptions/{s}/resourceGroups/{g}/providers/{namespace}/{type}/{name}"
constexpr std::size_t kSubscription = 2, kGroup = 4, kNamespace = 6, kType = 7, kParts = 9;

event::Event failure(const Run& run, const Event& event, Time now) {
  const RunRecord& record = run.record();
  event::Administrative failed{.id = new_uuid(), .time = now, .caller = run.owner().name, .caller_object_id = run.owner().principal.object_id,
                               .resource_id = run.owner().id, .status = "Failed", .level = "Error", .correlation_id = record.id};
  if (auto parts = text::split(run.owner().id, '/'); parts.size() >= kParts) {
    failed.subscription = parts[kSubscription];
    failed.resource_group = parts[kGroup];
    failed.resource_type = std::string(parts[kNamespace]) + "/" + std::string(parts[kType]);
    failed.operation = failed.resource_type + "/pipelines/createRun/action";
  }
  std::string message = event.error ? event.error->message : "";
  failed.description = "The run " + record.id + " of the pipeline '" + record.pipeline + "' failed: " + message;
  failed.properties = {{"pipelineName", record.pipeline}, {"runId", record.id}, {"errorMessage", message}};
  return {.time = now, .category = std::string(event::kAdministrative), .correlation_id = record.id,
          .body = event::write_body(failed), .key = record.id + "/failed"};
}

event::Event of_run(const Run& run, json::Object body) {
  json::Object whole{{"owner", run.owner().id}, {"pipeline", run.record().pipeline}, {"runId", run.record().id}};
  for (auto& member : body) whole[member.key()] = std::move(member.value());
  return {.category = "run", .correlation_id = run.record().id, .body = json::write(whole)};
}

}  // namespace

std::vector<event::Event> announcements(const Run& run, const Event& event, Time now) {
  std::vector<event::Event> told;
  if (event.kind == Event::Kind::run_started) {
    told.push_back(of_run(run, {{"status", "InProgress"}}));
  } else if (event.kind == Event::Kind::run_finished) {
    told.push_back(of_run(run, {{"status", outcome_name(event.outcome)}, {"message", event.error ? event.error->message : ""}}));
    if (event.outcome == Outcome::failed) told.push_back(failure(run, event, now));
  } else if (event.kind == Event::Kind::finished && event.outcome == Outcome::failed && event.error) {
    const Node* node = run.scheduler().node(event.instance);
    told.push_back(of_run(run, {{"activity", event.error->target},
                                {"activityType", node ? node->activity->type : ""},
                                {"status", "Failed"},
                                {"errorCode", event.error->code},
                                {"message", event.error->message}}));
  }
  return told;
}

}  // namespace axonite::pipeline
