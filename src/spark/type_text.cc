// Readers of types: Spark's DDL, DuckDB's spelling, StructType's JSON.
#include <boost/json.hpp>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "spark/errors.h"
#include "spark/type.h"

namespace axonite::spark {
namespace {

constexpr int kDepthMax = 64;

std::optional<TypeKind> plain_kind(std::string_view name) {
  struct Named {
    std::string_view name;
    TypeKind kind;
  };
  static constexpr Named kNames[] = {
      {"void", TypeKind::null}, {"null", TypeKind::null}, {"boolean", TypeKind::boolean}, {"tinyint", TypeKind::byte}, {"byte", TypeKind::byte},
      {"smallint", TypeKind::short_}, {"short", TypeKind::short_}, {"int", TypeKind::integer}, {"integer", TypeKind::integer},
      {"bigint", TypeKind::long_}, {"long", TypeKind::long_}, {"float", TypeKind::float_}, {"real", TypeKind::float_}, {"double", TypeKind::double_},
      {"string", TypeKind::string}, {"varchar", TypeKind::string}, {"char", TypeKind::string}, {"binary", TypeKind::binary}, {"blob", TypeKind::binary},
      {"date", TypeKind::date}, {"timestamp", TypeKind::timestamp}, {"timestamp_ltz", TypeKind::timestamp}, {"timestamp_ntz", TypeKind::timestamp_ntz},
      {"interval", TypeKind::calendar_interval}};
  for (auto& named : kNames)
    if (text::equals_ignoring_case(named.name, name)) return named.kind;
  return std::nullopt;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<DataType> type(int depth = 0) {
    if (depth > kDepthMax) return std::unexpected(syntax());
    auto name = word();
    if (text::equals_ignoring_case(name, "array")) {
      if (!take('<')) return std::unexpected(syntax());
      TRY(auto element, type(depth + 1));
      if (!take('>')) return std::unexpected(syntax());
      return array_of(std::move(element));
    }
    if (text::equals_ignoring_case(name, "map")) {
      if (!take('<')) return std::unexpected(syntax());
      TRY(auto key, type(depth + 1));
      if (!take(',')) return std::unexpected(syntax());
      TRY(auto value, type(depth + 1));
      if (!take('>')) return std::unexpected(syntax());
      return map_of(std::move(key), std::move(value));
    }
    if (text::equals_ignoring_case(name, "struct")) {
      if (!take('<')) return std::unexpected(syntax());
      if (take('>')) return struct_of({});
      TRY(auto fields, columns(depth + 1));
      if (!take('>')) return std::unexpected(syntax());
      return struct_of(std::move(fields));
    }
    return atomic(name);
  }

  Result<std::vector<Field>> columns(int depth = 0) {
    std::vector<Field> fields;
    do {
      Field field{.name = word()};
      if (field.name.empty()) return std::unexpected(syntax());
      take(':');
      TRY(field.type, type(depth));
      if (keyword("not") && keyword("null")) field.nullable = false;
      if (keyword("comment")) skip_literal();
      fields.push_back(std::move(field));
    } while (take(','));
    return fields;
  }

  bool at_end() {
    skip();
    return at_ == text_.size();
  }
  Error syntax() {
    skip();
    return syntax_error(at_ < text_.size() ? std::string(text_.substr(at_, 16)) : "end of input");
  }

 private:
  Result<DataType> atomic(std::string_view name) {
    if (text::equals_ignoring_case(name, "decimal") || text::equals_ignoring_case(name, "dec") || text::equals_ignoring_case(name, "numeric")) {
      DataType type = decimal_type(10, 0);
      if (!take('(')) return type;
      auto precision = text::parse_int<int>(word());
      auto scale = take(',') ? text::parse_int<int>(word()) : std::optional<int>(0);
      if (!precision || !scale || !take(')') || *precision < 1 || *precision > 38 || *scale < 0 || *scale > *precision) return std::unexpected(syntax());
      return decimal_type(*precision, *scale);
    }
    auto kind = plain_kind(name);
    if (!kind) return std::unexpected(name.empty() ? syntax() : unsupported_type(name));
    if (take('(')) {  // CHAR(n), VARCHAR(n): lengths are not kept
      word();
      if (!take(')')) return std::unexpected(syntax());
    }
    return DataType{*kind};
  }
  void skip() {
    while (at_ < text_.size() && isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string word() {
    skip();
    if (at_ < text_.size() && text_[at_] == '`') {
      auto end = text_.find('`', at_ + 1);
      if (end == std::string_view::npos) return {};
      auto name = std::string(text_.substr(at_ + 1, end - at_ - 1));
      at_ = end + 1;
      return name;
    }
    auto from = at_;
    while (at_ < text_.size() && (isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_' || text_[at_] == '.' || static_cast<unsigned char>(text_[at_]) >= 0x80)) ++at_;
    return std::string(text_.substr(from, at_ - from));
  }
  bool keyword(std::string_view wanted) {
    auto before = at_;
    if (text::equals_ignoring_case(word(), wanted)) return true;
    at_ = before;
    return false;
  }
  void skip_literal() {
    skip();
    if (at_ >= text_.size()) return;
    auto end = text_.find(text_[at_], at_ + 1);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Result<DataType> json_type(const json::Value& value, int depth);

Result<DataType> json_object(const json::Value& value, int depth) {
  auto kind = json::string_or(value, "type");
  if (kind == "array") {
    auto* element = json::find(value, "elementType");
    if (!element) return std::unexpected(unsupported_type(kind));
    TRY(auto type, json_type(*element, depth + 1));
    return array_of(std::move(type));
  }
  if (kind == "map") {
    auto *key = json::find(value, "keyType"), *mapped = json::find(value, "valueType");
    if (!key || !mapped) return std::unexpected(unsupported_type(kind));
    TRY(auto key_type, json_type(*key, depth + 1));
    TRY(auto value_type, json_type(*mapped, depth + 1));
    return map_of(std::move(key_type), std::move(value_type));
  }
  if (kind != "struct") return std::unexpected(unsupported_type(kind));
  TRY(auto* fields, json::required_array(value, "fields"));
  DataType type = struct_of({});
  for (auto& field : fields->as_array()) {
    auto* inner = json::find(field, "type");
    if (!inner) return std::unexpected(unsupported_type("struct"));
    TRY(auto field_type, json_type(*inner, depth + 1));
    auto* nullable = json::find(field, "nullable");
    type.fields.push_back({json::string_or(field, "name"), std::move(field_type), !nullable || !nullable->is_bool() || nullable->as_bool()});
  }
  return type;
}

Result<DataType> json_type(const json::Value& value, int depth) {
  if (depth > kDepthMax) return std::unexpected(unsupported_type("a deeper one"));
  if (value.is_string()) return parse_type(std::string_view(value.as_string()));
  return json_object(value, depth);
}

}  // namespace

Result<DataType> parse_type(std::string_view text) {
  Reader reader(text);
  TRY(auto type, reader.type());
  if (!reader.at_end()) return std::unexpected(reader.syntax());
  return type;
}

Result<DataType> parse_ddl(std::string_view text) {
  if (auto type = parse_type(text)) return type;
  Reader reader(text);
  TRY(auto fields, reader.columns());
  if (!reader.at_end()) return std::unexpected(reader.syntax());
  return struct_of(std::move(fields));
}

Result<DataType> parse_type_json(std::string_view text) {
  TRY(auto value, json::parse(text));
  return json_type(value, 0);
}

}  // namespace axonite::spark
