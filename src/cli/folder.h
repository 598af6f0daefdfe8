#pragma once
// A team's folder as Data Factory's and Synapse's git mode keep it: one folder per kind, one JSON file per definition.
#include <filesystem>
#include <string>
#include <vector>

#include "artifact/references.h"
#include "base/result.h"

namespace axonite::cli {

struct Definition {
  const artifact::Kind* kind = nullptr;
  std::string name;
  std::string body;  // {"properties":{…}}
  std::vector<artifact::Reference> references;
  bool starts = false;  // a trigger whose file says runtimeState "Started"
};

// Every definition below `folder`, each after those it refers to. Folders of other names (factory/, publish branches) are
// not looked at. Errors: not_found("FolderNotFound"), invalid("FolderEmpty" | "InvalidDefinition" | "ReferenceCycle").
Result<std::vector<Definition>> read_folder(const std::filesystem::path& folder);

// The same definitions, each after those it refers to; what refers to nothing here keeps its place.
// invalid("ReferenceCycle") naming the definitions that wait for one another.
Result<std::vector<Definition>> in_order_of_references(std::vector<Definition> definitions);

}  // namespace axonite::cli
