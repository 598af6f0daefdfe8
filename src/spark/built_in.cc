// Calls of the functions of the tables.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "engine/session.h"
#include "spark/analyzer.h"
#include "spark/errors.h"
#include "spark/function_table.h"

namespace axonite::spark {
namespace {

enum class Family { scalar, aggregate, window };

const FunctionRow* find(std::span<const FunctionRow> table, std::string_view name) {
  for (auto& row : table)
    if (row.name == name) return &row;
  return nullptr;
}

const FunctionRow* find(std::string_view name, Family& family) {
  family = Family::scalar;
  for (auto table : {scalar_functions(), text_functions(), time_functions(), collection_functions()})
    if (auto* row = find(table, name)) return row;
  family = Family::aggregate;
  if (auto* row = find(aggregate_functions(), name)) return row;
  family = Family::window;
  return find(window_functions(), name);
}

struct Shape {
  std::string letters;  // without marks
  std::size_t min = 0;
  bool repeats = false;
};

Shape shape_of(std::string_view arguments) {
  Shape shape;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == '*') {
      shape.repeats = true;
      --shape.min;
    } else if (arguments[i] == '?') {
      --shape.min;
    } else {
      shape.letters += arguments[i];
      ++shape.min;
    }
  }
  return shape;
}

std::optional<DataType> wanted(char letter) {
  switch (letter) {
    case 's': return DataType{TypeKind::string};
    case 'i': return DataType{TypeKind::integer};
    case 'l': return DataType{TypeKind::long_};
    case 'd': return DataType{TypeKind::double_};
    case 'b': return DataType{TypeKind::boolean};
    case 't': return DataType{TypeKind::timestamp};
    case 'D': return DataType{TypeKind::date};
    default: return std::nullopt;
  }
}

// Spark's implicit casts, ANSI: no array for a string, no boolean for a number.
bool may_become(const DataType& from, const DataType& to) {
  if (from == to || from.is(TypeKind::null)) return true;
  if (to.is(TypeKind::string)) return from.fields.empty() && !from.is(TypeKind::null);
  if (to.is_numeric()) return from.is_numeric() || from.is(TypeKind::string);
  if (to.is(TypeKind::boolean)) return from.is(TypeKind::string);
  bool time = from.is(TypeKind::date) || from.is(TypeKind::timestamp) || from.is(TypeKind::timestamp_ntz);
  return time || from.is(TypeKind::string);
}

struct Call {
  const FunctionRow& row;
  std::string call;  // as Spark prints it
  std::vector<Typed>& arguments;
  DataType common{TypeKind::null};
};

Result<std::vector<std::string>> coerced(Call& call, const Shape& shape) {
  if (shape.letters.find('c') != std::string::npos)
    for (auto& argument : call.arguments) {
      auto both = common_type(call.common, argument.type);
      if (!both) return std::unexpected(condition(Error::Kind::invalid, "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "42K09",
                                                  fmt::format("Cannot resolve \"{}\" due to data type mismatch: the left and right operands of the binary operator have incompatible types (\"{}\" and \"{}\").", call.call, sql_name(call.common), sql_name(argument.type)),
                                                  {{"sqlExpr", "\"" + call.call + "\""}, {"left", "\"" + sql_name(call.common) + "\""}, {"right", "\"" + sql_name(argument.type) + "\""}}));
      call.common = *both;
    }
  std::vector<std::string> out;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    auto& argument = call.arguments[i];
    char letter = shape.letters[std::min(i, shape.letters.size() - 1)];
    auto refuse = [&](const std::string& required) { return std::unexpected(type_mismatch(call.call, fmt::format("The parameter {}", i + 1), required, sql_name(argument.type))); };
    auto type = letter == 'c' ? std::optional(call.common) : wanted(letter);
    if (letter == 'e' && call.arguments[0].type.is(TypeKind::array)) type = call.arguments[0].type.element();
    if (letter == 'A' && !argument.type.is(TypeKind::array) && !argument.type.is(TypeKind::null)) return refuse("ARRAY");
    if (letter == 'M' && !argument.type.is(TypeKind::map)) return refuse("MAP");
    if (letter == 'n' && !argument.type.is_numeric()) {
      if (!argument.type.is(TypeKind::string) && !argument.type.is(TypeKind::null)) return refuse("NUMERIC");
      argument = {.sql = cast_sql(argument, {TypeKind::double_}), .type = {TypeKind::double_}, .nullable = argument.nullable, .name = argument.name};
    }
    if (letter != 'c' && type && !may_become(argument.type, *type)) return refuse(sql_name(*type));
    out.push_back(type ? cast_sql(argument, *type) : argument.sql);
  }
  return out;
}

Result<DataType> result_type(std::string_view code, const Call& call) {
  while (code.ends_with('!') || code.ends_with('?')) code.remove_suffix(1);
  auto& first = call.arguments.empty() ? call.common : call.arguments[0].type;
  if (code == "1") return first;
  if (code == "c") return call.common;
  if (code == "el") return first.is(TypeKind::array) ? first.element() : first;
  if (code == "[1") return array_of(first, false);
  if (code == "[k") return array_of(first.key(), false);
  if (code == "[v") return array_of(first.value());
  if (code == "map") return map_of(first.element(), call.arguments[1].type.element());
  return parse_type(code);
}

std::string filled(const FunctionRow& row, const std::string& letters, const std::vector<std::string>& arguments, const std::string& result, const std::string& type_name, bool distinct, const std::string& suffix) {
  std::string out;
  for (std::size_t i = 0; i < row.sql.size(); ++i) {
    if (row.sql[i] != '$' || i + 1 == row.sql.size()) {
      out += row.sql[i];
      continue;
    }
    char c = row.sql[++i];
    if (c == '*') out += text::join(arguments, ", ");
    else if (c == 'R') out += result;
    else if (c == 'T') out += type_name;
    else if (c == 'D') out += distinct ? "DISTINCT " : "";
    else if (c == 'F') out += suffix;
    else if (c >= '1' && c <= '9') {
      auto place = static_cast<std::size_t>(c - '1');
      out += place < arguments.size() ? arguments[place] : place < letters.size() && letters[place] == 's' ? "''" : "NULL";
    }
    else (out += '$') += c;
  }
  return out;
}

// How operators print; all others as name(a, b).
std::string printed(std::string name, const std::vector<Typed>& arguments, bool distinct) {
  std::vector<std::string> names;
  for (auto& argument : arguments) names.push_back(argument.name);
  // Defaults that Spark prints, and names that it knows a function by.
  static constexpr std::tuple<std::string_view, std::size_t, std::string_view> kDefaults[] = {
      {"regexp_replace", 3, "1"}, {"regexp_extract_all", 2, "1"}, {"regexp_instr", 2, "0"}, {"overlay", 3, "-1"}, {"position", 2, "1"}, {"locate", 2, "1"}, {"months_between", 2, "true"}, {"mask", 1, "X"}, {"mask", 2, "x"}, {"mask", 3, "n"},
      {"mask", 4, "NULL"}, {"string_agg", 1, "NULL"}, {"listagg", 1, "NULL"}, {"percentile_approx", 2, "10000"}, {"approx_percentile", 2, "10000"}, {"percentile", 2, "1"}, {"lag", 1, "1"}, {"lag", 2, "NULL"}, {"lead", 1, "1"}, {"lead", 2, "NULL"}};
  for (auto& [function, count, shown] : kDefaults)
    if (function == name && names.size() == count) names.emplace_back(shown);
  static constexpr std::pair<std::string_view, std::string_view> kAliases[] = {{"dateadd", "date_add"}, {"current_database", "current_schema"}, {"spark_partition_id", "SPARK_PARTITION_ID"}, {"regexp", "REGEXP"}, {"regexp_like", "REGEXP_LIKE"}, {"rlike", "RLIKE"}};
  for (auto& [alias, shown] : kAliases)
    if (alias == name) name = shown;
  if (name == "positive") return "(+ " + names[0] + ")";
  if (name == "unary_minus") return "(- " + names[0] + ")";
  static constexpr std::pair<std::string_view, std::string_view> kOperators[] = {{"==", "="}, {"!=", "="}, {"<", "<"}, {"<=", "<="}, {">", ">"}, {">=", ">="}, {"<=>", "<=>"}, {"and", "AND"},
                                                                                 {"or", "OR"}, {"&", "&"}, {"|", "|"}, {"^", "^"}, {"+", "+"}, {"-", "-"}, {"*", "*"}, {"/", "/"}, {"%", "%"}, {"div", "div"}};
  if (name == "!=" && names.size() == 2) return fmt::format("(NOT ({} = {}))", names[0], names[1]);
  for (auto& [key, shown] : kOperators)
    if (key == name && names.size() == 2) return fmt::format("({} {} {})", names[0], shown, names[1]);
  if (name == "like" || name == "ilike") return fmt::format("{} {} {}", names[0], text::to_upper(name), names[1]);
  if (name == "not") return "(NOT " + names[0] + ")";
  if (name == "isnull" || name == "isnotnull") return fmt::format("({} IS {}NULL)", names[0], name == "isnull" ? "" : "NOT ");
  if (name == "~") return "~" + names[0];
  static constexpr std::string_view kUpper[] = {"acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "cot", "csc", "degrees", "e", "exp", "expm1", "hypot", "log10", "log1p", "log2", "pi", "power", "radians", "sec", "signum", "sin", "sinh", "sqrt", "tan", "tanh"};
  if (std::ranges::find(kUpper, name) != std::end(kUpper)) return text::to_upper(name) + "(" + text::join(names, ", ") + ")";
  return name + "(" + (distinct ? "DISTINCT " : "") + text::join(names, ", ") + ")";
}

}  // namespace

bool is_aggregate_function(std::string_view name) {
  auto lower = text::to_lower(name);
  return find(aggregate_functions(), lower) || lower == "sum" || lower == "avg" || lower == "mean" || lower == "count_distinct" || lower == "skewness" || lower == "sum_distinct" || lower == "try_sum" || lower == "try_avg" || lower == "string_agg" || lower == "listagg";
}

Result<Typed> built_in(const Expr& expression, std::vector<Typed> arguments, const std::string& over, const std::string& filter, Source&) {
  auto name = text::to_lower(expression.names[0]);
  Family family;
  auto* row = find(name, family);
  if (!row) return std::unexpected(unresolved_routine(expression.names[0]));
  auto shape = shape_of(row->arguments);
  bool too_many = arguments.size() > shape.letters.size() && !shape.repeats;
  if (arguments.size() < shape.min || too_many) return std::unexpected(wrong_argument_count(name, arguments.size(), shape.repeats ? fmt::format("> {}", shape.min - 1) : std::to_string(shape.letters.size())));
  if (expression.distinct && (family != Family::aggregate || row->sql.find("$D") == std::string_view::npos))
    return std::unexpected(unsupported_feature("DISTINCT in the function " + name));
  if (family == Family::window && over.empty())
    return std::unexpected(condition(Error::Kind::invalid, "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", "42601", fmt::format("Window function \"{}()\" requires an OVER clause.", name), {{"funcName", "\"" + name + "()\""}}));
  if (family == Family::scalar && !over.empty())
    return std::unexpected(condition(Error::Kind::invalid, "UNSUPPORTED_EXPR_FOR_WINDOW", "42P20", fmt::format("Expression \"{}\" not supported within a window function.", name)));
  Call call{*row, printed(name, arguments, expression.distinct), arguments};
  TRY(auto sql, coerced(call, shape));
  // first(x, true) and last(x, true) skip NULL; the flag is no argument of DuckDB's.
  std::string suffix = filter + over;
  bool skips = expression.ignore_nulls;
  if (family == Family::aggregate && shape.letters == "ab" && sql.size() == 2) {
    skips = skips || arguments[1].sql.starts_with("CAST(true");
    call.call = name + "(" + arguments[0].name + ")";
    sql.pop_back();
  }
  if (skips && shape.letters == "ab") {
    if (over.empty()) suffix = filter.empty() ? fmt::format(" FILTER (WHERE {} IS NOT NULL)", sql[0]) : filter.substr(0, filter.size() - 1) + " AND " + sql[0] + " IS NOT NULL)" + over;
    else sql[0] += " IGNORE NULLS";
  }
  TRY(auto type, result_type(row->result, call));
  bool nullable = row->result.ends_with('?');
  if (!nullable && !row->result.ends_with('!'))
    for (auto& argument : arguments) nullable = nullable || argument.nullable;
  Typed out{.type = type, .nullable = nullable, .name = call.call, .aggregate = family == Family::aggregate};
  out.sql = filled(*row, shape.letters, sql, duckdb_type(type), engine::quote_literal(arguments.empty() ? "" : simple_string(arguments[0].type)), expression.distinct, suffix);
  for (auto& argument : arguments) {
    out.origins.insert(out.origins.end(), argument.origins.begin(), argument.origins.end());
    out.aggregate = out.aggregate || argument.aggregate;
  }
  return out;
}

}  // namespace axonite::spark
