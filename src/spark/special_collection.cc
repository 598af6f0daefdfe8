#include <fmt/format.h>

#include "base/text.h"
#include "engine/session.h"
#include "spark/errors.h"
#include "spark/special_forms.h"

namespace axonite::spark {
namespace {

bool any_nullable(const std::vector<Typed>& values) {
  for (auto& value : values)
    if (value.nullable) return true;
  return false;
}

Result<Typed> array(const SpecialCall& call) {
  DataType type{call.arguments.empty() ? TypeKind::string : TypeKind::null};
  for (auto& argument : call.arguments) {
    auto both = common_type(type, argument.type);
    if (!both) return std::unexpected(type_mismatch(call_text(call), "`array`", sql_name(type), sql_name(argument.type)));
    type = *both;
  }
  std::vector<std::string> parts;
  for (auto& argument : call.arguments) parts.push_back(cast_sql(argument, type));
  auto list = array_of(type, any_nullable(call.arguments));
  return Typed{.sql = fmt::format("CAST([{}] AS {})", text::join(parts, ", "), duckdb_type(list)), .type = list, .nullable = false, .name = call_text(call)};
}

Result<Typed> map(const SpecialCall& call) {
  if (call.arguments.size() % 2) return std::unexpected(wrong_argument_count("map", call.arguments.size(), "2n (n > 0)"));
  SpecialCall keys{.name = "array"}, values{.name = "array"};
  for (std::size_t i = 0; i < call.arguments.size(); ++i) (i % 2 ? values : keys).arguments.push_back(call.arguments[i]);
  TRY(auto key_array, array(keys));
  TRY(auto value_array, array(values));
  return Typed{.sql = fmt::format("spark_map({}, {})", key_array.sql, value_array.sql), .type = map_of(key_array.type.element(), value_array.type.element()), .nullable = false, .name = call_text(call)};
}

Result<Typed> make_struct(const SpecialCall& call) {
  std::vector<std::string> parts;
  DataType type = struct_of({});
  bool named = call.name == "named_struct";
  if (named && call.arguments.size() % 2) return std::unexpected(wrong_argument_count("named_struct", call.arguments.size(), "2n (n > 0)"));
  for (std::size_t i = 0; i < call.arguments.size(); i += named ? 2 : 1) {
    auto& value = call.arguments[named ? i + 1 : i];
    bool has_name = value.id || value.name.find_first_of("( ") == std::string::npos;
    auto name = named ? call.arguments[i].name : has_name && !value.foldable ? value.name : fmt::format("col{}", i + 1);
    parts.push_back(engine::quote_identifier(name) + " := " + value.sql);
    type.fields.push_back({name, value.type, value.nullable});
  }
  return Typed{.sql = "struct_pack(" + text::join(parts, ", ") + ")", .type = type, .nullable = false, .name = call_text(call)};
}

// explode and its kin: each row of the result in columns of their own.
Result<Typed> generator(const SpecialCall& call) {
  bool outer = call.name.ends_with("_outer"), position = call.name.starts_with("pos"), inlined = call.name.starts_with("inline");
  if (call.arguments.size() != 1) return std::unexpected(wrong_argument_count(call.name, call.arguments.size(), "1"));
  auto& value = call.arguments[0];
  Typed out{.name = call_text(call), .generator = true};
  bool is_map = value.type.is(TypeKind::map);
  if (!is_map && !value.type.is(TypeKind::array)) return std::unexpected(type_mismatch(call_text(call), "The first parameter", "(\"ARRAY\" or \"MAP\")", sql_name(value.type)));
  auto list = is_map ? fmt::format("map_entries({})", value.sql) : value.sql;
  auto guarded = outer ? fmt::format("CASE WHEN len({0}) > 0 THEN {0} ELSE [NULL] END", list) : list;
  auto item = fmt::format("unnest({})", guarded);
  if (position) out.columns.push_back({.sql = outer ? fmt::format("CAST(unnest(CASE WHEN len({0}) > 0 THEN range(len({0})) ELSE [NULL] END) AS INTEGER)", list) : fmt::format("CAST(unnest(range(len({}))) AS INTEGER)", list), .type = {TypeKind::integer}, .nullable = outer, .name = "pos"});
  if (is_map) {
    out.columns.push_back({.sql = item + ".key", .type = value.type.key(), .nullable = outer, .name = "key", .origins = value.origins});
    out.columns.push_back({.sql = item + ".value", .type = value.type.value(), .name = "value", .origins = value.origins});
  } else if (inlined) {
    for (auto& field : value.type.element().fields) out.columns.push_back({.sql = item + "." + engine::quote_identifier(field.name), .type = field.type, .name = field.name, .origins = value.origins});
  } else {
    out.columns.push_back({.sql = item, .type = value.type.element(), .nullable = outer || value.type.fields[0].nullable, .name = "col", .origins = value.origins});
  }
  return out;
}

Result<Typed> element_at(const SpecialCall& call) {
  auto& base = call.arguments[0];
  bool try_ = call.name.starts_with("try_");
  if (base.type.is(TypeKind::map)) return Typed{.sql = fmt::format("({})[{}]", base.sql, cast_sql(call.arguments[1], base.type.key())), .type = base.type.value(), .name = call_text(call)};
  if (!base.type.is(TypeKind::array)) return std::unexpected(type_mismatch(call_text(call), "The first parameter", "(\"ARRAY\" or \"MAP\")", sql_name(base.type)));
  auto index = cast_sql(call.arguments[1], {TypeKind::integer});
  auto error = "error('[INVALID_ARRAY_INDEX_IN_ELEMENT_AT] The index is out of bounds. SQLSTATE: 22003')";
  return Typed{.sql = fmt::format("CASE WHEN {0} = 0 OR abs({0}) > len({1}) THEN {2} ELSE ({1})[{0}] END", index, base.sql, try_ ? "NULL" : error), .type = base.type.element(), .name = call_text(call)};
}

Result<Typed> sequence(const SpecialCall& call) {
  auto& a = call.arguments;
  if (a[0].type.is_integral() && a[1].type.is_integral()) {
    auto type = *common_type(a[0].type, a[1].type);
    auto step = a.size() == 3 ? cast_sql(a[2], {TypeKind::long_}) : fmt::format("(CASE WHEN {} <= {} THEN 1 ELSE -1 END)", a[0].sql, a[1].sql);
    return Typed{.sql = fmt::format("CAST(generate_series({}::BIGINT, {}::BIGINT, {}::BIGINT) AS {}[])", a[0].sql, a[1].sql, step, duckdb_type(type)), .type = array_of(type, false), .nullable = any_nullable(a), .name = call_text(call)};
  }
  bool dates = a[0].type.is(TypeKind::date);
  auto step = a.size() == 3 ? a[2].sql : "INTERVAL 1 DAY";
  auto type = dates ? DataType{TypeKind::date} : DataType{TypeKind::timestamp};
  return Typed{.sql = fmt::format("CAST(generate_series({}, {}, {}) AS {}[])", cast_sql(a[0], {dates ? TypeKind::timestamp_ntz : TypeKind::timestamp}), cast_sql(a[1], {dates ? TypeKind::timestamp_ntz : TypeKind::timestamp}), step, duckdb_type(type)), .type = array_of(type, false), .nullable = any_nullable(a), .name = call_text(call)};
}

}  // namespace

Special collection_form(const SpecialCall& call) {
  auto& arguments = call.arguments;
  auto count = arguments.size();
  if (call.name == "array") return array(call);
  if (call.name == "map" || call.name == "create_map") return map(call);
  if (call.name == "struct" || call.name == "named_struct") return make_struct(call);
  for (auto name : {"explode", "explode_outer", "posexplode", "posexplode_outer", "inline", "inline_outer"})
    if (call.name == name) return generator(call);
  if ((call.name == "element_at" || call.name == "try_element_at") && count == 2) return element_at(call);
  if (call.name == "sequence" && (count == 2 || count == 3)) return sequence(call);
  if (call.name == "sort_array" && (count == 1 || count == 2)) {
    if (!arguments[0].type.is(TypeKind::array)) return std::unexpected(type_mismatch(call_text(call), "The first parameter", "ARRAY", sql_name(arguments[0].type)));
    bool ascending = count == 1 || arguments[1].name != "false";
    auto sql = fmt::format("list_sort({}, '{}')", arguments[0].sql, ascending ? "ASC', 'NULLS FIRST" : "DESC', 'NULLS LAST");
    return Typed{.sql = sql, .type = arguments[0].type, .nullable = arguments[0].nullable, .name = fmt::format("sort_array({}, {})", arguments[0].name, ascending)};
  }
  if (call.name == "arrays_zip" && count == 2 && arguments[0].type.is(TypeKind::array) && arguments[1].type.is(TypeKind::array)) {
    auto name = [&](std::size_t i) { return arguments[i].id ? arguments[i].name : std::to_string(i); };
    auto type = array_of(struct_of({{name(0), arguments[0].type.element(), true}, {name(1), arguments[1].type.element(), true}}), false);
    return Typed{.sql = fmt::format("CAST(list_zip({}, {}) AS {})", arguments[0].sql, arguments[1].sql, duckdb_type(type)), .type = type, .nullable = any_nullable(arguments), .name = call_text(call)};
  }
  if (call.name == "map_from_entries" && count == 1 && arguments[0].type.is(TypeKind::array) && arguments[0].type.element().fields.size() == 2) {
    auto& fields = arguments[0].type.element().fields;
    auto part = [&](std::size_t i) { return fmt::format("list_transform({}, lambda e_: e_.{})", arguments[0].sql, engine::quote_identifier(fields[i].name)); };
    return Typed{.sql = fmt::format("CASE WHEN list_count({0}) = len({0}) THEN spark_map({1}, {2}) END", arguments[0].sql, part(0), part(1)), .type = map_of(fields[0].type, fields[1].type), .name = call_text(call)};
  }
  if (call.name == "array_join" && (count == 2 || count == 3) && arguments[0].type.is(TypeKind::array)) {
    auto list = cast_sql(arguments[0], array_of({TypeKind::string}));
    if (count == 3) list = fmt::format("list_transform({}, lambda x_: coalesce(x_, {}))", list, cast_sql(arguments[2], {TypeKind::string}));
    return Typed{.sql = fmt::format("array_to_string({}, {})", list, cast_sql(arguments[1], {TypeKind::string})), .type = {TypeKind::string}, .nullable = any_nullable(arguments), .name = call_text(call)};
  }
  if (call.name == "map_entries" && count == 1 && arguments[0].type.is(TypeKind::map)) {
    auto type = array_of(struct_of(arguments[0].type.fields), false);
    return Typed{.sql = "map_entries(" + arguments[0].sql + ")", .type = type, .nullable = arguments[0].nullable, .name = call_text(call)};
  }
  if (call.name == "from_json" && (count == 2 || count == 3)) {
    auto type = parse_ddl(arguments[1].name);
    if (!type) type = parse_type_json(arguments[1].name);
    if (!type) return std::unexpected(type.error());
    auto shape = fmt::format("CAST(NULL AS {})", duckdb_type(*type));
    return Typed{.sql = fmt::format("CASE WHEN json_valid({0}) THEN TRY_CAST(CAST({0} AS JSON) AS {1}) ELSE {2} END", arguments[0].sql, duckdb_type(*type), shape), .type = *type, .name = "from_json(" + arguments[0].name + ")"};
  }
  return std::nullopt;
}

}  // namespace axonite::spark
