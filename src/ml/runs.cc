#include <algorithm>

#include "base/id.h"
#include "base/text.h"
#include "ml/metric_value.h"
#include "ml/run_cache.h"
#include "ml/tracking.h"
#include "store/database.h"

namespace axonite::ml {
namespace {

constexpr std::string_view kStatuses[] = {"RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"};

struct Key {
  std::int64_t number = 0, version = 0;
  std::string stage;
};

Result<Key> key_of(store::Connection& connection, std::string_view workspace, std::string_view id) {
  TRY(auto found, connection.first("SELECT number,version,stage FROM run WHERE workspace=?1 AND id=?2",
                                   [](store::Statement& row) { return Key{row.integer(0), row.integer(1), std::string(row.text(2))}; }, workspace, id));
  if (!found) return std::unexpected(no_such("run with ID", id));
  return std::move(*found);
}

Result<Key> active_key(store::Connection& connection, std::string_view workspace, std::string_view id) {
  TRY(Key key, key_of(connection, workspace, id));
  if (key.stage != kActive) return std::unexpected(bad_value("The run " + std::string(id) + " must be in the 'active' state. Current state is " + key.stage + "."));
  return key;
}

Result<void> touch(store::Connection& connection, std::int64_t run) { return connection.execute("UPDATE run SET version=version+1 WHERE number=?1", run); }

Result<void> set_tags(store::Connection& connection, std::int64_t run, const std::vector<Pair>& tags) {
  for (const Pair& tag : tags) {
    CHECK_OK(connection.execute("INSERT OR REPLACE INTO tag(run,key,value) VALUES(?1,?2,?3)", run, tag.key, tag.value));
    if (tag.key == "mlflow.runName") CHECK_OK(connection.execute("UPDATE run SET name=?2 WHERE number=?1", run, tag.value));
  }
  return ok();
}

Result<void> check_pairs(const std::vector<Pair>& pairs, std::string_view what, std::size_t value_bytes_max) {
  for (const Pair& pair : pairs) {
    if (pair.key.empty() || pair.key.size() > kKeyBytesMax) return std::unexpected(bad_value("The " + std::string(what) + " name '" + pair.key.substr(0, 100) + "' is empty or longer than 250 bytes."));
    if (pair.value.size() > value_bytes_max) return std::unexpected(bad_value("The value of the " + std::string(what) + " '" + pair.key + "' has more than " + std::to_string(value_bytes_max) + " bytes."));
  }
  return ok();
}

Result<void> check_batch(const Batch& batch) {
  std::size_t items = batch.metrics.size() + batch.params.size() + batch.tags.size();
  auto more = [](std::string_view what, std::size_t count, std::size_t max) { return std::unexpected(bad_value("A batch logging request can contain at most " + std::to_string(max) + " " + std::string(what) + ". Got " + std::to_string(count) + ".")); };
  if (batch.metrics.size() > kBatchMetricsMax) return more("metrics", batch.metrics.size(), kBatchMetricsMax);
  if (batch.params.size() > kBatchParamsMax) return more("params", batch.params.size(), kBatchParamsMax);
  if (batch.tags.size() > kBatchTagsMax) return more("tags", batch.tags.size(), kBatchTagsMax);
  if (items > kBatchItemsMax) return more("items", items, kBatchItemsMax);
  for (const Metric& metric : batch.metrics)
    if (metric.key.empty() || metric.key.size() > kKeyBytesMax) return std::unexpected(bad_value("The metric name '" + metric.key.substr(0, 100) + "' is empty or longer than 250 bytes."));
  CHECK_OK(check_pairs(batch.params, "param", kParamBytesMax));
  return check_pairs(batch.tags, "tag", kTagBytesMax);
}

Result<void> add_metrics(store::Connection& connection, std::int64_t run, const std::vector<Metric>& metrics) {
  for (const Metric& metric : metrics) {
    store::Blob value = pack(metric.value);
    CHECK_OK(connection.execute("INSERT OR IGNORE INTO metric(run,key,timestamp_ms,step,value) VALUES(?1,?2,?3,?4,?5)", run, metric.key, metric.timestamp_ms, metric.step, value));
    // The latest has the highest step, then time, then value: MLflow's rule.
    CHECK_OK(connection.execute("INSERT INTO latest_metric(run,key,timestamp_ms,step,value) VALUES(?1,?2,?3,?4,?5) ON CONFLICT(run,key) DO UPDATE SET "
                                "timestamp_ms=excluded.timestamp_ms,step=excluded.step,value=excluded.value "
                                "WHERE (excluded.step,excluded.timestamp_ms,excluded.value)>=(step,timestamp_ms,value)",
                                run, metric.key, metric.timestamp_ms, metric.step, value));
  }
  return ok();
}

Result<void> add_params(store::Connection& connection, std::int64_t run, const std::vector<Pair>& params) {
  for (const Pair& param : params) {
    CHECK_OK(connection.execute("INSERT OR IGNORE INTO param(run,key,value) VALUES(?1,?2,?3)", run, param.key, param.value));
    if (connection.changes() == 1) continue;
    TRY(auto there, connection.first("SELECT value FROM param WHERE run=?1 AND key=?2", [](store::Statement& row) { return std::string(row.text(0)); }, run, param.key));
    if (there && *there != param.value)
      return std::unexpected(bad_value("Changing param values is not allowed. Param with key='" + param.key + "' was already logged with value='" + *there + "'. Attempted logging new value '" + param.value.substr(0, 100) + "'."));
  }
  return ok();
}

Result<void> check_status(std::string_view status) {
  if (std::ranges::find(kStatuses, status) != std::end(kStatuses)) return ok();
  return std::unexpected(bad_value("'" + std::string(status.substr(0, 50)) + "' is no status of a run."));
}

}  // namespace

Tracking::Tracking(store::Database& database, Clock& clock) : database_(database), clock_(clock), cache_(std::make_unique<Cache>()) {}
Tracking::~Tracking() = default;

Result<RunPointer> Tracking::read_run(store::Connection& connection, std::int64_t number, std::int64_t version) const {
  if (auto cached = cache_->find(number, version)) return cached;
  auto run = std::make_shared<Run>();
  run->number = number;
  CHECK_OK(connection.each("SELECT r.id,e.id,r.name,r.user,r.status,r.stage,r.start_ms,r.end_ms,r.version FROM run r JOIN experiment e ON e.number=r.experiment WHERE r.number=?1", [&](store::Statement& row) {
    run->id = row.text(0), run->experiment_id = row.text(1), run->name = row.text(2), run->user = row.text(3), run->status = row.text(4), run->stage = row.text(5);
    run->start_ms = row.integer(6), run->version = row.integer(8);
    if (!row.is_null(7)) run->end_ms = row.integer(7);
  }, number));
  CHECK_OK(connection.each("SELECT key,timestamp_ms,step,value FROM latest_metric WHERE run=?1",
                           [&](store::Statement& row) { run->metrics.push_back({std::string(row.text(0)), unpack(row.text(3)), row.integer(1), row.integer(2)}); }, number));
  CHECK_OK(connection.each("SELECT key,value FROM param WHERE run=?1", [&](store::Statement& row) { run->params.push_back({std::string(row.text(0)), std::string(row.text(1))}); }, number));
  CHECK_OK(connection.each("SELECT key,value FROM tag WHERE run=?1", [&](store::Statement& row) { run->tags.push_back({std::string(row.text(0)), std::string(row.text(1))}); }, number));
  CHECK_OK(connection.each("SELECT body FROM input WHERE run=?1 ORDER BY number", [&](store::Statement& row) { run->inputs.emplace_back(row.text(0)); }, number));
  cache_->keep(run);
  return RunPointer(run);
}

Result<RunPointer> Tracking::run_in(store::Connection& connection, std::string_view workspace, std::string_view id) const {
  TRY(Key key, key_of(connection, workspace, id));
  return read_run(connection, key.number, key.version);
}

Result<RunPointer> Tracking::run(std::string_view workspace, std::string_view id) const {
  return store::read<RunPointer>(database_, [&](store::Connection& connection) { return run_in(connection, workspace, id); });
}

Result<RunPointer> Tracking::create_run(std::string_view workspace, const NewRun& run) {
  CHECK_OK(check_status(run.status));
  CHECK_OK(check_pairs(run.tags, "tag", kTagBytesMax));
  TRY(Experiment experiment, this->experiment(workspace, run.experiment_id.empty() ? kDefaultExperiment : std::string_view(run.experiment_id)));
  if (experiment.stage != kActive) return std::unexpected(bad_value("The experiment " + experiment.id + " must be in the 'active' state."));
  std::string id = run.id.empty() ? new_uuid() : run.id;
  std::int64_t start = run.start_ms ? run.start_ms : milliseconds(clock_.now());
  CHECK_OK(database_.write([&](store::Connection& connection) -> Result<void> {
    CHECK_OK(connection.execute("INSERT OR IGNORE INTO run(experiment,workspace,id,name,user,status,stage,start_ms,version) VALUES(?1,?2,?3,?4,?5,?6,'active',?7,1)",
                                experiment.number, workspace, id, run.name, run.user, run.status, start));
    if (connection.changes() == 0) return std::unexpected(conflict("RESOURCE_ALREADY_EXISTS", "The run '" + id + "' already exists."));
    TRY(Key key, key_of(connection, workspace, id));
    return set_tags(connection, key.number, run.tags);
  }));
  return this->run(workspace, id);
}

Result<RunPointer> Tracking::update_run(std::string_view workspace, std::string_view id, const RunUpdate& update) {
  if (update.status) CHECK_OK(check_status(*update.status));
  CHECK_OK(database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(Key key, active_key(connection, workspace, id));
    if (update.name) CHECK_OK(set_tags(connection, key.number, {{"mlflow.runName", *update.name}}));
    return connection.execute("UPDATE run SET status=coalesce(?2,status),end_ms=coalesce(?3,end_ms),version=version+1 WHERE number=?1", key.number, update.status, update.end_ms);
  }));
  return run(workspace, id);
}

Result<void> Tracking::set_run_stage(std::string_view workspace, std::string_view id, std::string_view stage) {
  return database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(Key key, key_of(connection, workspace, id));
    return connection.execute("UPDATE run SET stage=?2,version=version+1 WHERE number=?1", key.number, stage);
  });
}

Result<void> Tracking::log_batch(std::string_view workspace, std::string_view id, const Batch& batch) {
  CHECK_OK(check_batch(batch));
  return database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(Key key, active_key(connection, workspace, id));
    CHECK_OK(add_params(connection, key.number, batch.params));
    CHECK_OK(add_metrics(connection, key.number, batch.metrics));
    CHECK_OK(set_tags(connection, key.number, batch.tags));
    return touch(connection, key.number);
  });
}

Result<void> Tracking::delete_tag(std::string_view workspace, std::string_view id, std::string_view key) {
  return database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(Key run, active_key(connection, workspace, id));
    CHECK_OK(connection.execute("DELETE FROM tag WHERE run=?1 AND key=?2", run.number, key));
    if (connection.changes() == 0) return std::unexpected(no_such("tag with name", key));
    return touch(connection, run.number);
  });
}

Result<void> Tracking::log_inputs(std::string_view workspace, std::string_view id, const std::vector<std::string>& inputs) {
  if (inputs.size() > kBatchItemsMax) return std::unexpected(bad_value("There are more than 1000 inputs."));
  return database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(Key run, active_key(connection, workspace, id));
    for (const std::string& input : inputs)
      CHECK_OK(connection.execute("INSERT INTO input(run,number,body) SELECT ?1,coalesce(max(number),0)+1,?2 FROM input WHERE run=?1", run.number, input));
    return touch(connection, run.number);
  });
}

Result<Found<Metric>> Tracking::metric_history(std::string_view workspace, std::string_view id, std::string_view key, std::size_t count_max, std::string_view token) const {
  TRY(std::size_t offset, page_offset(token));
  return store::read<Found<Metric>>(database_, [&](store::Connection& connection) -> Result<Found<Metric>> {
    TRY(Key run, key_of(connection, workspace, id));
    Found<Metric> found;
    CHECK_OK(connection.each("SELECT key,timestamp_ms,step,value FROM metric WHERE run=?1 AND key=?2 ORDER BY timestamp_ms,step,value LIMIT ?3 OFFSET ?4",
                             [&](store::Statement& row) { found.items.push_back({std::string(row.text(0)), unpack(row.text(3)), row.integer(1), row.integer(2)}); }, run.number, key, count_max + 1, offset));
    if (found.items.size() > count_max) {
      found.items.pop_back();
      found.next_page_token = page_token(offset + count_max);
    }
    return found;
  });
}

Result<std::vector<Metric>> Tracking::all_metrics(std::string_view workspace, std::string_view id) const {
  return store::read<std::vector<Metric>>(database_, [&](store::Connection& connection) -> Result<std::vector<Metric>> {
    TRY(Key run, key_of(connection, workspace, id));
    std::vector<Metric> all;
    CHECK_OK(connection.each("SELECT key,timestamp_ms,step,value FROM metric WHERE run=?1 ORDER BY key,timestamp_ms,step,value",
                             [&](store::Statement& row) { all.push_back({std::string(row.text(0)), unpack(row.text(3)), row.integer(1), row.integer(2)}); }, run.number));
    return all;
  });
}

}  // namespace axonite::ml
