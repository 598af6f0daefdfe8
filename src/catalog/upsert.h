#pragma once
// One upsert inside one transaction: who is meant, what is written, which relationships come and go.
// Rules of Apache Atlas: identity is a real guid, else type and qualifiedName; placeholders mean entities of the same
// request; an update writes only what it names; the ends of a SET merge, while a process's inputs and outputs become
// what the request lists.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "catalog/entity_request.h"
#include "catalog/rows.h"

namespace axonite::catalog {

class Upsert {
 public:
  Upsert(store::Connection& connection, const Types& types, Time now, std::string_view user, Provenance provenance)
      : connection_(connection), types_(types), now_(now), user_(user), provenance_(provenance), edge_provenance_(provenance) {}

  Result<json::Value> run(const std::vector<Entity>& entities);
  // A relationship between two entities that exist; its guid.
  Result<std::string> relate(const std::string& relationship, const std::string& end1, const std::string& end2, const json::Value& attributes);

  // For the lineage index, once the transaction is on disk.
  std::vector<LineageEdge> added;
  std::vector<std::string> removed;  // relationships

 private:
  struct Target {
    const Entity* entity = nullptr;
    const EntityType* type = nullptr;
    EntityRow row;
    bool created = false, changed = false;
  };

  Result<void> identify(const Entity& entity);
  Result<void> identify_again(const Entity& entity, Target& target);
  Result<void> write(Target& target);
  Result<void> check_required(const Target& target) const;
  Result<void> relate_all(Target& target);
  Result<void> relate_one(Target& target, std::string_view name, const json::Value& value);
  Result<std::string> resolve(const Reference& reference);
  Result<std::string> type_of(const std::string& guid);
  Result<void> replace_ends(const Target& target, const End& end, const std::set<std::string>& wanted);
  Result<void> make_room(const End& end, const std::string& guid, const std::string& other);
  Result<void> drop(const RelationshipRow& row);
  json::Value answer() const;

  store::Connection& connection_;
  const Types& types_;
  Time now_;
  std::string user_;
  Provenance provenance_;
  Provenance edge_provenance_;  // of the entity that is being related
  std::vector<Target> targets_;
  std::map<std::string, std::string> guids_;      // placeholder → guid
  std::map<std::string, std::size_t> by_guid_;    // guid → target
  std::map<std::string, std::string> types_of_;   // of referenced entities
};

}  // namespace axonite::catalog
