#pragma once
// What happens in a pipeline run. A run is the list of its events; its state is their fold (scheduler.h), so a restart
// replays them. The runner appends them to the log, in order; nothing else is remembered.
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace axonite::pipeline {

using JsonPointer = std::shared_ptr<const json::Value>;

enum class Outcome { succeeded, failed, cancelled, skipped };

// As queryActivityruns shows it.
struct ActivityError {
  std::string code;
  std::string message;
  std::string failure_type = "UserError";  // or SystemError
  std::string target;                      // the activity
};

// What a finished activity changes in the run besides its own result.
struct Effect {
  enum class Kind { none, set, append, return_value };
  Kind kind = Kind::none;
  std::string variable;
  JsonPointer value;
};

// An activity in a run is named by its path: "Load", "EachTable/3/Copy" (iteration 3), "IfRows/0/Notify" (branch 0).
struct Event {
  enum class Kind {
    run_started,
    started,           // an attempt of an activity; `input` as monitoring shows it
    expanded,          // a container knows its branch, or the items it loops over
    iterated,          // Until's condition after iteration `index`
    finished,          // an attempt ended; without `started` for inactive activities
    timed_out,         // a container's time is up
    cancel_requested,
    run_finished,
  };
  Kind kind = Kind::run_started;
  Time time{};
  std::string instance;
  int attempt = 1;
  std::string activity_run_id;  // started
  std::string child_run_id;     // started, ExecutePipeline
  JsonPointer input;            // started; null under secureInput
  JsonPointer user_properties;  // started: name → value, evaluated; null for none
  JsonPointer items;            // expanded, ForEach: an array
  int index = 0;                // expanded: the branch, -1 for none; iterated: the iteration
  bool satisfied = false;       // iterated
  Outcome outcome = Outcome::succeeded;  // finished, run_finished
  bool inactive = false;                 // finished
  bool retryable = true;                 // finished, failed: whether the policy's retries apply
  JsonPointer output;                    // finished
  std::optional<ActivityError> error;    // finished, run_finished
  Effect effect;                         // finished
};

std::string_view kind_name(Event::Kind kind);
std::string_view outcome_name(Outcome outcome);  // "Succeeded", …
// The body as the log keeps it (everything but kind and time), and back.
std::string write_event(const Event& event);
Result<Event> read_event(std::string_view kind, Time time, std::string_view body);

}  // namespace axonite::pipeline
