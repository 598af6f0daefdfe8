#include <boost/json.hpp>

#include "service/mlflow/handlers.h"

namespace axonite::service::mlflow {
namespace {

Answer logged(Rooms& rooms, front::Call& call, const Arguments& arguments, const ml::Batch& batch) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(std::string run, run_id_of(arguments));
  return done(rooms.tracking.log_batch(workspace.key, run, batch));
}

Result<ml::Batch> read_batch(const Arguments& arguments) {
  ml::Batch batch;
  TRY(batch.metrics, arguments.metrics("metrics"));
  TRY(batch.params, arguments.pairs("params"));
  TRY(batch.tags, arguments.pairs("tags"));
  return batch;
}

}  // namespace

Answer log_metric(Rooms& rooms, front::Call& call) {
  TRY(Arguments arguments, Arguments::of(call));
  TRY(ml::Metric metric, read_metric(arguments.body()));
  return logged(rooms, call, arguments, {.metrics = {metric}});
}

Answer log_param(Rooms& rooms, front::Call& call) {
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string key, arguments.text("key"));
  return logged(rooms, call, arguments, {.params = {{key, arguments.text_or("value")}}});
}

Answer log_batch(Rooms& rooms, front::Call& call) {
  TRY(Arguments arguments, Arguments::of(call));
  TRY(ml::Batch batch, read_batch(arguments));
  return logged(rooms, call, arguments, batch);
}

// Written at once: there is nothing to wait for, and an empty tracking id says so.
Answer log_batch_async(Rooms& rooms, front::Call& call) {
  TRY(http::Response written, log_batch(rooms, call));
  return json_answer(json::Object{{"batch_tracking_id", ""}});
}

Answer run_data_status(Rooms&, front::Call&) { return json_answer(json::Object{{"is_complete", true}}); }

// The MLmodel documents of a run, as a tag, where MLflow's own store keeps them.
Answer log_model(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string id, arguments.text("run_id"));
  TRY(std::string given, arguments.text("model_json"));
  TRY(json::Value model, json::parse(given));
  TRY(ml::RunPointer run, rooms.tracking.run(workspace.key, id));
  json::Array history;
  if (const std::string* there = run->tag("mlflow.log-model.history")) {
    TRY(json::Value parsed, json::parse(*there));
    if (parsed.is_array()) history = std::move(parsed.get_array());
  }
  history.push_back(std::move(model));
  CHECK_OK(rooms.tracking.log_batch(workspace.key, id, {.tags = {{"mlflow.log-model.history", json::write(history)}}}));
  return json_answer(json::Object{});
}

Answer metric_history(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string run, arguments.text("run_id"));
  TRY(std::string key, arguments.text("metric_key"));
  TRY(ml::Search page, arguments.search(25'000, 25'000));
  TRY(auto found, rooms.tracking.metric_history(workspace.key, run, key, page.count_max, page.page_token));
  json::Array all;
  for (const ml::Metric& metric : found.items) {
    json::Value value = metric.value;
    if (metric.value != metric.value) value = "NaN";
    all.push_back(json::Object{{"key", metric.key}, {"value", value}, {"timestamp", metric.timestamp_ms}, {"step", metric.step}});
  }
  json::Object body{{"metrics", std::move(all)}};
  if (!found.next_page_token.empty()) body["next_page_token"] = found.next_page_token;
  return json_answer(body);
}

}  // namespace axonite::service::mlflow
