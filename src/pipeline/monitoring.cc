#include "pipeline/monitoring.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "base/digest.h"
#include "base/text.h"
#include "pipeline/model.h"
#include "pipeline/monitoring_query.h"

namespace axonite::pipeline {
namespace {

constexpr std::string_view kMask = "**********";

json::Value time_or_null(const std::optional<Time>& time) {
  return time ? json::Value(format_iso(*time)) : json::Value();
}

std::int64_t milliseconds(Time from, Time to) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count();
}

// Every parameter as text, secure ones masked.
json::Value parameters_text(const RunRecord& run) {
  json::Object shown;
  json::Value values = json::parse(run.parameters).value_or(json::Object());
  auto pipeline = parse_pipeline(run.pipeline, std::string_view(run.definition));
  for (const auto& entry : values.get_object()) {
    const json::Value& value = entry.value();
    shown[entry.key()] = value.is_string() ? value : json::Value(json::write(value));
    for (std::size_t i = 0; pipeline && i < (*pipeline)->parameters.size(); ++i) {
      const Parameter& parameter = (*pipeline)->parameters[i];
      if (parameter.name == std::string_view(entry.key()) && parameter.type == "securestring") shown[entry.key()] = kMask;
    }
  }
  return shown;
}

std::optional<std::string> run_member(std::string_view operand) {
  constexpr std::pair<std::string_view, std::string_view> kMembers[] = {
      {"pipelinename", "pipelineName"}, {"status", "status"}, {"runstart", "runStart"},
      {"runend", "runEnd"},             {"rungroupid", "runGroupId"}};
  for (auto [name, member] : kMembers)
    if (name == operand) return std::string(member);
  return std::nullopt;
}

std::optional<std::string> activity_member(std::string_view operand) {
  constexpr std::pair<std::string_view, std::string_view> kMembers[] = {
      {"activityname", "activityName"}, {"activitytype", "activityType"}, {"status", "status"},
      {"activityrunstart", "activityRunStart"}, {"activityrunend", "activityRunEnd"}, {"pipelinename", "pipelineName"}};
  for (auto [name, member] : kMembers)
    if (name == operand) return std::string(member);
  return std::nullopt;
}

const Activity* find_activity(const std::vector<Activity>& activities, std::string_view instance) {
  auto slash = instance.find('/');
  for (const Activity& activity : activities) {
    if (activity.name != instance.substr(0, slash)) continue;
    if (slash == std::string_view::npos) return &activity;
    std::string_view rest = instance.substr(slash + 1);
    rest.remove_prefix(std::min(rest.size(), rest.find('/') + 1));
    for (const Branch& branch : activity.branches)
      if (const Activity* found = find_activity(branch.activities, rest)) return found;
  }
  return nullptr;
}

// SecureString objects keep their shape and lose their value.
void mask(json::Value& value) {
  if (value.is_array())
    for (json::Value& item : value.get_array()) mask(item);
  if (!value.is_object()) return;
  bool secure = json::string_or(value, "type") == "SecureString";
  for (auto& entry : value.get_object()) {
    if (secure && entry.key() == "value") entry.value() = kMask;
    else mask(entry.value());
  }
}

// An activity's attempt as its events told it so far.
struct Attempt {
  const Activity* activity = nullptr;
  std::string instance, id;
  int attempt = 1;
  Time start{};
  std::optional<Time> end;
  JsonPointer input, output, user_properties;
  std::optional<ActivityError> error;
  std::string status = "InProgress";
};

std::vector<Attempt> attempts_of(const Pipeline& pipeline, const std::vector<Event>& events) {
  std::vector<Attempt> attempts;
  std::map<std::string, std::size_t> latest;
  for (const Event& event : events) {
    bool begins = event.kind == Event::Kind::started || (event.kind == Event::Kind::finished && event.inactive);
    if (begins) {
      latest[event.instance] = attempts.size();
      attempts.push_back({find_activity(pipeline.activities, event.instance), event.instance, event.activity_run_id,
                          event.attempt, event.time, std::nullopt, event.input, nullptr, event.user_properties});
    }
    auto found = latest.find(event.instance);
    if (found == latest.end()) continue;
    Attempt& attempt = attempts[found->second];
    if (event.kind == Event::Kind::expanded && event.input) attempt.input = event.input;
    if (event.kind != Event::Kind::finished) continue;
    attempt.end = event.time;
    attempt.output = event.output;
    attempt.error = event.error;
    attempt.status = event.inactive ? "Inactive" : std::string(outcome_name(event.outcome));
  }
  return attempts;
}

json::Value activity_run_json(const RunRecord& run, const Attempt& attempt) {
  const Activity& activity = *attempt.activity;
  ActivityError error = attempt.error.value_or(ActivityError{"", "", "", activity.name});
  json::Value input = attempt.input ? *attempt.input : json::Value(json::Object());
  mask(input);
  bool shows_output = attempt.output && !activity.policy.secure_output;
  auto slash = attempt.instance.rfind('/');
  std::string hash = slash == std::string::npos ? "" : text::hex_encode(digest::sha256(attempt.instance.substr(0, slash))).substr(0, 32);
  json::Object shown{
      {"activityRunEnd", time_or_null(attempt.end)},
      {"activityName", activity.name},
      {"activityRunStart", format_iso(attempt.start)},
      {"activityType", activity.type},
      {"durationInMs", attempt.end ? json::Value(milliseconds(attempt.start, *attempt.end)) : json::Value()},
      {"retryAttempt", attempt.attempt > 1 ? json::Value(attempt.attempt - 1) : json::Value()},
      {"error", json::Object{{"errorCode", error.code}, {"message", error.message}, {"failureType", error.failure_type},
                             {"target", error.target.empty() ? activity.name : error.target}}},
      {"activityRunId", attempt.id},
      {"iterationHash", hash},
      {"input", std::move(input)},
      {"linkedServiceName", activity.linked_service ? json::string_or(*activity.linked_service, "referenceName") : ""},
      {"output", shows_output ? *attempt.output : json::Value(json::Object())},
      {"pipelineName", run.pipeline},
      {"pipelineRunId", run.id},
      {"recoveryStatus", "None"},
      {"status", attempt.status},
      {"userProperties", attempt.user_properties ? *attempt.user_properties : json::Value(json::Object())}};
  return shown;
}

}  // namespace

json::Value pipeline_run_json(const RunRecord& run) {
  bool child = !run.parent_run_id.empty();
  json::Object invoked_by{{"id", child ? run.parent_run_id : run.id}, {"name", child ? "PipelineActivity" : "Manual"},
                          {"invokedByType", child ? "PipelineActivity" : "Manual"}};
  if (child) {
    invoked_by["pipelineName"] = run.parent_pipeline;
    invoked_by["pipelineRunId"] = run.parent_run_id;
  }
  if (json::Value trigger = json::parse(run.trigger).value_or(json::Object()); !json::string_or(trigger, "name").empty()) {
    invoked_by["id"] = json::string_or(trigger, "id");
    invoked_by["name"] = json::string_or(trigger, "name");
    invoked_by["invokedByType"] = json::string_or(trigger, "type");
  }
  bool timed = run.start && run.end;
  return json::Object{{"runId", run.id},
                      {"runGroupId", run.group_id},
                      {"isLatest", true},
                      {"pipelineName", run.pipeline},
                      {"parameters", parameters_text(run)},
                      {"runDimensions", json::Object()},
                      {"invokedBy", std::move(invoked_by)},
                      {"runStart", time_or_null(run.start ? run.start : run.created)},
                      {"runEnd", time_or_null(run.end)},
                      {"durationInMs", timed ? json::Value(milliseconds(*run.start, *run.end)) : json::Value()},
                      {"status", run.status},
                      {"message", run.message},
                      {"lastUpdated", format_iso(run.updated)},
                      {"annotations", json::Array()}};
}

Result<json::Value> query_pipeline_runs(const RunLog& log, std::string_view owner, const json::Value& body) {
  TRY(RunQuery query, parse_run_query(body));
  TRY(auto runs, log.changed(owner, query.after, query.before));
  std::vector<json::Value> items;
  for (const RunRecord& run : runs) items.push_back(pipeline_run_json(run));
  return answer_run_query(query, std::move(items), &run_member);
}

Result<json::Value> query_activity_runs(const RunLog& log, std::string_view owner, std::string_view run_id,
                                        const json::Value& body) {
  TRY(RunQuery query, parse_run_query(body));
  TRY(RunRecord run, log.get(owner, run_id));
  TRY(auto pipeline, parse_pipeline(run.pipeline, std::string_view(run.definition)));
  TRY(auto events, log.events(run_id));
  std::vector<json::Value> items;
  for (const Attempt& attempt : attempts_of(*pipeline, events)) {
    Time updated = attempt.end.value_or(attempt.start);
    if (attempt.activity && updated >= query.after && updated < query.before) items.push_back(activity_run_json(run, attempt));
  }
  return answer_run_query(query, std::move(items), &activity_member);
}

}  // namespace axonite::pipeline
