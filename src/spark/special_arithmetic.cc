#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "spark/errors.h"
#include "spark/special_forms.h"

namespace axonite::spark {

std::string call_text(const SpecialCall& call) {
  std::vector<std::string> names;
  for (auto& argument : call.arguments) names.push_back(argument.name);
  return call.name + "(" + (call.distinct ? "DISTINCT " : "") + text::join(names, ", ") + ")";
}

namespace {

DataType as_decimal(const DataType& type) {
  switch (type.kind) {
    case TypeKind::byte: return decimal_type(3, 0);
    case TypeKind::short_: return decimal_type(5, 0);
    case TypeKind::integer: return decimal_type(10, 0);
    case TypeKind::long_: return decimal_type(20, 0);
    default: return type;
  }
}

// DecimalType.adjustPrecisionScale: keeps whole digits, gives up fraction digits down to six.
DataType adjusted(int precision, int scale) {
  if (precision <= 38) return decimal_type(precision, scale);
  int whole = precision - scale;
  return decimal_type(38, std::max(38 - whole, std::min(scale, 6)));
}

DataType decimal_result(const std::string& op, const DataType& a, const DataType& b) {
  int whole_a = a.precision - a.scale, whole_b = b.precision - b.scale;
  if (op == "+" || op == "-") {
    int scale = std::max(a.scale, b.scale);
    return adjusted(std::max(whole_a, whole_b) + scale + 1, scale);
  }
  if (op == "*") return adjusted(a.precision + b.precision + 1, a.scale + b.scale);
  if (op == "/") {
    int scale = std::max(6, a.scale + b.precision + 1);
    return adjusted(whole_a + b.scale + scale, scale);
  }
  int scale = std::max(a.scale, b.scale);
  return adjusted(std::min(whole_a, whole_b) + scale, scale);
}

const char* kDivideByZero = "error('[DIVIDE_BY_ZERO] Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead. SQLSTATE: 22012')";

std::string guarded(const std::string& divisor, const std::string& sql, bool null_instead) {
  return fmt::format("CASE WHEN {} = 0 THEN {} ELSE {} END", divisor, null_instead ? "NULL" : kDivideByZero, sql);
}

// Exact: unscaled integers, rounded half up away from zero.
std::string divide_decimals(const Typed& a, const Typed& b, const DataType& result) {
  auto da = as_decimal(a.type), db = as_decimal(b.type);
  auto unscaled = [](const Typed& side, const DataType& type) {
    return type.scale == 0 ? fmt::format("CAST({} AS HUGEINT)", cast_sql(side, type)) : fmt::format("CAST(CAST({} AS DECIMAL(38,{})) * {} AS HUGEINT)", cast_sql(side, type), type.scale, "1" + std::string(static_cast<std::size_t>(type.scale), '0') + "::HUGEINT::DECIMAL(38,0)");
  };
  int shift = result.scale - da.scale + db.scale;
  std::string power = "1" + std::string(static_cast<std::size_t>(std::max(shift, 0)), '0') + "::HUGEINT";
  auto n = fmt::format("({} * {})", unscaled(a, da), power), d = unscaled(b, db);
  auto quotient = fmt::format("(sign({0}) * sign({1}) * ((abs({0}) * 2 + abs({1})) // (abs({1}) * 2)))", n, d);
  std::string unit = result.scale == 0 ? "1" : "0." + std::string(static_cast<std::size_t>(result.scale - 1), '0') + "1";
  return fmt::format("CAST(CAST({} AS DECIMAL(38,0)) * {}::DECIMAL({},{}) AS {})", quotient, unit, std::max(result.scale, 1), result.scale, duckdb_type(result));
}

bool is_time(const DataType& type) { return type.is(TypeKind::date) || type.is(TypeKind::timestamp) || type.is(TypeKind::timestamp_ntz); }
bool is_interval(const DataType& type) { return type.kind >= TypeKind::day_time_interval && type.kind <= TypeKind::calendar_interval; }

std::optional<Typed> with_times(const std::string& op, const Typed& a, const Typed& b) {
  if (a.type.is(TypeKind::date) && b.type.is_integral() && op != "*") return Typed{.sql = fmt::format("CAST({} {} {} AS DATE)", a.sql, op, cast_sql(b, {TypeKind::integer})), .type = a.type};
  if (a.type.is(TypeKind::date) && b.type.is(TypeKind::date) && op == "-") return Typed{.sql = fmt::format("to_days(CAST(date_diff('day', {}, {}) AS INTEGER))", b.sql, a.sql), .type = {TypeKind::day_time_interval}};
  if (is_time(a.type) && is_time(b.type) && op == "-") return Typed{.sql = fmt::format("({} - {})", cast_sql(a, {TypeKind::timestamp}), cast_sql(b, {TypeKind::timestamp})), .type = {TypeKind::day_time_interval}};
  auto& time = is_time(a.type) ? a : b;
  auto& span = is_time(a.type) ? b : a;
  if (is_time(time.type) && is_interval(span.type)) {
    bool stays = time.type.is(TypeKind::date) && span.type.is(TypeKind::year_month_interval);
    DataType type = stays ? time.type : time.type.is(TypeKind::date) ? DataType{TypeKind::timestamp} : time.type;
    auto base = stays ? time.sql : cast_sql(time, type);
    return Typed{.sql = fmt::format("CAST({} {} {} AS {})", base, op, span.sql, duckdb_type(type)), .type = type};
  }
  if (is_interval(a.type) && is_interval(b.type)) return Typed{.sql = fmt::format("({} {} {})", a.sql, op, b.sql), .type = a.type};
  return std::nullopt;
}

Result<Typed> binary(const std::string& op, Typed a, Typed b, bool null_instead) {
  if (op == "+" || op == "-" || op == "*")
    if (auto time = with_times(op, a, b)) return *time;
  auto number = [](Typed& side, const Typed& other) {
    if (side.type.is(TypeKind::string)) {
      DataType type{other.type.is_integral() ? TypeKind::long_ : TypeKind::double_};
      side = {.sql = cast_sql(side, type), .type = type, .nullable = side.nullable, .name = side.name};
    }
    if (side.type.is(TypeKind::null)) side.type = other.type.is_numeric() ? other.type : DataType{TypeKind::double_};
  };
  number(a, b);
  number(b, a);
  auto text = fmt::format("({} {} {})", a.name, op, b.name);
  if (!a.type.is_numeric() || !b.type.is_numeric())
    return std::unexpected(condition(Error::Kind::invalid, "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE", "42K09",
                                     fmt::format("Cannot resolve \"{}\" due to data type mismatch: the binary operator requires the input type \"NUMERIC\", not \"{}\".", text, sql_name(a.type.is_numeric() ? b.type : a.type)), {{"sqlExpr", "\"" + text + "\""}}));
  bool real = [](auto& x, auto& y) { return x.is(TypeKind::double_) || x.is(TypeKind::float_) || y.is(TypeKind::double_) || y.is(TypeKind::float_); }(a.type, b.type);
  bool exact = !real && (a.type.is(TypeKind::decimal) || b.type.is(TypeKind::decimal));
  if (op == "div") {
    DataType type{TypeKind::long_};
    auto left = cast_sql(a, type), right = cast_sql(b, type);
    return Typed{.sql = guarded(right, fmt::format("CAST(trunc({} / {}) AS BIGINT)", a.type.is(TypeKind::decimal) || b.type.is(TypeKind::decimal) || real ? cast_sql(a, {TypeKind::double_}) : left, real || exact ? cast_sql(b, {TypeKind::double_}) : right), null_instead), .type = type};
  }
  if (exact) {
    auto da = as_decimal(a.type), db = as_decimal(b.type);
    auto type = decimal_result(op, da, db);
    if (op == "/") return Typed{.sql = guarded(b.sql, divide_decimals(a, b, type), null_instead), .type = type};
    auto plain = fmt::format("CAST({} {} {} AS {})", cast_sql(a, da), op, cast_sql(b, db), duckdb_type(type));
    return Typed{.sql = op == "%" ? guarded(b.sql, plain, null_instead) : plain, .type = type};
  }
  auto type = op == "/" ? DataType{TypeKind::double_} : *common_type(a.type, b.type);
  auto left = cast_sql(a, type), right = cast_sql(b, type);
  auto plain = fmt::format("({} {} {})", left, op, right);
  if (op == "/" || op == "%") return Typed{.sql = guarded(right, plain, null_instead), .type = type};
  return Typed{.sql = plain, .type = type};
}

Result<Typed> rounded(const SpecialCall& call) {
  auto& value = call.arguments[0];
  auto places = call.arguments.size() > 1 ? call.arguments[1].name : std::string("0");
  auto digits = text::parse_int<int>(places);
  if (!digits) return std::unexpected(unsupported_feature(call.name + " with a scale that is no constant"));
  Typed out{.name = fmt::format("{}({}, {})", call.name, value.name, *digits)};
  auto function = call.name == "bround" ? "round_even" : "round";
  if (value.type.is(TypeKind::decimal)) {
    int scale = std::clamp(*digits, 0, value.type.scale);
    out.type = decimal_type(std::min(38, value.type.precision - value.type.scale + scale + 1), scale);
    out.sql = fmt::format("CAST({}({}, {}) AS {})", function, value.sql, *digits, duckdb_type(out.type));
  } else if (value.type.is_integral()) {
    out.type = value.type;
    out.sql = *digits >= 0 ? value.sql : fmt::format("CAST({}({}, {}) AS {})", function, value.sql, *digits, duckdb_type(out.type));
  } else {
    out.type = {TypeKind::double_};
    // Spark rounds the shortest decimal spelling: 2.675 to two places is 2.68.
    auto number = cast_sql(value, out.type);
    out.sql = fmt::format("coalesce(CAST(round(TRY_CAST(CAST({0} AS VARCHAR) AS DECIMAL(38,15)), {1}) AS DOUBLE), {2}({0}, {1}))", number, *digits, function);
    if (call.name == "bround") out.sql = fmt::format("round_even({}, {})", number, *digits);
  }
  return out;
}

}  // namespace

Special arithmetic_form(const SpecialCall& call) {
  auto& arguments = call.arguments;
  static constexpr std::pair<std::string_view, std::string_view> kNames[] = {{"+", "+"}, {"-", "-"}, {"*", "*"}, {"/", "/"}, {"%", "%"}, {"div", "div"}, {"mod", "%"}, {"try_divide", "/"}, {"try_add", "+"}, {"try_subtract", "-"}, {"try_multiply", "*"}, {"try_mod", "%"}, {"pmod", "%"}};
  for (auto& [name, op] : kNames) {
    if (name != call.name || arguments.size() != 2) continue;
    bool named = name.size() > 1 && name != "div";
    auto out = binary(std::string(op), arguments[0], arguments[1], name.starts_with("try_"));
    if (!out) return out;
    if (name == "pmod") out->sql = fmt::format("CASE WHEN {0} < 0 THEN CAST((({0}) + {1}) % {1} AS {2}) ELSE {0} END", out->sql, cast_sql(arguments[1], out->type), duckdb_type(out->type));
    if (name.starts_with("try_")) out->sql = fmt::format("TRY({})", out->sql);
    out->name = named && name != "mod" ? call_text(call) : fmt::format("({} {} {})", arguments[0].name, op, arguments[1].name);
    out->nullable = arguments[0].nullable || arguments[1].nullable || name.starts_with("try_");
    return out;
  }
  if ((call.name == "round" || call.name == "bround") && (arguments.size() == 1 || arguments.size() == 2)) return rounded(call);
  if ((call.name == "ceil" || call.name == "ceiling" || call.name == "floor") && arguments.size() == 1) {
    auto function = call.name == "floor" ? "floor" : "ceil";
    Typed out{.type = {TypeKind::long_}, .name = fmt::format("{}({})", call.name == "floor" ? "FLOOR" : call.name == "ceil" ? "CEIL" : call.name, arguments[0].name)};
    if (arguments[0].type.is(TypeKind::decimal)) out.type = decimal_type(arguments[0].type.precision - arguments[0].type.scale + 1, 0);
    auto value = arguments[0].type.is(TypeKind::decimal) ? arguments[0].sql : cast_sql(arguments[0], {TypeKind::double_});
    out.sql = arguments[0].type.is_integral() ? cast_sql(arguments[0], out.type) : fmt::format("CAST({}({}) AS {})", function, value, duckdb_type(out.type));
    return out;
  }
  if (call.name == "log" && arguments.size() == 2)
    return Typed{.sql = fmt::format("CASE WHEN {0} > 0 AND {1} > 0 THEN ln({1}) / ln({0}) END", cast_sql(arguments[0], {TypeKind::double_}), cast_sql(arguments[1], {TypeKind::double_})), .type = {TypeKind::double_}, .name = fmt::format("LOG({}, {})", arguments[0].name, arguments[1].name)};
  if (call.name == "log" && arguments.size() == 1)
    return Typed{.sql = fmt::format("CASE WHEN {0} > 0 THEN ln({0}) END", cast_sql(arguments[0], {TypeKind::double_})), .type = {TypeKind::double_}, .name = "ln(" + arguments[0].name + ")"};
  return std::nullopt;
}

}  // namespace axonite::spark
