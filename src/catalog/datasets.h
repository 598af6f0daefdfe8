#pragma once
// Datasets by the names that engines use for them, as entities.
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/entity_request.h"

namespace axonite::catalog {

inline constexpr std::string_view kLakeType = "azure_datalake_gen2_path";
inline constexpr std::string_view kResourceSetType = "azure_datalake_gen2_resource_set";

struct Dataset {
  std::string type, name;
  friend auto operator<=>(const Dataset&, const Dataset&) = default;
  bool in_lake() const { return type == kLakeType || type == kResourceSetType; }
};

// The one name of a place in a lake, whatever named it: "abfss://c@a.dfs…/p/", "https://a.blob…/c/p/*.parquet" and
// "https://a.dfs…/c/p" are all "https://a.dfs.core.windows.net/c/p". "" when it is no lake location.
std::string lake_name(std::string_view url);
// The asset that a place in a lake belongs to: a file of a resource set is the set. type "" when it is no lake location.
Dataset lake_dataset(std::string_view url);

// The datasets of a SQL engine live in its database, unless they are files.
struct SqlDatabase {
  std::string server, name;
  std::string_view family = "azure_synapse_dedicated_sql_";

  static SqlDatabase of(std::string_view server, std::string_view name);
  std::string root() const { return "mssql://" + server + "/" + name; }
  // "dbo.t", "https://…", or a whole name "mssql://server/database/schema/table".
  Dataset dataset(std::string_view object) const;
};

std::string last_segment(std::string_view name);
std::string folder_of(std::string_view name);
json::Object reference(std::string_view type, std::string_view name);
json::Array references(const std::set<Dataset>& datasets);
Entity make_entity(std::string_view type, std::string_view qualified_name, std::string_view name);
// The dataset and what it lies in. `database` is null for what lies in none.
void add_dataset(std::vector<Entity>& entities, const Dataset& dataset, const SqlDatabase* database);

}  // namespace axonite::catalog
