#include <boost/json.hpp>

#include "service/mlflow/handlers.h"

namespace axonite::service::mlflow {
namespace {

struct Asked {
  ml::Workspace workspace;
  Arguments arguments;
  std::string name, version;
};

Result<Asked> asked(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string name, arguments.text("name"));
  TRY(std::string version, arguments.text("version"));
  return Asked{std::move(workspace), std::move(arguments), std::move(name), std::move(version)};
}

Answer one(const Result<ml::ModelVersion>& version) {
  if (!version) return std::unexpected(version.error());
  return json_answer(json::Object{{"model_version", version_json(*version)}});
}

// Where a version's files are; a source that is another model leads to that model's files.
Result<ml::Place> files_of(const Rooms& rooms, const ml::Workspace& workspace, std::string source) {
  for (int hops = 0; hops < 8 && source.starts_with("models:/"); ++hops) {
    std::string rest = source.substr(8);
    if (rest.starts_with("m-")) return ml::Place{workspace.account, workspace.artifact_container(), "models/" + rest + "/artifacts"};
    std::size_t slash = rest.find('/');
    if (slash == std::string::npos) break;
    TRY(ml::ModelVersion version, rooms.registry.version(workspace.key, rest.substr(0, slash), rest.substr(slash + 1)));
    source = version.source;
  }
  return ml::resolve(workspace, source);
}

}  // namespace

Answer create_version(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string name, arguments.text("name"));
  TRY(std::string source, arguments.text("source"));
  CHECK_OK(files_of(rooms, workspace, source));
  ml::NewVersion version{.source = source, .run_id = arguments.text_or("run_id"), .description = arguments.text_or("description"), .user = call.principal.object_id};
  TRY(version.tags, arguments.pairs("tags"));
  return one(rooms.registry.create_version(workspace.key, name, version));
}

Answer get_version(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  return one(rooms.registry.version(asked.workspace.key, asked.name, asked.version));
}

Answer update_version(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  return one(rooms.registry.describe_version(asked.workspace.key, asked.name, asked.version, asked.arguments.text_or("description")));
}

Answer delete_version(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  return done(rooms.registry.remove_version(asked.workspace.key, asked.name, asked.version));
}

Answer search_versions(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(ml::Search search, arguments.search(10'000, 200'000));
  TRY(auto found, rooms.registry.search_versions(workspace.key, search));
  json::Array all;
  for (const ml::ModelVersion& version : found.items) all.push_back(version_json(version));
  return page_answer("model_versions", std::move(all), found.next_page_token);
}

Answer version_download_uri(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(ml::ModelVersion version, rooms.registry.version(asked.workspace.key, asked.name, asked.version));
  bool azure = call.request.host.ends_with(".api.azureml.ms");
  TRY(ml::Place place, files_of(rooms, asked.workspace, version.source));
  // azureml-mlflow reads artifacts by origin, container and path.
  std::string uri = azure && place.container == asked.workspace.artifact_container() ? "azureml://artifacts/" + place.path : ml::proxy_uri(asked.workspace, place);
  return json_answer(json::Object{{"artifact_uri", uri}});
}

Answer transition_stage(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(std::string stage, asked.arguments.text("stage"));
  bool archive = asked.arguments.text_or("archive_existing_versions") == "true";
  return one(rooms.registry.set_stage(asked.workspace.key, asked.name, asked.version, stage, archive));
}

Answer set_version_tag(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(std::string key, asked.arguments.text("key"));
  return done(rooms.registry.set_version_tag(asked.workspace.key, asked.name, asked.version, {key, asked.arguments.text_or("value")}));
}

Answer delete_version_tag(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(std::string key, asked.arguments.text("key"));
  return done(rooms.registry.delete_version_tag(asked.workspace.key, asked.name, asked.version, key));
}

}  // namespace axonite::service::mlflow
