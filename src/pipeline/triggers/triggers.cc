#include "pipeline/triggers/triggers.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "pipeline/model_json.h"
#include "pipeline/triggers/trigger_scope.h"

namespace axonite::pipeline::triggers {
namespace {

constexpr std::size_t kOccurrencesPerStep = 100;
constexpr std::size_t kWindowsPerStep = 500;
constexpr std::size_t kOpenWindowsMax = 2000;  // looked at in one step
constexpr auto kDependencyWait = std::chrono::hours(7 * 24);
constexpr auto kRetryAfterError = std::chrono::seconds(5);

std::string anchor_of(const Trigger& trigger) {
  if (trigger.kind != Trigger::Kind::tumbling_window) return {};
  const Windows& windows = trigger.windows;
  return std::to_string(static_cast<int>(windows.frequency)) + "/" + std::to_string(windows.interval) + "/" + format_iso(windows.start);
}

}  // namespace

Triggers::Triggers(TriggerLog& log, Runner& runner, Definitions& definitions, Clock& clock)
    : log_(log), runner_(runner), definitions_(definitions), clock_(clock), timers_(clock),
      thread_([this](std::stop_token stop) { loop(stop); }) {
  runner_.on_finished([this](const RunRecord&) { poke(); });
}

Triggers::~Triggers() {
  runner_.on_finished(nullptr);
  thread_.request_stop();
  thread_.join();
}

void Triggers::poke() {
  std::lock_guard lock(poke_mutex_);
  poked_ = true;
  poked_changed_.notify_one();
}

void Triggers::loop(std::stop_token stop) {
  std::unique_lock lock(poke_mutex_);
  while (poked_changed_.wait(lock, stop, [&] { return poked_; })) {
    if (stop.stop_requested()) return;
    poked_ = false;
    lock.unlock();
    step();
    lock.lock();
  }
}

Result<Triggers::Started> Triggers::load(const Owner& owner, TriggerState state, std::string_view definition) const {
  TRY(json::Value document, json::parse(definition));
  TRY(auto trigger, parse_trigger(state.name, std::move(document)));
  return Started{std::move(state), owner, std::move(trigger)};
}

Result<void> Triggers::resume() {
  TRY(auto states, log_.states());
  std::lock_guard lock(mutex_);
  for (TriggerState& state : states) {
    if (!state.started) continue;
    // The document says whether it is started: a crash may have come between the two.
    auto document = definitions_.definition(state.owner, "triggers", state.name);
    auto parsed = document ? json::parse(*document) : Result<json::Value>(std::unexpected(document.error()));
    auto owner = definitions_.owner(state.owner);
    if (!parsed || !owner || json::string_or(*parsed, "properties.runtimeState") != "Started") {
      state.started = false;
      CHECK_OK(log_.put(state));
      continue;
    }
    auto started = load(*owner, state, state.definition);
    if (started) started_.emplace(Key(state.owner, text::to_lower(state.name)), std::move(*started));
    else log::error("trigger", state.name + " cannot go on: " + started.error().message);
  }
  poke();
  return ok();
}

Result<void> Triggers::start(const Owner& owner, std::string_view name) {
  TRY(std::string definition, definitions_.definition(owner.id, "triggers", name));
  std::string owner_id = text::to_lower(owner.id);
  TRY(auto known, log_.state(owner_id, name));
  TriggerState state = known.value_or(TriggerState{.owner = owner_id, .name = std::string(name)});
  TRY(Started started, load(owner, state, definition));
  const Trigger& trigger = *started.trigger;
  if (trigger.pipelines.empty())
    return std::unexpected(invalid("BadRequest", "The trigger '" + std::string(name) + "' must have a pipeline before it can be started."));
  started.state.definition = std::move(definition);
  started.state.started = true;
  if (trigger.kind == Trigger::Kind::blob_events) started.state.subscribed = true;
  std::string anchor = anchor_of(trigger);
  if (trigger.kind == Trigger::Kind::schedule) started.state.cursor = clock_.now();
  if (trigger.kind == Trigger::Kind::tumbling_window && (!known || started.state.anchor != anchor)) started.state.cursor = trigger.windows.start;
  started.state.anchor = anchor;
  std::lock_guard lock(mutex_);
  CHECK_OK(log_.put(started.state));
  started_.insert_or_assign(Key(owner_id, text::to_lower(name)), std::move(started));
  poke();
  return ok();
}

Result<void> Triggers::stop(const Owner& owner, std::string_view name) {
  std::lock_guard lock(mutex_);
  Key key(text::to_lower(owner.id), text::to_lower(name));
  auto found = started_.find(key);
  if (found == started_.end()) return ok();
  TriggerState state = found->second.state;
  state.started = false;
  CHECK_OK(log_.put(state));
  started_.erase(found);
  return ok();
}

Result<void> Triggers::subscribe(const Owner& owner, std::string_view name, bool subscribed) {
  std::lock_guard lock(mutex_);
  std::string owner_id = text::to_lower(owner.id);
  TRY(auto known, log_.state(owner_id, name));
  TriggerState state = known.value_or(TriggerState{.owner = owner_id, .name = std::string(name)});
  state.subscribed = subscribed;
  if (auto found = started_.find(Key(owner_id, text::to_lower(name))); found != started_.end()) found->second.state.subscribed = subscribed;
  return log_.put(state);
}

Result<bool> Triggers::subscribed(const Owner& owner, std::string_view name) const {
  TRY(auto known, log_.state(owner.id, name));
  return known && known->subscribed;
}

Result<void> Triggers::forget(std::string_view owner_id, std::string_view name) {
  std::lock_guard lock(mutex_);
  started_.erase(Key(text::to_lower(owner_id), text::to_lower(name)));
  return log_.forget(owner_id, name);
}

TriggerRun Triggers::new_run(const Started& started, Time scheduled, Time now) const {
  TriggerRun run{.id = new_uuid(), .owner = started.state.owner, .trigger = started.state.name, .type = started.trigger->type,
                 .fired = now, .updated = now, .scheduled = scheduled};
  run.group_id = run.id;
  return run;
}

Result<std::vector<PlannedRun>> Triggers::plan(const Started& started, const TriggerRun& run) const {
  TriggerScope scope(run);
  std::vector<PlannedRun> planned;
  for (const TriggeredPipeline& pipeline : started.trigger->pipelines) {
    json::Value parameters = json::Object();
    if (pipeline.parameters) {
      TRY(parameters, expression::evaluate_tree(*pipeline.parameters, scope, clock_));
    }
    planned.push_back({pipeline.name, new_uuid(), json::write(parameters)});
  }
  return planned;
}

// Makes the pipeline runs that the trigger run names; those that are there already are left alone.
Result<void> Triggers::launch(const Started& started, TriggerRun& run) {
  json::Value caused{{"id", run.id}, {"name", run.trigger}, {"type", run.type}, {"time", format_iso(run.fired)}};
  std::string failure;
  for (const PlannedRun& one : run.plan) {
    TRY(json::Value parameters, json::parse(one.parameters));
    RunRequest request{.pipeline = one.pipeline, .parameters = std::make_shared<const json::Value>(std::move(parameters)),
                       .run_id = one.run_id, .trigger = json::write(caused)};
    // The factory's global parameters are those of now.
    TRY(Owner owner, definitions_.owner(started.owner.id));
    if (auto created = runner_.create(owner, request); !created) failure = created.error().message;
  }
  if (failure.empty()) return ok();
  return std::unexpected(invalid("PipelineNotStarted", failure));
}

// Plans, writes down and starts one run whose turn has come.
Result<void> Triggers::begin(const Started& started, TriggerRun& run, Time now) {
  bool window = run.window_end.has_value();
  bool resumed = run.status == "Inprogress";  // planned before a restart: the same runs again
  auto planned = resumed ? Result<std::vector<PlannedRun>>(run.plan) : plan(started, run);
  run.updated = now;
  if (planned) run.plan = std::move(*planned);
  run.status = planned ? (window ? "Running" : "Inprogress") : "Failed";
  if (!planned) run.message = planned.error().message;
  CHECK_OK(log_.update(run));
  if (!planned) return ok();
  auto launched = launch(started, run);
  if (launched && window) return ok();
  run.status = launched ? "Succeeded" : "Failed";
  if (!launched) run.message = launched.error().message;
  return log_.update(run);
}

Result<std::optional<Time>> Triggers::step_schedule(Started& started, Time now) {
  std::size_t fired = 0;
  while (started.trigger->kind == Trigger::Kind::schedule) {
    auto next = next_occurrence(started.trigger->recurrence, started.state.cursor);
    if (!next || *next > now || fired++ == kOccurrencesPerStep) {
      TRY(auto open, log_.unfinished(started.state.owner, started.state.name, kOpenWindowsMax));
      for (TriggerRun& run : open) CHECK_OK(begin(started, run, now));
      if (!next || *next > now) return next;
      fired = 0;
      continue;
    }
    TriggerRun run = new_run(started, *next, now);
    run.status = "Waiting";
    TriggerState moved = started.state;
    moved.cursor = *next;
    CHECK_OK(log_.advance(moved, {run}));
    started.state.cursor = *next;
  }
  TRY(auto open, log_.unfinished(started.state.owner, started.state.name, kOpenWindowsMax));
  for (TriggerRun& run : open) CHECK_OK(begin(started, run, now));
  return std::nullopt;
}

Result<void> Triggers::make_windows(Started& started, Time now) {
  const Windows& windows = started.trigger->windows;
  std::vector<TriggerRun> made;
  TriggerState moved = started.state;
  while (made.size() < kWindowsPerStep) {
    Time end = window_end(windows, moved.cursor);
    if (end <= moved.cursor || (windows.end && end > *windows.end) || end + windows.delay > now) break;
    TriggerRun run = new_run(started, moved.cursor, now);
    run.window_end = end;
    run.status = "Waiting";
    made.push_back(std::move(run));
    moved.cursor = end;
  }
  if (made.empty()) return ok();
  CHECK_OK(log_.advance(moved, made));
  started.state.cursor = moved.cursor;
  if (made.size() == kWindowsPerStep) poke();
  return ok();
}

// All windows that the dependency covers have succeeded, and they cover it whole.
Result<bool> Triggers::satisfied(const Started& started, const TriggerRun& run) const {
  for (const WindowDependency& dependency : started.trigger->windows.dependencies) {
    Time from = run.scheduled + dependency.offset;
    Time to = dependency.size.count() > 0 ? from + dependency.size : *run.window_end + dependency.offset;
    bool self = dependency.trigger.empty();
    if (self && from < started.trigger->windows.start) continue;  // there is none before the first
    TRY(auto needed, log_.windows(run.owner, self ? run.trigger : dependency.trigger, from, to));
    Time covered = from;
    for (const TriggerRun& window : needed) {
      if (window.status != "Succeeded") return false;
      if (window.scheduled <= covered) covered = std::max(covered, *window.window_end);
    }
    if (covered < to) return false;
  }
  return true;
}

// A window whose pipeline ran to its end.
Result<void> Triggers::follow(const Started& started, TriggerRun& run, Time now) {
  if (run.plan.empty()) return ok();
  auto record = runner_.log().get(run.owner, run.plan.front().run_id);
  if (!record && record.error().kind == Error::Kind::not_found) {  // the crash came before it was made
    auto launched = launch(started, run);
    if (launched) return ok();
    run.status = "Failed";
    run.message = launched.error().message;
  } else if (!record) {
    return std::unexpected(record.error());
  } else if (!record->end) {
    return ok();
  } else {
    run.status = record->status;
    run.message = record->message;
  }
  const Windows& windows = started.trigger->windows;
  if (run.status == "Failed" && run.attempt <= windows.retries) {
    run.status = "Waiting";
    ++run.attempt;
    run.not_before = now + windows.retry_interval;
  }
  run.updated = now;
  return log_.update(run);
}

Result<std::optional<Time>> Triggers::step_windows(Started& started, Time now) {
  CHECK_OK(make_windows(started, now));
  const Windows& windows = started.trigger->windows;
  Time end = window_end(windows, started.state.cursor);
  std::optional<Time> next;
  if (!windows.end || end <= *windows.end) next = end + windows.delay;
  auto sooner = [&](Time time) { next = next ? std::min(*next, time) : time; };
  TRY(auto open, log_.unfinished(started.state.owner, started.state.name, kOpenWindowsMax));
  int running = 0;
  for (TriggerRun& run : open) {
    if (run.status == "Running") CHECK_OK(follow(started, run, now));
    running += run.status == "Running" ? 1 : 0;
  }
  for (TriggerRun& run : open) {
    bool waits = run.status == "Waiting" || run.status == "WaitingOnDependency";
    if (!waits || running >= windows.concurrency_max) continue;
    if (run.not_before > now) {
      sooner(run.not_before);
      continue;
    }
    TRY(bool ready, satisfied(started, run));
    if (ready) {
      CHECK_OK(begin(started, run, now));
      running += run.status == "Running" ? 1 : 0;
      continue;
    }
    bool late = now - run.fired >= kDependencyWait;
    if (!late) sooner(run.fired + kDependencyWait);
    if (!late && run.status == "WaitingOnDependency") continue;
    run.status = late ? "Failed" : "WaitingOnDependency";
    if (late) run.message = "The windows that this one depends on did not succeed within 7 days.";
    run.updated = now;
    CHECK_OK(log_.update(run));
  }
  return next;
}

void Triggers::step() {
  std::lock_guard lock(mutex_);
  Time now = clock_.now();
  std::optional<Time> next;
  for (auto& [key, started] : started_) {
    bool windows = started.trigger->kind == Trigger::Kind::tumbling_window;
    auto due = windows ? step_windows(started, now) : step_schedule(started, now);
    if (!due) {
      log::error("trigger", started.state.name + " waits: " + due.error().message + " " + due.error().log);
      due = now + kRetryAfterError;
    }
    if (*due) next = next ? std::min(*next, **due) : **due;
  }
  timers_.cancel(timer_);
  if (next) timer_ = timers_.at(*next, [this] { poke(); });
}

}  // namespace axonite::pipeline::triggers
