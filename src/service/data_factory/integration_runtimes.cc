#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "service/data_factory/handlers.h"

namespace axonite::service::data_factory {
namespace {

bool is_auto_resolve(const front::Call& call) { return text::equals_ignoring_case(call.path("name"), artifact::kAutoResolve); }

json::Value auto_resolve(const resource::ResourceId& factory) {
  json::Object compute{{"computeProperties", json::Object{{"location", "AutoResolve"}}}};
  return json::Object{{"id", factory.child("integrationRuntimes", artifact::kAutoResolve).text()},
                      {"name", artifact::kAutoResolve},
                      {"type", "Microsoft.DataFactory/factories/integrationruntimes"},
                      {"properties", json::Object{{"type", "Managed"}, {"typeProperties", std::move(compute)}}}};
}

}  // namespace

// The runtime that every factory has; others are what was put.
Answer get_integration_runtime(Rooms& rooms, front::Call& call) {
  TRY(auto factory, factory_of(call));
  auto document = rooms.artifacts.get(factory, artifact::kIntegrationRuntime, call.path("name"));
  if (!document && is_auto_resolve(call) && rooms.documents.get(factory))
    return arm::json_response(200, auto_resolve(factory));
  if (!document) return std::unexpected(std::move(document.error()));
  if (arm::has_current(call, *document)) return arm::not_modified();
  return entity_response(*document);
}

// A managed runtime is this server and so online; a self-hosted one would be a program that registers itself.
Answer integration_runtime_status(Rooms& rooms, front::Call& call) {
  TRY(auto factory, factory_of(call));
  TRY(auto owner, rooms.documents.get(factory));
  std::string type = "Managed", name(artifact::kAutoResolve);
  Time created = owner.created;
  if (auto document = rooms.artifacts.get(factory, artifact::kIntegrationRuntime, call.path("name")); document) {
    TRY(json::Value definition, json::parse(document->body));
    type = json::string_or(definition, "properties.type");
    name = document->id.name();
    created = document->created;
  } else if (!is_auto_resolve(call)) {
    return std::unexpected(std::move(document.error()));
  }
  json::Object properties{{"type", type},
                          {"dataFactoryName", std::string(factory.name())},
                          {"state", type == "Managed" ? "Online" : "NeedRegistration"},
                          {"typeProperties", json::Object{{"createTime", format_iso(created)}}}};
  return arm::json_response(200, json::Object{{"name", name}, {"properties", std::move(properties)}});
}

}  // namespace axonite::service::data_factory
