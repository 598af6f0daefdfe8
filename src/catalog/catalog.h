#pragma once
// The data map: types, entities, relationships, lineage, as Apache Atlas v2 and Microsoft Purview show them. One per
// tenant, as the real service has it; every account of the tenant serves it. Bodies go in and out as Atlas's JSON.
// Errors carry Atlas's codes (errors.h).
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/clock.h"
#include "base/json.h"
#include "catalog/entity_request.h"
#include "catalog/lineage_index.h"
#include "catalog/types.h"
#include "store/database.h"

namespace axonite::catalog {

struct LineageQuery {
  Direction direction = Direction::both;
  std::size_t depth = 3;
  std::size_t width = 10;
  bool include_parent = false;
};

// A page of entities below a common name; see Catalog::search.
struct SearchQuery {
  std::string keywords;                 // "" or "*" for all; words found in name or qualifiedName, without case
  std::vector<std::string> types;       // any when empty
  std::size_t offset = 0, limit = 50;
};

class Catalog {
 public:
  static Result<std::unique_ptr<Catalog>> open(const std::filesystem::path& file, Clock& clock);

  std::shared_ptr<const Types> types() const;
  // The definitions as stored. conflict(ATLAS-409-00-001) when one exists.
  Result<Definitions> create_types(Definitions definitions, std::string_view user);
  // Replaces those named; not_found(ATLAS-404-00-001). Built-in types cannot change: conflict.
  Result<Definitions> update_types(Definitions definitions, std::string_view user);
  // conflict(ATLAS-409-00-002) while entities or other types use it.
  Result<void> remove_types(const std::vector<std::string>& names);

  // {"guidAssignments":{…},"mutatedEntities":{"CREATE":[…],"UPDATE":[…]}}; all or nothing.
  // `provenance` is that of the lineage among them; an entity whose customAttributes say {"provenance":"declared"} is
  // believed about itself.
  Result<json::Value> upsert(std::vector<Entity> entities, std::string_view user, Provenance provenance = Provenance::reported);
  // The body under "entity", and under "referredEntities" what it owns.
  Result<json::Value> entity(std::string_view guid) const;
  Result<json::Value> header(std::string_view guid) const;
  // By type and qualifiedName. not_found(ATLAS-404-00-009), invalid(ATLAS-400-00-014) for no such type.
  Result<std::string> find(std::string_view type, std::string_view qualified_name) const;
  // {"mutatedEntities":{"DELETE":[…]}}; with everything that is owned. What is deleted is marked so and hidden.
  Result<json::Value> remove(const std::vector<std::string>& guids, std::string_view user);

  // {"typeName","end1":{…},"end2":{…},"attributes":{…}}. conflict(ATLAS-409-00-004) when it exists.
  Result<json::Value> create_relationship(const json::Value& body, std::string_view user);
  Result<json::Value> relationship(std::string_view guid) const;
  Result<void> remove_relationship(std::string_view guid);

  // Lets `change` set the list of classifications of an entity.
  using ChangeClassifications = std::function<Result<void>(json::Array&)>;
  Result<void> change_classifications(std::string_view guid, const ChangeClassifications& change, std::string_view user);

  Result<json::Value> lineage(std::string_view guid, const LineageQuery& query) const;
  Result<json::Value> next_lineage(std::string_view guid, Direction direction, std::size_t offset, std::size_t limit) const;

  // {"@search.count":…,"value":[…]}
  Result<json::Value> search(const SearchQuery& query) const;
  // Live entities of `type` whose qualifiedName begins with `prefix`, at most `count_max`, by name.
  Result<std::vector<std::string>> find_below(std::string_view type, std::string_view prefix, std::size_t count_max) const;

  // Up to where the event stream was read.
  Result<std::uint64_t> feed_position() const;
  Result<void> set_feed_position(std::uint64_t sequence);

 private:
  Catalog(std::unique_ptr<store::Database> database, Clock& clock) : database_(std::move(database)), clock_(clock) {}
  Result<void> load();
  Result<void> set_types(Definitions definitions, const std::vector<std::string>& changed, const std::vector<std::string>& removed);
  Result<json::Value> lineage_json(const LineageAnswer& answer, std::string_view guid, const LineageQuery& query) const;
  void index(const std::vector<LineageEdge>& added, const std::vector<std::string>& removed);

  std::unique_ptr<store::Database> database_;
  Clock& clock_;
  // One writer at a time, so that the index changes in the order of the commits.
  std::mutex writing_;
  mutable std::mutex types_mutex_;
  std::shared_ptr<const Types> types_;
  LineageIndex lineage_;
};

}  // namespace axonite::catalog
