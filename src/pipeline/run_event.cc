#include "pipeline/run_event.h"

#include <boost/json.hpp>
#include <utility>

namespace axonite::pipeline {
namespace {

constexpr std::pair<Event::Kind, std::string_view> kKinds[] = {
    {Event::Kind::run_started, "run_started"}, {Event::Kind::started, "started"},
    {Event::Kind::expanded, "expanded"},       {Event::Kind::iterated, "iterated"},
    {Event::Kind::finished, "finished"},       {Event::Kind::timed_out, "timed_out"},
    {Event::Kind::cancel_requested, "cancel_requested"}, {Event::Kind::run_finished, "run_finished"},
};
constexpr std::pair<Outcome, std::string_view> kOutcomes[] = {
    {Outcome::succeeded, "Succeeded"}, {Outcome::failed, "Failed"},
    {Outcome::cancelled, "Cancelled"}, {Outcome::skipped, "Skipped"},
};
constexpr std::string_view kEffects[] = {"none", "set", "append", "return"};

void put(json::Object& object, std::string_view key, const JsonPointer& value) {
  if (value) object[key] = *value;
}
void put(json::Object& object, std::string_view key, const std::string& value) {
  if (!value.empty()) object[key] = value;
}

JsonPointer take(const json::Value& body, std::string_view key) {
  const json::Value* found = json::find(body, key);
  return found ? std::make_shared<const json::Value>(*found) : nullptr;
}
int take_int(const json::Value& body, std::string_view key, int fallback) {
  const json::Value* found = json::find(body, key);
  return found && found->is_int64() ? static_cast<int>(found->get_int64()) : fallback;
}
bool take_bool(const json::Value& body, std::string_view key, bool fallback) {
  const json::Value* found = json::find(body, key);
  return found && found->is_bool() ? found->get_bool() : fallback;
}

void write_result(json::Object& body, const Event& event) {
  body["outcome"] = outcome_name(event.outcome);
  if (event.inactive) body["inactive"] = true;
  if (!event.retryable) body["retryable"] = false;
  put(body, "output", event.output);
  if (event.error) {
    body["error"] = json::Object{{"errorCode", event.error->code},
                                 {"message", event.error->message},
                                 {"failureType", event.error->failure_type},
                                 {"target", event.error->target}};
  }
  if (event.effect.kind == Effect::Kind::none) return;
  json::Object effect{{"kind", kEffects[static_cast<int>(event.effect.kind)]}};
  put(effect, "variable", event.effect.variable);
  put(effect, "value", event.effect.value);
  body["effect"] = std::move(effect);
}

void read_result(Event& event, const json::Value& body) {
  std::string outcome = json::string_or(body, "outcome");
  for (auto [value, name] : kOutcomes)
    if (name == outcome) event.outcome = value;
  event.inactive = take_bool(body, "inactive", false);
  event.retryable = take_bool(body, "retryable", true);
  event.output = take(body, "output");
  if (const json::Value* error = json::find(body, "error"))
    event.error = ActivityError{json::string_or(*error, "errorCode"), json::string_or(*error, "message"),
                                json::string_or(*error, "failureType"), json::string_or(*error, "target")};
  const json::Value* effect = json::find(body, "effect");
  if (!effect) return;
  std::string kind = json::string_or(*effect, "kind");
  for (int i = 0; i < 4; ++i)
    if (kEffects[i] == kind) event.effect.kind = static_cast<Effect::Kind>(i);
  event.effect.variable = json::string_or(*effect, "variable");
  event.effect.value = take(*effect, "value");
}

}  // namespace

std::string_view kind_name(Event::Kind kind) {
  for (auto [value, name] : kKinds)
    if (value == kind) return name;
  return {};
}

std::string_view outcome_name(Outcome outcome) {
  for (auto [value, name] : kOutcomes)
    if (value == outcome) return name;
  return {};
}

std::string write_event(const Event& event) {
  json::Object body;
  put(body, "instance", event.instance);
  if (event.attempt != 1) body["attempt"] = event.attempt;
  switch (event.kind) {
    case Event::Kind::started:
      put(body, "activityRunId", event.activity_run_id);
      put(body, "childRunId", event.child_run_id);
      put(body, "input", event.input);
      put(body, "userProperties", event.user_properties);
      break;
    case Event::Kind::expanded:
      body["index"] = event.index;
      put(body, "items", event.items);
      put(body, "input", event.input);
      break;
    case Event::Kind::iterated:
      body["index"] = event.index;
      body["satisfied"] = event.satisfied;
      break;
    case Event::Kind::finished:
    case Event::Kind::run_finished: write_result(body, event); break;
    case Event::Kind::run_started:
    case Event::Kind::timed_out:
    case Event::Kind::cancel_requested: break;
  }
  return json::write(body);
}

Result<Event> read_event(std::string_view kind, Time time, std::string_view text) {
  TRY(json::Value body, json::parse(text, {.bytes_max = 64u << 20, .depth_max = 128}));
  Event event;
  event.time = time;
  bool known = false;
  for (auto [value, name] : kKinds)
    if (name == kind) {
      event.kind = value;
      known = true;
    }
  if (!known) return std::unexpected(internal("run log holds the unknown event kind " + std::string(kind)));
  event.instance = json::string_or(body, "instance");
  event.attempt = take_int(body, "attempt", 1);
  event.activity_run_id = json::string_or(body, "activityRunId");
  event.child_run_id = json::string_or(body, "childRunId");
  event.input = take(body, "input");
  event.user_properties = take(body, "userProperties");
  event.items = take(body, "items");
  event.index = take_int(body, "index", 0);
  event.satisfied = take_bool(body, "satisfied", false);
  read_result(event, body);
  return event;
}

}  // namespace axonite::pipeline
