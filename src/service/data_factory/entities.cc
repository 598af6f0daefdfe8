#include <boost/json.hpp>

#include "base/json.h"
#include "service/data_factory/handlers.h"

namespace axonite::service::data_factory {
namespace {

#define FACTORY "/subscriptions/{subscription}/resourcegroups/{group}/providers/Microsoft.DataFactory/factories/{factory}"
#define ACTION "Microsoft.DataFactory/factories/"

// A kind's rows: their names, the segment of the path and of the actions.
struct Rows {
  const artifact::Kind& kind;
  std::string_view put, get, remove, list;
  std::string_view item, collection;
  std::string_view read, write, erase;
};

#define ROWS(KIND, NAME, PLURAL, SEGMENT, ACTIONS)                                                                  \
  {                                                                                                                 \
    KIND, "Put" NAME, "Get" NAME, "Delete" NAME, "List" PLURAL, FACTORY "/" SEGMENT "/{name}", FACTORY "/" SEGMENT, \
        ACTION ACTIONS "/read", ACTION ACTIONS "/write", ACTION ACTIONS "/delete"                                   \
  }

const Rows kRows[] = {
    ROWS(artifact::kLinkedService, "LinkedService", "LinkedServices", "linkedservices", "linkedServices"),
    ROWS(artifact::kDataset, "Dataset", "Datasets", "datasets", "datasets"),
    ROWS(artifact::kPipeline, "Pipeline", "Pipelines", "pipelines", "pipelines"),
    ROWS(artifact::kTrigger, "Trigger", "Triggers", "triggers", "triggers"),
    ROWS(artifact::kDataFlow, "DataFlow", "DataFlows", "dataflows", "dataflows"),
    ROWS(artifact::kIntegrationRuntime, "IntegrationRuntime", "IntegrationRuntimes", "integrationRuntimes", "integrationRuntimes"),
    ROWS(artifact::kCredential, "Credential", "Credentials", "credentials", "credentials"),
    ROWS(artifact::kGlobalParameters, "GlobalParameters", "GlobalParameterSets", "globalParameters", "globalParameters"),
};

// Limits of the service: 200 KB for pipelines (the text before the service compresses it may be larger), 2 MB else.
constexpr front::Limits kBody{.body_bytes_max = 4u << 20};

Result<json::Value> shape(const resource::Document& document) {
  TRY(json::Value definition, artifact::Artifacts::shape(document));
  json::Object shaped{
      {"id", document.id.text()}, {"name", std::string(document.id.name())}, {"type", document.id.type()}};
  for (auto& member : definition.get_object()) shaped[member.key()] = std::move(member.value());
  shaped["etag"] = document.etag;
  return shaped;
}

Answer put(Rooms& rooms, const Rows& rows, front::Call& call) {
  TRY(auto factory, factory_of(call));
  TRY(json::Value definition, call.body_json());
  TRY(auto document, rooms.artifacts.put(factory, rows.kind, call.path("name"), definition, arm::condition(call),
                                         arm::author(call, std::string(rows.write))));
  return entity_response(document);
}

Answer get(Rooms& rooms, const Rows& rows, front::Call& call) {
  TRY(auto factory, factory_of(call));
  TRY(auto document, rooms.artifacts.get(factory, rows.kind, call.path("name")));
  if (arm::has_current(call, document)) return arm::not_modified();
  return entity_response(document);
}

Answer remove(Rooms& rooms, const Rows& rows, front::Call& call) {
  TRY(auto factory, factory_of(call));
  TRY(bool removed, rooms.artifacts.remove(factory, rows.kind, call.path("name"), arm::condition(call),
                                           arm::author(call, std::string(rows.erase))));
  return http::empty_response(removed ? 200 : 204);
}

Answer list(Rooms& rooms, const Rows& rows, front::Call& call) {
  TRY(auto factory, factory_of(call));
  return arm::list_children(call, rooms.documents, factory, rows.kind.type, shape);
}

using Handler = Answer (*)(Rooms&, const Rows&, front::Call&);

front::Operation row(Rooms& rooms, const Rows& rows, std::string_view name, std::string_view method, std::string_view path,
                     Handler handler, std::string_view action) {
  return {name, method, path, [&rooms, &rows, handler](front::Call& call) { return handler(rooms, rows, call); },
          front::action(action), {}, kBody};
}

}  // namespace

Answer entity_response(const resource::Document& document) {
  TRY(json::Value shaped, shape(document));
  return arm::json_response(200, shaped);
}

std::vector<front::Operation> entity_operations(Rooms& rooms) {
  std::vector<front::Operation> operations;
  for (const Rows& rows : kRows) {
    operations.push_back(row(rooms, rows, rows.put, "PUT", rows.item, &put, rows.write));
    // A runtime that nobody made has rows of its own.
    if (&rows.kind != &artifact::kIntegrationRuntime)
      operations.push_back(row(rooms, rows, rows.get, "GET", rows.item, &get, rows.read));
    operations.push_back(row(rooms, rows, rows.remove, "DELETE", rows.item, &remove, rows.erase));
    operations.push_back(row(rooms, rows, rows.list, "GET", rows.collection, &list, rows.read));
  }
  return operations;
}

}  // namespace axonite::service::data_factory
