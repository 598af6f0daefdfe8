#pragma once
// What each statement that writes reports to the event stream, category "lineage", from the bound tree:
// {
//   "operation": "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "CTAS" | "COPY INTO",
//   "engine": "tsql", "server": "ws.sql.azuresynapse.net", "database": "SQLPool1", "user": "sqladmin",
//   "procedure": "load",                       // innermost running procedure, or ""
//   "inputs": ["dbo.source", "https://acct.dfs.core.windows.net/c/p"],
//   "output": "dbo.target",
//   "columns": [{"column": "total", "kind": "identity" | "transformation" | "aggregation",
//                "sources": [{"object": "dbo.source", "column": "amount"}]}]
// }
// Objects are schema.name inside `database`, files their URL as the statement named it.
#include <string>

#include "tsql/bound.h"
#include "tsql/state.h"

namespace axonite::tsql {

struct LineageColumn {
  std::string column;
  std::set<Origin> sources;
  Derivation kind = Derivation::identity;
};

struct Lineage {
  std::string operation, output;
  std::set<std::string> inputs;
  std::vector<LineageColumn> columns;
};

std::string lineage_json(const State& state, const Lineage& lineage);

}  // namespace axonite::tsql
