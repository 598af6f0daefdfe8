#include "catalog/rows.h"

#include <boost/json.hpp>

namespace axonite::catalog {
namespace {

json::Value parsed(std::string_view text) { return json::parse(text).value_or(json::Value(json::Object{})); }

EntityRow entity_of(store::Statement& row) {
  return {.guid = std::string(row.text(0)), .type = std::string(row.text(1)), .qualified_name = std::string(row.text(2)), .deleted = row.integer(3) != 0, .body = parsed(row.text(4))};
}

RelationshipRow relationship_of(store::Statement& row) {
  return {.guid = std::string(row.text(0)), .type = std::string(row.text(1)), .end1 = std::string(row.text(2)), .end2 = std::string(row.text(3)), .body = parsed(row.text(4))};
}

}  // namespace

Result<std::optional<EntityRow>> read_entity_row(store::Connection& connection, std::string_view guid) {
  return connection.first("SELECT guid,type,qualified_name,deleted,body FROM entity WHERE guid=?1", entity_of, guid);
}

Result<std::optional<std::string>> find_entity(store::Connection& connection, std::string_view type, std::string_view qualified_name) {
  return connection.first("SELECT guid FROM entity WHERE type=?1 AND qualified_name=?2 AND deleted=0",
                          [](store::Statement& row) { return std::string(row.text(0)); }, type, qualified_name);
}

Result<void> write_entity_row(store::Connection& connection, const EntityRow& row) {
  return connection.execute(
      "INSERT INTO entity(guid,type,qualified_name,name,deleted,body) VALUES(?1,?2,?3,?4,?5,?6) "
      "ON CONFLICT(guid) DO UPDATE SET qualified_name=?3,name=?4,deleted=?5,body=?6",
      row.guid, row.type, row.qualified_name, json::string_or(row.body, "attributes.name"), row.deleted ? 1 : 0, json::write(row.body));
}

Result<std::vector<RelationshipRow>> relationships_of(store::Connection& connection, std::string_view guid) {
  std::vector<RelationshipRow> rows;
  CHECK_OK(connection.each("SELECT guid,type,end1,end2,body FROM relationship WHERE end1=?1 UNION SELECT guid,type,end1,end2,body FROM relationship WHERE end2=?1",
                           [&](store::Statement& row) { rows.push_back(relationship_of(row)); }, guid));
  return rows;
}

Result<std::optional<RelationshipRow>> read_relationship_row(store::Connection& connection, std::string_view guid) {
  return connection.first("SELECT guid,type,end1,end2,body FROM relationship WHERE guid=?1", relationship_of, guid);
}

Result<std::optional<RelationshipRow>> find_relationship(store::Connection& connection, std::string_view type, std::string_view end1, std::string_view end2) {
  return connection.first("SELECT guid,type,end1,end2,body FROM relationship WHERE end1=?1 AND end2=?2 AND type=?3", relationship_of, end1, end2, type);
}

Result<void> write_relationship_row(store::Connection& connection, const RelationshipRow& row) {
  return connection.execute("INSERT INTO relationship(guid,type,end1,end2,body) VALUES(?1,?2,?3,?4,?5) ON CONFLICT(guid) DO UPDATE SET body=?5",
                            row.guid, row.type, row.end1, row.end2, json::write(row.body));
}

Result<void> remove_relationship_row(store::Connection& connection, std::string_view guid) {
  return connection.execute("DELETE FROM relationship WHERE guid=?1", guid);
}

json::Object header_of(const EntityRow& row) {
  json::Array names;
  const json::Value* classifications = json::find(row.body, "classifications");
  if (classifications && classifications->is_array())
    for (const json::Value& one : classifications->get_array()) names.push_back(json::Value(json::string_or(one, "typeName")));
  json::Object attributes{{"qualifiedName", row.qualified_name}};
  for (std::string_view key : {"name", "description", "displayName", "owner", "createTime", "columnMapping"})
    if (const json::Value* found = json::find_path(row.body, "attributes." + std::string(key)); found && !found->is_null()) attributes[key] = *found;
  json::Object header{{"typeName", row.type}, {"attributes", std::move(attributes)}, {"guid", row.guid}, {"status", row.deleted ? "DELETED" : "ACTIVE"},
                      {"displayText", json::string_or(row.body, "attributes.name", row.qualified_name)}, {"classificationNames", std::move(names)},
                      {"classifications", classifications ? *classifications : json::Value(json::Array{})}, {"meaningNames", json::Array{}}, {"meanings", json::Array{}},
                      {"isIncomplete", false}, {"labels", json::Array{}}};
  for (std::string_view key : {"lastModifiedTS", "collectionId", "labels"})
    if (const json::Value* found = json::find(row.body, key)) header[key] = *found;
  return header;
}

std::optional<LineageEdge> lineage_edge(const RelationshipRow& row) {
  Provenance provenance = provenance_of(json::string_or(row.body, "provenance"));
  if (row.type == "dataset_process_inputs") return LineageEdge{row.end2, row.end1, row.guid, provenance};
  if (row.type == "process_dataset_outputs" || row.type == "direct_lineage_dataset_dataset") return LineageEdge{row.end1, row.end2, row.guid, provenance};
  return std::nullopt;
}

}  // namespace axonite::catalog
