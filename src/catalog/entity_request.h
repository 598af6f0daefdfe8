#pragma once
// What clients send as entities: {"entity":{…}} or {"entities":[…]}, with "referredEntities" by placeholder guid.
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "base/json.h"

namespace axonite::catalog {

// How one entity names another: by guid (real, or a placeholder of the same request) or by type and unique attribute.
struct Reference {
  std::string guid;  // empty when named by the others
  std::string type, qualified_name;
  std::string relationship;   // the relationship's type, where the client chose one
  json::Value attributes;     // of the relationship, or null
};

struct Entity {
  std::string type;
  std::string guid;  // empty, a placeholder ("-1"), or real
  json::Object attributes;
  json::Object relationship_attributes;
  json::Object others;  // classifications, labels, contacts, customAttributes, status, …

  std::string qualified_name() const;
};

struct RequestLimits {
  std::size_t entities_max = 10'000;
  std::size_t name_bytes_max = 4u << 10;
  std::size_t depth_max = 32;
};

// Errors: ATLAS-400-00-01A naming what is wrong; too_large past the limits.
Result<std::vector<Entity>> read_entities(const json::Value& body, const RequestLimits& limits = {});
// The same from text, for bodies as they came.
Result<std::vector<Entity>> read_entities_text(std::string_view text, const RequestLimits& limits = {});
// Nothing for null. Errors: ATLAS-400-00-021 when it is no reference.
Result<std::optional<Reference>> read_reference(const json::Value& value);
// One reference or a list of them.
Result<std::vector<Reference>> read_references(const json::Value& value);

// A guid that stands for an entity of the same request.
bool is_placeholder(std::string_view guid);

}  // namespace axonite::catalog
