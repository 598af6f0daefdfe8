#include "spark/type.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "engine/session.h"

namespace axonite::spark {

const DataType& DataType::element() const { return fields.front().type; }
const DataType& DataType::key() const { return fields.front().type; }
const DataType& DataType::value() const { return fields.back().type; }
bool DataType::operator==(const DataType& other) const {
  if (kind != other.kind) return false;
  if (kind == TypeKind::decimal) return precision == other.precision && scale == other.scale;
  return fields == other.fields;
}

DataType decimal_type(int precision, int scale) { return {.kind = TypeKind::decimal, .precision = std::min(precision, 38), .scale = std::min(scale, 38)}; }
DataType array_of(DataType element, bool contains_null) { return {.kind = TypeKind::array, .fields = {{"element", std::move(element), contains_null}}}; }
DataType map_of(DataType key, DataType value) { return {.kind = TypeKind::map, .fields = {{"key", std::move(key), false}, {"value", std::move(value), true}}}; }
DataType struct_of(std::vector<Field> fields) { return {.kind = TypeKind::struct_, .fields = std::move(fields)}; }

namespace {

std::string_view plain_name(TypeKind kind) {
  switch (kind) {
    case TypeKind::null: return "void";
    case TypeKind::boolean: return "boolean";
    case TypeKind::byte: return "tinyint";
    case TypeKind::short_: return "smallint";
    case TypeKind::integer: return "int";
    case TypeKind::long_: return "bigint";
    case TypeKind::float_: return "float";
    case TypeKind::double_: return "double";
    case TypeKind::decimal: return "decimal";
    case TypeKind::string: return "string";
    case TypeKind::binary: return "binary";
    case TypeKind::date: return "date";
    case TypeKind::timestamp: return "timestamp";
    case TypeKind::timestamp_ntz: return "timestamp_ntz";
    case TypeKind::day_time_interval: return "interval day to second";
    case TypeKind::year_month_interval: return "interval year to month";
    case TypeKind::calendar_interval: return "interval";
    case TypeKind::array: return "array";
    case TypeKind::map: return "map";
    case TypeKind::struct_: return "struct";
  }
  return "void";
}

// printSchema's names, which differ from SQL's for four types.
std::string tree_name(const DataType& type) {
  switch (type.kind) {
    case TypeKind::byte: return "byte";
    case TypeKind::short_: return "short";
    case TypeKind::integer: return "integer";
    case TypeKind::long_: return "long";
    case TypeKind::decimal: return simple_string(type);
    default: return std::string(plain_name(type.kind));
  }
}

void append_tree(std::string& out, const std::vector<Field>& fields, const std::string& prefix, int level, int level_max);

void append_type(std::string& out, const DataType& type, const std::string& prefix, int level, int level_max) {
  if (level_max > 0 && level >= level_max) return;
  if (type.is(TypeKind::struct_)) append_tree(out, type.fields, prefix, level, level_max);
  if (type.is(TypeKind::array)) {
    out += fmt::format("{}-- element: {} (containsNull = {})\n", prefix, tree_name(type.element()), type.fields[0].nullable);
    append_type(out, type.element(), prefix + "    |", level + 1, level_max);
  }
  if (type.is(TypeKind::map)) {
    out += fmt::format("{}-- key: {}\n", prefix, tree_name(type.key()));
    append_type(out, type.key(), prefix + "    |", level + 1, level_max);
    out += fmt::format("{}-- value: {} (valueContainsNull = {})\n", prefix, tree_name(type.value()), type.fields[1].nullable);
    append_type(out, type.value(), prefix + "    |", level + 1, level_max);
  }
}

void append_tree(std::string& out, const std::vector<Field>& fields, const std::string& prefix, int level, int level_max) {
  for (auto& field : fields) {
    out += fmt::format("{}-- {}: {} (nullable = {})\n", prefix, field.name, tree_name(field.type), field.nullable);
    append_type(out, field.type, prefix + "    |", level + 1, level_max);
  }
}

}  // namespace

std::string simple_string(const DataType& type) {
  switch (type.kind) {
    case TypeKind::decimal: return fmt::format("decimal({},{})", type.precision, type.scale);
    case TypeKind::array: return "array<" + simple_string(type.element()) + ">";
    case TypeKind::map: return "map<" + simple_string(type.key()) + "," + simple_string(type.value()) + ">";
    case TypeKind::struct_: {
      std::vector<std::string> parts;
      for (auto& field : type.fields) parts.push_back(field.name + ":" + simple_string(field.type));
      return "struct<" + text::join(parts, ",") + ">";
    }
    default: return std::string(plain_name(type.kind));
  }
}

std::string sql_name(const DataType& type) {
  if (!type.is(TypeKind::struct_)) return text::to_upper(simple_string(type));
  std::vector<std::string> parts;
  for (auto& field : type.fields) parts.push_back(field.name + ": " + sql_name(field.type));
  return "STRUCT<" + text::join(parts, ", ") + ">";
}

std::string duckdb_type(const DataType& type) {
  switch (type.kind) {
    case TypeKind::null: return "INTEGER";
    case TypeKind::boolean: return "BOOLEAN";
    case TypeKind::byte: return "TINYINT";
    case TypeKind::short_: return "SMALLINT";
    case TypeKind::integer: return "INTEGER";
    case TypeKind::long_: return "BIGINT";
    case TypeKind::float_: return "FLOAT";
    case TypeKind::double_: return "DOUBLE";
    case TypeKind::decimal: return fmt::format("DECIMAL({},{})", type.precision, type.scale);
    case TypeKind::string: return "VARCHAR";
    case TypeKind::binary: return "BLOB";
    case TypeKind::date: return "DATE";
    case TypeKind::timestamp: return "TIMESTAMPTZ";
    case TypeKind::timestamp_ntz: return "TIMESTAMP";
    case TypeKind::day_time_interval:
    case TypeKind::year_month_interval:
    case TypeKind::calendar_interval: return "INTERVAL";
    case TypeKind::array: return duckdb_type(type.element()) + "[]";
    case TypeKind::map: return "MAP(" + duckdb_type(type.key()) + ", " + duckdb_type(type.value()) + ")";
    case TypeKind::struct_: {
      std::vector<std::string> parts;
      for (auto& field : type.fields) parts.push_back(engine::quote_identifier(field.name) + " " + duckdb_type(field.type));
      return "STRUCT(" + text::join(parts, ", ") + ")";
    }
  }
  return "INTEGER";
}

std::string tree_string(const std::vector<Field>& fields, int level_max) {
  std::string out = "root\n";
  append_tree(out, fields, " |", 0, level_max);
  return out;
}

namespace {

DataType wider_decimal(const DataType& a, const DataType& b) {
  int scale = std::max(a.scale, b.scale);
  int whole = std::max(a.precision - a.scale, b.precision - b.scale);
  if (whole + scale > 38) scale = std::max(0, 38 - whole);
  return decimal_type(whole + scale, scale);
}

DataType as_decimal(const DataType& type) {
  switch (type.kind) {
    case TypeKind::byte: return decimal_type(3, 0);
    case TypeKind::short_: return decimal_type(5, 0);
    case TypeKind::integer: return decimal_type(10, 0);
    case TypeKind::long_: return decimal_type(20, 0);
    default: return type;
  }
}

std::optional<DataType> common_nested(const DataType& a, const DataType& b) {
  if (a.fields.size() != b.fields.size()) return std::nullopt;
  DataType both = a;
  for (std::size_t i = 0; i < a.fields.size(); ++i) {
    auto type = common_type(a.fields[i].type, b.fields[i].type);
    if (!type) return std::nullopt;
    both.fields[i].type = *type;
    both.fields[i].nullable = a.fields[i].nullable || b.fields[i].nullable;
  }
  return both;
}

}  // namespace

std::optional<DataType> common_type(const DataType& a, const DataType& b) {
  if (a == b) return a;
  if (a.is(TypeKind::null)) return b;
  if (b.is(TypeKind::null)) return a;
  if (a.is_numeric() && b.is_numeric()) {
    if (a.is(TypeKind::double_) || b.is(TypeKind::double_)) return DataType{TypeKind::double_};
    if (a.is(TypeKind::float_) || b.is(TypeKind::float_)) {
      bool exact = a.is(TypeKind::decimal) || b.is(TypeKind::decimal);
      return DataType{exact ? TypeKind::double_ : TypeKind::float_};
    }
    if (a.is(TypeKind::decimal) || b.is(TypeKind::decimal)) return wider_decimal(as_decimal(a), as_decimal(b));
    return a.kind > b.kind ? a : b;
  }
  auto is_time = [](const DataType& t) { return t.is(TypeKind::date) || t.is(TypeKind::timestamp) || t.is(TypeKind::timestamp_ntz); };
  if (is_time(a) && is_time(b)) return DataType{a.is(TypeKind::timestamp) || b.is(TypeKind::timestamp) ? TypeKind::timestamp : TypeKind::timestamp_ntz};
  if (a.kind == b.kind && !a.fields.empty()) return common_nested(a, b);
  // ANSI: a string beside another atomic type takes that type (integers become long).
  auto atomic = [](const DataType& t) { return t.fields.empty() && t.kind < TypeKind::day_time_interval; };
  if (a.is(TypeKind::string) && atomic(b)) return b.is_integral() ? DataType{TypeKind::long_} : b.is_numeric() ? DataType{TypeKind::double_} : b;
  if (b.is(TypeKind::string) && atomic(a)) return common_type(b, a);
  return std::nullopt;
}

}  // namespace axonite::spark
