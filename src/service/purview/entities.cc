#include <boost/json.hpp>

#include "base/text.h"
#include "catalog/errors.h"
#include "service/purview/handlers.h"

namespace axonite::service::purview {
namespace {

constexpr std::size_t kGuidsMax = 1'000;

// guid=a&guid=b
Result<std::vector<std::string>> guids_of(const front::Call& call) {
  std::vector<std::string> guids;
  for (const auto& [key, value] : call.request.query)
    if (key == "guid") guids.push_back(value);
  if (guids.empty() || guids.size() > kGuidsMax) return std::unexpected(catalog::bad_parameters("1 to 1000 guids are given"));
  return guids;
}

Result<json::Value> entities_by_guid(Rooms& rooms, const std::vector<std::string>& guids) {
  json::Array entities;
  json::Object referred;
  for (const std::string& guid : guids) {
    TRY(json::Value one, rooms.catalog.entity(guid));
    entities.push_back(*json::find(one, "entity"));
    for (const auto& [key, value] : json::find(one, "referredEntities")->get_object()) referred[key] = value;
  }
  return json::Object{{"referredEntities", std::move(referred)}, {"entities", std::move(entities)}};
}

Result<std::string> guid_by_name(Rooms& rooms, const front::Call& call) {
  TRY(std::string name, unique_name(call));
  return rooms.catalog.find(call.path("type"), name);
}

Answer deleted(Rooms& rooms, const front::Call& call, const std::vector<std::string>& guids) {
  TRY(json::Value answer, rooms.catalog.remove(guids, user(call)));
  return json_answer(answer);
}

}  // namespace

Result<std::string> unique_name(const front::Call& call) {
  std::string name(call.query("attr:qualifiedName"));
  if (name.empty()) return std::unexpected(catalog::bad_parameters("attr:qualifiedName is missing"));
  return name;
}

Answer upsert_entities(Rooms& rooms, front::Call& call) {
  TRY(std::string text, call.body_text());
  TRY(auto entities, catalog::read_entities_text(text));
  TRY(json::Value answer, rooms.catalog.upsert(std::move(entities), user(call)));
  return json_answer(answer);
}

Answer get_entity(Rooms& rooms, front::Call& call) {
  TRY(json::Value entity, rooms.catalog.entity(call.path("guid")));
  return json_answer(entity);
}

Answer get_header(Rooms& rooms, front::Call& call) {
  TRY(json::Value header, rooms.catalog.header(call.path("guid")));
  return json_answer(header);
}

Answer get_entities(Rooms& rooms, front::Call& call) {
  TRY(auto guids, guids_of(call));
  TRY(json::Value entities, entities_by_guid(rooms, guids));
  return json_answer(entities);
}

Answer get_entity_by_name(Rooms& rooms, front::Call& call) {
  TRY(std::string guid, guid_by_name(rooms, call));
  TRY(json::Value entity, rooms.catalog.entity(guid));
  return json_answer(entity);
}

// attr_0:qualifiedName=…&attr_1:…; no match at all is an answer without "entities", as the service gives it.
Answer get_entities_by_name(Rooms& rooms, front::Call& call) {
  std::vector<std::string> guids;
  for (const auto& [key, value] : call.request.query) {
    if (!key.starts_with("attr") || !key.ends_with(":qualifiedName")) continue;
    if (guids.size() == kGuidsMax) return std::unexpected(catalog::bad_parameters("more than 1000 names"));
    auto guid = rooms.catalog.find(call.path("type"), value);
    if (guid) guids.push_back(std::move(*guid));
    else if (guid.error().kind != Error::Kind::not_found) return std::unexpected(std::move(guid.error()));
  }
  if (guids.empty()) return json_answer(json::Object{{"referredEntities", json::Object{}}});
  TRY(json::Value entities, entities_by_guid(rooms, guids));
  return json_answer(entities);
}

Answer delete_entity(Rooms& rooms, front::Call& call) { return deleted(rooms, call, {std::string(call.path("guid"))}); }

Answer delete_entities(Rooms& rooms, front::Call& call) {
  TRY(auto guids, guids_of(call));
  return deleted(rooms, call, guids);
}

Answer delete_entity_by_name(Rooms& rooms, front::Call& call) {
  TRY(std::string guid, guid_by_name(rooms, call));
  return deleted(rooms, call, {guid});
}

// ?name=attribute, and its value as the body.
Answer set_attribute(Rooms& rooms, front::Call& call) {
  std::string name(call.query("name"));
  if (name.empty()) return std::unexpected(catalog::bad_parameters("the query parameter name is missing"));
  TRY(json::Value value, call.body_json());
  TRY(json::Value header, rooms.catalog.header(call.path("guid")));
  catalog::Entity entity{.type = json::string_or(header, "typeName"), .guid = std::string(call.path("guid")), .attributes = {{name, std::move(value)}}};
  const catalog::EntityType* type = rooms.catalog.types()->entity(entity.type);
  if (type && !type->attributes.contains(name) && !type->ends.contains(name))
    return std::unexpected(invalid("ATLAS-400-00-023", "Unknown attribute " + entity.type + "." + name));
  TRY(json::Value answer, rooms.catalog.upsert({std::move(entity)}, user(call)));
  return json_answer(answer);
}

Answer update_entity_by_name(Rooms& rooms, front::Call& call) {
  TRY(std::string guid, guid_by_name(rooms, call));
  TRY(json::Value body, call.body_json());
  TRY(const json::Value* given, json::required_object(body, "entity"));
  json::Object entity = given->get_object();
  entity["guid"] = guid;
  entity["typeName"] = call.path("type");
  body.get_object()["entity"] = std::move(entity);
  TRY(auto entities, catalog::read_entities(body));
  TRY(json::Value answer, rooms.catalog.upsert(std::move(entities), user(call)));
  return json_answer(answer);
}

}  // namespace axonite::service::purview
