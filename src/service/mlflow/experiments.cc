#include <boost/json.hpp>

#include "service/mlflow/handlers.h"

namespace axonite::service::mlflow {
namespace {

std::string location(const ml::Workspace& workspace, const ml::Experiment& experiment) {
  return ml::proxy_uri(workspace, {workspace.account, workspace.artifact_container(), "ExperimentRun/experiment." + experiment.id});
}

http::Response one(const ml::Workspace& workspace, const ml::Experiment& experiment) {
  return json_answer(json::Object{{"experiment", experiment_json(experiment, location(workspace, experiment))}});
}

Answer done(const Result<void>& result) {
  if (!result) return std::unexpected(result.error());
  return json_answer(json::Object{});
}

}  // namespace

Answer create_experiment(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string name, arguments.text("name"));
  TRY(auto tags, arguments.pairs("tags"));
  TRY(ml::Experiment made, rooms.tracking.create_experiment(workspace.key, name, tags));
  return json_answer(json::Object{{"experiment_id", made.id}});
}

Answer search_experiments(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(ml::Search search, arguments.search(1000, 50'000));
  TRY(auto found, rooms.tracking.search_experiments(workspace.key, search));
  json::Array all;
  for (const ml::Experiment& experiment : found.items) all.push_back(experiment_json(experiment, location(workspace, experiment)));
  json::Object body{{"experiments", std::move(all)}};
  if (!found.next_page_token.empty()) body["next_page_token"] = found.next_page_token;
  return json_answer(body);
}

Answer get_experiment(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string id, arguments.text("experiment_id"));
  TRY(ml::Experiment found, rooms.tracking.experiment(workspace.key, id));
  return one(workspace, found);
}

Answer get_experiment_by_name(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string name, arguments.text("experiment_name"));
  TRY(ml::Experiment found, rooms.tracking.experiment_by_name(workspace.key, name));
  return one(workspace, found);
}

Answer update_experiment(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string id, arguments.text("experiment_id"));
  TRY(std::string name, arguments.text("new_name"));
  return done(rooms.tracking.rename_experiment(workspace.key, id, name));
}

namespace {

Answer set_stage(Rooms& rooms, front::Call& call, std::string_view stage) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string id, arguments.text("experiment_id"));
  return done(rooms.tracking.set_experiment_stage(workspace.key, id, stage));
}

}  // namespace

Answer delete_experiment(Rooms& rooms, front::Call& call) { return set_stage(rooms, call, ml::kDeleted); }
Answer restore_experiment(Rooms& rooms, front::Call& call) { return set_stage(rooms, call, ml::kActive); }

Answer set_experiment_tag(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string id, arguments.text("experiment_id"));
  TRY(std::string key, arguments.text("key"));
  return done(rooms.tracking.set_experiment_tag(workspace.key, id, {key, arguments.text_or("value")}));
}

Answer delete_experiment_tag(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string id, arguments.text("experiment_id"));
  TRY(std::string key, arguments.text("key"));
  return done(rooms.tracking.delete_experiment_tag(workspace.key, id, key));
}

}  // namespace axonite::service::mlflow
