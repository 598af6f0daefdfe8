#pragma once
// Reading values out of DuckDB's vectors.
#include <cstddef>
#include <string>

#include "engine/session.h"

struct _duckdb_vector;
struct _duckdb_logical_type;

namespace axonite::engine {

Type type_of(_duckdb_logical_type* type);
Value value_of(_duckdb_vector* vector, _duckdb_logical_type* type, std::size_t row);

// "-12.340" for (-12340, 3).
std::string decimal_text(__int128 unscaled, int scale);
std::string date_text(std::int32_t days);               // since 1970-01-01; "0044-03-15 (BC)", "infinity"
std::string time_text(std::int64_t microseconds);       // "12:34:56.5"
std::string timestamp_text(std::int64_t microseconds);  // "2026-01-02 03:04:05.000006"

}  // namespace axonite::engine
