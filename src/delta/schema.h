#pragma once
// A table's schema as Spark writes it into metaData.schemaString (Delta protocol, "Schema Serialization Format").
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace axonite::delta {

struct Field;

struct DataType {
  enum class Kind {
    string, long_, integer, short_, byte, float_, double_, decimal, boolean, binary, date, timestamp, timestamp_ntz,
    struct_, array, map,
  };
  Kind kind = Kind::string;
  int precision = 10, scale = 0;      // decimal
  std::vector<Field> fields;          // struct_
  std::shared_ptr<DataType> element;  // array element, map value
  std::shared_ptr<DataType> key;      // map
  bool contains_null = true;          // array elements, map values
};

struct Field {
  std::string name;
  DataType type;
  bool nullable = true;
  std::string metadata;  // JSON object text, "{}" when empty
};

struct Schema {
  std::vector<Field> fields;
  const Field* find(std::string_view name) const;  // without ASCII case, as Spark resolves
};

// invalid("DeltaSchemaInvalid"); unsupported("DeltaTypeUnsupported") for types not listed above (variant, …).
Result<Schema> parse_schema(std::string_view text);
std::string write_schema(const Schema& schema);

// The DuckDB type of a column: "BIGINT", "DECIMAL(10,2)", "STRUCT(a INTEGER)", "TIMESTAMPTZ" for timestamp.
std::string duckdb_type(const DataType& type);
// The other way, for schemas of new tables; unsupported("DeltaTypeUnsupported") for HUGEINT, TIME, INTERVAL, … .
Result<DataType> from_duckdb_type(std::string_view type);

}  // namespace axonite::delta
