#pragma once
// Entities and relationships as rows of catalog.db, inside one transaction. Relationship rows are the truth: what an
// entity shows as its relationship attributes is read from them.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/json.h"
#include "catalog/lineage_index.h"
#include "catalog/types.h"
#include "store/database.h"

namespace axonite::catalog {

struct EntityRow {
  std::string guid, type, qualified_name;
  bool deleted = false;
  json::Value body;  // everything but relationships
};

struct RelationshipRow {
  std::string guid, type, end1, end2;
  json::Value body;  // {"attributes":…,"createTime":…,…}
};

Result<std::optional<EntityRow>> read_entity_row(store::Connection& connection, std::string_view guid);
Result<std::optional<std::string>> find_entity(store::Connection& connection, std::string_view type, std::string_view qualified_name);
Result<void> write_entity_row(store::Connection& connection, const EntityRow& row);

Result<std::vector<RelationshipRow>> relationships_of(store::Connection& connection, std::string_view guid);
Result<std::optional<RelationshipRow>> read_relationship_row(store::Connection& connection, std::string_view guid);
Result<std::optional<RelationshipRow>> find_relationship(store::Connection& connection, std::string_view type, std::string_view end1, std::string_view end2);
Result<void> write_relationship_row(store::Connection& connection, const RelationshipRow& row);
Result<void> remove_relationship_row(store::Connection& connection, std::string_view guid);

// {"typeName","attributes":{qualifiedName,name,…},"guid","status","displayText","classificationNames",…}
json::Object header_of(const EntityRow& row);
// The edge that a relationship is to lineage, if it is one.
std::optional<LineageEdge> lineage_edge(const RelationshipRow& row);

}  // namespace axonite::catalog
