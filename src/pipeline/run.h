#pragma once
// One run in memory: the scheduler, what its expressions see, and the events that are not in the log yet. It belongs
// to the runner's one control thread. Control activities happen within it; all other work it hands out.
#include <deque>
#include <string>
#include <vector>

#include "base/clock.h"
#include "pipeline/activity.h"
#include "pipeline/run_log.h"
#include "pipeline/scheduler.h"

namespace axonite::pipeline {

struct Timer {
  enum class Kind { retry, wait, container };
  Kind kind = Kind::retry;
  Time due{};
  std::string instance;
  int attempt = 1;
};

// An ExecutePipeline activity that began: the run to make, unless it is there already.
struct ChildRun {
  std::string id, pipeline, instance;
  JsonPointer parameters;
  bool wait = true;
};

// What has to happen outside, once the events before it are durable.
struct Demands {
  std::vector<Event> events;
  std::vector<Work> launches;
  std::vector<Timer> timers;
  std::vector<ChildRun> children;
  std::vector<std::string> stops;  // instances
  bool more = false;               // call proceed() after others had their turn
};

class Run {
 public:
  Run(RunRecord record, Owner owner, std::shared_ptr<const Pipeline> pipeline, Clock& clock);

  // The log so far; then resume() goes on. Errors mean that the log is damaged.
  Result<void> replay(const std::vector<Event>& events);
  void start();
  void resume();
  void proceed() { drain(); }
  void cancel();
  void timer_due(const Timer& timer);
  void activity_done(const std::string& instance, int attempt, ActivityResult result);
  void child_done(const std::string& instance, Outcome outcome, std::string message, JsonPointer return_values);

  Demands take() { return std::exchange(demands_, {}); }
  const RunRecord& record() const { return record_; }
  const Scheduler& scheduler() const { return scheduler_; }
  const Owner& owner() const { return owner_; }
  JsonPointer return_values() const;
  std::int64_t next_number = 0;  // of the next event in the log

 private:
  void record(Event event);
  void drain();
  void execute(const Command& command);
  void begin(const Command& command, bool recovered);
  void begin_container(const Command& command, bool recovered);
  void begin_execute_pipeline(const Command& command, bool recovered);
  void begin_wait(const Command& command, bool recovered);
  void begin_work(const Command& command, bool recovered);
  void check_until(const Command& command);
  void started(const Command& command, JsonPointer input, std::string child_run_id = {});
  void finished(const std::string& instance, int attempt, ActivityResult result, bool retryable = true);
  JsonPointer user_properties(const Activity& activity, const std::string& instance) const;
  bool inline_activity(const Command& command);
  Result<ActivityResult> perform_inline(const Activity& activity, const std::string& instance, const json::Value& input);
  Result<ActivityResult> filter(const Activity& activity, const std::string& instance);
  Result<json::Value> evaluate(const json::Value& value, const std::string& instance, bool inside = false) const;
  Result<JsonPointer> evaluate_pointer(const json::Value* value, const std::string& instance) const;

  RunRecord record_;
  Owner owner_;
  Clock& clock_;
  std::shared_ptr<const Pipeline> pipeline_;
  Scheduler scheduler_;
  JsonPointer pipeline_value_;  // what pipeline() gives
  std::deque<Command> commands_;
  bool draining_ = false;
  Demands demands_;
};

}  // namespace axonite::pipeline
