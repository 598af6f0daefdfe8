#include "pipeline/run.h"

#include <boost/json.hpp>

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "pipeline/model_json.h"
#include "pipeline/run_scope.h"

namespace axonite::pipeline {
namespace {

JsonPointer hold(json::Value value) { return std::make_shared<const json::Value>(std::move(value)); }

// A trigger's run; runs by hand and by ExecutePipeline have names of their own.
void add_trigger(json::Object& value, const RunRecord& record) {
  json::Value trigger = json::parse(record.trigger).value_or(json::Object());
  if (json::string_or(trigger, "name").empty()) return;
  value["TriggerType"] = json::string_or(trigger, "type");
  value["TriggerId"] = json::string_or(trigger, "id");
  value["TriggerName"] = json::string_or(trigger, "name");
  value["TriggerTime"] = json::string_or(trigger, "time");
}

json::Value pipeline_value(const RunRecord& record, const Owner& owner) {
  json::Value parameters = json::parse(record.parameters).value_or(json::Object());
  json::Object value{{"DataFactory", owner.name}, {"Pipeline", record.pipeline}, {"RunId", record.id},
                     {"TriggerType", record.parent_run_id.empty() ? "Manual" : "PipelineActivity"},
                     {"TriggerId", ""}, {"TriggerName", "Manual"}, {"TriggerTime", format_iso(record.created)},
                     {"GroupId", record.group_id}, {"parameters", std::move(parameters)},
                     {"globalParameters", json::parse(record.global_parameters).value_or(json::Object())}};
  add_trigger(value, record);
  if (!record.parent_run_id.empty()) {
    value["TriggeredByPipelineName"] = record.parent_pipeline;
    value["TriggeredByPipelineRunId"] = record.parent_run_id;
  }
  return value;
}

}  // namespace

Run::Run(RunRecord record, Owner owner, std::shared_ptr<const Pipeline> pipeline, Clock& clock)
    : record_(std::move(record)), owner_(std::move(owner)), clock_(clock), pipeline_(std::move(pipeline)),
      scheduler_(pipeline_), pipeline_value_(hold(pipeline_value(record_, owner_))) {}

Result<void> Run::replay(const std::vector<Event>& events) {
  for (const Event& event : events) CHECK_OK(scheduler_.apply(event));
  next_number = static_cast<std::int64_t>(events.size());
  return ok();
}

void Run::start() { record({.kind = Event::Kind::run_started}); }
void Run::cancel() { record({.kind = Event::Kind::cancel_requested}); }

void Run::resume() {
  for (Command& command : scheduler_.pending()) commands_.push_back(std::move(command));
  drain();
}

// Folds the event, remembers it for the log and follows what it sets off.
void Run::record(Event event) {
  event.time = clock_.now();
  auto commands = scheduler_.apply(event);
  if (!commands) {
    log::error("pipeline", record_.id + ": " + commands.error().log);
    return;
  }
  demands_.events.push_back(std::move(event));
  for (Command& command : *commands) commands_.push_back(std::move(command));
  drain();
}

void Run::drain() {
  if (draining_) return;
  draining_ = true;
  // A loop of control activities only could go on for ever: others get their turn, and the log its events.
  for (int budget = 1000; !commands_.empty() && budget > 0; --budget) {
    Command command = std::move(commands_.front());
    commands_.pop_front();
    execute(command);
  }
  draining_ = false;
  demands_.more = !commands_.empty();
}

void Run::execute(const Command& command) {
  using Kind = Command::Kind;
  switch (command.kind) {
    case Kind::run: {
      const Node* node = scheduler_.node(command.instance);
      if (node && node->state != Node::State::done) begin(command, node->state == Node::State::running);
      return;
    }
    case Kind::retry: {
      const Node* node = scheduler_.node(command.instance);
      Time due = node->finished + std::chrono::seconds(command.delay_seconds);
      demands_.timers.push_back({Timer::Kind::retry, due, command.instance, command.attempt});
      return;
    }
    case Kind::check_until: return check_until(command);
    case Kind::stop: demands_.stops.push_back(command.instance); return;
    case Kind::finish:
      return record({.kind = Event::Kind::finished, .instance = command.instance, .attempt = command.attempt,
                     .outcome = command.outcome, .inactive = command.inactive, .error = command.error});
    case Kind::finish_run:
      return record({.kind = Event::Kind::run_finished, .outcome = command.outcome, .error = command.error});
  }
}

void Run::begin(const Command& command, bool recovered) {
  const Activity& activity = *command.activity;
  if (activity.container != Container::none) return begin_container(command, recovered);
  if (activity.type == "ExecutePipeline") return begin_execute_pipeline(command, recovered);
  if (activity.type == "Wait") return begin_wait(command, recovered);
  if (inline_activity(command)) return;
  begin_work(command, recovered);
}

void Run::started(const Command& command, JsonPointer input, std::string child_run_id) {
  const Policy& policy = command.activity->policy;
  record({.kind = Event::Kind::started, .instance = command.instance, .attempt = command.attempt,
          .activity_run_id = new_uuid(), .child_run_id = std::move(child_run_id),
          .input = policy.secure_input ? nullptr : std::move(input),
          .user_properties = user_properties(*command.activity, command.instance)});
}

// They only describe: one that cannot be evaluated says why in its place.
JsonPointer Run::user_properties(const Activity& activity, const std::string& instance) const {
  if (!activity.user_properties || activity.user_properties->get_array().empty()) return nullptr;
  json::Object shown;
  for (const json::Value& property : activity.user_properties->get_array()) {
    const json::Value* given = definition::member(property, "value");
    auto value = given ? evaluate(*given, instance) : Result<json::Value>(json::Value());
    shown[json::string_or(property, "name")] = value ? std::move(*value) : json::Value(value.error().message);
  }
  return hold(std::move(shown));
}

void Run::finished(const std::string& instance, int attempt, ActivityResult result, bool retryable) {
  const Node* node = scheduler_.node(instance);
  if (!node) return;
  if (result.error) result.error->target = node->activity->name;
  record({.kind = Event::Kind::finished, .instance = instance, .attempt = attempt, .outcome = result.outcome,
          .retryable = retryable, .output = std::move(result.output), .error = std::move(result.error),
          .effect = std::move(result.effect)});
}

Result<json::Value> Run::evaluate(const json::Value& value, const std::string& instance, bool inside) const {
  RunScope scope(scheduler_, *pipeline_value_, instance, inside);
  return expression::evaluate_tree(value, scope, clock_);
}

Result<JsonPointer> Run::evaluate_pointer(const json::Value* value, const std::string& instance) const {
  if (!value) return nullptr;
  TRY(json::Value evaluated, evaluate(*value, instance));
  return hold(std::move(evaluated));
}

// Everything but the runner's own types: evaluated here, done on a thread of the pool.
void Run::begin_work(const Command& command, bool recovered) {
  const Activity& activity = *command.activity;
  Work work{.owner = owner_, .pipeline = pipeline_, .activity = &activity, .run_id = record_.id,
            .instance = command.instance, .attempt = command.attempt};
  Result<void> ready = [&]() -> Result<void> {
    TRY(work.properties, evaluate_pointer(activity.type_properties, command.instance));
    TRY(work.inputs, evaluate_pointer(activity.inputs, command.instance));
    TRY(work.outputs, evaluate_pointer(activity.outputs, command.instance));
    TRY(work.linked_service, evaluate_pointer(activity.linked_service, command.instance));
    return ok();
  }();
  if (!recovered) started(command, work.properties);
  if (!ready) return finished(command.instance, command.attempt, failed(ready.error()), false);
  work.activity_run_id = scheduler_.node(command.instance)->activity_run_id;
  demands_.launches.push_back(std::move(work));
}

void Run::begin_wait(const Command& command, bool recovered) {
  auto input = evaluate(*command.activity->type_properties, command.instance);
  if (!recovered) started(command, input ? hold(*input) : nullptr);
  if (!input) return finished(command.instance, command.attempt, failed(input.error()), false);
  auto seconds = definition::optional_integer(*input, "waitTimeInSeconds", "$.typeProperties");
  if (!seconds) return finished(command.instance, command.attempt, failed(seconds.error()), false);
  if (!*seconds || **seconds < 0)
    return finished(command.instance, command.attempt,
                    failed("InvalidWaitTime", "'waitTimeInSeconds' must be a number of seconds from 0 on."), false);
  if (**seconds == 0) return finished(command.instance, command.attempt, succeeded(json::Object()));
  Time due = scheduler_.node(command.instance)->began + std::chrono::seconds(std::min<std::int64_t>(**seconds, 90 * 86'400));
  demands_.timers.push_back({Timer::Kind::wait, due, command.instance, command.attempt});
}

void Run::begin_execute_pipeline(const Command& command, bool recovered) {
  auto input = evaluate(*command.activity->type_properties, command.instance);
  if (!recovered) started(command, input ? hold(*input) : nullptr, new_uuid());
  if (!input) return finished(command.instance, command.attempt, failed(input.error()), false);
  const json::Value* reference = definition::member(*input, "pipeline");
  std::string name = reference ? json::string_or(*reference, "referenceName") : "";
  if (name.empty())
    return finished(command.instance, command.attempt, failed("BadRequest", "'pipeline.referenceName' is required."), false);
  const json::Value* parameters = definition::member(*input, "parameters");
  auto wait = definition::boolean_or(*input, "waitOnCompletion", true, "$.typeProperties");
  ChildRun child{.id = scheduler_.node(command.instance)->child_run_id, .pipeline = name, .instance = command.instance,
                 .parameters = hold(parameters ? *parameters : json::Value(json::Object())), .wait = wait.value_or(true)};
  demands_.children.push_back(std::move(child));
}

void Run::activity_done(const std::string& instance, int attempt, ActivityResult result) {
  const Node* node = scheduler_.node(instance);
  if (!node || node->state != Node::State::running || node->attempt != attempt) return;
  finished(instance, attempt, std::move(result));
}

void Run::child_done(const std::string& instance, Outcome outcome, std::string message, JsonPointer return_values) {
  const Node* node = scheduler_.node(instance);
  if (!node || node->state != Node::State::running) return;
  json::Object output{{"pipelineName", ""}, {"pipelineRunId", node->child_run_id}};
  const json::Value* reference = definition::member(*node->activity->type_properties, "pipeline");
  if (reference) output["pipelineName"] = json::string_or(*reference, "referenceName");
  if (return_values) output["pipelineReturnValue"] = *return_values;
  ActivityResult result = succeeded(std::move(output));
  if (outcome == Outcome::failed) {
    result.outcome = Outcome::failed;
    result.error = ActivityError{"2001", std::move(message), "UserError", ""};
  } else if (outcome == Outcome::cancelled) {
    bool ours = scheduler_.cancelling() || node->stopping;
    result.outcome = ours ? Outcome::cancelled : Outcome::failed;
    if (!ours) result.error = ActivityError{"2002", "The pipeline run '" + node->child_run_id + "' was cancelled.", "UserError", ""};
  }
  finished(instance, node->attempt, std::move(result), false);
}

void Run::timer_due(const Timer& timer) {
  const Node* node = scheduler_.node(timer.instance);
  if (!node || node->state == Node::State::done) return;
  switch (timer.kind) {
    case Timer::Kind::retry:
      if (node->state != Node::State::retrying || node->attempt != timer.attempt) return;
      commands_.push_back({.kind = Command::Kind::run, .instance = timer.instance, .activity = node->activity,
                           .attempt = timer.attempt});
      return drain();
    case Timer::Kind::wait:
      if (node->state == Node::State::running) finished(timer.instance, timer.attempt, succeeded(json::Object()));
      return;
    case Timer::Kind::container: return record({.kind = Event::Kind::timed_out, .instance = timer.instance});
  }
}

JsonPointer Run::return_values() const {
  json::Object values;
  for (const auto& [name, value] : scheduler_.return_values()) values[name] = *value;
  return hold(std::move(values));
}

}  // namespace axonite::pipeline
