#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>

#include "base/text.h"
#include "expression/date_time.h"
#include "expression/function.h"

namespace axonite::expression {
namespace {

Result<DateTime> date_argument(const Context& context, Arguments arguments, std::size_t index = 0) {
  TRY(auto text, string_argument(context, arguments, index));
  if (auto value = parse_date(text, from_clock(context.clock.now()))) return *value;
  return function_error(context, fmt::format("'{}' is no date and time in a format that is understood", text));
}

// With the format at `index`, or "o" when the call has no such argument.
Result<json::Value> formatted(const Context& context, Arguments arguments, std::size_t index,
                              std::optional<DateTime> value) {
  if (!value) return function_error(context, "the date is beyond the years 1 to 9999");
  std::string_view format;
  if (arguments.size() > index) {
    TRY(format, string_argument(context, arguments, index));
  }
  TRY(std::string text, format_date(*value, format));
  return json::Value(text);
}

std::optional<DateTime> add_units(DateTime value, std::int64_t count, std::int64_t unit_ticks) {
  std::int64_t ticks = 0;
  if (__builtin_mul_overflow(count, unit_ticks, &ticks)) return std::nullopt;
  return add_ticks(value, ticks);
}

template <std::int64_t kUnitTicks>
Result<json::Value> add_fixed(const Context& context, Arguments arguments) {
  TRY(DateTime value, date_argument(context, arguments));
  TRY(std::int64_t count, integer_argument(context, arguments, 1));
  return formatted(context, arguments, 2, add_units(value, count, kUnitTicks));
}

struct Unit {
  std::string_view name;
  std::int64_t ticks;   // or
  std::int64_t months;  // one of the two
};

constexpr std::array kUnits = {
    Unit{"Second", kTicksPerSecond, 0}, Unit{"Minute", kTicksPerMinute, 0}, Unit{"Hour", kTicksPerHour, 0},
    Unit{"Day", kTicksPerDay, 0},       Unit{"Week", 7 * kTicksPerDay, 0},  Unit{"Month", 0, 1},
    Unit{"Year", 0, 12},
};

// Moves `value` by the count and unit at `index` and after; `sign` is 1 or -1.
Result<std::optional<DateTime>> moved(const Context& context, Arguments arguments, std::size_t index, DateTime value,
                                      int sign) {
  TRY(std::int64_t count, integer_argument(context, arguments, index));
  TRY(auto name, string_argument(context, arguments, index + 1));
  if (__builtin_mul_overflow(count, sign, &count)) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (!text::equals_ignoring_case(unit.name, name)) continue;
    if (unit.months == 0) return add_units(value, count, unit.ticks);
    if (__builtin_mul_overflow(count, unit.months, &count)) return std::nullopt;
    return add_months(value, count);
  }
  return function_error(context, fmt::format("'{}' is no unit of time: Second, Minute, Hour, Day, Week, Month or Year",
                                             name));
}

template <int kSign>
Result<json::Value> move_time(const Context& context, Arguments arguments) {
  TRY(DateTime value, date_argument(context, arguments));
  TRY(auto result, moved(context, arguments, 1, value, kSign));
  return formatted(context, arguments, 3, result);
}

template <int kSign>
Result<json::Value> move_now(const Context& context, Arguments arguments) {
  TRY(auto result, moved(context, arguments, 0, from_clock(context.clock.now()), kSign));
  return formatted(context, arguments, 2, result);
}

Result<std::string> zone_argument(const Context& context, Arguments arguments, std::size_t index) {
  TRY(auto zone, string_argument(context, arguments, index));
  return std::string(zone);
}

Result<json::Value> convert_from_utc(const Context& context, Arguments arguments) {
  TRY(DateTime value, date_argument(context, arguments));
  TRY(std::string zone, zone_argument(context, arguments, 1));
  if (value.kind == DateTime::Kind::local) return function_error(context, "a time with an offset is not in UTC");
  TRY(DateTime converted, from_utc(value, zone));
  return formatted(context, arguments, 2, converted);
}

// A time that says itself where it belongs ("Z", an offset) does not belong to the given zone.
Result<DateTime> as_utc(DateTime value, const std::string& zone) {
  TRY(DateTime converted, to_utc(value, zone));
  return value.kind == DateTime::Kind::unspecified ? converted : DateTime{value.ticks, DateTime::Kind::utc};
}

Result<json::Value> convert_time_zone(const Context& context, Arguments arguments) {
  TRY(DateTime value, date_argument(context, arguments));
  TRY(std::string source, zone_argument(context, arguments, 1));
  TRY(std::string target, zone_argument(context, arguments, 2));
  TRY(DateTime utc, as_utc(value, source));
  TRY(DateTime converted, from_utc(utc, target));
  return formatted(context, arguments, 3, converted);
}

Result<json::Value> convert_to_utc(const Context& context, Arguments arguments) {
  TRY(DateTime value, date_argument(context, arguments));
  TRY(std::string zone, zone_argument(context, arguments, 1));
  TRY(DateTime utc, as_utc(value, zone));
  return formatted(context, arguments, 2, utc);
}

template <int DateFields::* kField>
Result<json::Value> field(const Context& context, Arguments arguments) {
  TRY(DateTime value, date_argument(context, arguments));
  return json::Value(static_cast<std::int64_t>(date_fields(value.ticks).*kField));
}

Result<json::Value> format_date_time(const Context& context, Arguments arguments) {
  TRY(DateTime value, date_argument(context, arguments));
  return formatted(context, arguments, 1, value);
}

template <std::int64_t kUnitTicks>
Result<json::Value> start_of(const Context& context, Arguments arguments) {
  TRY(DateTime value, date_argument(context, arguments));
  return formatted(context, arguments, 1, DateTime{value.ticks - value.ticks % kUnitTicks, value.kind});
}

Result<json::Value> start_of_month(const Context& context, Arguments arguments) {
  TRY(DateTime value, date_argument(context, arguments));
  std::int64_t day = value.ticks / kTicksPerDay - (date_fields(value.ticks).day - 1);
  return formatted(context, arguments, 1, DateTime{day * kTicksPerDay, value.kind});
}

Result<json::Value> ticks(const Context& context, Arguments arguments) {
  TRY(DateTime value, date_argument(context, arguments));
  return json::Value(value.ticks);
}

Result<json::Value> utc_now(const Context& context, Arguments arguments) {
  return formatted(context, arguments, 0, from_clock(context.clock.now()));
}

constexpr std::array kFunctions = {
    Function{"addDays", 2, 3, add_fixed<kTicksPerDay>},
    Function{"addHours", 2, 3, add_fixed<kTicksPerHour>},
    Function{"addMinutes", 2, 3, add_fixed<kTicksPerMinute>},
    Function{"addSeconds", 2, 3, add_fixed<kTicksPerSecond>},
    Function{"addToTime", 3, 4, move_time<1>},
    Function{"convertFromUtc", 2, 3, convert_from_utc},
    Function{"convertTimeZone", 3, 4, convert_time_zone},
    Function{"convertToUtc", 2, 3, convert_to_utc},
    Function{"dayOfMonth", 1, 1, field<&DateFields::day>},
    Function{"dayOfWeek", 1, 1, field<&DateFields::day_of_week>},
    Function{"dayOfYear", 1, 1, field<&DateFields::day_of_year>},
    Function{"formatDateTime", 1, 2, format_date_time},
    Function{"getFutureTime", 2, 3, move_now<1>},
    Function{"getPastTime", 2, 3, move_now<-1>},
    Function{"startOfDay", 1, 2, start_of<kTicksPerDay>},
    Function{"startOfHour", 1, 2, start_of<kTicksPerHour>},
    Function{"startOfMonth", 1, 2, start_of_month},
    Function{"subtractFromTime", 3, 4, move_time<-1>},
    Function{"ticks", 1, 1, ticks},
    Function{"utcNow", 0, 1, utc_now},
};

}  // namespace

std::span<const Function> date_functions() { return kFunctions; }

}  // namespace axonite::expression
