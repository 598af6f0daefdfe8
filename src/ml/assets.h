#pragma once
// What a workspace keeps under a name and a version beside models: data, environments, code, components, v1's datasets,
// MLflow's logged models. What a body means belongs to its service.
#include <string>
#include <string_view>
#include <vector>

#include "ml/tracking.h"

namespace axonite::ml {

struct Asset {
  std::int64_t number = 0;
  std::string kind, name, version;
  std::string body;  // JSON
  std::int64_t created_ms = 0, updated_ms = 0;
  std::string author;  // object id of who made it
};

inline constexpr std::size_t kAssetBytesMax = 2u << 20;

class Assets {
 public:
  Assets(store::Database& database, Clock& clock) : database_(database), clock_(clock) {}
  struct Key {
    std::string kind, name, version;
  };
  enum class Existing { replaced, refused };
  // refused: conflict("AssetExists"). too_large("AssetTooLarge").
  Result<Asset> put(std::string_view workspace, const Key& key, std::string body, std::string_view author, Existing existing = Existing::replaced);
  Result<Asset> get(std::string_view workspace, const Key& key) const;  // not_found("AssetNotFound")
  // Newest first; of one name, or with `name` empty of all.
  Result<std::vector<Asset>> list(std::string_view workspace, std::string_view kind, std::string_view name = {}) const;
  // The newest version; not_found("AssetNotFound").
  Result<Asset> latest(std::string_view workspace, std::string_view kind, std::string_view name) const;
  // The highest whole number among the versions and one.
  Result<std::string> next_version(std::string_view workspace, std::string_view kind, std::string_view name) const;
  Result<bool> remove(std::string_view workspace, const Key& key);

 private:
  store::Database& database_;
  Clock& clock_;
};

}  // namespace axonite::ml
