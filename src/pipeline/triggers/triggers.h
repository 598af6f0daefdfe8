#pragma once
// Started triggers: waits for their times by the clock, makes their pipeline runs, follows tumbling windows to their
// end. Whatever is to happen is written down before it happens, under ids that a restart uses again.
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "pipeline/runner.h"
#include "pipeline/timers.h"
#include "pipeline/triggers/trigger.h"
#include "pipeline/triggers/trigger_log.h"

namespace axonite::pipeline::triggers {

// Something that happened to a blob.
struct BlobEvent {
  std::string id;                        // the same for the same event
  std::string account;                   // name of the storage account
  std::string container, folder, file;   // "data", "in/2024", "a.csv"
  std::uint64_t bytes = 0;
  bool created = true;
  Time time{};
};

class Triggers {
 public:
  // All outlive it.
  Triggers(TriggerLog& log, Runner& runner, Definitions& definitions, Clock& clock);
  ~Triggers();

  // Goes on with the triggers that are started. After Runner::resume().
  Result<void> resume();
  // Of one that was never started: from now on (schedule), from its start time on (tumbling window); of one that was,
  // windows go on where they ended. Errors: those of parse_trigger, not_found.
  Result<void> start(const Owner& owner, std::string_view name);
  Result<void> stop(const Owner& owner, std::string_view name);
  // Blob events reach a started trigger while it is subscribed; starting subscribes.
  Result<void> subscribe(const Owner& owner, std::string_view name, bool subscribed);
  Result<bool> subscribed(const Owner& owner, std::string_view name) const;
  // Once more, with the trigger as it is defined now. invalid("TriggerRunNotFinished") for one that has not ended.
  Result<void> rerun(const Owner& owner, std::string_view name, std::string_view run_id);
  // With its pipeline runs. Ok for one that has ended.
  Result<void> cancel(const Owner& owner, std::string_view name, std::string_view run_id);
  // The trigger is gone.
  Result<void> forget(std::string_view owner_id, std::string_view name);
  void blob_event(const BlobEvent& event);

  // {"value":[…],"continuationToken"?} for RunFilterParameters.
  Result<json::Value> query_runs(std::string_view owner, const json::Value& body) const;

 private:
  struct Started {
    TriggerState state;
    Owner owner;
    std::shared_ptr<const Trigger> trigger;
  };
  using Key = std::pair<std::string, std::string>;

  void poke();
  void loop(std::stop_token stop);
  void step();
  Result<std::optional<Time>> step_schedule(Started& started, Time now);
  Result<std::optional<Time>> step_windows(Started& started, Time now);
  Result<void> make_windows(Started& started, Time now);
  Result<void> follow(const Started& started, TriggerRun& run, Time now);
  Result<bool> satisfied(const Started& started, const TriggerRun& run) const;
  Result<void> begin(const Started& started, TriggerRun& run, Time now);
  Result<void> launch(const Started& started, TriggerRun& run);
  Result<std::vector<PlannedRun>> plan(const Started& started, const TriggerRun& run) const;
  TriggerRun new_run(const Started& started, Time scheduled, Time now) const;
  Result<Started> load(const Owner& owner, TriggerState state, std::string_view definition) const;

  TriggerLog& log_;
  Runner& runner_;
  Definitions& definitions_;
  Clock& clock_;
  std::mutex mutex_;  // the started triggers and what is done for them
  std::map<Key, Started> started_;
  std::mutex poke_mutex_;
  std::condition_variable_any poked_changed_;
  bool poked_ = false;
  Timers::Id timer_;
  Timers timers_;
  std::jthread thread_;  // last: ends first
};

}  // namespace axonite::pipeline::triggers
