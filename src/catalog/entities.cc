// Reading and deleting entities, and relationships by themselves.
#include <boost/json.hpp>
#include <set>

#include "catalog/catalog.h"
#include "catalog/errors.h"
#include "catalog/rows.h"
#include "catalog/upsert.h"

namespace axonite::catalog {
namespace {

constexpr std::size_t kDeletedMax = 10'000;

json::Object object_id(const EntityRow& row) {
  return {{"guid", row.guid}, {"typeName", row.type}, {"uniqueAttributes", json::Object{{"qualifiedName", row.qualified_name}}}};
}

// How the other entity stands in an entity's relationship attributes.
json::Object related(const EntityRow& other, const RelationshipRow& relationship) {
  json::Object value{{"guid", other.guid}, {"typeName", other.type}, {"entityStatus", other.deleted ? "DELETED" : "ACTIVE"},
                     {"displayText", json::string_or(other.body, "attributes.name", other.qualified_name)}, {"relationshipType", relationship.type},
                     {"relationshipGuid", relationship.guid}, {"relationshipStatus", "ACTIVE"}, {"qualifiedName", other.qualified_name}};
  const json::Value* attributes = json::find(relationship.body, "attributes");
  value["relationshipAttributes"] = json::Object{{"typeName", relationship.type}, {"attributes", attributes ? *attributes : json::Value(json::Object{})}};
  return value;
}

const End* end_at(const EntityType& type, std::string_view name, std::string_view relationship, bool first) {
  auto ends = type.ends.find(name);
  if (ends == type.ends.end()) return nullptr;
  for (const End& end : ends->second)
    if (end.relationship == relationship && end.first == first) return &end;
  return nullptr;
}

// Every relationship attribute of the type stands there, empty or not, as the service shows them.
json::Object empty_relationships(const EntityType& type) {
  json::Object all;
  for (const auto& [name, ends] : type.ends) all[name] = ends.front().many ? json::Value(json::Array{}) : json::Value();
  return all;
}

Result<json::Value> shape(store::Connection& connection, const Types& types, const EntityRow& row, json::Object* owned) {
  json::Object entity{{"typeName", row.type}, {"guid", row.guid}, {"status", row.deleted ? "DELETED" : "ACTIVE"}, {"isIncomplete", false}};
  for (const auto& [key, value] : row.body.get_object()) entity[key] = value;
  const EntityType* type = types.entity(row.type);
  if (!type) return json::Value(std::move(entity));
  json::Object& attributes = entity["attributes"].get_object();
  for (const auto& [name, required] : type->attributes)
    if (!attributes.contains(name)) attributes[name] = nullptr;
  json::Object relationships = empty_relationships(*type);
  TRY(auto rows, relationships_of(connection, row.guid));
  for (const RelationshipRow& relationship : rows) {
    bool first = relationship.end1 == row.guid;
    std::string name = types.end_name(relationship.type, first);
    const End* end = end_at(*type, name, relationship.type, first);
    TRY(auto other, read_entity_row(connection, first ? relationship.end2 : relationship.end1));
    if (!end || !other) continue;
    if (end->many) relationships[name].get_array().push_back(related(*other, relationship));
    else relationships[name] = related(*other, relationship);
    if (relationship.type == "dataset_process_inputs" || relationship.type == "process_dataset_outputs")
      if (first) {
        json::Value& list = attributes[name];
        if (!list.is_array()) list = json::Array{};
        list.get_array().push_back(object_id(*other));
      }
    if (owned && end->owns) {
      TRY(json::Value inner, shape(connection, types, *other, nullptr));
      (*owned)[other->guid] = std::move(inner);
    }
  }
  entity["relationshipAttributes"] = std::move(relationships);
  return json::Value(std::move(entity));
}

// The entity and what it owns, and what those own.
Result<std::vector<EntityRow>> with_owned(store::Connection& connection, const Types& types, const std::vector<std::string>& guids) {
  std::vector<EntityRow> all;
  std::set<std::string> seen;
  std::vector<std::string> waiting(guids.rbegin(), guids.rend());
  while (!waiting.empty()) {
    std::string guid = std::move(waiting.back());
    waiting.pop_back();
    if (!seen.insert(guid).second) continue;
    if (seen.size() > kDeletedMax) return std::unexpected(too_large("ATLAS-400-00-01A", "more than 10000 entities would be deleted at once"));
    TRY(auto row, read_entity_row(connection, guid));
    if (!row) return std::unexpected(unknown_guid(guid));
    const EntityType* type = types.entity(row->type);
    TRY(auto relationships, relationships_of(connection, guid));
    for (const RelationshipRow& relationship : relationships) {
      bool first = relationship.end1 == guid;
      const End* end = type ? end_at(*type, types.end_name(relationship.type, first), relationship.type, first) : nullptr;
      if (end && end->owns) waiting.push_back(first ? relationship.end2 : relationship.end1);
    }
    all.push_back(std::move(*row));
  }
  return all;
}

}  // namespace

Result<json::Value> Catalog::entity(std::string_view guid) const {
  auto types = this->types();
  return store::read<json::Value>(*database_, [&](store::Connection& connection) -> Result<json::Value> {
    TRY(auto row, read_entity_row(connection, guid));
    if (!row) return std::unexpected(unknown_guid(guid));
    json::Object owned;
    TRY(json::Value entity, shape(connection, *types, *row, &owned));
    return json::Object{{"referredEntities", std::move(owned)}, {"entity", std::move(entity)}};
  });
}

Result<json::Value> Catalog::remove(const std::vector<std::string>& guids, std::string_view user) {
  std::lock_guard writing(writing_);
  auto types = this->types();
  std::vector<std::string> gone;
  TRY(json::Array deleted, store::write<json::Array>(*database_, [&](store::Connection& connection) -> Result<json::Array> {
    json::Array headers;
    TRY(auto rows, with_owned(connection, *types, guids));
    for (EntityRow& row : rows) {
      if (row.deleted) continue;
      row.deleted = true;
      row.body.get_object()["updatedBy"] = user;
      CHECK_OK(write_entity_row(connection, row));
      TRY(auto relationships, relationships_of(connection, row.guid));
      for (const RelationshipRow& relationship : relationships) {
        gone.push_back(relationship.guid);
        CHECK_OK(remove_relationship_row(connection, relationship.guid));
      }
      headers.push_back(header_of(row));
    }
    return headers;
  }));
  index({}, gone);
  json::Object mutated;
  if (!deleted.empty()) mutated["DELETE"] = std::move(deleted);
  return json::Object{{"mutatedEntities", std::move(mutated)}};
}

Result<json::Value> Catalog::create_relationship(const json::Value& body, std::string_view user) {
  std::string name = json::string_or(body, "typeName");
  auto types = this->types();
  const Definition* definition = types->find(name);
  if (!definition || definition->category != "RELATIONSHIP") return std::unexpected(invalid("ATLAS-400-00-014", "Type RELATIONSHIP with name " + name + " does not exist"));
  std::vector<LineageEdge> added;
  std::string guid;
  {
    std::lock_guard writing(writing_);
    CHECK_OK(database_->write([&](store::Connection& connection) -> Result<void> {
      std::string ends[2];
      for (int i : {0, 1}) {
        std::string key = i == 0 ? "end1" : "end2";
        const json::Value* given = json::find(body, key);
        TRY(auto reference, read_reference(given ? *given : json::Value()));
        if (!reference) return std::unexpected(bad_parameters(key + " is missing"));
        std::optional<std::string> found = reference->guid;
        if (reference->guid.empty()) {
          TRY(found, find_entity(connection, reference->type, reference->qualified_name));
        }
        TRY(auto row, read_entity_row(connection, found.value_or("")));
        if (!row || row->deleted) return std::unexpected(unknown_reference(reference->guid.empty() ? reference->qualified_name : reference->guid));
        const EntityType* type = types->entity(row->type);
        std::string wanted = json::string_or(definition->body, i == 0 ? "endDef1.type" : "endDef2.type");
        if (!type || !type->is_a(wanted)) return std::unexpected(invalid("ATLAS-400-00-036", "invalid relationshipDef: " + name + ": " + key + " is of type " + row->type + ", not " + wanted));
        ends[i] = row->guid;
      }
      TRY(auto there, find_relationship(connection, name, ends[0], ends[1]));
      if (there) return std::unexpected(conflict("ATLAS-409-00-004", "relationship " + name + " already exists between entities " + ends[0] + " and " + ends[1]));
      Upsert upsert(connection, *types, clock_.now(), user, Provenance::reported);
      const json::Value* attributes = json::find(body, "attributes");
      TRY(guid, upsert.relate(name, ends[0], ends[1], attributes ? *attributes : json::Value()));
      added = std::move(upsert.added);
      return ok();
    }));
    index(added, {});
  }
  return relationship(guid);
}

Result<json::Value> Catalog::relationship(std::string_view guid) const {
  return store::read<json::Value>(*database_, [&](store::Connection& connection) -> Result<json::Value> {
    TRY(auto row, read_relationship_row(connection, guid));
    if (!row) return std::unexpected(unknown_relationship(guid));
    TRY(auto end1, read_entity_row(connection, row->end1));
    TRY(auto end2, read_entity_row(connection, row->end2));
    if (!end1 || !end2) return std::unexpected(unknown_relationship(guid));
    json::Object shaped{{"typeName", row->type}, {"guid", row->guid}, {"status", "ACTIVE"}, {"provenanceType", 0}, {"version", 1}, {"propagateTags", "NONE"},
                        {"end1", object_id(*end1)}, {"end2", object_id(*end2)}};
    for (const auto& [key, value] : row->body.get_object()) shaped[key] = value;
    return json::Value(std::move(shaped));
  });
}

Result<void> Catalog::remove_relationship(std::string_view guid) {
  std::lock_guard writing(writing_);
  CHECK_OK(database_->write([&](store::Connection& connection) -> Result<void> {
    TRY(auto row, read_relationship_row(connection, guid));
    if (!row) return std::unexpected(unknown_relationship(guid));
    return remove_relationship_row(connection, guid);
  }));
  index({}, {std::string(guid)});
  return ok();
}

}  // namespace axonite::catalog
