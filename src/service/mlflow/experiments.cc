#include <boost/json.hpp>

#include "service/mlflow/handlers.h"

namespace axonite::service::mlflow {
namespace {

std::string location(const ml::Workspace& workspace, const ml::Experiment& experiment) {
  return ml::proxy_uri(workspace, {workspace.account, workspace.artifact_container(), "ExperimentRun/experiment." + experiment.id});
}

struct Asked {
  ml::Workspace workspace;
  Arguments arguments;
  std::string id;
};

Result<Asked> asked(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string id, arguments.text("experiment_id"));
  return Asked{std::move(workspace), std::move(arguments), std::move(id)};
}

http::Response one(const ml::Workspace& workspace, const ml::Experiment& experiment) {
  return json_answer(json::Object{{"experiment", experiment_json(experiment, location(workspace, experiment))}});
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
  return page_answer("experiments", std::move(all), found.next_page_token);
}

Answer get_experiment(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(ml::Experiment found, rooms.tracking.experiment(asked.workspace.key, asked.id));
  return one(asked.workspace, found);
}

Answer get_experiment_by_name(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string name, arguments.text("experiment_name"));
  TRY(ml::Experiment found, rooms.tracking.experiment_by_name(workspace.key, name));
  return one(workspace, found);
}

Answer update_experiment(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(std::string name, asked.arguments.text("new_name"));
  return done(rooms.tracking.rename_experiment(asked.workspace.key, asked.id, name));
}

namespace {

Answer set_stage(Rooms& rooms, front::Call& call, std::string_view stage) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  return done(rooms.tracking.set_experiment_stage(asked.workspace.key, asked.id, stage));
}

}  // namespace

Answer delete_experiment(Rooms& rooms, front::Call& call) { return set_stage(rooms, call, ml::kDeleted); }
Answer restore_experiment(Rooms& rooms, front::Call& call) { return set_stage(rooms, call, ml::kActive); }

Answer set_experiment_tag(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(std::string key, asked.arguments.text("key"));
  return done(rooms.tracking.set_experiment_tag(asked.workspace.key, asked.id, {key, asked.arguments.text_or("value")}));
}

Answer delete_experiment_tag(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(std::string key, asked.arguments.text("key"));
  return done(rooms.tracking.delete_experiment_tag(asked.workspace.key, asked.id, key));
}

}  // namespace axonite::service::mlflow
