#pragma once
// Conversions between T-SQL types as DuckDB SQL: implicit ones, CAST, CONVERT with styles, and assignment to a column.
#include <optional>

#include "base/result.h"
#include "engine/session.h"
#include "tsql/bound.h"

namespace axonite::tsql {

enum class Conversion {
  implicit,
  explicit_,   // CAST: strings are cut to length
  try_,        // TRY_CAST: NULL instead of an error
  assignment,  // INSERT, UPDATE: error 2628 where a string does not fit
};

// `style` is CONVERT's third argument. Errors: 206/529 for pairs that T-SQL does not convert.
Result<Bound> convert(Bound value, const Type& target, Conversion conversion, std::optional<int> style = {},
                      std::string_view column = {}, int line = 0);
// A value as a typed literal of emitted SQL.
std::string literal_sql(const Type& type, const engine::Value& value);
Bound literal_bound(const Type& type, const engine::Value& value);
// What strings are compared, grouped and sorted by: case and trailing blanks do not count
// (SQL_Latin1_General_CP1_CI_AS).
std::string collation_key(const Bound& value);
// collation_key for strings, the value itself otherwise.
std::string comparison_key(const Bound& value);

}  // namespace axonite::tsql
