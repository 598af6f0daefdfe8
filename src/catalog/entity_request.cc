#include "catalog/entity_request.h"

#include <boost/json.hpp>

#include "base/id.h"
#include "catalog/errors.h"

namespace axonite::catalog {
namespace {

constexpr std::string_view kComputed[] = {"typeName", "guid", "attributes", "relationshipAttributes", "createTime", "updateTime", "createdBy", "updatedBy", "version", "lastModifiedTS", "status", "isIncomplete", "provenanceType"};

Result<json::Object> object_of(const json::Value& entity, std::string_view key) {
  const json::Value* found = json::find(entity, key);
  if (!found || found->is_null()) return json::Object{};
  if (!found->is_object()) return std::unexpected(bad_parameters(std::string(key) + " of an entity is an object"));
  return found->get_object();
}

// Clients write guids as texts; some as numbers.
std::string guid_text(const json::Value* guid) {
  if (guid && guid->is_string()) return std::string(guid->get_string());
  if (guid && guid->is_int64()) return std::to_string(guid->get_int64());
  return {};
}

Result<Entity> read_entity(const json::Value& value, const RequestLimits& limits) {
  if (!value.is_object()) return std::unexpected(bad_parameters("an entity is an object"));
  Entity entity{.type = json::string_or(value, "typeName"), .guid = guid_text(json::find(value, "guid"))};
  if (entity.type.empty()) return std::unexpected(bad_parameters("an entity has a typeName"));
  if (entity.type.size() > limits.name_bytes_max || entity.guid.size() > limits.name_bytes_max) return std::unexpected(bad_parameters("a name is longer than 4 KB"));
  TRY(entity.attributes, object_of(value, "attributes"));
  TRY(entity.relationship_attributes, object_of(value, "relationshipAttributes"));
  if (entity.qualified_name().size() > limits.name_bytes_max) return std::unexpected(bad_parameters("a qualifiedName is longer than 4 KB"));
  for (const auto& [key, member] : value.get_object())
    if (std::find(std::begin(kComputed), std::end(kComputed), std::string_view(key)) == std::end(kComputed)) entity.others[key] = member;
  return entity;
}

Error bad_reference(const json::Value& value) {
  return invalid("ATLAS-400-00-021", "Invalid object id " + json::write(value).substr(0, 200));
}

}  // namespace

std::string Entity::qualified_name() const {
  const json::Value* name = attributes.if_contains("qualifiedName");
  return name && name->is_string() ? std::string(name->get_string()) : "";
}

bool is_placeholder(std::string_view guid) { return guid.starts_with('-'); }

Result<std::vector<Entity>> read_entities(const json::Value& body, const RequestLimits& limits) {
  std::vector<Entity> read;
  auto take = [&](const json::Value& value, std::string_view guid) -> Result<void> {
    if (read.size() == limits.entities_max) return std::unexpected(too_large("ATLAS-400-00-01A", "more than " + std::to_string(limits.entities_max) + " entities in one request"));
    TRY(Entity entity, read_entity(value, limits));
    if (entity.guid.empty()) entity.guid = guid;
    read.push_back(std::move(entity));
    return ok();
  };
  if (const json::Value* one = json::find(body, "entity"); one && !one->is_null()) CHECK_OK(take(*one, {}));
  if (const json::Value* many = json::find(body, "entities"); many && !many->is_null()) {
    if (!many->is_array()) return std::unexpected(bad_parameters("entities is a list"));
    for (const json::Value& value : many->get_array()) CHECK_OK(take(value, {}));
  }
  if (read.empty()) return std::unexpected(bad_parameters("no entities to create/update"));
  TRY(json::Object referred, object_of(body, "referredEntities"));
  for (const auto& [guid, value] : referred) CHECK_OK(take(value, guid));
  return read;
}

Result<std::vector<Entity>> read_entities_text(std::string_view text, const RequestLimits& limits) {
  TRY(json::Value body, json::parse(text, {.depth_max = limits.depth_max}));
  return read_entities(body, limits);
}

Result<std::optional<Reference>> read_reference(const json::Value& value) {
  if (value.is_null()) return std::nullopt;
  if (!value.is_object()) return std::unexpected(bad_reference(value));
  Reference reference{.guid = guid_text(json::find(value, "guid")), .type = json::string_or(value, "typeName"),
                      .qualified_name = json::string_or(value, "uniqueAttributes.qualifiedName", json::string_or(value, "qualifiedName")),
                      .relationship = json::string_or(value, "relationshipType")};
  if (const json::Value* attributes = json::find_path(value, "relationshipAttributes.attributes")) reference.attributes = *attributes;
  if (reference.relationship.empty()) reference.relationship = json::string_or(value, "relationshipAttributes.typeName");
  if (reference.guid.empty() && (reference.type.empty() || reference.qualified_name.empty())) return std::unexpected(bad_reference(value));
  return reference;
}

Result<std::vector<Reference>> read_references(const json::Value& value) {
  std::vector<Reference> read;
  auto take = [&](const json::Value& one) -> Result<void> {
    TRY(auto reference, read_reference(one));
    if (reference) read.push_back(std::move(*reference));
    return ok();
  };
  if (!value.is_array()) {
    CHECK_OK(take(value));
    return read;
  }
  for (const json::Value& one : value.get_array()) CHECK_OK(take(one));
  return read;
}

}  // namespace axonite::catalog
