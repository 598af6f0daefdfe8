#include <boost/json.hpp>
#include <set>

#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/errors.h"
#include "catalog/rows.h"

namespace axonite::catalog {
namespace {

constexpr std::size_t kParentsMax = 8;

std::string_view name_of(Direction direction) {
  switch (direction) {
    case Direction::input: return "INPUT";
    case Direction::output: return "OUTPUT";
    case Direction::both: return "BOTH";
  }
  return "BOTH";
}

json::Object counts(const std::map<std::string, std::size_t>& widths) {
  json::Object shaped;
  for (const auto& [guid, count] : widths) shaped[guid] = count;
  return shaped;
}

// operation → activity → pipeline → factory.
Result<void> add_parents(store::Connection& connection, const std::string& child, json::Object& headers, json::Array& relations) {
  std::string current = child;
  for (std::size_t i = 0; i < kParentsMax; ++i) {
    TRY(auto rows, relationships_of(connection, current));
    std::string parent;
    for (const RelationshipRow& row : rows)
      if ((row.type == "process_parent" || row.type == "data_factory_pipelines") && row.end2 == current) {
        parent = row.end1;
        relations.push_back(json::Object{{"childEntityId", current}, {"parentEntityId", parent}, {"relationshipId", row.guid}});
      }
    if (parent.empty()) return ok();
    TRY(auto row, read_entity_row(connection, parent));
    if (!row) return ok();
    headers[parent] = header_of(*row);
    current = parent;
  }
  return ok();
}

}  // namespace

Result<json::Value> Catalog::lineage_json(const LineageAnswer& answer, std::string_view guid, const LineageQuery& query) const {
  return store::read<json::Value>(*database_, [&](store::Connection& connection) -> Result<json::Value> {
    json::Object headers;
    json::Array relations, parents;
    for (const std::string& one : answer.guids) {
      TRY(auto row, read_entity_row(connection, one));
      if (!row) continue;
      headers[one] = header_of(*row);
      if (query.include_parent) CHECK_OK(add_parents(connection, one, headers, parents));
    }
    for (const LineageEdge& edge : answer.edges) relations.push_back(json::Object{{"fromEntityId", edge.from}, {"toEntityId", edge.to}, {"relationshipId", edge.relationship}, {"provenance", name_of(edge.provenance)}});
    return json::Object{{"baseEntityGuid", guid}, {"lineageDirection", name_of(query.direction)}, {"lineageDepth", query.depth}, {"lineageWidth", query.width},
                        {"childrenCount", -1}, {"includeParent", query.include_parent}, {"guidEntityMap", std::move(headers)}, {"relations", std::move(relations)},
                        {"parentRelations", std::move(parents)}, {"widthCounts", json::Object{{"INPUT", counts(answer.input_widths)}, {"OUTPUT", counts(answer.output_widths)}}}};
  });
}

Result<json::Value> Catalog::lineage(std::string_view guid, const LineageQuery& query) const {
  TRY(json::Value base, header(guid));
  const EntityType* type = types()->entity(json::string_or(base, "typeName"));
  if (!type || !(type->is_a("DataSet") || type->is_a("Process")))
    return std::unexpected(not_found("ATLAS-404-00-011", "Given instance guid " + std::string(guid) + " is not of a type with lineage: " + json::string_or(base, "typeName")));
  return lineage_json(lineage_.walk(guid, query.direction, query.depth, query.width), guid, query);
}

Result<json::Value> Catalog::next_lineage(std::string_view guid, Direction direction, std::size_t offset, std::size_t limit) const {
  CHECK_OK(header(guid));
  TRY(json::Value answer, lineage_json(lineage_.next(guid, direction, offset, limit), guid, {.direction = direction}));
  answer.get_object()["lineageDepth"] = 1;
  answer.get_object()["lineageWidth"] = -1;
  return answer;
}

Result<json::Value> Catalog::search(const SearchQuery& query) const {
  std::string pattern = query.keywords == "*" ? "" : query.keywords;
  for (std::string_view special : {"\\", "%", "_"}) pattern = text::replace_all(pattern, special, "\\" + std::string(special));
  pattern = "%" + pattern + "%";
  std::set<std::string> wanted(query.types.begin(), query.types.end());
  return store::read<json::Value>(*database_, [&](store::Connection& connection) -> Result<json::Value> {
    std::size_t count = 0;
    json::Array values;
    CHECK_OK(connection.each("SELECT guid,type,qualified_name,name FROM entity WHERE deleted=0 AND (name LIKE ?1 ESCAPE '\\' OR qualified_name LIKE ?1 ESCAPE '\\') ORDER BY qualified_name,type",
                             [&](store::Statement& row) {
                               std::string type(row.text(1));
                               if (!wanted.empty() && !wanted.contains(type)) return;
                               if (std::size_t at = count++; at < query.offset || at - query.offset >= query.limit) return;
                               values.push_back(json::Object{{"@search.score", 1.0}, {"id", row.text(0)}, {"name", row.text(3)}, {"displayText", row.text(3)}, {"qualifiedName", row.text(2)},
                                                             {"entityType", type}, {"objectType", type}, {"assetType", json::Array{}}, {"classification", json::Array{}}, {"label", json::Array{}}, {"term", json::Array{}}, {"contact", json::Array{}}});
                             }, pattern));
    return json::Object{{"@search.count", count}, {"@search.count.approximate", false}, {"value", std::move(values)}};
  });
}

}  // namespace axonite::catalog
