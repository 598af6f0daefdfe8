#pragma once
#include <string>
#include <vector>

#include "artifact/kind.h"
#include "base/json.h"

namespace axonite::artifact {

struct Reference {
  const Kind* kind;
  std::string name;
};

// Every {"referenceName","type"} of a definition that names a kind of this room and is no expression.
std::vector<Reference> references_of(const json::Value& definition);
// Whether a definition refers to one; without collecting them.
bool refers_to(const json::Value& definition, const Kind& kind, std::string_view name);

}  // namespace axonite::artifact
