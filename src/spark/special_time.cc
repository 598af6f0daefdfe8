#include <fmt/format.h>

#include "base/text.h"
#include "engine/session.h"
#include "spark/errors.h"
#include "spark/special_forms.h"

namespace axonite::spark {
namespace {

// Letters of java.time.format.DateTimeFormatter as Spark documents them (sql-ref-datetime-pattern).
std::string_view directive(char letter, std::size_t count) {
  switch (letter) {
    case 'y': case 'u': return count == 2 ? "%y" : "%Y";
    case 'M': case 'L': return count == 1 ? "%-m" : count == 2 ? "%m" : count == 3 ? "%b" : count == 4 ? "%B" : "";
    case 'd': return count == 1 ? "%-d" : count == 2 ? "%d" : "";
    case 'D': return count == 3 ? "%j" : "%-j";
    case 'H': return count == 1 ? "%-H" : count == 2 ? "%H" : "";
    case 'h': return count == 1 ? "%-I" : count == 2 ? "%I" : "";
    case 'm': return count == 1 ? "%-M" : count == 2 ? "%M" : "";
    case 's': return count == 1 ? "%-S" : count == 2 ? "%S" : "";
    case 'S': return count == 3 ? "%g" : count == 6 ? "%f" : count == 9 ? "%n" : "";
    case 'a': return "%p";
    case 'E': return count <= 3 ? "%a" : count == 4 ? "%A" : "";
    default: return "";
  }
}

Typed made(const SpecialCall& call, TypeKind kind, std::string sql, bool nullable = true) { return {.sql = std::move(sql), .type = {kind}, .nullable = nullable, .name = call_text(call)}; }

Error bad_pattern(const std::string& pattern) {
  return condition(Error::Kind::invalid, "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER", "22007", fmt::format("Unrecognized datetime pattern: {}. It is no constant or has letters that are not supported here.", pattern), {{"pattern", "'" + pattern + "'"}});
}

Result<std::string> pattern_of(const SpecialCall& call, std::size_t index, std::string_view fallback) {
  auto pattern = index < call.arguments.size() ? call.arguments[index].name : std::string(fallback);
  if (index < call.arguments.size() && !call.arguments[index].foldable) return std::unexpected(bad_pattern(pattern));
  auto out = strftime_of(pattern);
  if (!out) return std::unexpected(bad_pattern(pattern));
  return engine::quote_literal(*out);
}

std::string as_timestamp(const Typed& typed) { return cast_sql(typed, {TypeKind::timestamp}); }

// Text without a pattern: what Spark's cast accepts; a pattern: strptime.
Result<Typed> to_date(const SpecialCall& call, bool try_) {
  auto& value = call.arguments[0];
  if (call.arguments.size() == 1 || !value.type.is(TypeKind::string)) return made(call, TypeKind::date, cast_sql(value, {TypeKind::date}, try_), value.nullable);
  TRY(auto pattern, pattern_of(call, 1, ""));
  return made(call, TypeKind::date, fmt::format("CAST({}({}, {}) AS DATE)", try_ ? "try_strptime" : "strptime", value.sql, pattern), value.nullable);
}

Result<Typed> to_timestamp(const SpecialCall& call, bool try_) {
  auto& value = call.arguments[0];
  if (call.arguments.size() == 1 || !value.type.is(TypeKind::string)) return made(call, TypeKind::timestamp, cast_sql(value, {TypeKind::timestamp}, try_), value.nullable);
  TRY(auto pattern, pattern_of(call, 1, ""));
  return made(call, TypeKind::timestamp, fmt::format("CAST({}({}, {}) AS TIMESTAMPTZ)", try_ ? "try_strptime" : "strptime", value.sql, pattern), value.nullable);
}

Result<Typed> unix_timestamp(const SpecialCall& call) {
  if (call.arguments.empty()) return made(call, TypeKind::long_, "CAST(floor(epoch(now())) AS BIGINT)", false);
  auto& value = call.arguments[0];
  auto instant = as_timestamp(value);
  if (value.type.is(TypeKind::string)) {
    TRY(auto pattern, pattern_of(call, 1, "yyyy-MM-dd HH:mm:ss"));
    instant = fmt::format("CAST(strptime({}, {}) AS TIMESTAMPTZ)", value.sql, pattern);
  }
  auto out = made(call, TypeKind::long_, fmt::format("CAST(floor(epoch({})) AS BIGINT)", instant));
  if (call.arguments.size() == 1) out.name = fmt::format("{}({}, yyyy-MM-dd HH:mm:ss)", call.name, value.name);
  return out;
}

// window(time, '10 minutes'): tumbling, aligned to the epoch.
Result<Typed> time_window(const SpecialCall& call) {
  if (call.arguments.size() != 2) return std::unexpected(unsupported_feature("sliding time windows"));
  auto& width = call.arguments[1];
  if (!width.foldable) return std::unexpected(unsupported_feature("a window of no constant length"));
  auto start = fmt::format("time_bucket(INTERVAL {}, {}, TIMESTAMPTZ '1970-01-01 00:00:00+00')", engine::quote_literal(width.name), as_timestamp(call.arguments[0]));
  auto type = struct_of({{"start", {TypeKind::timestamp}, true}, {"end", {TypeKind::timestamp}, true}});
  return Typed{.sql = fmt::format("struct_pack(\"start\" := {0}, \"end\" := {0} + INTERVAL {1})", start, engine::quote_literal(width.name)), .type = type, .nullable = false, .name = "window"};
}

}  // namespace

std::optional<std::string> strftime_of(std::string_view pattern) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size();) {
    char c = pattern[i];
    if (c == '\'') {
      auto end = pattern.find('\'', i + 1);
      if (end == std::string_view::npos) return std::nullopt;
      out += end == i + 1 ? std::string("'") : std::string(pattern.substr(i + 1, end - i - 1));
      i = end + 1;
      continue;
    }
    std::size_t count = 1;
    while (i + count < pattern.size() && pattern[i + count] == c) ++count;
    if (isalpha(static_cast<unsigned char>(c))) {
      auto found = directive(c, count);
      if (found.empty()) return std::nullopt;
      out += found;
    } else {
      out.append(count, c);
      if (c == '%') out.append(count, c);
    }
    i += count;
  }
  return out;
}

Special time_form(const SpecialCall& call) {
  auto& arguments = call.arguments;
  auto count = arguments.size();
  bool try_ = call.name.starts_with("try_");
  if (count >= 1 && count <= 2) {
    if (call.name == "to_date" || call.name == "try_to_date") return to_date(call, try_);
    if (call.name == "to_timestamp" || call.name == "try_to_timestamp" || call.name == "to_timestamp_ltz") return to_timestamp(call, try_);
  }
  if (call.name == "unix_timestamp" || call.name == "to_unix_timestamp") return unix_timestamp(call);
  if (call.name == "date_format" && count == 2) {
    auto pattern = pattern_of(call, 1, "");
    if (!pattern) return std::unexpected(pattern.error());
    return made(call, TypeKind::string, fmt::format("strftime(CAST({} AS TIMESTAMP), {})", as_timestamp(arguments[0]), *pattern), arguments[0].nullable);
  }
  if (call.name == "from_unixtime" && (count == 1 || count == 2)) {
    auto pattern = pattern_of(call, 1, "yyyy-MM-dd HH:mm:ss");
    if (!pattern) return std::unexpected(pattern.error());
    auto out = made(call, TypeKind::string, fmt::format("strftime(CAST(to_timestamp({}) AS TIMESTAMP), {})", cast_sql(arguments[0], {TypeKind::double_}), *pattern), arguments[0].nullable);
    if (count == 1) out.name = fmt::format("from_unixtime({}, yyyy-MM-dd HH:mm:ss)", arguments[0].name);
    return out;
  }
  if (call.name == "window") return time_window(call);
  if (call.name == "make_interval_literal" && count == 2) {  // INTERVAL '…' unit, from the parser
    auto& unit = arguments[1].name;
    bool months = unit == "year" || unit == "month" || unit == "quarter";
    auto span = fmt::format("to_{}s(CAST({} AS {}))", unit, arguments[0].sql, unit == "second" || unit == "millisecond" ? "DOUBLE" : unit == "hour" || unit == "minute" || unit == "microsecond" ? "BIGINT" : "INTEGER");
    return Typed{.sql = span, .type = {months ? TypeKind::year_month_interval : TypeKind::day_time_interval}, .nullable = false, .name = fmt::format("INTERVAL '{}' {}", arguments[0].name, text::to_upper(unit))};
  }
  if ((call.name == "extract" || call.name == "date_part" || call.name == "datepart") && count == 2) {
    auto part = text::to_lower(arguments[0].name);
    if (part == "dow" || part == "dayofweek") return made(call, TypeKind::integer, fmt::format("CAST(dayofweek({}) + 1 AS INTEGER)", cast_sql(arguments[1], {TypeKind::date})));
    for (auto known : {"year", "quarter", "month", "week", "day", "doy", "hour", "minute"})
      if (part == known) return made(call, TypeKind::integer, fmt::format("CAST(date_part('{}', {}) AS INTEGER)", part, as_timestamp(arguments[1])));
    if (part == "second") return Typed{.sql = fmt::format("CAST(date_part('microsecond', {}) / 1000000 AS DECIMAL(8,6))", as_timestamp(arguments[1])), .type = decimal_type(8, 6), .name = call_text(call)};
    return std::unexpected(unsupported_feature("extract of " + part));
  }
  return std::nullopt;
}

}  // namespace axonite::spark
