#pragma once
#include <algorithm>

#include "ml/registry.h"
#include "store/database.h"

namespace axonite::ml {

Model read_model(store::Statement& row);
// Tags, aliases and the latest versions.
Result<void> fill_model(store::Connection& connection, Model& model);
// All versions of a model with tags and aliases, newest first.
Result<std::vector<ModelVersion>> read_versions(store::Connection& connection, const Model& model);
Result<ModelVersion> find_version(store::Connection& connection, std::string_view workspace, std::string_view name, std::string_view version);

template <class T>
Found<T> page_of(std::vector<T> all, std::size_t offset, std::size_t count_max) {
  Found<T> found;
  for (std::size_t i = offset; i < all.size() && found.items.size() < count_max; ++i) found.items.push_back(std::move(all[i]));
  if (offset + found.items.size() < all.size()) found.next_page_token = page_token(offset + found.items.size());
  return found;
}

}  // namespace axonite::ml
