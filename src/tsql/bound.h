#pragma once
// What the binder makes of expressions and queries: DuckDB SQL whose value has exactly the engine type of `type`,
// and where the value comes from.
#include <set>
#include <string>
#include <vector>

#include "tsql/type.h"

namespace axonite::tsql {

// How a column came from its origins; the order is that of strength (lineage reports the strongest).
enum class Derivation { identity, transformation, aggregation };

struct Origin {
  std::string object;  // "dbo.flights", "https://acct.dfs.core.windows.net/c/path"
  std::string column;
  auto operator<=>(const Origin&) const = default;
};

struct Bound {
  std::string sql;
  Type type;
  bool predicate = false;     // true/false/unknown: only where a condition is expected
  bool null_literal = false;  // untyped NULL
  bool literal = false;
  std::string literal_text;  // of string literals
  std::set<Origin> origins;
  Derivation derivation = Derivation::identity;
};

struct OutputColumn {
  std::string name;
  std::string sql_name;  // its name in the emitted SQL, without quotes: "c1"
  Type type;
  std::set<Origin> origins;
  Derivation derivation = Derivation::identity;
  bool null_literal = false;
};

struct BoundQuery {
  std::string sql;
  std::vector<OutputColumn> columns;
  std::set<std::string> inputs;  // objects and URLs read
};

}  // namespace axonite::tsql
