#pragma once
// Experiments and runs of Machine Learning workspaces, with MLflow's rules: metrics are appended, parameters never
// change, tags are replaced. Error codes are MLflow's own (mlflow/protos/databricks.proto).
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace axonite::store {
class Connection;
class Database;
}  // namespace axonite::store

namespace axonite::ml {

struct Pair {
  std::string key, value;
};

struct Metric {
  std::string key;
  double value = 0;
  std::int64_t timestamp_ms = 0, step = 0;
};

inline constexpr std::string_view kActive = "active", kDeleted = "deleted";
// The experiment that is there without being made, as MLflow clients expect it.
inline constexpr std::string_view kDefaultExperiment = "0";

struct Experiment {
  std::int64_t number = 0;
  std::string id, name, stage;
  std::int64_t created_ms = 0, updated_ms = 0;
  std::vector<Pair> tags;
};

struct Run {
  std::int64_t number = 0, version = 0;
  std::string id, experiment_id, name, user, status, stage;
  std::int64_t start_ms = 0;
  std::optional<std::int64_t> end_ms;
  std::vector<Metric> metrics;  // the latest of each key
  std::vector<Pair> params, tags;
  std::vector<std::string> inputs;  // dataset inputs as given, JSON

  const std::string* tag(std::string_view key) const;
};

struct Batch {
  std::vector<Metric> metrics;
  std::vector<Pair> params, tags;
};
// log-batch of the MLflow REST API: 1,000 items, of these at most 1,000 metrics, 100 parameters, 100 tags.
inline constexpr std::size_t kBatchItemsMax = 1000, kBatchMetricsMax = 1000, kBatchParamsMax = 100, kBatchTagsMax = 100;
inline constexpr std::size_t kKeyBytesMax = 250, kParamBytesMax = 6000, kTagBytesMax = 8000;

struct NewRun {
  std::string id;  // empty = a new one
  std::string experiment_id, name, user;
  std::string status = "RUNNING";
  std::int64_t start_ms = 0;  // 0 = now
  std::vector<Pair> tags;
};

struct RunUpdate {
  std::optional<std::string> status, name;
  std::optional<std::int64_t> end_ms;
};

struct Search {
  std::vector<std::string> experiment_ids;  // runs only
  std::string filter;
  std::vector<std::string> order_by;
  bool active = true, deleted = false;  // which stages
  std::size_t count_max = 1000;
  std::string page_token;
};

template <class T>
struct Found {
  std::vector<T> items;
  std::string next_page_token;
};
using RunPointer = std::shared_ptr<const Run>;

class Tracking {
 public:
  Tracking(store::Database& database, Clock& clock);
  ~Tracking();

  // experiments.cc. Errors: RESOURCE_ALREADY_EXISTS, RESOURCE_DOES_NOT_EXIST, INVALID_PARAMETER_VALUE.
  Result<Experiment> create_experiment(std::string_view workspace, std::string_view name, const std::vector<Pair>& tags);
  Result<Experiment> experiment(std::string_view workspace, std::string_view id) const;
  Result<Experiment> experiment_by_name(std::string_view workspace, std::string_view name) const;
  // The one of this name, made when it is missing.
  Result<Experiment> ensure_experiment(std::string_view workspace, std::string_view name);
  Result<void> rename_experiment(std::string_view workspace, std::string_view id, std::string_view name);
  // Its runs go with it and come back with it.
  Result<void> set_experiment_stage(std::string_view workspace, std::string_view id, std::string_view stage);
  Result<void> set_experiment_tag(std::string_view workspace, std::string_view id, const Pair& tag);
  Result<void> delete_experiment_tag(std::string_view workspace, std::string_view id, std::string_view key);
  Result<Found<Experiment>> search_experiments(std::string_view workspace, const Search& search) const;

  // runs.cc
  Result<RunPointer> create_run(std::string_view workspace, const NewRun& run);
  Result<RunPointer> run(std::string_view workspace, std::string_view id) const;
  Result<RunPointer> update_run(std::string_view workspace, std::string_view id, const RunUpdate& update);
  Result<void> set_run_stage(std::string_view workspace, std::string_view id, std::string_view stage);
  Result<void> log_batch(std::string_view workspace, std::string_view id, const Batch& batch);
  Result<void> delete_tag(std::string_view workspace, std::string_view id, std::string_view key);
  Result<void> log_inputs(std::string_view workspace, std::string_view id, const std::vector<std::string>& inputs);
  Result<Found<Metric>> metric_history(std::string_view workspace, std::string_view id, std::string_view key, std::size_t count_max, std::string_view page_token) const;
  // Every value of every metric, by key, time and step.
  Result<std::vector<Metric>> all_metrics(std::string_view workspace, std::string_view id) const;

  // search.cc. Filters and orders as the MLflow documentation has them ("Search Runs").
  Result<Found<RunPointer>> search_runs(std::string_view workspace, const Search& search) const;

 private:
  struct Cache;
  Result<RunPointer> read_run(store::Connection& connection, std::int64_t number, std::int64_t version) const;
  Result<RunPointer> run_in(store::Connection& connection, std::string_view workspace, std::string_view id) const;

  store::Database& database_;
  Clock& clock_;
  std::unique_ptr<Cache> cache_;
};

// Offsets in pages, as opaque tokens. invalid(INVALID_PARAMETER_VALUE).
std::string page_token(std::size_t offset);
Result<std::size_t> page_offset(std::string_view token);
Error no_such(std::string_view what, std::string_view name);
Error bad_value(std::string message);
std::int64_t milliseconds(Time time);

}  // namespace axonite::ml
