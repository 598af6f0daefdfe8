// Date functions with a part, conditionals, and the session's own facts.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tsql/convert.h"
#include "tsql/failure.h"
#include "tsql/functions.h"
#include "tsql/parser.h"

namespace axonite::tsql {
namespace {

std::optional<Bound> none() { return std::nullopt; }

// Spellings of a datepart → the one used below.
std::string part_of(std::string_view word) {
  static constexpr std::pair<std::string_view, std::string_view> parts[] = {
      {"year", "year"}, {"yy", "year"}, {"yyyy", "year"}, {"quarter", "quarter"}, {"qq", "quarter"}, {"q", "quarter"},
      {"month", "month"}, {"mm", "month"}, {"m", "month"}, {"dayofyear", "dayofyear"}, {"dy", "dayofyear"}, {"y", "dayofyear"},
      {"day", "day"}, {"dd", "day"}, {"d", "day"}, {"week", "week"}, {"wk", "week"}, {"ww", "week"}, {"weekday", "weekday"},
      {"dw", "weekday"}, {"w", "weekday"}, {"hour", "hour"}, {"hh", "hour"}, {"minute", "minute"}, {"mi", "minute"}, {"n", "minute"},
      {"second", "second"}, {"ss", "second"}, {"s", "second"}, {"millisecond", "millisecond"}, {"ms", "millisecond"},
      {"microsecond", "microsecond"}, {"mcs", "microsecond"}, {"nanosecond", "nanosecond"}, {"ns", "nanosecond"},
      {"iso_week", "iso_week"}, {"isowk", "iso_week"}, {"isoww", "iso_week"}};
  for (auto& [spelling, part] : parts)
    if (text::equals_ignoring_case(spelling, word)) return std::string(part);
  return {};
}

std::string part_sql(const std::string& part, const std::string& x) {
  if (part == "week") return fmt::format("axonite.week_of({})", x);
  if (part == "weekday") return fmt::format("date_part('dow', {}) + 1", x);
  if (part == "iso_week") return fmt::format("date_part('week', {})", x);
  if (part == "dayofyear") return fmt::format("date_part('doy', {})", x);
  if (part == "millisecond") return fmt::format("date_part('millisecond', {}) % 1000", x);
  if (part == "microsecond") return fmt::format("date_part('microsecond', {}) % 1000000", x);
  if (part == "nanosecond") return fmt::format("date_part('microsecond', {}) % 1000000 * 1000", x);
  return fmt::format("date_part('{}', {})", part, x);
}

std::string diff_sql(const std::string& part, const std::string& a, const std::string& b) {
  // Weeks always begin on Sunday, whatever DATEFIRST says.
  if (part == "week") return fmt::format("axonite.weeks({}) - axonite.weeks({})", b, a);
  if (part == "dayofyear" || part == "weekday") return fmt::format("date_diff('day', {}, {})", a, b);
  if (part == "nanosecond") return fmt::format("date_diff('microsecond', {}, {}) * 1000", a, b);
  return fmt::format("date_diff('{}', {}, {})", part, a, b);
}

std::string interval_sql(const std::string& part, const std::string& n) {
  if (part == "year") return fmt::format("to_years({})", n);
  if (part == "quarter") return fmt::format("to_months(3 * {})", n);
  if (part == "month") return fmt::format("to_months({})", n);
  if (part == "week" || part == "iso_week") return fmt::format("to_days(7 * {})", n);
  if (part == "hour" || part == "minute") return fmt::format("to_{}s({})", part, n);
  if (part == "second") return fmt::format("to_seconds({})", n);
  if (part == "millisecond") return fmt::format("to_milliseconds({})", n);
  if (part == "microsecond") return fmt::format("to_microseconds({})", n);
  if (part == "nanosecond") return fmt::format("to_microseconds({} // 1000)", n);
  return fmt::format("to_days({})", n);
}

// Strings become datetime2, times stay with a date before them.
Result<Bound> as_date(Bound value, int line) {
  if (is_date_time(value.type.id) && value.type.id != TypeId::time && value.type.id != TypeId::datetimeoffset && !value.null_literal) return value;
  if (is_numeric(value.type.id) && !value.null_literal) return convert(std::move(value), {.id = TypeId::datetime}, Conversion::implicit, {}, {}, line);
  return convert(std::move(value), {.id = TypeId::datetime2, .scale = 7}, Conversion::implicit, {}, {}, line);
}

Bound now(Binder& binder, TypeId id, int scale) {
  std::string iso = format_iso(binder.state().statement_time);
  return literal_bound({.id = id, .scale = scale, .nullable = false}, iso.substr(0, 10) + " " + iso.substr(11, id == TypeId::datetime ? 12 : 15));
}

void carry(Bound& to, const Bound& from) {
  to.origins.insert(from.origins.begin(), from.origins.end());
  to.derivation = std::max({to.derivation, from.derivation, Derivation::transformation});
}

std::string format_of_net(std::string_view format, bool& known) {
  static constexpr std::pair<std::string_view, std::string_view> tokens[] = {
      {"yyyy", "%Y"}, {"yy", "%y"}, {"MMMM", "%B"}, {"MMM", "%b"}, {"MM", "%m"}, {"M", "%-m"}, {"dddd", "%A"}, {"ddd", "%a"}, {"dd", "%d"}, {"d", "%-d"},
      {"HH", "%H"}, {"H", "%-H"}, {"hh", "%I"}, {"h", "%-I"}, {"mm", "%M"}, {"m", "%-M"}, {"ss", "%S"}, {"s", "%-S"}, {"ffffff", "%f"}, {"fff", "%g"}, {"tt", "%p"}};
  std::string out;
  while (!format.empty()) {
    bool matched = false;
    for (auto& [token, code] : tokens)
      if (format.starts_with(token)) {
        out += code;
        format.remove_prefix(token.size());
        matched = true;
        break;
      }
    if (matched) continue;
    char c = format[0];
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z' && c != 'T' && c != 'Z')) known = false;
    if (c == '%') out += '%';
    out += c;
    format.remove_prefix(1);
  }
  return out;
}

Result<Bound> format_function(Binder& binder, const Expression& call, Scope* scope) {
  TRY(auto list, binder.values(call.children, scope));
  if (list.size() < 2 || list[1].literal_text.empty()) return std::unexpected(not_supported("FORMAT with a format that is not a constant", call.line));
  Bound bound{.type = {.id = TypeId::nvarchar, .length = 4000}};
  carry(bound, list[0]);
  const std::string& format = list[1].literal_text;
  bool known = true;
  if (is_date_time(list[0].type.id)) {
    std::string code = format == "d" ? "%-m/%-d/%Y" : format == "D" ? "%A, %B %-d, %Y" : format_of_net(format, known);
    if (!known) return std::unexpected(not_supported("FORMAT '" + format + "'", call.line));
    TRY(Bound stamp, as_date(std::move(list[0]), call.line));
    bound.sql = fmt::format("strftime({}, {})", stamp.sql, engine::quote_literal(code));
    return bound;
  }
  TRY(Bound number, convert(std::move(list[0]), {.id = TypeId::float_}, Conversion::implicit, {}, {}, call.line));
  char kind = format[0] & ~0x20;
  int digits = text::parse_int<int>(std::string_view(format).substr(1)).value_or(2);
  bool simple = (kind == 'N' || kind == 'F' || kind == 'C' || kind == 'P' || kind == 'D') && (format.size() == 1 || text::parse_int<int>(std::string_view(format).substr(1)));
  bool pattern = format.find_first_not_of("0#,.") == std::string::npos;
  if (!simple && !pattern) return std::unexpected(not_supported("FORMAT '" + format + "'", call.line));
  if (kind == 'D' && simple) bound.sql = fmt::format("lpad(CAST(CAST({} AS BIGINT) AS VARCHAR), {}, '0')", number.sql, std::max(1, format.size() > 1 ? digits : 1));
  else if (pattern) {
    auto point = format.find('.');
    int places = point == std::string::npos ? 0 : static_cast<int>(format.size() - point - 1);
    bool thousands = format.find(',') != std::string::npos;
    auto zeros = static_cast<int>(std::count(format.begin(), point == std::string::npos ? format.end() : format.begin() + static_cast<long>(point), '0'));
    std::string core = fmt::format("format('{{:{}.{}f}}', {})", thousands ? "," : "", places, number.sql);
    bound.sql = zeros > 1 && !thousands ? fmt::format("lpad({}, greatest({}, length({})), '0')", core, zeros + (places ? places + 1 : 0), core) : core;
  } else {
    std::string core = fmt::format("format('{{:{}.{}f}}', {}{})", kind == 'F' ? "" : ",", digits, number.sql, kind == 'P' ? " * 100" : "");
    bound.sql = kind == 'C' ? fmt::format("('$' || {})", core) : kind == 'P' ? fmt::format("({} || '%')", core) : core;
  }
  return bound;
}

Bound text_fact(std::string text, int length = 128) {
  return literal_bound({.id = TypeId::nvarchar, .length = length, .nullable = false}, std::move(text));
}
Bound number_fact(std::int64_t value) { return literal_bound({.id = TypeId::int_}, value); }
Bound null_fact(Type type) { return literal_bound(type, std::monostate{}); }

Result<Bound> server_property(Binder& binder, const std::string& property) {
  bool dedicated = binder.state().options->personality == Personality::dedicated;
  std::string p = text::to_lower(property);
  if (p == "engineedition") return number_fact(dedicated ? 6 : 11);
  if (p == "productversion") return text_fact(dedicated ? "10.0.16003.0" : "12.0.2000.8");
  if (p == "productmajorversion") return text_fact(dedicated ? "10" : "12");
  if (p == "edition") return text_fact("SQL Azure");
  if (p == "productlevel") return text_fact("RTM");
  if (p == "servername" || p == "machinename") return text_fact(binder.state().options->server);
  if (p == "collation") return text_fact("SQL_Latin1_General_CP1_CI_AS");
  if (p == "lcid") return number_fact(1033);
  if (p == "isintegratedsecurityonly" || p == "isclustered" || p == "isfulltextinstalled" || p == "isxtpsupported" || p == "ishadrenabled") return number_fact(0);
  return null_fact({.id = TypeId::nvarchar, .length = 128});
}

std::string version(const State& state) {
  if (state.options->personality == Personality::serverless)
    return "Microsoft SQL Azure (RTM) - 12.0.2000.8 \n\tAxonite\n";
  return "Microsoft Azure SQL Data Warehouse - 10.0.16003.0 Axonite";
}

Result<Bound> object_id(Binder& binder, const std::vector<Bound>& list, int line) {
  if (!list.at(0).literal) return std::unexpected(not_supported("OBJECT_ID of a name that is not a constant", line));
  std::string text = list[0].literal_text;
  auto parsed = parse_expression_text(text);
  if (!parsed || (*parsed)->kind != Expression::Kind::column) return null_fact({.id = TypeId::int_});
  Name name = (*parsed)->name;
  if (text::starts_with_ignoring_case(name.back(), "#") && name.size() > 1) name = {name.back()};
  TRY(auto found, binder.find_object(name));
  if (!found) return null_fact({.id = TypeId::int_});
  if (list.size() > 1) {
    std::string wanted = text::to_upper(text::trim(list[1].literal_text));
    std::string kind = found->kind == Object::Kind::view ? "V" : found->kind == Object::Kind::procedure ? "P" : "U";
    if (wanted != kind) return null_fact({.id = TypeId::int_});
  }
  return number_fact(found->temporary() ? -found->id - 1 : found->id);
}

}  // namespace

Result<std::optional<Bound>> date_rule(Binder& binder, const Expression& call, Scope* scope) {
  std::string name = text::to_upper(call.name.back());
  if (name == "GETDATE" || name == "GETUTCDATE" || name == "CURRENT_TIMESTAMP") return now(binder, TypeId::datetime, 0);
  if (name == "SYSDATETIME" || name == "SYSUTCDATETIME") return now(binder, TypeId::datetime2, 7);
  if (name == "SYSDATETIMEOFFSET") {
    std::string iso = format_iso(binder.state().statement_time);
    return literal_bound({.id = TypeId::datetimeoffset, .scale = 7, .nullable = false}, iso.substr(0, 10) + " " + iso.substr(11, 16) + " +00:00");
  }
  if (name == "FORMAT") {
    TRY(Bound bound, format_function(binder, call, scope));
    return bound;
  }
  bool datename = name == "DATENAME", datediff = name == "DATEDIFF" || name == "DATEDIFF_BIG";
  if (!datename && !datediff && name != "DATEPART" && name != "DATEADD" && name != "DATETRUNC") return none();
  std::size_t count = datediff || name == "DATEADD" ? 3 : 2;
  if (call.children.size() != count) return std::unexpected(failure(174, fmt::format("The {} function requires {} argument(s).", text::to_lower(name), count), call.line, 15));
  const Expression& first = *call.children[0];
  std::string part = first.kind == Expression::Kind::column && first.name.size() == 1 ? part_of(first.name[0]) : "";
  if (part.empty()) return std::unexpected(failure(155, fmt::format("'{}' is not a recognized {} option.", first.name.empty() ? first.text : first.name.back(), text::to_lower(name)), call.line, 15));
  TRY(Bound last, binder.value(*call.children.back(), scope));
  TRY(last, as_date(std::move(last), call.line));
  Bound bound{.type = {.id = TypeId::int_}};
  carry(bound, last);
  if (datediff) {
    TRY(Bound start, binder.value(*call.children[1], scope));
    TRY(start, as_date(std::move(start), call.line));
    carry(bound, start);
    if (name == "DATEDIFF_BIG") bound.type.id = TypeId::bigint;
    bound.sql = fmt::format("CAST(({}) AS {})", diff_sql(part, "CAST(" + start.sql + " AS TIMESTAMP)", "CAST(" + last.sql + " AS TIMESTAMP)"), engine_type_text(bound.type));
  } else if (name == "DATEADD") {
    TRY(Bound number, binder.value(*call.children[1], scope));
    TRY(number, convert(std::move(number), {.id = TypeId::int_}, Conversion::explicit_, {}, {}, call.line));
    carry(bound, number);
    bound.type = last.type;
    if (is_string(call.children[2]->kind == Expression::Kind::string ? TypeId::varchar : TypeId::int_)) bound.type = {.id = TypeId::datetime};
    bound.sql = fmt::format("CAST(({} + {}) AS {})", last.sql, interval_sql(part, number.sql), engine_type_text(bound.type));
  } else if (name == "DATETRUNC") {
    bound.type = last.type;
    bound.sql = fmt::format("CAST(date_trunc('{}', {}) AS {})", part, last.sql, engine_type_text(bound.type));
  } else if (datename) {
    bound.type = {.id = TypeId::nvarchar, .length = 30};
    bound.sql = part == "month" ? fmt::format("strftime({}, '%B')", last.sql) : part == "weekday" ? fmt::format("strftime({}, '%A')", last.sql)
                                                                               : fmt::format("CAST({} AS VARCHAR)", part_sql(part, last.sql));
  } else {
    bound.sql = fmt::format("CAST(({}) AS INTEGER)", part_sql(part, "CAST(" + last.sql + " AS TIMESTAMP)"));
  }
  bound.type.nullable = true;
  return bound;
}

namespace {

Error wrong_count(const std::string& name, int line) {
  return failure(174, fmt::format("The {} function requires another number of arguments.", text::to_lower(name)), line, 15);
}

// COALESCE, ISNULL, CHOOSE, GREATEST, LEAST: one type for all of them (ISNULL: that of the first).
Result<std::optional<Bound>> pick_rule(std::vector<Bound> list, Bound bound, const Expression& call, const std::string& name) {
  std::size_t count = list.size();
  if (name == "ISNULL" && count != 2) return std::unexpected(wrong_count(name, call.line));
  if (count < (name == "CHOOSE" ? 2u : 1u)) return std::unexpected(wrong_count(name, call.line));
  std::size_t first = name == "CHOOSE" ? 1 : 0;
  std::optional<Type> type;
  bool nullable = true;
  for (std::size_t i = first; i < count; ++i) {
    if (list[i].null_literal) continue;
    nullable = nullable && list[i].type.nullable;
    if (!type) type = list[i].type;
    else if (name != "ISNULL") type = common_type(*type, list[i].type);
  }
  if (!type) {
    if (name == "ISNULL") type = Type{.id = TypeId::int_};
    else return std::unexpected(failure(4127, "At least one of the arguments to COALESCE must be an expression that is not the NULL constant.", call.line));
  }
  std::vector<std::string> parts;
  for (std::size_t i = first; i < count; ++i) {
    TRY(Bound item, convert(std::move(list[i]), *type, Conversion::explicit_, {}, {}, call.line));
    parts.push_back(item.sql);
  }
  bound.type = *type;
  bound.type.nullable = name == "CHOOSE" || nullable;
  std::string joined = text::join(parts, ", ");
  if (name == "CHOOSE") {
    bound.sql = fmt::format("CASE {}", list[0].sql);
    for (std::size_t i = 0; i < parts.size(); ++i) bound.sql += fmt::format(" WHEN {} THEN {}", i + 1, parts[i]);
    bound.sql += " END";
  } else {
    bound.sql = fmt::format("{}({})", name == "GREATEST" ? "greatest" : name == "LEAST" ? "least" : "coalesce", joined);
  }
  return bound;
}

Result<std::optional<Bound>> choice_rule(Binder& binder, const Expression& call, Scope* scope, const std::string& name) {
  std::size_t count = call.children.size();
  bool listed = name == "COALESCE" || name == "ISNULL" || name == "NULLIF" || name == "CHOOSE" || name == "GREATEST" || name == "LEAST" || name == "DATALENGTH" || name == "PATINDEX";
  if (!listed) return none();
  TRY(auto list, binder.values(call.children, scope));
  Bound bound;
  for (const Bound& item : list) carry(bound, item);
  if (name == "DATALENGTH") {
    if (count != 1) return std::unexpected(wrong_count(name, call.line));
    bound.type = {.id = TypeId::int_};
    bound.sql = is_unicode(list[0].type.id) ? fmt::format("CAST(2 * length({}) AS INTEGER)", list[0].sql)
                : is_string(list[0].type.id) ? fmt::format("CAST(strlen({}) AS INTEGER)", list[0].sql)
                : is_binary(list[0].type.id) ? fmt::format("CAST(octet_length({}) AS INTEGER)", list[0].sql)
                                             : fmt::format("CASE WHEN {} IS NOT NULL THEN {} END", list[0].sql, max_length_bytes(list[0].type));
    return bound;
  }
  if (name == "PATINDEX") {
    if (count != 2 || !list[0].literal) return std::unexpected(not_supported("PATINDEX with a pattern that is not a constant", call.line));
    return std::unexpected(not_supported("PATINDEX", call.line));
  }
  if (name == "NULLIF") {
    if (count != 2) return std::unexpected(wrong_count(name, call.line));
    bound.type = list[0].type;
    bound.type.nullable = true;
    TRY(Bound left, convert(list[0], is_string(list[0].type.id) && is_string(list[1].type.id) ? list[0].type : common_type(list[0].type, list[1].type), Conversion::implicit));
    TRY(Bound right, convert(list[1], is_string(list[0].type.id) && is_string(list[1].type.id) ? list[1].type : left.type, Conversion::implicit));
    bound.sql = fmt::format("CASE WHEN {} = {} THEN NULL ELSE {} END", comparison_key(left), comparison_key(right), list[0].sql);
    return bound;
  }
  return pick_rule(std::move(list), std::move(bound), call, name);
}

}  // namespace

Result<std::optional<Bound>> conditional_rule(Binder& binder, const Expression& call, Scope* scope) {
  std::string name = text::to_upper(call.name.back());
  std::size_t count = call.children.size();
  if (name == "IIF") {
    if (count != 3) return std::unexpected(wrong_count(name, call.line));
    TRY(Bound condition, binder.condition(*call.children[0], scope));
    TRY(Bound yes, binder.value(*call.children[1], scope));
    TRY(Bound no, binder.value(*call.children[2], scope));
    Type type = yes.null_literal ? no.type : no.null_literal ? yes.type : common_type(yes.type, no.type);
    Bound bound{.type = type};
    carry(bound, yes);
    carry(bound, no);
    TRY(yes, convert(std::move(yes), type, Conversion::implicit, {}, {}, call.line));
    TRY(no, convert(std::move(no), type, Conversion::implicit, {}, {}, call.line));
    bound.sql = fmt::format("CASE WHEN {} THEN {} ELSE {} END", condition.sql, yes.sql, no.sql);
    return bound;
  }
  return choice_rule(binder, call, scope, name);
}

namespace {

// HAS_PERMS_BY_NAME(securable, class, permission): 1, 0, or NULL where there is no such thing.
Result<Bound> has_permission(Binder& binder, const std::vector<Bound>& list, int line) {
  if (list.size() < 3) return std::unexpected(failure(174, "The has_perms_by_name function requires 3 to 5 arguments.", line, 15));
  for (const Bound& argument : list)
    if (!argument.literal && !argument.null_literal) return std::unexpected(not_supported("HAS_PERMS_BY_NAME of what is not a constant", line));
  std::string securable_class = text::to_upper(list[1].literal_text), permission = text::to_upper(list[2].literal_text);
  Object object{.schema = list[0].literal_text};
  if (securable_class.empty() || securable_class == "SERVER") return number_fact(0);  // logins of a pool have no rights on its server
  if (securable_class == "OBJECT") {
    auto parsed = parse_expression_text(list[0].literal_text);
    if (!parsed || (*parsed)->kind != Expression::Kind::column) return null_fact({.id = TypeId::int_});
    TRY(auto found, binder.find_object((*parsed)->name));
    if (!found) return null_fact({.id = TypeId::int_});
    object = std::move(*found);
  } else if (securable_class == "SCHEMA") {
    TRY(bool exists, binder.state().catalog->schema_exists(object.schema));
    if (!exists) return null_fact({.id = TypeId::int_});
  } else if (securable_class == "DATABASE") {
    bool here = object.schema.empty() || text::equals_ignoring_case(object.schema, binder.state().database);
    if (!here) return null_fact({.id = TypeId::int_});
    object.schema.clear();
    if (permission == "CONNECT" || permission == "ANY") return number_fact(1);
  } else {
    return std::unexpected(not_supported("HAS_PERMS_BY_NAME of class " + securable_class, line));
  }
  std::vector<std::string> asked{permission};
  if (permission == "ANY") asked = {"SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE"};
  for (const std::string& one : asked) {
    if (one.find('\'') != std::string::npos) return null_fact({.id = TypeId::int_});
    auto allowed = binder.check_permission(object, one, line);
    if (allowed) return number_fact(1);
    if (message_of(allowed.error()).number != 229) return std::unexpected(std::move(allowed.error()));
  }
  return number_fact(0);
}

Result<std::optional<Bound>> property_rule(Binder& binder, const Expression& call, Scope* scope, const std::string& name) {
  State& state = binder.state();
  static constexpr std::string_view others[] = {"SERVERPROPERTY", "DATABASEPROPERTYEX", "CONNECTIONPROPERTY", "OBJECT_ID", "SCHEMA_ID", "SCHEMA_NAME", "OBJECT_NAME",
                                                "OBJECT_SCHEMA_NAME", "TYPE_NAME", "COL_LENGTH", "IS_MEMBER", "IS_ROLEMEMBER", "IS_SRVROLEMEMBER", "HAS_DBACCESS", "COLLATIONPROPERTY",
                                                "OBJECTPROPERTY", "COLUMNPROPERTY", "USER_ID", "SUSER_SID", "DATABASE_PRINCIPAL_ID", "HAS_PERMS_BY_NAME", "TYPE_ID", "OBJECTPROPERTYEX", "INDEXPROPERTY"};
  if (std::find(std::begin(others), std::end(others), name) == std::end(others)) return none();
  TRY(auto list, binder.values(call.children, scope));
  std::string first = list.empty() ? "" : list[0].literal_text;
  if (name == "SERVERPROPERTY") {
    TRY(Bound bound, server_property(binder, first));
    return bound;
  }
  if (name == "OBJECT_ID") {
    if (list.empty()) return std::unexpected(failure(174, "The object_id function requires 1 to 2 arguments.", call.line, 15));
    TRY(Bound bound, object_id(binder, list, call.line));
    return bound;
  }
  if (name == "CONNECTIONPROPERTY") return text::equals_ignoring_case(first, "net_transport") ? text_fact("TCP") : null_fact({.id = TypeId::nvarchar, .length = 128});
  if (name == "DATABASEPROPERTYEX") {
    std::string property = list.size() > 1 ? text::to_lower(list[1].literal_text) : "";
    if (property == "collation") return text_fact("SQL_Latin1_General_CP1_CI_AS");
    if (property == "status") return text_fact("ONLINE");
    if (property == "updateability") return text_fact("READ_WRITE");
    if (property == "edition") return text_fact("DataWarehouse");
    if (property == "serviceobjective") return text_fact("DW100c");
    return null_fact({.id = TypeId::nvarchar, .length = 128});
  }
  auto lookup = [&](std::string_view column, std::string_view table, std::string_view key, TypeId type) {
    Bound bound{.type = {.id = type, .length = is_string(type) ? 128 : 0}};
    std::string argument = is_string(list.at(0).type.id) ? collation_key(list[0]) : list[0].sql;
    std::string field = is_string(list[0].type.id) ? fmt::format("lower({})", key) : std::string(key);
    bound.sql = fmt::format("(SELECT CAST(any_value({}) AS {}) FROM axonite.{} WHERE {} = {})", column, engine_type_text(bound.type), table, field, argument);
    return bound;
  };
  if (!list.empty()) {
    if (name == "SCHEMA_ID") return lookup("schema_id", "schemas", "name", TypeId::int_);
    if (name == "SCHEMA_NAME") return lookup("name", "schemas", "schema_id", TypeId::nvarchar);
    if (name == "OBJECT_NAME") return lookup("name", "objects", "object_id", TypeId::nvarchar);
    if (name == "OBJECT_SCHEMA_NAME") return lookup("schema_name", "objects", "object_id", TypeId::nvarchar);
    if (name == "TYPE_NAME") return lookup("type_name", "columns", "system_type_id", TypeId::nvarchar);
    if (name == "USER_ID" || name == "DATABASE_PRINCIPAL_ID") return lookup("principal_id", "principals", "name", TypeId::int_);
  }
  if (name == "IS_MEMBER" || name == "IS_ROLEMEMBER") {
    if (state.options->is_owner) return number_fact(text::equals_ignoring_case(first, "db_owner") || text::equals_ignoring_case(first, "public") ? 1 : 0);
    TRY(bool member, state.catalog->is_member(first, state.options->login.name));
    return number_fact(member ? 1 : 0);
  }
  if (name == "HAS_DBACCESS" && list.size() == 1) {
    TRY(Bound asked, convert(std::move(list[0]), {.id = TypeId::nvarchar, .length = 128}, Conversion::implicit, {}, {}, call.line));
    return Bound{.sql = fmt::format("CAST(CASE WHEN {} IN ('master', {}) THEN 1 END AS INTEGER)", collation_key(asked), engine::quote_literal(text::to_lower(state.database))), .type = {.id = TypeId::int_}};
  }
  if (name == "HAS_PERMS_BY_NAME") {
    TRY(Bound bound, has_permission(binder, list, call.line));
    return bound;
  }
  if (name == "IS_SRVROLEMEMBER") return number_fact(0);
  return null_fact({.id = TypeId::int_});
}

}  // namespace

Result<std::optional<Bound>> session_rule(Binder& binder, const Expression& call, Scope* scope) {
  State& state = binder.state();
  std::string name = text::to_upper(call.name.back());
  const std::optional<Message>& caught = state.caught;
  if (name == "ERROR_NUMBER") return caught ? number_fact(caught->number) : null_fact({.id = TypeId::int_});
  if (name == "ERROR_MESSAGE") return caught ? text_fact(caught->text, 4000) : null_fact({.id = TypeId::nvarchar, .length = 4000});
  if (name == "ERROR_SEVERITY") return caught ? number_fact(caught->severity) : null_fact({.id = TypeId::int_});
  if (name == "ERROR_STATE") return caught ? number_fact(caught->state) : null_fact({.id = TypeId::int_});
  if (name == "ERROR_LINE") return caught ? number_fact(caught->line) : null_fact({.id = TypeId::int_});
  if (name == "ERROR_PROCEDURE") return caught && !caught->procedure.empty() ? text_fact(caught->procedure) : null_fact({.id = TypeId::nvarchar, .length = 128});
  if (name == "XACT_STATE") return literal_bound({.id = TypeId::smallint}, std::int64_t{state.doomed ? -2 : state.transaction_depth > 0 ? 1 : 0});
  if (name == "DB_NAME") return text_fact(state.database);
  if (name == "DB_ID") return number_fact(5);
  if (name == "SCHEMA_NAME" && call.children.empty()) return text_fact("dbo");
  if (name == "SUSER_SNAME" || name == "SUSER_NAME" || name == "ORIGINAL_LOGIN" || name == "SYSTEM_USER") return text_fact(state.options->login.name);
  if (name == "USER_NAME" || name == "CURRENT_USER" || name == "SESSION_USER" || name == "USER") {
    if (!call.children.empty()) return text_fact("dbo");
    return text_fact(state.options->is_owner ? "dbo" : state.options->login.name);
  }
  if (name == "HOST_NAME") return text_fact(state.options->host);
  if (name == "APP_NAME" || name == "PROGRAM_NAME") return text_fact(state.options->application);
  if (name == "SESSION_ID") return text_fact(state.session_id, 32);
  return property_rule(binder, call, scope, name);
}

Result<Bound> Binder::global(const Expression& e) {
  std::string name = text::to_upper(e.text);
  if (name == "@@VERSION") return text_fact(version(state_), 300);
  if (name == "@@SPID") return literal_bound({.id = TypeId::smallint}, std::int64_t{state_.spid});
  if (name == "@@TRANCOUNT") return number_fact(state_.transaction_depth);
  if (name == "@@ROWCOUNT") return number_fact(state_.rowcount);
  if (name == "@@ERROR") return number_fact(state_.error);
  if (name == "@@SERVERNAME") return text_fact(state_.options->server);
  if (name == "@@LANGUAGE") return text_fact(state_.set.language);
  if (name == "@@DATEFIRST") return literal_bound({.id = TypeId::tinyint}, std::int64_t{state_.set.datefirst});
  if (name == "@@NESTLEVEL") return number_fact(static_cast<std::int64_t>(state_.procedures.size()));
  if (name == "@@MICROSOFTVERSION") return number_fact(state_.options->personality == Personality::dedicated ? 0x0A003E83 : 0x0C0007D0);
  if (name == "@@LANGID") return number_fact(0);
  if (name == "@@MAX_PRECISION") return literal_bound({.id = TypeId::tinyint}, std::int64_t{38});
  if (name == "@@OPTIONS") return number_fact(5496);
  if (name == "@@TEXTSIZE") return number_fact(2147483647);
  if (name == "@@LOCK_TIMEOUT") return number_fact(-1);
  if (name == "@@PROCID") return number_fact(0);
  if (name == "@@IDENTITY") return null_fact({.id = TypeId::decimal, .precision = 38});
  return std::unexpected(failure(137, fmt::format("Must declare the scalar variable \"{}\".", e.text), e.line, 15, 2));
}

}  // namespace axonite::tsql
