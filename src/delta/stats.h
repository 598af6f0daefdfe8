#pragma once
#include <string>
#include <string_view>

#include "base/json.h"
#include "delta/schema.h"

namespace axonite::delta {

// The "stats" text of an add action from what DuckDB's COPY … RETURN_STATS tells of a file: numRecords, minValues,
// maxValues, nullCount of the first 32 columns. A column whose bounds cannot be told safely (NaN, blobs, nested) has none.
std::string file_stats(const Schema& schema, std::int64_t rows, const json::Value& column_statistics);

}  // namespace axonite::delta
