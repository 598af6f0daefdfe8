#include <algorithm>
#include <boost/json.hpp>

#include "service/mlflow/handlers.h"

namespace axonite::service::mlflow {
namespace {

struct Asked {
  ml::Workspace workspace;
  Arguments arguments;
  std::string name;
};

Result<Asked> asked(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string name, arguments.text("name"));
  return Asked{std::move(workspace), std::move(arguments), std::move(name)};
}

Answer one(const Result<ml::Model>& model) {
  if (!model) return std::unexpected(model.error());
  return json_answer(json::Object{{"registered_model", model_json(*model)}});
}

}  // namespace

Answer create_model(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(auto tags, asked.arguments.pairs("tags"));
  return one(rooms.registry.create_model(asked.workspace.key, asked.name, asked.arguments.text_or("description"), tags));
}

Answer get_model(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  return one(rooms.registry.model(asked.workspace.key, asked.name));
}

Answer rename_model(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(std::string name, asked.arguments.text("new_name"));
  return one(rooms.registry.rename_model(asked.workspace.key, asked.name, name));
}

Answer update_model(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  return one(rooms.registry.describe_model(asked.workspace.key, asked.name, asked.arguments.text_or("description")));
}

Answer delete_model(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  return done(rooms.registry.remove_model(asked.workspace.key, asked.name));
}

Answer search_models(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(ml::Search search, arguments.search(100, 1000));
  TRY(auto found, rooms.registry.search_models(workspace.key, search));
  json::Array all;
  for (const ml::Model& model : found.items) all.push_back(model_json(model));
  return page_answer("registered_models", std::move(all), found.next_page_token);
}

Answer latest_versions(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(ml::Model model, rooms.registry.model(asked.workspace.key, asked.name));
  std::vector<std::string> stages = asked.arguments.list("stages");
  json::Array all;
  for (const ml::ModelVersion& version : model.latest)
    if (stages.empty() || std::ranges::find(stages, version.stage) != stages.end()) all.push_back(version_json(version));
  return json_answer(json::Object{{"model_versions", std::move(all)}});
}

Answer set_model_tag(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(std::string key, asked.arguments.text("key"));
  return done(rooms.registry.set_model_tag(asked.workspace.key, asked.name, {key, asked.arguments.text_or("value")}));
}

Answer delete_model_tag(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(std::string key, asked.arguments.text("key"));
  return done(rooms.registry.delete_model_tag(asked.workspace.key, asked.name, key));
}

Answer set_alias(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(std::string alias, asked.arguments.text("alias"));
  TRY(std::string version, asked.arguments.text("version"));
  return done(rooms.registry.set_alias(asked.workspace.key, asked.name, {alias, version}));
}

Answer get_alias(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(std::string alias, asked.arguments.text("alias"));
  TRY(ml::ModelVersion version, rooms.registry.by_alias(asked.workspace.key, asked.name, alias));
  return json_answer(json::Object{{"model_version", version_json(version)}});
}

Answer delete_alias(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(std::string alias, asked.arguments.text("alias"));
  return done(rooms.registry.delete_alias(asked.workspace.key, asked.name, alias));
}

}  // namespace axonite::service::mlflow
