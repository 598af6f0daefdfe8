#include "delta/schema.h"

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace axonite::delta {
namespace {

using json::Object;
using json::Value;
using Kind = DataType::Kind;

struct Primitive {
  Kind kind;
  std::string_view delta;
  std::string_view duckdb;
};

constexpr Primitive kPrimitives[] = {
    {Kind::string, "string", "VARCHAR"},       {Kind::long_, "long", "BIGINT"},
    {Kind::integer, "integer", "INTEGER"},     {Kind::short_, "short", "SMALLINT"},
    {Kind::byte, "byte", "TINYINT"},           {Kind::float_, "float", "FLOAT"},
    {Kind::double_, "double", "DOUBLE"},       {Kind::boolean, "boolean", "BOOLEAN"},
    {Kind::binary, "binary", "BLOB"},          {Kind::date, "date", "DATE"},
    {Kind::timestamp, "timestamp", "TIMESTAMP WITH TIME ZONE"},
    {Kind::timestamp_ntz, "timestamp_ntz", "TIMESTAMP"},
};

constexpr int kDepthMax = 32;

Error bad_schema(std::string why) { return invalid("DeltaSchemaInvalid", "The table's schema is not valid: " + why); }

Result<DataType> parse_type(const Value& value, int depth);

// "decimal(10,2)" or "DECIMAL(10,2)".
std::optional<DataType> parse_decimal(std::string_view text) {
  if (!text::starts_with_ignoring_case(text, "decimal(") || !text.ends_with(')')) return std::nullopt;
  auto parts = text::split(text.substr(8, text.size() - 9), ',');
  if (parts.size() != 2) return std::nullopt;
  auto precision = text::parse_int<int>(text::trim(parts[0])), scale = text::parse_int<int>(text::trim(parts[1]));
  if (!precision || !scale || *precision < 1 || *precision > 38 || *scale < 0 || *scale > *precision) return std::nullopt;
  return DataType{.kind = Kind::decimal, .precision = *precision, .scale = *scale};
}

Result<DataType> parse_primitive(std::string_view name) {
  for (const Primitive& primitive : kPrimitives)
    if (primitive.delta == name) return DataType{.kind = primitive.kind};
  if (name == "decimal") return DataType{.kind = Kind::decimal, .precision = 10, .scale = 0};
  if (auto decimal = parse_decimal(name)) return *decimal;
  return std::unexpected(unsupported("DeltaTypeUnsupported", "The Delta type '" + std::string(name) + "' is not supported."));
}

Result<std::vector<Field>> parse_fields(const Value& value, int depth) {
  TRY(const Value* list, json::required_array(value, "fields"));
  std::vector<Field> fields;
  for (const Value& item : list->get_array()) {
    TRY(std::string name, json::required_string(item, "name", "$.fields[]"));
    const Value* type = json::find(item, "type");
    if (!type) return std::unexpected(bad_schema("the field '" + name + "' has no type"));
    TRY(DataType parsed, parse_type(*type, depth + 1));
    const Value* nullable = json::find(item, "nullable");
    const Value* metadata = json::find(item, "metadata");
    fields.push_back({std::move(name), std::move(parsed), !nullable || !nullable->is_bool() || nullable->get_bool(),
                      metadata && metadata->is_object() ? json::write(*metadata) : "{}"});
  }
  return fields;
}

bool flag(const Value& value, std::string_view key) {
  const Value* found = json::find(value, key);
  return !found || !found->is_bool() || found->get_bool();
}

Result<std::shared_ptr<DataType>> parse_part(const Value& value, std::string_view key, int depth) {
  const Value* part = json::find(value, key);
  if (!part) return std::unexpected(bad_schema("'" + std::string(key) + "' is missing"));
  TRY(DataType type, parse_type(*part, depth + 1));
  return std::make_shared<DataType>(std::move(type));
}

Result<DataType> parse_type(const Value& value, int depth) {
  if (depth > kDepthMax) return std::unexpected(bad_schema("it is nested too deeply"));
  if (value.is_string()) return parse_primitive(value.get_string());
  TRY(std::string name, json::required_string(value, "type"));
  DataType type;
  if (name == "struct") {
    type.kind = Kind::struct_;
    TRY(type.fields, parse_fields(value, depth));
  } else if (name == "array") {
    type.kind = Kind::array;
    type.contains_null = flag(value, "containsNull");
    TRY(type.element, parse_part(value, "elementType", depth));
  } else if (name == "map") {
    type.kind = Kind::map;
    type.contains_null = flag(value, "valueContainsNull");
    TRY(type.key, parse_part(value, "keyType", depth));
    TRY(type.element, parse_part(value, "valueType", depth));
  } else {
    return std::unexpected(unsupported("DeltaTypeUnsupported", "The Delta type '" + name + "' is not supported."));
  }
  return type;
}

Value type_value(const DataType& type);

json::Array fields_value(const std::vector<Field>& fields) {
  json::Array list;
  for (const Field& field : fields) {
    auto metadata = json::parse(field.metadata.empty() ? "{}" : field.metadata);
    list.push_back(Object{{"name", field.name},
                          {"type", type_value(field.type)},
                          {"nullable", field.nullable},
                          {"metadata", metadata ? std::move(*metadata) : Value(Object{})}});
  }
  return list;
}

std::string decimal_text(const DataType& type, std::string_view name) {
  return std::string(name) + "(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
}

Value type_value(const DataType& type) {
  if (type.kind == Kind::decimal) return Value(decimal_text(type, "decimal"));
  if (type.kind == Kind::struct_) return Object{{"type", "struct"}, {"fields", fields_value(type.fields)}};
  if (type.kind == Kind::array)
    return Object{{"type", "array"}, {"elementType", type_value(*type.element)}, {"containsNull", type.contains_null}};
  if (type.kind == Kind::map)
    return Object{{"type", "map"},
                  {"keyType", type_value(*type.key)},
                  {"valueType", type_value(*type.element)},
                  {"valueContainsNull", type.contains_null}};
  for (const Primitive& primitive : kPrimitives)
    if (primitive.kind == type.kind) return Value(primitive.delta);
  return Value("string");
}

// Splits "a INTEGER, b STRUCT(c VARCHAR, d INTEGER)" at its outer commas.
std::vector<std::string_view> split_outside_parentheses(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  bool quoted = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (text[i] == ',' && depth == 0) {
      parts.push_back(text::trim(text.substr(start, i - start)));
      start = i + 1;
    }
  }
  parts.push_back(text::trim(text.substr(start)));
  return parts;
}

// A possibly quoted name at the start of `text`, which moves behind it.
std::string take_name(std::string_view& text) {
  std::string name;
  if (!text.starts_with('"')) {
    std::size_t end = text.find(' ');
    name = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    return name;
  }
  std::size_t i = 1;
  for (; i < text.size(); ++i) {
    if (text[i] != '"') name += text[i];
    else if (i + 1 < text.size() && text[i + 1] == '"') name += text[i++];
    else break;
  }
  text = text::trim(text.substr(std::min(i + 1, text.size())));
  return name;
}

Result<DataType> duckdb_struct(std::string_view inner) {
  DataType type{.kind = Kind::struct_};
  for (std::string_view part : split_outside_parentheses(inner)) {
    std::string name = take_name(part);
    TRY(DataType field, from_duckdb_type(part));
    type.fields.push_back({std::move(name), std::move(field), true, "{}"});
  }
  return type;
}

Result<DataType> duckdb_map(std::string_view inner) {
  auto parts = split_outside_parentheses(inner);
  if (parts.size() != 2) return std::unexpected(bad_schema("a MAP has a key and a value"));
  TRY(DataType key, from_duckdb_type(parts[0]));
  TRY(DataType value, from_duckdb_type(parts[1]));
  return DataType{.kind = Kind::map,
                  .element = std::make_shared<DataType>(std::move(value)),
                  .key = std::make_shared<DataType>(std::move(key))};
}

std::string quoted(std::string_view name) { return "\"" + text::replace_all(std::string(name), "\"", "\"\"") + "\""; }

}  // namespace

const Field* Schema::find(std::string_view name) const {
  for (const Field& field : fields)
    if (text::equals_ignoring_case(field.name, name)) return &field;
  return nullptr;
}

Result<Schema> parse_schema(std::string_view text) {
  TRY(Value value, json::parse(text));
  TRY(DataType type, parse_type(value, 0));
  if (type.kind != Kind::struct_) return std::unexpected(bad_schema("it is no struct"));
  return Schema{std::move(type.fields)};
}

std::string write_schema(const Schema& schema) {
  return json::write(Object{{"type", "struct"}, {"fields", fields_value(schema.fields)}});
}

std::string duckdb_type(const DataType& type) {
  if (type.kind == Kind::decimal) return decimal_text(type, "DECIMAL");
  if (type.kind == Kind::array) return duckdb_type(*type.element) + "[]";
  if (type.kind == Kind::map) return "MAP(" + duckdb_type(*type.key) + ", " + duckdb_type(*type.element) + ")";
  if (type.kind == Kind::struct_) {
    std::string text;
    for (const Field& field : type.fields)
      text += (text.empty() ? "" : ", ") + quoted(field.name) + " " + duckdb_type(field.type);
    return "STRUCT(" + text + ")";
  }
  for (const Primitive& primitive : kPrimitives)
    if (primitive.kind == type.kind) return std::string(primitive.duckdb);
  return "VARCHAR";
}

Result<DataType> from_duckdb_type(std::string_view type) {
  type = text::trim(type);
  if (type.ends_with("[]")) {
    TRY(DataType element, from_duckdb_type(type.substr(0, type.size() - 2)));
    return DataType{.kind = Kind::array, .element = std::make_shared<DataType>(std::move(element))};
  }
  bool closed = type.ends_with(')');
  if (closed && text::starts_with_ignoring_case(type, "struct(")) return duckdb_struct(type.substr(7, type.size() - 8));
  if (closed && text::starts_with_ignoring_case(type, "map(")) return duckdb_map(type.substr(4, type.size() - 5));
  if (auto decimal = parse_decimal(type)) return *decimal;
  if (text::equals_ignoring_case(type, "TIMESTAMPTZ")) return DataType{.kind = Kind::timestamp};
  for (const Primitive& primitive : kPrimitives)
    if (text::equals_ignoring_case(type, primitive.duckdb)) return DataType{.kind = primitive.kind};
  return std::unexpected(
      unsupported("DeltaTypeUnsupported", "A column of the type " + std::string(type) + " cannot be stored in a Delta table."));
}

}  // namespace axonite::delta
