#pragma once
// Runs pipelines: durable, resumable, many at a time. One control thread folds events and evaluates expressions;
// a pool does the work of activities. What is in the log is what happened: `started` is there before work begins, a
// finished activity is never run again, and the next start goes on where the log ends.
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "event/stream.h"
#include "pipeline/activity.h"
#include "pipeline/run_log.h"

namespace axonite::pipeline {

struct RunnerOptions {
  unsigned threads = 8;             // activities at a time
  std::size_t runs_max = 10'000;    // active runs; more answer throttled("TooManyPipelineRuns")
  std::size_t queued_max = 100;     // waiting for `concurrency`, per pipeline
};

struct RunRequest {
  std::string pipeline;
  JsonPointer parameters;          // an object; null for none
  std::string parent_run_id, parent_pipeline;
  std::string run_id;              // empty: a new one
  std::string group_id;            // empty: the run's id
  std::string trigger = "{}";      // as RunRecord
};

// Appends to `events`, category "run", at the start and the end of a run, and for a failed activity:
// {"owner","pipeline","runId","status","message"} and {…,"activity","activityType","status","errorCode","message"}; and for
// a failed run an administrative event, so that activity-log alerts see it (announcement.h).
class Runner {
 public:
  // `activities` may be extended with set_activity() before resume().
  Runner(RunLog& log, Definitions& definitions, Activities activities, event::Stream* events, Clock& clock,
         RunnerOptions options = {});
  // Abandons what runs; the log goes on from there at the next start.
  ~Runner();

  // Told of every run that ended, after its end is durable, on the control thread: short, never blocking. Null: nobody.
  void on_finished(std::function<void(const RunRecord&)> listener);
  // Goes on with every run that has not ended. Call once, before create().
  Result<void> resume();
  // The id of the new run, which is durable. Errors: those of parse_pipeline, not_found, invalid("BadRequest") for
  // parameters that are missing, unknown or of another type, throttled.
  Result<std::string> create(const Owner& owner, const RunRequest& request);
  // Ends at the next chance, with the runs it started when `recursive`. Ok for a run that has ended.
  Result<void> cancel(std::string_view owner, std::string_view run_id, bool recursive);
  const RunLog& log() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Values for a pipeline's parameters: given ones converted to the declared types, defaults for the rest.
Result<json::Value> bind_parameters(const Pipeline& pipeline, const json::Value& given);

}  // namespace axonite::pipeline
