#pragma once
// Errors with the codes of Apache Atlas (AtlasErrorCode.java); their number carries the HTTP status.
#include <string>
#include <string_view>

#include "base/error.h"

namespace axonite::catalog {

inline std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

inline Error unknown_entity_type(std::string_view type) {
  return invalid("ATLAS-400-00-014", "Type ENTITY with name " + std::string(type) + " does not exist");
}
inline Error unknown_type(std::string_view name) {
  return not_found("ATLAS-404-00-001", "Given typename " + std::string(name) + " was invalid");
}
inline Error bad_parameters(std::string message) { return invalid("ATLAS-400-00-01A", "invalid parameters: " + std::move(message)); }
inline Error unknown_guid(std::string_view guid) {
  return not_found("ATLAS-404-00-005", "Given instance guid " + std::string(guid) + " is invalid/not found");
}
inline Error unknown_instance(std::string_view type, std::string_view qualified_name) {
  return not_found("ATLAS-404-00-009", "Instance " + std::string(type) + " with unique attribute {qualifiedName=" + std::string(qualified_name) + "} does not exist");
}
inline Error unknown_reference(std::string_view what) {
  return not_found("ATLAS-404-00-00A", "Referenced entity " + std::string(what) + " is not found");
}
inline Error unknown_relationship(std::string_view guid) {
  return not_found("ATLAS-404-00-00C", "Given relationship guid " + std::string(guid) + " is invalid/not found");
}

}  // namespace axonite::catalog
