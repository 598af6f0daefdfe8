#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "service/synapse/handlers.h"

namespace axonite::service::synapse {
namespace {

// A notebook may carry outputs.
constexpr front::Limits kBody{.body_bytes_max = 8u << 20};

struct Rows {
  const artifact::Kind& kind;
  std::string_view put, get, remove, rename, list;
  std::string_view item, rename_path, collection;
  std::string_view write, erase;
};

#define ROWS(KIND, NAME, PLURAL, SEGMENT, ACTIONS)                                                                          \
  {                                                                                                                         \
    KIND, "Put" NAME, "Get" NAME, "Delete" NAME, "Rename" NAME, "List" PLURAL, "/" SEGMENT "/{name}", "/" SEGMENT           \
                                                                              "/{name}/rename",                             \
        "/" SEGMENT, "workspaces/" ACTIONS "/write", "workspaces/" ACTIONS "/delete"                                        \
  }

const Rows kRows[] = {
    ROWS(artifact::kLinkedService, "LinkedService", "LinkedServices", "linkedservices", "linkedServices"),
    ROWS(artifact::kDataset, "Dataset", "Datasets", "datasets", "datasets"),
    ROWS(artifact::kPipeline, "Pipeline", "Pipelines", "pipelines", "pipelines"),
    ROWS(artifact::kNotebook, "Notebook", "Notebooks", "notebooks", "notebooks"),
    ROWS(artifact::kSqlScript, "SqlScript", "SqlScripts", "sqlScripts", "sqlScripts"),
    ROWS(artifact::kTrigger, "Trigger", "Triggers", "triggers", "triggers"),
    ROWS(artifact::kDataFlow, "DataFlow", "DataFlows", "dataflows", "dataFlows"),
    ROWS(artifact::kSparkJobDefinition, "SparkJobDefinition", "SparkJobDefinitions", "sparkJobDefinitions", "sparkJobDefinitions"),
};

Result<json::Value> shape(const resource::Document& document) {
  TRY(json::Value definition, artifact::Artifacts::shape(document));
  json::Object shaped{
      {"id", document.id.text()}, {"name", std::string(document.id.name())}, {"type", document.id.type()}, {"etag", document.etag}};
  for (auto& member : definition.get_object()) shaped[member.key()] = std::move(member.value());
  return shaped;
}

Answer artifact_response(const resource::Document& document) {
  TRY(json::Value shaped, shape(document));
  return arm::json_response(200, shaped);
}

resource::Author author(const front::Call& call, std::string_view action) {
  return arm::author(call, "Microsoft.Synapse/" + std::string(action));
}

// PUT, DELETE and rename may be long-running in the service; its SDK takes the finished answer at once.
Answer put(Rooms& rooms, const Rows& rows, front::Call& call) {
  TRY(auto workspace, workspace_of(rooms, call));
  TRY(json::Value definition, call.body_json());
  TRY(auto document, rooms.artifacts.put(workspace.id, rows.kind, call.path("name"), definition, arm::condition(call), author(call, rows.write)));
  return artifact_response(document);
}

Answer get(Rooms& rooms, const Rows& rows, front::Call& call) {
  TRY(auto workspace, workspace_of(rooms, call));
  TRY(auto document, rooms.artifacts.get(workspace.id, rows.kind, call.path("name")));
  if (arm::has_current(call, document)) return arm::not_modified();
  return artifact_response(document);
}

Answer remove(Rooms& rooms, const Rows& rows, front::Call& call) {
  TRY(auto workspace, workspace_of(rooms, call));
  TRY(bool removed, rooms.artifacts.remove(workspace.id, rows.kind, call.path("name"), arm::condition(call), author(call, rows.erase)));
  return http::empty_response(removed ? 200 : 204);
}

Answer rename(Rooms& rooms, const Rows& rows, front::Call& call) {
  TRY(auto workspace, workspace_of(rooms, call));
  TRY(json::Value request, call.body_json());
  TRY(std::string new_name, json::required_string(request, "newName"));
  TRY(auto document, rooms.artifacts.rename(workspace.id, rows.kind, call.path("name"), new_name, author(call, rows.write)));
  return artifact_response(document);
}

Answer list(Rooms& rooms, const Rows& rows, front::Call& call) {
  TRY(auto workspace, workspace_of(rooms, call));
  return arm::list_children(call, rooms.documents, workspace.id, rows.kind.type, shape);
}

using Handler = Answer (*)(Rooms&, const Rows&, front::Call&);

front::Operation row(Rooms& rooms, const Rows& rows, std::string_view name, std::string_view method, std::string_view path, Handler handler,
                     std::string_view action) {
  return {name, method, path, [&rooms, &rows, handler](front::Call& call) { return handler(rooms, rows, call); },
          front::synapse_action(action), {}, kBody};
}

constexpr std::string_view kReadArtifacts = "workspaces/artifacts/read";

std::vector<front::Operation> artifact_operations(Rooms& rooms) {
  std::vector<front::Operation> operations;
  for (const Rows& rows : kRows) {
    operations.push_back(row(rooms, rows, rows.put, "PUT", rows.item, &put, rows.write));
    operations.push_back(row(rooms, rows, rows.get, "GET", rows.item, &get, kReadArtifacts));
    operations.push_back(row(rooms, rows, rows.remove, "DELETE", rows.item, &remove, rows.erase));
    operations.push_back(row(rooms, rows, rows.rename, "POST", rows.rename_path, &rename, rows.write));
    operations.push_back(row(rooms, rows, rows.list, "GET", rows.collection, &list, kReadArtifacts));
  }
  return operations;
}

// The host's first label.
std::string_view workspace_name(const front::Call& call) {
  std::string_view host = call.request.host;
  return host.substr(0, host.find('.'));
}

}  // namespace

Result<resource::Document> workspace_of(const Rooms& rooms, const front::Call& call) {
  auto found = rooms.documents.find_by_name(kWorkspaceType, workspace_name(call));
  if (found || found.error().kind != Error::Kind::not_found) return found;
  return std::unexpected(not_found("WorkspaceNotFound", "The workspace '" + std::string(workspace_name(call)) + "' was not found."));
}

front::Service synapse_artifact_service(Rooms& rooms) {
  using front::synapse_action;
  auto operations = front::bind(rooms, std::vector<front::OperationOf<Rooms>>{
      {"ReadWorkspace", "GET", "/workspace", &read_workspace, synapse_action("workspaces/read")},
      {"ReadSqlPool", "GET", "/sqlPools/{pool}", &read_pool, synapse_action("workspaces/read")},
      {"ReadSqlPools", "GET", "/sqlPools", &list_pools, synapse_action("workspaces/read")},
      {"ReadBigDataPool", "GET", "/bigDataPools/{pool}", &read_pool, synapse_action("workspaces/read")},
      {"ReadBigDataPools", "GET", "/bigDataPools", &list_pools, synapse_action("workspaces/read")},
      {"ReadIntegrationRuntime", "GET", "/integrationRuntimes/{name}", &read_integration_runtime, synapse_action("workspaces/read")},
      {"ReadIntegrationRuntimes", "GET", "/integrationRuntimes", &list_integration_runtimes, synapse_action("workspaces/read")},
      {"ListNotebookSummaries", "GET", "/notebooksSummary", &list_notebook_summaries, synapse_action(kReadArtifacts)},
  });
  for (front::Operation& operation : artifact_operations(rooms)) operations.push_back(std::move(operation));
  front::Service service = arm::management_service("synapse", std::move(operations));
  service.hosts = {"*.dev.azuresynapse.net"};
  service.audiences = {"https://dev.azuresynapse.net"};
  service.scope = [](const front::Call& call) -> Result<std::string> { return "workspaces/" + std::string(workspace_name(call)); };
  return service;
}

}  // namespace axonite::service::synapse
