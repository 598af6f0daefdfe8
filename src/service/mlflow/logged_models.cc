// MLflow 3 keeps a model beside the run that made it; its files lie under models/{id}/artifacts of the artifact container.
#include <boost/json.hpp>

#include "base/id.h"
#include "base/text.h"
#include "service/mlflow/handlers.h"

namespace axonite::service::mlflow {
namespace {

constexpr std::string_view kKind = "logged_model";

ml::Assets::Key key_of(const front::Call& call) { return {std::string(kKind), std::string(call.path("model_id")), "1"}; }

Answer one(const json::Value& body) { return json_answer(json::Object{{"model", body}}); }

// Reads, changes and writes a model's document.
template <class Change>
Answer changed(Rooms& rooms, front::Call& call, Change&& change) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(ml::Asset there, rooms.assets.get(workspace.key, key_of(call)));
  TRY(json::Value body, json::parse(there.body));
  CHECK_OK(change(arguments, body.get_object()));
  CHECK_OK(rooms.assets.put(workspace.key, key_of(call), json::write(body), call.principal.object_id));
  return one(body);
}

}  // namespace

Answer create_logged_model(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(ml::Experiment experiment, rooms.tracking.experiment(workspace.key, arguments.text_or("experiment_id", ml::kDefaultExperiment)));
  TRY(auto params, arguments.pairs("params"));
  TRY(auto tags, arguments.pairs("tags"));
  std::string id = "m-" + text::replace_all(new_uuid(), "-", "");
  ml::Place files{workspace.account, workspace.artifact_container(), "models/" + id + "/artifacts"};
  std::int64_t now = ml::milliseconds(system_clock().now());
  json::Object info{{"model_id", id}, {"experiment_id", experiment.id}, {"name", arguments.text_or("name", id)}, {"creation_timestamp_ms", now}, {"last_updated_timestamp_ms", now},
                    {"artifact_uri", ml::proxy_uri(workspace, files)}, {"status", "LOGGED_MODEL_PENDING"}, {"model_type", arguments.text_or("model_type")},
                    {"source_run_id", arguments.text_or("source_run_id")}, {"tags", pairs_json(tags)}};
  json::Value body = json::Object{{"info", std::move(info)}, {"data", json::Object{{"params", pairs_json(params)}, {"metrics", json::Array{}}}}};
  CHECK_OK(rooms.assets.put(workspace.key, {std::string(kKind), id, "1"}, json::write(body), call.principal.object_id, ml::Assets::Existing::refused));
  return one(body);
}

Answer get_logged_model(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(ml::Asset there, rooms.assets.get(workspace.key, key_of(call)));
  TRY(json::Value body, json::parse(there.body));
  return one(body);
}

Answer finalize_logged_model(Rooms& rooms, front::Call& call) {
  return changed(rooms, call, [](const Arguments& arguments, json::Object& body) -> Result<void> {
    body["info"].as_object()["status"] = arguments.text_or("status", "LOGGED_MODEL_READY");
    return ok();
  });
}

Answer tag_logged_model(Rooms& rooms, front::Call& call) {
  return changed(rooms, call, [](const Arguments& arguments, json::Object& body) -> Result<void> {
    TRY(auto tags, arguments.pairs("tags"));
    json::Array& kept = body["info"].as_object()["tags"].as_array();
    for (const ml::Pair& tag : tags) {
      for (std::size_t i = 0; i < kept.size(); ++i)
        if (json::string_or(kept[i], "key") == tag.key) kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(i--));
      kept.push_back(json::Object{{"key", tag.key}, {"value", tag.value}});
    }
    return ok();
  });
}

// Of the experiments that are named; filters over logged models are not served.
Answer search_logged_models(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  if (!arguments.text_or("filter").empty()) return std::unexpected(unsupported("LoggedModelFilterNotSupported", "Filters over logged models are not supported by Axonite."));
  std::vector<std::string> experiments = arguments.list("experiment_ids");
  TRY(auto all, rooms.assets.list(workspace.key, kKind));
  json::Array models;
  for (const ml::Asset& asset : all) {
    TRY(json::Value body, json::parse(asset.body));
    for (const std::string& experiment : experiments)
      if (json::string_or(body, "info.experiment_id") == experiment) models.push_back(body);
  }
  return json_answer(json::Object{{"models", std::move(models)}});
}

}  // namespace axonite::service::mlflow
