#pragma once
// The resource providers that are served, for the providers list and for the errors of paths nobody serves; and the
// hooks by which a resource group's deletion reaches the rooms that own what its resources stand for.
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "resource/documents.h"

namespace axonite::arm {

struct ResourceType {
  std::string_view name;  // below the namespace: "workspaces/sqlPools"
  std::string_view api_version;
};

struct Provider {
  std::string_view name;  // "Microsoft.KeyVault"
  std::span<const ResourceType> types;
};

std::span<const Provider> providers();
const Provider* find_provider(std::string_view name);

// Deletes what a resource of one type stands for (a database, a managed identity, files) before its document goes;
// repeatable, since an interrupted deletion runs again. Handed in by server; keys are full types in lower case.
class Removers {
 public:
  using Remover = std::function<Result<void>(const resource::Document&, const resource::Author&)>;
  void add(std::string_view type, Remover remover);
  // The remover of the type, if any, then the document with everything below it.
  Result<void> remove(resource::Documents& documents, const resource::Document& document, const resource::Author& author) const;

 private:
  std::map<std::string, Remover> removers_;
};

}  // namespace axonite::arm
