#pragma once
// Atlas's type system: definitions by name, and what follows from them for entities (inherited attributes, the
// relationship attributes that relationship definitions give to both of their ends). A value that does not change:
// a change makes a new one.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/json.h"

namespace axonite::catalog {

struct Definition {
  std::string category;  // "ENTITY", "RELATIONSHIP", "CLASSIFICATION", "ENUM", "STRUCT", "BUSINESS_METADATA"
  std::string guid;
  bool built_in = false;
  json::Value body;  // as the client sees it
};

// A relationship attribute: `name` on an entity that stands at one end of a relationship.
struct End {
  std::string relationship;
  bool first = true;       // the entity stands at end1
  std::string other_type;  // of the entity at the other end
  bool many = false;       // a SET or LIST of others
  bool owns = false;       // the others go when this one goes (COMPOSITION)
};

struct EntityType {
  std::set<std::string, std::less<>> supers;           // all of them and itself
  std::map<std::string, bool, std::less<>> attributes;  // whether an entity must have it
  std::map<std::string, std::vector<End>, std::less<>> ends;

  bool is_a(std::string_view type) const { return supers.contains(type); }
};

using Definitions = std::map<std::string, Definition, std::less<>>;

class Types {
 public:
  // Errors: invalid(ATLAS-400-00-014) for a super type or end that does not exist, bad parameters for a circle.
  static Result<std::shared_ptr<const Types>> make(Definitions definitions);

  const Definitions& definitions() const { return definitions_; }
  const Definition* find(std::string_view name) const;
  const Definition* find_guid(std::string_view guid) const;
  const EntityType* entity(std::string_view name) const;
  // The end by which an entity of `type` refers to one of `other` under `name`; `relationship` may choose among several.
  const End* end(const EntityType& type, std::string_view name, std::string_view other, std::string_view relationship = {}) const;
  // The attribute's name at the given end of a relationship; "" when there is none.
  std::string end_name(std::string_view relationship, bool first) const;

 private:
  Result<void> add_entity(std::string_view name, int depth);
  Result<void> add_ends(const std::string& name, const Definition& definition);

  Definitions definitions_;
  std::map<std::string, EntityType, std::less<>> entities_;
};

// The types every catalog starts with.
Definitions built_in_types();

// Definitions out of {"entityDefs":[…],"relationshipDefs":[…],…}; guid and version are given where they are missing.
// Errors: bad parameters; too_large past 1,000 definitions.
Result<Definitions> read_definitions(const json::Value& body);
// The other way; `category` empty for all.
json::Value write_definitions(const Definitions& definitions, std::string_view category = {});
// Whether a text names a category, as paths do ("entitydef") or queries ("entity"); its name or "".
std::string_view category_of(std::string_view text);

}  // namespace axonite::catalog
