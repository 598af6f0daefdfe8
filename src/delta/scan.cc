#include <algorithm>

#include "base/text.h"
#include "delta/engine_path.h"
#include "delta/table.h"

namespace axonite::delta {
namespace {

bool is_partition(const Snapshot& snapshot, std::string_view column) {
  return std::ranges::any_of(snapshot.metadata.partition_columns, [&](const std::string& one) { return text::equals_ignoring_case(one, column); });
}

std::string null_of(const Field& field) { return "CAST(NULL AS " + duckdb_type(field.type) + ")"; }

// The columns of a table without files.
std::string empty_relation(const Snapshot& snapshot) {
  std::string columns;
  for (const Field& field : snapshot.schema.fields)
    columns += (columns.empty() ? "" : ", ") + null_of(field) + " AS " + engine::quote_identifier(field.name);
  return "SELECT " + (columns.empty() ? "NULL" : columns) + " WHERE false";
}

// A row that names every data column with its type, so that files which lack some are filled up by name and a column
// that no file has is there.
std::string column_frame(const Snapshot& snapshot) {
  std::string columns;
  for (const Field& field : snapshot.schema.fields)
    if (!is_partition(snapshot, field.name)) columns += ", " + null_of(field) + " AS " + engine::quote_identifier(field.name);
  return "SELECT CAST(NULL AS VARCHAR) AS filename" + columns + " WHERE false";
}

std::string partition_value(const Field& field, const Add& add) {
  auto found = add.partition_values.find(field.name);
  // The protocol writes null and the empty text alike.
  if (found == add.partition_values.end() || !found->second || found->second->empty()) return null_of(field);
  return "CAST(" + engine::quote_literal(*found->second) + " AS " + duckdb_type(field.type) + ")";
}

}  // namespace

Result<std::string> scan_sql(const Snapshot& snapshot, const lake::Location& table) {
  if (snapshot.files.empty()) return empty_relation(snapshot);
  std::string files, values, columns;
  for (const Add& add : snapshot.files) {
    if (add.deletion_vector) return std::unexpected(unsupported("DeltaFeatureUnsupported", "The table has deletion vectors, which are not supported."));
    TRY(lake::Location file, data_file(table, add.path));
    std::string path = engine::quote_literal(engine_path(file));
    files += (files.empty() ? "" : ", ") + path;
    if (snapshot.metadata.partition_columns.empty()) continue;
    values += (values.empty() ? "(" : ", (") + path;
    for (const std::string& column : snapshot.metadata.partition_columns) {
      const Field* field = snapshot.schema.find(column);
      if (!field) return std::unexpected(invalid("DeltaLogCorrupt", "The partition column '" + column + "' is not in the table's schema."));
      values += ", " + partition_value(*field, add);
    }
    values += ")";
  }
  for (const Field& field : snapshot.schema.fields) {
    std::string name = engine::quote_identifier(field.name);
    std::string source = is_partition(snapshot, field.name) ? "p." + name : "CAST(f." + name + " AS " + duckdb_type(field.type) + ")";
    columns += (columns.empty() ? "" : ", ") + source + " AS " + name;
  }
  std::string rows = "(" + column_frame(snapshot) + " UNION ALL BY NAME SELECT * FROM read_parquet([" + files +
                     "], union_by_name=true, filename=true, hive_partitioning=false)) AS f";
  if (values.empty()) return "SELECT " + columns + " FROM " + rows;
  std::string names = "filename";
  for (const std::string& column : snapshot.metadata.partition_columns) names += ", " + engine::quote_identifier(column);
  return "SELECT " + columns + " FROM " + rows + " JOIN (VALUES " + values + ") AS p(" + names + ") ON p.filename = f.filename";
}

}  // namespace axonite::delta
