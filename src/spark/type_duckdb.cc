// DuckDB's spelling of types, as DESCRIBE gives it, in Spark's terms.
#include "base/text.h"
#include "spark/errors.h"
#include "spark/type.h"

namespace axonite::spark {
namespace {

struct Named {
  std::string_view name;
  TypeKind kind;
};
// Unsigned types become the next wider one, as Spark reads Parquet's.
constexpr Named kNames[] = {
    {"BOOLEAN", TypeKind::boolean}, {"TINYINT", TypeKind::byte}, {"SMALLINT", TypeKind::short_}, {"INTEGER", TypeKind::integer}, {"BIGINT", TypeKind::long_},
    {"UTINYINT", TypeKind::short_}, {"USMALLINT", TypeKind::integer}, {"UINTEGER", TypeKind::long_}, {"FLOAT", TypeKind::float_}, {"DOUBLE", TypeKind::double_},
    {"VARCHAR", TypeKind::string}, {"BLOB", TypeKind::binary}, {"DATE", TypeKind::date}, {"TIMESTAMP WITH TIME ZONE", TypeKind::timestamp},
    {"TIMESTAMP", TypeKind::timestamp_ntz}, {"TIMESTAMP_NS", TypeKind::timestamp_ntz}, {"TIMESTAMP_MS", TypeKind::timestamp_ntz}, {"TIMESTAMP_S", TypeKind::timestamp_ntz},
    {"UUID", TypeKind::string}, {"JSON", TypeKind::string}, {"INTERVAL", TypeKind::day_time_interval}, {"TIME", TypeKind::string}};

// Splits "a, b(c, d), e" at commas outside of brackets and quotes.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  bool quoted = false;
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ',' && depth == 0) {
      parts.push_back(text::trim(text.substr(from, i - from)));
      from = i + 1;
    }
  }
  parts.push_back(text::trim(text.substr(from)));
  return parts;
}

Result<DataType> read(std::string_view text, int depth);

Result<DataType> read_struct(std::string_view inner, int depth) {
  DataType type = struct_of({});
  for (auto part : parts_of(inner)) {
    bool quoted = part.starts_with('"');
    auto end = quoted ? part.find('"', 1) : part.find(' ');
    if (end == std::string_view::npos) return std::unexpected(unsupported_type(part));
    TRY(auto field, read(text::trim(part.substr(end + 1)), depth + 1));
    type.fields.push_back({std::string(quoted ? part.substr(1, end - 1) : part.substr(0, end)), std::move(field), true});
  }
  return type;
}

Result<DataType> read(std::string_view text, int depth) {
  if (depth > 64) return std::unexpected(unsupported_type("a deeper one"));
  if (text.ends_with("[]")) {
    TRY(auto element, read(text.substr(0, text.size() - 2), depth + 1));
    return array_of(std::move(element));
  }
  auto inner = [&](std::string_view prefix) { return text.substr(prefix.size(), text.size() - prefix.size() - 1); };
  if (text.starts_with("STRUCT(")) return read_struct(inner("STRUCT("), depth);
  if (text.starts_with("MAP(")) {
    auto parts = parts_of(inner("MAP("));
    if (parts.size() != 2) return std::unexpected(unsupported_type(text));
    TRY(auto key, read(parts[0], depth + 1));
    TRY(auto value, read(parts[1], depth + 1));
    return map_of(std::move(key), std::move(value));
  }
  if (text.starts_with("DECIMAL(")) return parse_type(text);
  if (text == "HUGEINT" || text == "UBIGINT") return decimal_type(text == "UBIGINT" ? 20 : 38, 0);
  if (text.starts_with("ENUM(")) return DataType{TypeKind::string};
  for (auto& named : kNames)
    if (named.name == text) return DataType{named.kind};
  return std::unexpected(unsupported_type(text));
}

}  // namespace

Result<DataType> from_duckdb_type(std::string_view text) { return read(text::trim(text), 0); }

}  // namespace axonite::spark
