#pragma once
// One pass over a source: what is there, as entities with their classifications.
#include <map>
#include <string>
#include <vector>

#include "catalog/entity_request.h"
#include "catalog/scan/ports.h"
#include "catalog/scan/store.h"

namespace axonite::catalog::scan {

struct Settings {
  bool classifies = true;
  std::vector<const ColumnRule*> rules;
  std::vector<std::string> include, exclude;  // prefixes of names; all when include is empty
  std::map<std::string, std::string> before;  // name → mark of the last pass; empty for a full one
  std::string scan_id;                        // "datasources/x/scans/y", for sourceDetails

  bool takes(std::string_view name) const;
};

struct Survey {
  // Entities in an order in which references resolve; a unit is written at once.
  std::vector<std::vector<Entity>> units;
  std::vector<FoundAsset> found;
  std::size_t classified = 0, unchanged = 0;
  std::vector<std::string> notes;  // what could not be read

  // Whether an asset needs a look: it is new or its mark is another.
  bool add_found(const Settings& settings, std::string type, std::string name, std::string mark);
};

// survey_sql.cc: databases, schemas, tables, views, columns of the pools of a workspace.
// `properties` of the data source: dedicatedSqlEndpoint, serverlessSqlEndpoint, resourceName.
Result<Survey> survey_workspace(Ports& ports, const Login& login, const json::Value& properties, const Settings& settings, std::stop_token stop);
// survey_lake.cc: Delta tables, resource sets and files of a storage account; `properties`: endpoint.
Result<Survey> survey_lake(Ports& ports, const Login& login, const json::Value& properties, const Settings& settings, std::stop_token stop);

// Puts what the samples say on a column's entity; whether anything.
bool classify_column(Entity& column, const Values& values, const Settings& settings);
// The classifications of its columns on a table.
void roll_up(Entity& table, const std::vector<Entity>& columns);

inline constexpr std::size_t kSampleRows = 128;

}  // namespace axonite::catalog::scan
