// Trigger runs one by one: monitoring, rerun and cancel, and those that blob events cause.
#include <boost/json.hpp>

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "expression/date_time.h"
#include "pipeline/monitoring_query.h"
#include "pipeline/triggers/trigger_scope.h"
#include "pipeline/triggers/triggers.h"

namespace axonite::pipeline::triggers {
namespace {

// "6/16/2018 12:43:15 AM", as the examples of the REST specification print these times.
std::string american(Time time) {
  return expression::format_date(expression::from_clock(time), "M/d/yyyy h:mm:ss tt").value_or(format_iso(time));
}

json::Value run_json(const TriggerRun& run) {
  json::Object properties{{"TriggerTime", american(run.fired)}};
  if (run.window_end) {
    properties["windowStartTime"] = format_iso(run.scheduled);
    properties["windowEndTime"] = format_iso(*run.window_end);
  } else if (run.cause.empty()) {
    properties["ScheduleTime"] = american(run.scheduled);
  }
  json::Object pipelines;
  for (const PlannedRun& one : run.plan) pipelines[one.pipeline] = one.run_id;
  return json::Object{{"triggerName", run.trigger}, {"triggerRunId", run.id}, {"triggerRunGroupId", run.group_id}, {"triggerType", run.type},
                      {"triggerRunTimestamp", format_iso(run.fired)}, {"status", run.status}, {"message", run.message},
                      {"properties", std::move(properties)}, {"triggeredPipelines", std::move(pipelines)}, {"runDimension", json::Object()},
                      {"dependencyStatus", json::Object()}};
}

std::optional<std::string> run_member(std::string_view operand) {
  constexpr std::pair<std::string_view, std::string_view> kMembers[] = {{"triggername", "triggerName"}, {"status", "status"},
                                                                        {"triggerruntimestamp", "triggerRunTimestamp"},
                                                                        {"rungroupid", "triggerRunGroupId"}};
  for (auto [name, member] : kMembers)
    if (name == operand) return std::string(member);
  return std::nullopt;
}

bool matches(const BlobEvents& wanted, const BlobEvent& event) {
  if (!(event.created ? wanted.created : wanted.deleted)) return false;
  if (!text::equals_ignoring_case(wanted.scope.substr(wanted.scope.rfind('/') + 1), event.account)) return false;
  if (wanted.ignore_empty && event.created && event.bytes == 0) return false;
  std::string path = "/" + event.container + "/blobs/" + (event.folder.empty() ? "" : event.folder + "/") + event.file;
  return path.starts_with(wanted.begins_with) && path.ends_with(wanted.ends_with);
}

}  // namespace

TriggerScope::TriggerScope(const TriggerRun& run) {
  json::Object outputs;
  if (run.window_end) {
    outputs["windowStartTime"] = format_iso_seconds(run.scheduled);
    outputs["windowEndTime"] = format_iso_seconds(*run.window_end);
  }
  json::Value body = json::parse(run.body).value_or(json::Object());
  if (!run.cause.empty()) outputs["body"] = body;
  trigger_ = std::make_shared<const json::Value>(json::Object{{"name", run.trigger}, {"startTime", format_iso(run.fired)},
                                                              {"scheduledTime", format_iso(run.scheduled)}, {"outputs", std::move(outputs)}});
  if (!run.cause.empty()) body_ = std::make_shared<const json::Value>(std::move(body));
}

Result<const json::Value*> TriggerScope::trigger_body() const {
  if (!body_) return Scope::trigger_body();
  return body_.get();
}

Result<json::Value> Triggers::query_runs(std::string_view owner, const json::Value& body) const {
  TRY(RunQuery query, parse_run_query(body));
  TRY(auto runs, log_.changed(owner, query.after, query.before));
  // LatestOnly is no member: it keeps the newest run of each group.
  bool latest = std::erase_if(query.filters, [](const RunQuery::Filter& filter) { return filter.operand == "latestonly"; }) > 0;
  std::map<std::string, int> newest;
  for (const TriggerRun& run : runs) newest[run.group_id] = std::max(newest[run.group_id], run.serial);
  std::vector<json::Value> items;
  for (const TriggerRun& run : runs)
    if (!latest || run.serial == newest[run.group_id]) items.push_back(run_json(run));
  return answer_run_query(query, std::move(items), &run_member);
}

Result<void> Triggers::rerun(const Owner& owner, std::string_view name, std::string_view run_id) {
  TRY(TriggerRun before, log_.get(owner.id, run_id));
  if (!text::equals_ignoring_case(before.trigger, name))
    return std::unexpected(not_found("TriggerRunNotFound", "The trigger run '" + std::string(run_id) + "' is not one of '" + std::string(name) + "'."));
  if (before.open())
    return std::unexpected(invalid("TriggerRunNotFinished", "The trigger run '" + std::string(run_id) + "' has not ended."));
  std::lock_guard lock(mutex_);
  auto found = started_.find(Key(text::to_lower(owner.id), text::to_lower(name)));
  if (found == started_.end())
    return std::unexpected(invalid("TriggerNotStarted", "The trigger '" + std::string(name) + "' must be started before its runs can be rerun."));
  TriggerRun again = before;
  again.id = new_uuid();
  again.fired = again.updated = clock_.now();
  again.status = "Waiting";
  again.message.clear();
  again.plan.clear();
  again.attempt = 1;
  again.not_before = {};
  ++again.serial;
  CHECK_OK(log_.advance(found->second.state, {again}));
  if (auto kept = log_.get(owner.id, again.id); !kept)
    return std::unexpected(invalid("TriggerRunNotLatest", "The trigger run '" + std::string(run_id) + "' has been rerun already."));
  poke();
  return ok();
}

Result<void> Triggers::cancel(const Owner& owner, std::string_view name, std::string_view run_id) {
  std::lock_guard lock(mutex_);
  TRY(TriggerRun run, log_.get(owner.id, run_id));
  if (!text::equals_ignoring_case(run.trigger, name))
    return std::unexpected(not_found("TriggerRunNotFound", "The trigger run '" + std::string(run_id) + "' is not one of '" + std::string(name) + "'."));
  for (const PlannedRun& one : run.plan)
    if (auto stopped = runner_.cancel(owner.id, one.run_id, true); !stopped && stopped.error().kind != Error::Kind::not_found) return stopped;
  if (!run.open()) return ok();
  run.status = "Cancelled";
  run.updated = clock_.now();
  CHECK_OK(log_.update(run));
  poke();
  return ok();
}

void Triggers::blob_event(const BlobEvent& event) {
  std::lock_guard lock(mutex_);
  for (auto& [key, started] : started_) {
    if (started.trigger->kind != Trigger::Kind::blob_events || !started.state.subscribed || !matches(started.trigger->blobs, event)) continue;
    TriggerRun run = new_run(started, event.time, clock_.now());
    run.status = "Waiting";
    run.cause = event.id;
    std::string folder = event.container + (event.folder.empty() ? "" : "/" + event.folder);
    run.body = json::write(json::Object{{"fileName", event.file}, {"folderPath", folder}});
    if (auto kept = log_.advance(started.state, {run}); !kept)
      log::error("trigger", started.state.name + " misses an event: " + kept.error().message);
    poke();
  }
}

}  // namespace axonite::pipeline::triggers
