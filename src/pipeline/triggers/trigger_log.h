#pragma once
// triggers.db: which triggers are started and how far they came, and every trigger run with the pipeline runs it
// stands for. A run's row names those before they are made, so that a restart makes the same ones.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/database.h"

namespace axonite::pipeline::triggers {

struct TriggerState {
  std::string owner;       // resource id, lower case
  std::string name;
  std::string definition;  // as it was when it was started
  bool started = false;
  bool subscribed = false;
  std::string anchor;      // what the windows depend on: another one begins anew
  Time cursor{};           // schedule: the last occurrence; tumbling window: the start of the next window
};

struct PlannedRun {
  std::string pipeline, run_id;
  std::string parameters;  // JSON object
};

struct TriggerRun {
  std::string id, group_id;
  std::string owner, trigger, type;
  std::string status;  // Inprogress, Waiting, WaitingOnDependency, Running, Succeeded, Failed, Cancelled
  std::string message;
  Time fired{}, updated{};
  Time scheduled{};        // the occurrence; the window's start
  std::optional<Time> window_end;
  std::string cause;       // what tells two of one time apart: the blob event's id
  std::string body = "{}";  // blob events: what @triggerBody() is
  int serial = 0;          // of reruns
  int attempt = 1;
  Time not_before{};       // of the next attempt
  std::vector<PlannedRun> plan;
  bool open() const { return status != "Succeeded" && status != "Failed" && status != "Cancelled"; }
};

class TriggerLog {
 public:
  static Result<std::unique_ptr<TriggerLog>> open(const std::filesystem::path& file);

  Result<void> put(const TriggerState& state);
  Result<std::vector<TriggerState>> states() const;
  // Nothing when the trigger was never started or subscribed.
  Result<std::optional<TriggerState>> state(std::string_view owner, std::string_view name) const;
  // With its runs that have not ended.
  Result<void> forget(std::string_view owner, std::string_view name);

  // Moves the cursor and adds runs, both or neither; runs of an occurrence that is there already are left out.
  Result<void> advance(const TriggerState& state, const std::vector<TriggerRun>& runs);
  Result<void> update(const TriggerRun& run);
  // not_found("TriggerRunNotFound").
  Result<TriggerRun> get(std::string_view owner, std::string_view id) const;
  // The ones that have not ended, oldest scheduled first.
  Result<std::vector<TriggerRun>> unfinished(std::string_view owner, std::string_view name, std::size_t count_max) const;
  // The newest run of every window that overlaps [from, to), by time.
  Result<std::vector<TriggerRun>> windows(std::string_view owner, std::string_view name, Time from, Time to) const;
  Result<std::vector<TriggerRun>> changed(std::string_view owner, Time after, Time before) const;

 private:
  explicit TriggerLog(std::unique_ptr<store::Database> database) : database_(std::move(database)) {}
  Result<std::vector<TriggerRun>> read_runs(std::function<Result<void>(store::Connection&, std::vector<TriggerRun>&)> work) const;
  std::unique_ptr<store::Database> database_;
};

}  // namespace axonite::pipeline::triggers
