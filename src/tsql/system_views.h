#pragma once
// sys.*, INFORMATION_SCHEMA.* and their kin as data: declared columns and a DuckDB query over schema "axonite".
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tsql/state.h"

namespace axonite::tsql {

struct SystemView {
  std::vector<TableColumn> columns;
  std::string sql;  // SELECT whose columns have the declared names and types
};

// Nothing when there is no such view.
std::optional<SystemView> system_view(const State& state, std::string_view schema, std::string_view name);

}  // namespace axonite::tsql
