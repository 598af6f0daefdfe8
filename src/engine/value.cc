#include "engine/value.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "base/json.h"
#include "duckdb.h"

namespace axonite::engine {
namespace {

// What the C API hands out and must get back.
struct LogicalType {
  explicit LogicalType(duckdb_logical_type type) : handle(type) {}
  LogicalType(const LogicalType&) = delete;
  LogicalType& operator=(const LogicalType&) = delete;
  ~LogicalType() { duckdb_destroy_logical_type(&handle); }
  duckdb_logical_type handle;
};

std::string taken(char* text) {
  std::string copy(text ? text : "");
  duckdb_free(text);
  return copy;
}

template <class T>
T element(duckdb_vector vector, std::size_t row) {
  return static_cast<const T*>(duckdb_vector_get_data(vector))[row];
}

__int128 wide(duckdb_hugeint value) { return (static_cast<__int128>(value.upper) << 64) | value.lower; }

std::string bytes_of(duckdb_vector vector, std::size_t row) {
  auto& text = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector))[row];
  return {duckdb_string_t_data(&text), duckdb_string_t_length(text)};
}

std::string decimal_of(duckdb_vector vector, duckdb_logical_type type, std::size_t row) {
  int scale = duckdb_decimal_scale(type);
  switch (duckdb_decimal_internal_type(type)) {
    case DUCKDB_TYPE_SMALLINT: return decimal_text(element<std::int16_t>(vector, row), scale);
    case DUCKDB_TYPE_INTEGER: return decimal_text(element<std::int32_t>(vector, row), scale);
    case DUCKDB_TYPE_BIGINT: return decimal_text(element<std::int64_t>(vector, row), scale);
    default: return decimal_text(wide(element<duckdb_hugeint>(vector, row)), scale);
  }
}

std::string uuid_of(duckdb_hugeint value) {
  // DuckDB flips the top bit so that uuids sort as signed numbers.
  auto upper = static_cast<std::uint64_t>(value.upper) ^ (std::uint64_t{1} << 63);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", upper >> 32, (upper >> 16) & 0xffff, upper & 0xffff,
                     value.lower >> 48, value.lower & 0xffff'ffff'ffff);
}

std::string interval_of(duckdb_interval value) {
  std::string text;
  auto add = [&](std::int64_t count, std::string_view unit) {
    if (count == 0) return;
    if (!text.empty()) text += ' ';
    text += fmt::format("{} {}{}", count, unit, count == 1 || count == -1 ? "" : "s");
  };
  add(value.months / 12, "year");
  add(value.months % 12, "month");
  add(value.days, "day");
  if (value.micros != 0 || text.empty()) {
    if (!text.empty()) text += ' ';
    if (value.micros < 0) text += '-';
    text += time_text(value.micros < 0 ? -value.micros : value.micros);
  }
  return text;
}

std::string enum_of(duckdb_vector vector, duckdb_logical_type type, std::size_t row) {
  switch (duckdb_enum_internal_type(type)) {
    case DUCKDB_TYPE_UTINYINT: return taken(duckdb_enum_dictionary_value(type, element<std::uint8_t>(vector, row)));
    case DUCKDB_TYPE_USMALLINT: return taken(duckdb_enum_dictionary_value(type, element<std::uint16_t>(vector, row)));
    default: return taken(duckdb_enum_dictionary_value(type, element<std::uint32_t>(vector, row)));
  }
}

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) out += fmt::format("\\u{:04x}", c);
    else out += c;
  }
  return out + '"';
}

std::string json_of(duckdb_vector vector, duckdb_logical_type type, std::size_t row);

std::string json_array(duckdb_vector child, duckdb_logical_type type, std::uint64_t from, std::uint64_t count) {
  std::string out = "[";
  for (std::uint64_t i = 0; i < count; ++i) out += (i ? "," : "") + json_of(child, type, from + i);
  return out + ']';
}

std::string json_struct(duckdb_vector vector, duckdb_logical_type type, std::size_t row) {
  std::string out = "{";
  for (idx_t i = 0; i < duckdb_struct_type_child_count(type); ++i) {
    LogicalType child(duckdb_struct_type_child_type(type, i));
    out += (i ? "," : "") + json_text(taken(duckdb_struct_type_child_name(type, i))) + ':' +
           json_of(duckdb_struct_vector_get_child(vector, i), child.handle, row);
  }
  return out + '}';
}

// A MAP is a list of (key, value) structs; JSON keys are text.
std::string json_map(duckdb_vector vector, duckdb_logical_type type, std::size_t row) {
  LogicalType key_type(duckdb_map_type_key_type(type)), value_type(duckdb_map_type_value_type(type));
  auto entries = duckdb_list_vector_get_child(vector);
  auto keys = duckdb_struct_vector_get_child(entries, 0), values = duckdb_struct_vector_get_child(entries, 1);
  auto range = element<duckdb_list_entry>(vector, row);
  std::string out = "{";
  for (std::uint64_t i = range.offset; i < range.offset + range.length; ++i) {
    auto key = json_of(keys, key_type.handle, i);
    out += (i > range.offset ? "," : "") + (key.starts_with('"') ? key : json_text(key)) + ':' +
           json_of(values, value_type.handle, i);
  }
  return out + '}';
}

std::string json_scalar(const Value& value, TypeId id) {
  if (std::holds_alternative<std::monostate>(value)) return "null";
  if (auto boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  if (auto integer = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *integer);
  if (auto real = std::get_if<double>(&value)) return json::write_double(*real);
  auto& text = std::get<std::string>(value);
  bool number = id == TypeId::decimal || id == TypeId::hugeint || id == TypeId::ubigint;
  return number ? text : json_text(text);
}

std::string json_of(duckdb_vector vector, duckdb_logical_type type, std::size_t row) {
  auto id = type_of(type).id;
  auto value = value_of(vector, type, row);
  bool nested = id == TypeId::list || id == TypeId::array || id == TypeId::struct_ || id == TypeId::map;
  if (nested && !std::holds_alternative<std::monostate>(value)) return std::get<std::string>(value);
  return json_scalar(value, id);
}

std::string nested_of(duckdb_vector vector, duckdb_logical_type type, std::size_t row) {
  switch (duckdb_get_type_id(type)) {
    case DUCKDB_TYPE_LIST: {
      LogicalType child(duckdb_list_type_child_type(type));
      auto range = element<duckdb_list_entry>(vector, row);
      return json_array(duckdb_list_vector_get_child(vector), child.handle, range.offset, range.length);
    }
    case DUCKDB_TYPE_ARRAY: {
      LogicalType child(duckdb_array_type_child_type(type));
      auto size = duckdb_array_type_array_size(type);
      return json_array(duckdb_array_vector_get_child(vector), child.handle, row * size, size);
    }
    case DUCKDB_TYPE_STRUCT: return json_struct(vector, type, row);
    default: return json_map(vector, type, row);
  }
}

std::int64_t floor_div(std::int64_t value, std::int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

}  // namespace

Type type_of(duckdb_logical_type type) {
  switch (duckdb_get_type_id(type)) {
    case DUCKDB_TYPE_BOOLEAN: return {TypeId::boolean};
    case DUCKDB_TYPE_TINYINT: return {TypeId::tinyint};
    case DUCKDB_TYPE_SMALLINT: return {TypeId::smallint};
    case DUCKDB_TYPE_INTEGER: return {TypeId::integer};
    case DUCKDB_TYPE_BIGINT: return {TypeId::bigint};
    case DUCKDB_TYPE_HUGEINT: return {TypeId::hugeint};
    case DUCKDB_TYPE_UTINYINT: return {TypeId::utinyint};
    case DUCKDB_TYPE_USMALLINT: return {TypeId::usmallint};
    case DUCKDB_TYPE_UINTEGER: return {TypeId::uinteger};
    case DUCKDB_TYPE_UBIGINT: return {TypeId::ubigint};
    case DUCKDB_TYPE_FLOAT: return {TypeId::float_};
    case DUCKDB_TYPE_DOUBLE: return {TypeId::double_};
    case DUCKDB_TYPE_DECIMAL: return {TypeId::decimal, duckdb_decimal_width(type), duckdb_decimal_scale(type)};
    case DUCKDB_TYPE_VARCHAR: return {TypeId::varchar};
    case DUCKDB_TYPE_BLOB: return {TypeId::blob};
    case DUCKDB_TYPE_DATE: return {TypeId::date};
    case DUCKDB_TYPE_TIME: return {TypeId::time};
    case DUCKDB_TYPE_TIMESTAMP: return {TypeId::timestamp};
    case DUCKDB_TYPE_TIMESTAMP_TZ: return {TypeId::timestamp_tz};
    case DUCKDB_TYPE_TIMESTAMP_S: return {TypeId::timestamp_s};
    case DUCKDB_TYPE_TIMESTAMP_MS: return {TypeId::timestamp_ms};
    case DUCKDB_TYPE_TIMESTAMP_NS: return {TypeId::timestamp_ns};
    case DUCKDB_TYPE_INTERVAL: return {TypeId::interval};
    case DUCKDB_TYPE_UUID: return {TypeId::uuid};
    case DUCKDB_TYPE_ENUM: return {TypeId::enum_};
    case DUCKDB_TYPE_LIST: return {TypeId::list};
    case DUCKDB_TYPE_ARRAY: return {TypeId::array};
    case DUCKDB_TYPE_STRUCT: return {TypeId::struct_};
    case DUCKDB_TYPE_MAP: return {TypeId::map};
    case DUCKDB_TYPE_SQLNULL: return {TypeId::null};
    default: return {TypeId::other};  // an outside enum that grows with DuckDB
  }
}

Value value_of(duckdb_vector vector, duckdb_logical_type type, std::size_t row) {
  auto validity = duckdb_vector_get_validity(vector);
  if (validity && !duckdb_validity_row_is_valid(validity, row)) return {};
  switch (type_of(type).id) {
    case TypeId::boolean: return element<bool>(vector, row);
    case TypeId::tinyint: return std::int64_t{element<std::int8_t>(vector, row)};
    case TypeId::smallint: return std::int64_t{element<std::int16_t>(vector, row)};
    case TypeId::integer: return std::int64_t{element<std::int32_t>(vector, row)};
    case TypeId::bigint: return element<std::int64_t>(vector, row);
    case TypeId::hugeint: return decimal_text(wide(element<duckdb_hugeint>(vector, row)), 0);
    case TypeId::utinyint: return std::int64_t{element<std::uint8_t>(vector, row)};
    case TypeId::usmallint: return std::int64_t{element<std::uint16_t>(vector, row)};
    case TypeId::uinteger: return std::int64_t{element<std::uint32_t>(vector, row)};
    case TypeId::ubigint: return fmt::format("{}", element<std::uint64_t>(vector, row));
    case TypeId::float_: return double{element<float>(vector, row)};
    case TypeId::double_: return element<double>(vector, row);
    case TypeId::decimal: return decimal_of(vector, type, row);
    case TypeId::varchar:
    case TypeId::blob: return bytes_of(vector, row);
    case TypeId::date: return date_text(element<std::int32_t>(vector, row));
    case TypeId::time: return time_text(element<std::int64_t>(vector, row));
    case TypeId::timestamp: return timestamp_text(element<std::int64_t>(vector, row));
    case TypeId::timestamp_tz: return timestamp_text(element<std::int64_t>(vector, row)) + "+00";
    case TypeId::timestamp_s: return timestamp_text(element<std::int64_t>(vector, row) * 1'000'000);
    case TypeId::timestamp_ms: return timestamp_text(element<std::int64_t>(vector, row) * 1'000);
    case TypeId::timestamp_ns: return timestamp_text(floor_div(element<std::int64_t>(vector, row), 1'000));
    case TypeId::interval: return interval_of(element<duckdb_interval>(vector, row));
    case TypeId::uuid: return uuid_of(element<duckdb_hugeint>(vector, row));
    case TypeId::enum_: return enum_of(vector, type, row);
    case TypeId::list:
    case TypeId::array:
    case TypeId::struct_:
    case TypeId::map: return nested_of(vector, type, row);
    case TypeId::null: return {};
    case TypeId::other: return std::string("?");
  }
  return {};
}

}  // namespace axonite::engine
