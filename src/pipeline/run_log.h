#pragma once
// runs.db: every run with the events it consists of. A row of `run` is what lists need and is written in the same
// transaction as the events that change it.
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "pipeline/run_event.h"
#include "store/database.h"

namespace axonite::pipeline {

struct RunRecord {
  std::string id, group_id;
  std::string owner;       // resource id of the factory or workspace, lower case
  std::string pipeline;
  std::string parameters;  // JSON object of the values the run works with
  std::string definition;  // the pipeline's JSON when the run was made: a restart goes on with the same
  std::string parent_run_id, parent_pipeline;  // ExecutePipeline
  // What started it, unless a client or another pipeline did: {"id","name","type","time"} of the trigger run.
  std::string trigger = "{}";
  std::string global_parameters = "{}";  // of the factory when the run was made
  std::string status = "Queued";               // InProgress, Canceling, Succeeded, Failed, Cancelled
  std::string message;
  Time created{}, updated{};
  std::optional<Time> start, end;
};

// Something to tell the event stream that must not be lost: written with the events that it follows from.
struct Announcement {
  std::string key, category, correlation_id, body;
  Time time{};
};

class RunLog {
 public:
  static Result<std::unique_ptr<RunLog>> open(const std::filesystem::path& file);

  // False when a run of that id exists already (ExecutePipeline after a restart).
  Result<bool> create(const RunRecord& run);
  // Appends `events` as numbers `first`, …; the run's row follows from them. `done` comes from the writer's thread.
  // `told` is kept until forget().
  void append(std::string run_id, std::int64_t first, std::vector<Event> events, std::function<void(Result<void>)> done,
              std::vector<Announcement> told = {});
  // What a crash may have kept from the event stream.
  Result<std::vector<Announcement>> untold() const;
  void forget(std::vector<std::string> keys);
  // Returns when every append before it has been answered.
  void flush();
  // not_found("PipelineRunNotFound") unless the run is `owner`'s.
  Result<RunRecord> get(std::string_view owner, std::string_view run_id) const;
  Result<std::vector<Event>> events(std::string_view run_id) const;
  // Changed within [after, before), oldest first.
  Result<std::vector<RunRecord>> changed(std::string_view owner, Time after, Time before) const;
  Result<std::vector<RunRecord>> unfinished() const;

 private:
  explicit RunLog(std::unique_ptr<store::Database> database) : database_(std::move(database)) {}
  Result<std::vector<RunRecord>> read(std::function<Result<void>(store::Connection&, std::vector<RunRecord>&)> work) const;
  std::unique_ptr<store::Database> database_;
};

}  // namespace axonite::pipeline
