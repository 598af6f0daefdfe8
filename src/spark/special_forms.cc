#include "spark/special_forms.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "engine/session.h"
#include "spark/errors.h"

namespace axonite::spark {
namespace {

std::string as(const Typed& typed, TypeKind kind) { return cast_sql(typed, {kind}); }

Result<DataType> common_of(const std::vector<Typed>& values, const SpecialCall& call) {
  DataType type{TypeKind::null};
  for (auto& value : values) {
    auto both = common_type(type, value.type);
    if (!both) return std::unexpected(condition(Error::Kind::invalid, "DATATYPE_MISMATCH.DATA_DIFF_TYPES", "42K09", fmt::format("Cannot resolve \"{}\" due to data type mismatch: Input to `{}` should all be the same type, but it's [\"{}\", \"{}\"].", call_text(call), call.name, sql_name(type), sql_name(value.type))));
    type = *both;
  }
  return type;
}

bool any_nullable(const std::vector<Typed>& values) { return std::ranges::any_of(values, [](auto& value) { return value.nullable; }); }

Typed made(const SpecialCall& call, TypeKind kind, std::string sql) { return {.sql = std::move(sql), .type = {kind}, .nullable = any_nullable(call.arguments), .name = call_text(call)}; }

Result<Typed> case_when(const SpecialCall& call) {
  std::vector<Typed> values;
  auto& arguments = call.arguments;
  std::string sql = "CASE", name = "CASE";
  for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) values.push_back(arguments[i + 1]);
  bool has_else = arguments.size() % 2 == 1;
  if (has_else) values.push_back(arguments.back());
  TRY(auto type, common_of(values, call));
  for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
    sql += fmt::format(" WHEN {} THEN {}", as(arguments[i], TypeKind::boolean), cast_sql(arguments[i + 1], type));
    name += fmt::format(" WHEN {} THEN {}", arguments[i].name, arguments[i + 1].name);
  }
  if (has_else) {
    sql += " ELSE " + cast_sql(arguments.back(), type);
    name += " ELSE " + arguments.back().name;
  }
  return Typed{.sql = sql + " END", .type = type, .nullable = !has_else || any_nullable(values), .name = name + " END"};
}

}  // namespace

Special conditional_form(const SpecialCall& call) {
  auto& arguments = call.arguments;
  auto count = arguments.size();
  if (call.name == "when" && count >= 2) return case_when(call);
  if ((call.name == "if" || call.name == "iff") && count == 3) {
    auto out = case_when(call);
    if (out) out->name = fmt::format("(IF({}, {}, {}))", arguments[0].name, arguments[1].name, arguments[2].name);
    return out;
  }
  if (call.name == "nvl2" && count == 3) {
    auto type = common_type(arguments[1].type, arguments[2].type);
    if (!type) return std::unexpected(type_mismatch(call_text(call), call.name, sql_name(arguments[1].type), sql_name(arguments[2].type)));
    return Typed{.sql = fmt::format("CASE WHEN {} IS NOT NULL THEN {} ELSE {} END", arguments[0].sql, cast_sql(arguments[1], *type), cast_sql(arguments[2], *type)), .type = *type, .name = call_text(call)};
  }
  if (call.name == "in" && count >= 2) {
    auto type = common_of(arguments, call);
    if (!type) return std::unexpected(type.error());
    std::vector<std::string> values, names;
    for (std::size_t i = 1; i < count; ++i) {
      values.push_back(cast_sql(arguments[i], *type));
      names.push_back(arguments[i].name);
    }
    return Typed{.sql = fmt::format("({} IN ({}))", cast_sql(arguments[0], *type), text::join(values, ", ")), .type = {TypeKind::boolean}, .nullable = any_nullable(arguments), .name = fmt::format("({} IN ({}))", arguments[0].name, text::join(names, ", "))};
  }
  if (count == 1)
    if (auto type = parse_type(call.name); type && type->fields.empty() && !type->is(TypeKind::null) && call.name != "char" && call.name != "interval")
      return Typed{.sql = cast_sql(arguments[0], *type), .type = *type, .nullable = arguments[0].nullable, .name = arguments[0].id ? arguments[0].name : fmt::format("CAST({} AS {})", arguments[0].name, sql_name(*type))};
  if ((call.name == "current_user" || call.name == "user" || call.name == "session_user") && count == 0)
    return Typed{.sql = engine::quote_literal(call.user), .type = {TypeKind::string}, .nullable = false, .name = "current_user()"};
  return std::nullopt;
}

namespace {

// concat, concat_ws, substring.
Special joined_text_form(const SpecialCall& call) {
  auto& arguments = call.arguments;
  auto count = arguments.size();
  std::vector<std::string> parts;
  if (call.name == "concat" && count >= 1) {
    if (arguments[0].type.is(TypeKind::array)) {
      auto type = common_of(arguments, call);
      if (!type) return std::unexpected(type.error());
      for (auto& argument : arguments) parts.push_back(cast_sql(argument, *type));
      auto sql = parts[0];
      for (std::size_t i = 1; i < parts.size(); ++i) sql = fmt::format("({} || {})", sql, parts[i]);
      return Typed{.sql = sql, .type = *type, .nullable = any_nullable(arguments), .name = call_text(call)};
    }
    auto kind = std::ranges::all_of(arguments, [](auto& one) { return one.type.is(TypeKind::binary); }) ? TypeKind::binary : TypeKind::string;
    for (auto& argument : arguments) parts.push_back(as(argument, kind));
    return made(call, kind, "(" + text::join(parts, " || ") + ")");
  }
  if (call.name == "||" && count == 2) return joined_text_form({.name = "concat", .arguments = arguments});
  if (call.name == "concat_ws" && count >= 1) {
    for (std::size_t i = 1; i < count; ++i)
      parts.push_back(arguments[i].type.is(TypeKind::array) ? fmt::format("coalesce(CAST({} AS VARCHAR[]), [])", arguments[i].sql) : fmt::format("[{}]", as(arguments[i], TypeKind::string)));
    auto sql = parts.empty() ? std::string("[]::VARCHAR[]") : parts[0];
    for (std::size_t i = 1; i < parts.size(); ++i) sql = fmt::format("list_concat({}, {})", sql, parts[i]);
    auto out = made(call, TypeKind::string, fmt::format("coalesce(array_to_string({}, {}), '')", sql, as(arguments[0], TypeKind::string)));
    out.nullable = arguments[0].nullable;
    return out;
  }
  if ((call.name == "substring" || call.name == "substr") && (count == 2 || count == 3)) {
    auto text = as(arguments[0], TypeKind::string), from = as(arguments[1], TypeKind::integer);
    auto length = count == 3 ? as(arguments[2], TypeKind::integer) : std::string("2147483647");
    // Position 0 is 1; a start before the text eats up length.
    auto start = fmt::format("(CASE WHEN {0} > 0 THEN {0} WHEN {0} = 0 THEN 1 ELSE length({1}) + {0} + 1 END)", from, text);
    auto sql = fmt::format("substr({0}, greatest({1}, 1)::BIGINT, greatest(0, {2}::BIGINT + least({1} - 1, 0))::BIGINT)", text, start, length);
    auto out = made(call, TypeKind::string, sql);
    if (count == 2) out.name = fmt::format("{}({}, {}, 2147483647)", call.name, arguments[0].name, arguments[1].name);
    return out;
  }
  return std::nullopt;
}

}  // namespace

Special text_form(const SpecialCall& call) {
  if (auto joined = joined_text_form(call)) return joined;
  auto& arguments = call.arguments;
  auto count = arguments.size();
  if (call.name == "split" && (count == 2 || count == 3)) {
    Typed out{.sql = fmt::format("spark_split({}, {}, {})", as(arguments[0], TypeKind::string), as(arguments[1], TypeKind::string), count == 3 ? as(arguments[2], TypeKind::integer) : "-1"), .type = array_of({TypeKind::string}, false), .nullable = any_nullable(arguments), .name = count == 2 ? fmt::format("split({}, {}, -1)", arguments[0].name, arguments[1].name) : call_text(call)};
    return out;
  }
  // The text comes last, what is trimmed first: as TRIM(BOTH x FROM s) says it.
  if ((call.name == "trim" || call.name == "ltrim" || call.name == "rtrim") && (count == 1 || count == 2)) {
    auto& text = arguments.back();
    auto out = made(call, TypeKind::string, count == 1 ? fmt::format("{}({})", call.name, as(text, TypeKind::string)) : fmt::format("{}({}, {})", call.name, as(text, TypeKind::string), as(arguments[0], TypeKind::string)));
    auto side = call.name == "trim" ? "BOTH" : call.name == "ltrim" ? "LEADING" : "TRAILING";
    if (count == 2) out.name = fmt::format("TRIM({} {} FROM {})", side, arguments[0].name, text.name);
    return out;
  }
  if ((call.name == "lpad" || call.name == "rpad") && (count == 2 || count == 3)) {
    auto out = made(call, TypeKind::string, fmt::format("{}({}, greatest({}, 0), {})", call.name, as(arguments[0], TypeKind::string), as(arguments[1], TypeKind::integer), count == 3 ? as(arguments[2], TypeKind::string) : "' '"));
    if (count == 2) out.name = fmt::format("{}({}, {},  )", call.name, arguments[0].name, arguments[1].name);
    return out;
  }
  if (call.name == "regexp_extract" && (count == 2 || count == 3)) {
    auto group = count == 3 ? arguments[2].name : "1";
    auto number = text::parse_int<int>(group);
    if (!number || *number < 0) return std::unexpected(unsupported_feature("regexp_extract with a group that is no constant"));
    auto out = made(call, TypeKind::string, fmt::format("regexp_extract({}, {}, {})", as(arguments[0], TypeKind::string), as(arguments[1], TypeKind::string), *number));
    out.name = fmt::format("regexp_extract({}, {}, {})", arguments[0].name, arguments[1].name, *number);
    return out;
  }
  if (call.name == "sha2" && count == 2) {
    if (arguments[1].name != "256" && arguments[1].name != "0") return std::unexpected(unsupported_feature("sha2 of other than 256 bits"));
    return made(call, TypeKind::string, fmt::format("sha256({})", as(arguments[0], TypeKind::string)));
  }
  if (call.name == "format_number" && count == 2) {
    auto digits = text::parse_int<int>(arguments[1].name);
    if (!digits || *digits < 0 || *digits > 30) return std::unexpected(unsupported_feature("format_number with a pattern"));
    return made(call, TypeKind::string, fmt::format("format('{{:,.{}f}}', {})", *digits, as(arguments[0], TypeKind::double_)));
  }
  return std::nullopt;
}

Special aggregate_form(const SpecialCall& call) {
  auto& arguments = call.arguments;
  if (arguments.empty()) return std::nullopt;
  auto& value = arguments[0];
  std::string distinct = call.distinct ? "DISTINCT " : "";
  auto aggregate = [&](DataType type, std::string sql, std::string name) { return Typed{.sql = std::move(sql), .type = std::move(type), .nullable = true, .name = std::move(name), .aggregate = true, .origins = value.origins}; };
  if (call.name == "try_sum" || call.name == "try_avg") {
    auto out = aggregate_form({.name = call.name.substr(4), .arguments = arguments, .suffix = call.suffix, .distinct = call.distinct, .user = call.user});
    if (out && *out) (*out)->sql = "TRY(" + (*out)->sql + ")", (*out)->name = call_text(call);
    return out;
  }
  if (call.name == "listagg" || call.name == "string_agg") {
    auto kind = value.type.is(TypeKind::binary) ? TypeKind::binary : TypeKind::string;
    bool null = arguments.size() > 1 && arguments[1].type.is(TypeKind::null);
    auto glue = arguments.size() > 1 && !null ? as(arguments[1], kind) : kind == TypeKind::binary ? "''::BLOB" : "''";
    auto name = fmt::format("{}({}{}, {})", call.name, distinct, value.name, arguments.size() > 1 ? arguments[1].name : "NULL");
    if (kind == TypeKind::string) return aggregate({kind}, fmt::format("string_agg({}{}, {}{}){}", distinct, as(value, kind), glue, call.distinct ? " ORDER BY " + as(value, kind) : "", call.suffix), name);
    auto hex = [](const std::string& sql) { return "hex(" + sql + ")"; };
    return aggregate({kind}, fmt::format("unhex(string_agg({}{}, {}{}){})", distinct, hex(value.sql), hex(glue), call.distinct ? " ORDER BY " + hex(value.sql) : "", call.suffix), name);
  }
  if (call.name == "sum" || call.name == "sum_distinct" || call.name == "avg" || call.name == "mean") {
    if (arguments.size() != 1) return std::unexpected(wrong_argument_count(call.name, arguments.size(), "1"));
    if (call.name == "sum_distinct") distinct = "DISTINCT ";
    Typed number = value;
    if (value.type.is(TypeKind::string) || value.type.is(TypeKind::null)) number = {.sql = as(value, TypeKind::double_), .type = {TypeKind::double_}};
    if (!number.type.is_numeric()) return std::unexpected(type_mismatch(call_text(call), "The first parameter", "NUMERIC", sql_name(value.type)));
    auto name = fmt::format("{}({}{})", call.name == "sum_distinct" ? "sum" : call.name, distinct, value.name);
    auto& type = number.type;
    if (call.name.starts_with("sum")) {
      DataType result = type.is(TypeKind::decimal) ? decimal_type(type.precision + 10, type.scale) : DataType{type.is_integral() ? TypeKind::long_ : TypeKind::double_};
      return aggregate(result, fmt::format("CAST(sum({}{}){} AS {})", distinct, number.sql, call.suffix, duckdb_type(result)), name);
    }
    if (!type.is(TypeKind::decimal)) return aggregate({TypeKind::double_}, fmt::format("avg({}{}){}", distinct, as(number, TypeKind::double_), call.suffix), name);
    auto result = decimal_type(type.precision + 4, type.scale + 4);
    return aggregate(result, fmt::format("CAST(CAST(sum({0}{1}){2} AS DOUBLE) / nullif(count({0}{1}){2}, 0) AS {3})", distinct, number.sql, call.suffix, duckdb_type(result)), name);
  }
  if (call.name == "count_distinct" || (call.name == "count" && call.distinct)) {
    std::vector<std::string> parts, present;
    for (auto& argument : arguments) {
      parts.push_back(argument.sql);
      present.push_back(argument.sql + " IS NOT NULL");
    }
    std::vector<std::string> names;
    for (auto& argument : arguments) names.push_back(argument.name);
    auto inner = parts.size() == 1 ? parts[0] : fmt::format("CASE WHEN {} THEN row({}) END", text::join(present, " AND "), text::join(parts, ", "));
    auto out = aggregate({TypeKind::long_}, fmt::format("CAST(count(DISTINCT {}){} AS BIGINT)", inner, call.suffix), "count(DISTINCT " + text::join(names, ", ") + ")");
    out.nullable = false;
    return out;
  }
  if (call.name == "skewness" && arguments.size() == 1) {
    if (!call.suffix.empty()) return std::unexpected(unsupported_feature("skewness over a window"));
    auto x = as(value, TypeKind::double_);  // the population's; DuckDB has the sample's
    return aggregate({TypeKind::double_}, fmt::format("((sum(pow({0}, 3)) / count({0}) - 3 * avg({0}) * sum(pow({0}, 2)) / count({0}) + 2 * pow(avg({0}), 3)) / nullif(pow(var_pop({0}), 1.5), 0))", x), call_text(call));
  }
  return std::nullopt;
}

}  // namespace axonite::spark
