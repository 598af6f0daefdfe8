#include "pipeline/runner.h"

#include <atomic>
#include <boost/json.hpp>
#include <map>

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "pipeline/announcement.h"
#include "pipeline/pool.h"
#include "pipeline/run.h"
#include "pipeline/timers.h"

namespace axonite::pipeline {
namespace {

constexpr auto kReloadDelay = std::chrono::seconds(5);  // after the log could not be written

struct ActiveWork {
  std::stop_source stop;
  bool timed_out = false;
  Timers::Id timeout;
};

struct ActiveRun {
  std::unique_ptr<Run> run;
  std::uint64_t generation = 0;  // a run that was dropped and loaded again ignores answers to its former self
  std::map<std::string, ActiveWork> work;
  bool finished = false;
  bool keep_children = false;  // cancelled without the runs it started
};

std::string queue_key(const RunRecord& record) { return record.owner + "\n" + text::to_lower(record.pipeline); }

}  // namespace

struct Runner::State {
  State(RunLog& log, Definitions& definitions, Activities activities, event::Stream* events, Clock& clock,
        RunnerOptions options)
      : log(log), definitions(definitions), activities(std::move(activities)), events(events), clock(clock),
        options(options) {}

  using Message = std::function<void(State&)>;

  RunLog& log;
  Definitions& definitions;
  Activities activities;
  event::Stream* events;
  Clock& clock;
  RunnerOptions options;
  std::mutex listener_mutex;
  std::function<void(const RunRecord&)> listener;

  std::mutex mutex;
  std::condition_variable_any changed;
  std::deque<Message> messages;
  std::map<std::string, std::size_t> queued;  // by queue_key; guarded by `mutex`
  std::atomic<std::size_t> active_count = 0;

  // Only on the control thread.
  std::map<std::string, ActiveRun> runs;
  std::map<std::string, std::size_t> active;           // by queue_key
  std::map<std::string, std::deque<std::string>> waiting;  // run ids by queue_key
  std::uint64_t generation = 0;

  std::stop_source stopping;
  // Last members end first: nobody posts to a control thread that is gone.
  std::jthread control;
  std::unique_ptr<Timers> timers;
  std::unique_ptr<Pool> pool;

  void post(Message message) {
    std::lock_guard lock(mutex);
    messages.push_back(std::move(message));
    changed.notify_one();
  }

  void loop(std::stop_token stop) {
    std::unique_lock lock(mutex);
    while (changed.wait(lock, stop, [&] { return !messages.empty(); })) {
      if (stop.stop_requested()) return;
      Message message = std::move(messages.front());
      messages.pop_front();
      lock.unlock();
      message(*this);
      message = nullptr;
      lock.lock();
    }
  }

  ActiveRun* find(const std::string& id, std::uint64_t of_generation) {
    auto found = runs.find(id);
    return found == runs.end() || found->second.generation != of_generation ? nullptr : &found->second;
  }

  // Loads a run from the log and lets it go on, or begin when its pipeline has a slot.
  void load(const std::string& owner_id, const std::string& id) {
    auto loaded = load_run(owner_id, id);
    if (!loaded) {
      log::error("pipeline", "run " + id + " cannot go on: " + loaded.error().message + " " + loaded.error().log);
      return give_up(id, loaded.error());
    }
    std::unique_ptr<Run> run = std::move(*loaded);
    std::string key = queue_key(run->record());
    auto limit = run->scheduler().pipeline().concurrency;
    if (!run->scheduler().started() && !run->scheduler().cancelling() && limit && active[key] >= static_cast<std::size_t>(*limit)) {
      waiting[key].push_back(id);
      std::lock_guard lock(mutex);
      ++queued[key];
      return;
    }
    ++active[key];
    ActiveRun& slot = runs[id];
    slot.run = std::move(run);
    slot.generation = ++generation;
    slot.run->scheduler().started() || slot.run->scheduler().cancelling() ? slot.run->resume() : slot.run->start();
    settle(id, slot);
  }

  // Its factory is gone, or a newer server refuses its definition: the run ends here. A damaged log is left alone.
  void give_up(const std::string& id, const Error& error) {
    --active_count;
    auto past = log.events(id);
    if (error.kind == Error::Kind::internal || !past) return;
    Event end{.kind = Event::Kind::run_finished, .time = clock.now(), .outcome = Outcome::failed};
    end.error = ActivityError{error.code, error.message, "UserError", ""};
    log.append(id, static_cast<std::int64_t>(past->size()), {end}, [](Result<void>) {});
  }

  Result<std::unique_ptr<Run>> load_run(const std::string& owner_id, const std::string& id) {
    TRY(RunRecord record, log.get(owner_id, id));
    TRY(Owner owner, definitions.owner(owner_id));
    TRY(auto pipeline, parse_pipeline(record.pipeline, std::string_view(record.definition)));
    TRY(auto past, log.events(id));
    auto run = std::make_unique<Run>(std::move(record), std::move(owner), std::move(pipeline), clock);
    CHECK_OK(run->replay(past));
    return run;
  }

  // Makes the run's new events durable, then does what they call for.
  void settle(const std::string& id, ActiveRun& slot) {
    auto demands = std::make_shared<Demands>(slot.run->take());
    std::uint64_t of = slot.generation;
    for (const std::string& instance : demands->stops) stop_work(slot, instance);
    std::vector<Announcement> told = announce(*slot.run, demands->events);
    if (slot.run->scheduler().finished()) slot.finished = true;
    if (demands->events.empty()) return follow(id, of, *demands);
    std::int64_t first = slot.run->next_number;
    slot.run->next_number += static_cast<std::int64_t>(demands->events.size());
    log.append(
        id, first, std::move(demands->events),
        [this, id, of, demands, told](Result<void> outcome) {
          post([id, of, demands, outcome, told](State& state) {
            if (!outcome) return state.drop_and_reload(id, of, outcome.error());
            if (!told.empty()) state.tell(told);
            state.follow(id, of, *demands);
          });
        },
        told);
  }

  void follow(const std::string& id, std::uint64_t of, Demands& demands) {
    ActiveRun* slot = find(id, of);
    if (!slot) return;
    for (Work& work : demands.launches) launch(id, *slot, std::move(work));
    for (const Timer& timer : demands.timers)
      timers->at(timer.due, [this, id, of, timer] {
        post([id, of, timer](State& state) { state.with_run(id, of, [&](Run& run) { run.timer_due(timer); }); });
      });
    for (ChildRun& child : demands.children) start_child(id, of, *slot, child);
    if (demands.more)
      post([id, of](State& state) { state.with_run(id, of, [](Run& run) { run.proceed(); }); });
    if (slot->finished) finish(id, *slot);
  }

  template <class Change>
  void with_run(const std::string& id, std::uint64_t of, Change change) {
    ActiveRun* slot = find(id, of);
    if (!slot || slot->finished) return;
    change(*slot->run);
    settle(id, *slot);
  }

  void launch(const std::string& id, ActiveRun& slot, Work work) {
    std::string instance = work.instance;
    ActiveWork& active_work = slot.work[instance];
    active_work = {};
    const Node* node = slot.run->scheduler().node(instance);
    if (!node || node->stopping || slot.run->scheduler().cancelling()) active_work.stop.request_stop();
    work.stop = active_work.stop.get_token();
    std::uint64_t of = slot.generation;
    Time due = clock.now() + std::chrono::seconds(work.activity->policy.timeout_seconds);
    int attempt = work.attempt;
    active_work.timeout = timers->at(due, [this, id, of, instance, attempt] {
      post([=](State& state) { state.time_out(id, of, instance, attempt); });
    });
    pool->post([this, id, of, work = std::move(work)] {
      ActivityResult result = perform(work);
      post([id, of, instance = work.instance, attempt = work.attempt, result = std::move(result)](State& state) mutable {
        state.done(id, of, instance, attempt, std::move(result));
      });
    });
  }

  ActivityResult perform(const Work& work) const {
    if (work.stop.stop_requested()) return {.outcome = Outcome::cancelled};
    auto found = activities.find(work.activity->type);
    if (found == activities.end())
      return failed("UnsupportedActivityType", "The activity type '" + work.activity->type + "' is not supported here.");
    try {
      return found->second(work);
    } catch (const std::exception& exception) {
      log::error("pipeline", "activity " + work.instance + " of run " + work.run_id + " threw: " + exception.what());
      return failed(internal(exception.what()));
    }
  }

  void time_out(const std::string& id, std::uint64_t of, const std::string& instance, int attempt) {
    ActiveRun* slot = find(id, of);
    const Node* node = slot ? slot->run->scheduler().node(instance) : nullptr;
    auto found = slot ? slot->work.find(instance) : decltype(slot->work.find(instance)){};
    if (!node || node->attempt != attempt || found == slot->work.end()) return;
    found->second.timed_out = true;
    found->second.stop.request_stop();
  }

  void done(const std::string& id, std::uint64_t of, const std::string& instance, int attempt, ActivityResult result) {
    ActiveRun* slot = find(id, of);
    if (!slot) return;
    bool timed_out = slot->work[instance].timed_out;
    timers->cancel(slot->work[instance].timeout);
    slot->work.erase(instance);
    if (timed_out && result.outcome != Outcome::succeeded)
      result = failed("ActivityTimedOut", "The activity did not end within its timeout.");
    with_run(id, of, [&](Run& run) { run.activity_done(instance, attempt, std::move(result)); });
  }

  void stop_work(ActiveRun& slot, const std::string& instance) {
    if (auto found = slot.work.find(instance); found != slot.work.end()) found->second.stop.request_stop();
    const Node* node = slot.run->scheduler().node(instance);
    if (!node) return;
    std::string child = node->child_run_id;
    std::string id = slot.run->record().id;
    std::uint64_t of = slot.generation;
    if (!child.empty() && slot.keep_children) {
      post([id, of, instance](State& state) {
        state.with_run(id, of, [&](Run& run) { run.child_done(instance, Outcome::cancelled, "", nullptr); });
      });
    } else if (!child.empty()) {
      post([owner = slot.run->record().owner, child](State& state) { state.cancel_run(owner, child, true); });
    } else if (node->activity->type == "Wait") {
      post([id, of, instance, attempt = node->attempt](State& state) {
        state.with_run(id, of, [&](Run& run) { run.activity_done(instance, attempt, {.outcome = Outcome::cancelled}); });
      });
    }
  }

  void cancel_run(const std::string& owner, const std::string& id, bool recursive) {
    for (auto& [key, ids] : waiting)
      if (std::erase(ids, id) > 0) {
        leave_queue(key);
        auto run = load_run(owner, id);
        if (!run) return;
        ActiveRun& slot = runs[id];
        slot.run = std::move(*run);
        slot.generation = ++generation;
        ++active[key];
        break;
      }
    auto found = runs.find(id);
    if (found == runs.end() || found->second.finished) return;
    found->second.keep_children = !recursive;
    with_run(id, found->second.generation, [](Run& run) { run.cancel(); });
  }

  void start_child(const std::string& id, std::uint64_t of, ActiveRun& slot, const ChildRun& child) {
    const RunRecord& parent = slot.run->record();
    RunRequest request{.pipeline = child.pipeline, .parameters = child.parameters, .parent_run_id = parent.id,
                       .parent_pipeline = parent.pipeline, .run_id = child.id, .group_id = parent.group_id};
    // Making a run reads definitions and waits for the log: not on this thread.
    pool->post([this, id, of, owner = slot.run->owner(), request, instance = child.instance, wait = child.wait] {
      auto created = create(owner, request);
      post([id, of, owner = owner.id, instance, child = request.run_id, wait, created](State& state) {
        state.child_created(id, of, owner, instance, child, wait, created);
      });
    });
  }

  void child_created(const std::string& id, std::uint64_t of, const std::string& owner, const std::string& instance,
                     const std::string& child, bool wait, const Result<std::string>& created) {
    if (!created) {
      with_run(id, of, [&](Run& run) { run.child_done(instance, Outcome::failed, created.error().message, nullptr); });
      return;
    }
    if (!wait) {
      with_run(id, of, [&](Run& run) { run.child_done(instance, Outcome::succeeded, "", nullptr); });
      return;
    }
    // It may have ended already: before a restart, or between its making and now.
    auto record = log.get(owner, child);
    if (record && record->end) tell_parent(*record, nullptr);
  }

  // `id` is the ExecutePipeline run; its activity is the one that names the child.
  void tell_parent(const RunRecord& child, JsonPointer return_values) {
    auto found = runs.find(child.parent_run_id);
    if (found == runs.end()) return;
    std::string instance = instance_of_child(found->second.run->scheduler(), child.id);
    if (instance.empty()) return;
    if (!return_values) {
      if (auto run = load_run(child.owner, child.id)) return_values = (*run)->return_values();
    }
    Outcome outcome = child.status == "Succeeded" ? Outcome::succeeded : child.status == "Failed" ? Outcome::failed : Outcome::cancelled;
    with_run(child.parent_run_id, found->second.generation,
             [&](Run& run) { run.child_done(instance, outcome, child.message, return_values); });
  }

  static std::string instance_of_child(const Scheduler& scheduler, const std::string& child) {
    for (const Command& command : scheduler.pending()) {
      const Node* node = scheduler.node(command.instance);
      if (node && node->child_run_id == child) return command.instance;
    }
    return {};
  }

  void finish(const std::string& id, ActiveRun& slot) {
    RunRecord record = slot.run->record();
    JsonPointer values = slot.run->return_values();
    runs.erase(id);
    if (std::lock_guard lock(listener_mutex); listener) listener(record);
    --active_count;
    std::string key = queue_key(record);
    if (active[key] > 0 && --active[key] == 0) active.erase(key);
    if (!record.parent_run_id.empty())
      if (auto ended = log.get(record.owner, id)) tell_parent(*ended, values);
    auto& ids = waiting[key];
    if (ids.empty()) {
      waiting.erase(key);
      return;
    }
    std::string next = ids.front();
    ids.pop_front();
    leave_queue(key);
    load(record.owner, next);
  }

  void leave_queue(const std::string& key) {
    std::lock_guard lock(mutex);
    auto found = queued.find(key);
    if (found != queued.end() && --found->second == 0) queued.erase(found);
  }

  void drop_and_reload(const std::string& id, std::uint64_t of, const Error& error) {
    ActiveRun* slot = find(id, of);
    if (!slot) return;
    log::error("pipeline", "run " + id + " waits for its log: " + error.message + " " + error.log);
    std::string owner = slot->run->record().owner;
    --active[queue_key(slot->run->record())];
    for (auto& [instance, work] : slot->work) work.stop.request_stop();
    runs.erase(id);
    timers->at(clock.now() + kReloadDelay, [this, owner, id] {
      post([owner, id](State& state) { state.load(owner, id); });
    });
  }

  // What has a key must not be lost, and is returned; the rest goes at once.
  std::vector<Announcement> announce(const Run& run, const std::vector<Event>& happened) {
    std::vector<Announcement> kept;
    for (std::size_t i = 0; events && i < happened.size(); ++i)
      for (event::Event& one : announcements(run, happened[i], clock.now())) {
        if (one.key.empty()) events->append_async(std::move(one));
        else kept.push_back({one.key, one.category, one.correlation_id, one.body, one.time});
      }
    return kept;
  }

  // On a thread of the pool, since the stream answers after its own commit; what a crash prevents, the next start tells.
  void tell(std::vector<Announcement> told) {
    pool->post([this, told = std::move(told)] {
      std::vector<std::string> keys;
      for (const Announcement& one : told)
        if (events->append({.time = one.time, .category = one.category, .correlation_id = one.correlation_id, .body = one.body, .key = one.key}))
          keys.push_back(one.key);
      log.forget(std::move(keys));
    });
  }

  Result<std::string> create(const Owner& owner, const RunRequest& request) {
    TRY(std::string definition, definitions.definition(owner.id, "pipelines", request.pipeline));
    TRY(auto pipeline, parse_pipeline(request.pipeline, std::string_view(definition)));
    static const json::Value kNone = json::Object();
    TRY(json::Value parameters, bind_parameters(*pipeline, request.parameters ? *request.parameters : kNone));
    RunRecord record{.id = request.run_id.empty() ? new_uuid() : request.run_id, .owner = text::to_lower(owner.id),
                     .pipeline = request.pipeline, .parameters = json::write(parameters), .definition = std::move(definition),
                     .parent_run_id = request.parent_run_id, .parent_pipeline = request.parent_pipeline, .trigger = request.trigger, .created = clock.now()};
    if (owner.global_parameters) record.global_parameters = json::write(*owner.global_parameters);
    record.group_id = request.group_id.empty() ? record.id : request.group_id;
    if (active_count.load() >= options.runs_max)
      return std::unexpected(throttled("TooManyPipelineRuns", "Too many pipeline runs are active."));
    if (std::lock_guard lock(mutex); queued.contains(queue_key(record)) && queued[queue_key(record)] >= options.queued_max)
      return std::unexpected(throttled("TooManyQueuedRuns", "Too many runs of this pipeline are queued."));
    TRY(bool fresh, log.create(record));
    if (fresh) {
      ++active_count;
      post([owner = record.owner, id = record.id](State& state) { state.load(owner, id); });
    }
    return record.id;
  }
};

Runner::Runner(RunLog& log, Definitions& definitions, Activities activities, event::Stream* events, Clock& clock,
               RunnerOptions options)
    : state_(std::make_unique<State>(log, definitions, std::move(activities), events, clock, options)) {
  state_->timers = std::make_unique<Timers>(clock);
  state_->pool = std::make_unique<Pool>(options.threads);
  state_->control = std::jthread([state = state_.get()](std::stop_token stop) { state->loop(stop); });
}

Runner::~Runner() {
  state_->control.request_stop();
  state_->control.join();
  for (auto& [id, slot] : state_->runs)
    for (auto& [instance, work] : slot.work) work.stop.request_stop();
  state_->pool.reset();
  state_->timers.reset();
  state_->log.flush();  // answers to appends come to `state_`
}

void Runner::on_finished(std::function<void(const RunRecord&)> listener) {
  std::lock_guard lock(state_->listener_mutex);
  state_->listener = std::move(listener);
}

Result<void> Runner::resume() {
  TRY(auto told, state_->log.untold());
  if (state_->events && !told.empty()) state_->tell(std::move(told));
  TRY(auto runs, state_->log.unfinished());
  for (const RunRecord& run : runs) {
    ++state_->active_count;
    state_->post([owner = run.owner, id = run.id](State& state) { state.load(owner, id); });
  }
  return ok();
}

Result<std::string> Runner::create(const Owner& owner, const RunRequest& request) { return state_->create(owner, request); }

Result<void> Runner::cancel(std::string_view owner, std::string_view run_id, bool recursive) {
  TRY(RunRecord record, state_->log.get(owner, run_id));
  if (record.end) return ok();
  state_->post([owner = record.owner, id = record.id, recursive](State& state) { state.cancel_run(owner, id, recursive); });
  return ok();
}

const RunLog& Runner::log() const { return state_->log; }

}  // namespace axonite::pipeline
