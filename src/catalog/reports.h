#pragma once
// What engines report of each statement, copy and notebook (events of the category "lineage", shapes in
// tsql/lineage.h and pipeline/activities/data.h), as entities: the datasets it touched and the process that it was.
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/fwd.hpp>

#include "base/clock.h"
#include "catalog/entity_request.h"

namespace axonite::catalog {

struct ReportEntities {
  std::vector<Entity> entities;
  // Lake locations among them, for tying files to the folders they lie in.
  std::vector<std::string> lake_inputs, lake_outputs;
};

// Errors: invalid("LineageReport") when the shape is unknown.
Result<ReportEntities> entities_of_report(const json::Value& report, Time when);

// The one name of a place in a lake, whatever named it: "abfss://c@a.dfs…/p/", "https://a.blob…/c/p/*.parquet" and
// "https://a.dfs…/c/p" are all "https://a.dfs.core.windows.net/c/p". "" when it is no lake location.
std::string lake_name(std::string_view url);

inline constexpr std::string_view kLakeType = "azure_datalake_gen2_path";

}  // namespace axonite::catalog
