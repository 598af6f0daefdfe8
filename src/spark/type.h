#pragma once
// Spark's data types, their names in schemas and errors, and the DuckDB types that carry them.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace axonite::spark {

enum class TypeKind {
  null, boolean, byte, short_, integer, long_, float_, double_, decimal, string, binary, date, timestamp, timestamp_ntz,
  day_time_interval, year_month_interval, calendar_interval, array, map, struct_,
};

struct Field;

struct DataType {
  TypeKind kind = TypeKind::null;
  int precision = 10, scale = 0;  // decimal
  std::vector<Field> fields;      // struct; array: one "element"; map: "key" and "value"

  bool is(TypeKind other) const { return kind == other; }
  bool is_integral() const { return kind >= TypeKind::byte && kind <= TypeKind::long_; }
  bool is_numeric() const { return kind >= TypeKind::byte && kind <= TypeKind::decimal; }
  const DataType& element() const;  // array
  const DataType& key() const;      // map
  const DataType& value() const;    // map
  bool operator==(const DataType& other) const;
};

struct Field {
  std::string name;
  DataType type;
  bool nullable = true;
};

inline bool operator==(const Field& a, const Field& b) { return a.name == b.name && a.type == b.type; }

DataType decimal_type(int precision, int scale);  // bounded to 38 as DecimalType.bounded
DataType array_of(DataType element, bool contains_null = true);
DataType map_of(DataType key, DataType value);
DataType struct_of(std::vector<Field> fields);

std::string simple_string(const DataType& type);  // "array<int>", "struct<a:int,b:string>"
std::string sql_name(const DataType& type);       // "ARRAY<INT>", as errors and CAST columns print it
std::string duckdb_type(const DataType& type);
// "root\n |-- id: long (nullable = false)\n"
std::string tree_string(const std::vector<Field>& fields, int level_max);

// "bigint", "decimal(10,2)", "array<struct<a:int>>" or a table's columns: "a INT NOT NULL, b: string".
// Error: invalid("PARSE_SYNTAX_ERROR"), invalid("UNSUPPORTED_DATATYPE").
Result<DataType> parse_type(std::string_view text);
// A type, or a struct when it reads as columns (DDLParse, schema strings of readers).
Result<DataType> parse_ddl(std::string_view text);
// From DuckDB's spelling of a column type ("DECIMAL(10,2)", "STRUCT(a INTEGER)[]").
Result<DataType> from_duckdb_type(std::string_view text);
// The JSON of StructType.json(): schemas of local relations.
Result<DataType> parse_type_json(std::string_view text);

// What both sides of a set operation, CASE or comparison become; nothing when there is no such type.
std::optional<DataType> common_type(const DataType& a, const DataType& b);

}  // namespace axonite::spark
