#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "service/synapse/handlers.h"

namespace axonite::service::synapse {
namespace {

Result<json::Value> shape(const resource::Document& document) { return arm::envelope(document); }

std::string_view collection_of(const front::Call& call) {
  return text::starts_with_ignoring_case(call.request.path, "/sqlPools") ? "sqlPools" : "bigDataPools";
}

json::Value auto_resolve(const resource::ResourceId& workspace) {
  json::Object compute{{"computeProperties", json::Object{{"location", "AutoResolve"}}}};
  return json::Object{{"id", workspace.child("integrationRuntimes", artifact::kAutoResolve).text()},
                      {"name", artifact::kAutoResolve},
                      {"type", "Microsoft.Synapse/workspaces/integrationruntimes"},
                      {"properties", json::Object{{"type", "Managed"}, {"typeProperties", std::move(compute)}}}};
}

// A list entry without cells: what Studio shows in its tree.
Result<json::Value> notebook_summary(const resource::Document& document) {
  TRY(json::Value shaped, arm::envelope(document));
  json::Object& object = shaped.get_object();
  object["etag"] = document.etag;
  if (json::Object* properties = object["properties"].if_object()) (*properties)["cells"] = json::Array{};
  return shaped;
}

}  // namespace

Answer read_workspace(Rooms& rooms, front::Call& call) {
  TRY(auto workspace, workspace_of(rooms, call));
  return arm::resource_response(200, workspace);
}

Answer read_pool(Rooms& rooms, front::Call& call) {
  TRY(auto workspace, workspace_of(rooms, call));
  TRY(auto document, rooms.documents.get(workspace.id.child(collection_of(call), call.path("pool"))));
  return arm::resource_response(200, document);
}

Answer list_pools(Rooms& rooms, front::Call& call) {
  TRY(auto workspace, workspace_of(rooms, call));
  return arm::list_children(call, rooms.documents, workspace.id, collection_of(call), shape);
}

// Workspaces make runtimes on management.azure.com; the one they all have is the only one here.
Answer read_integration_runtime(Rooms& rooms, front::Call& call) {
  TRY(auto workspace, workspace_of(rooms, call));
  if (text::equals_ignoring_case(call.path("name"), artifact::kAutoResolve)) return arm::json_response(200, auto_resolve(workspace.id));
  return std::unexpected(not_found("IntegrationRuntimeNotFound", "The integration runtime '" + std::string(call.path("name")) + "' was not found."));
}

Answer list_integration_runtimes(Rooms& rooms, front::Call& call) {
  TRY(auto workspace, workspace_of(rooms, call));
  return arm::json_response(200, json::Object{{"value", json::Array{auto_resolve(workspace.id)}}});
}

Answer list_notebook_summaries(Rooms& rooms, front::Call& call) {
  TRY(auto workspace, workspace_of(rooms, call));
  return arm::list_children(call, rooms.documents, workspace.id, artifact::kNotebook.type, notebook_summary);
}

}  // namespace axonite::service::synapse
