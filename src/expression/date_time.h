#pragma once
// .NET's DateTime: 100 ns ticks since 0001-01-01 and what is known about their zone.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace axonite::expression {

inline constexpr std::int64_t kTicksPerSecond = 10'000'000;
inline constexpr std::int64_t kTicksPerMinute = 60 * kTicksPerSecond;
inline constexpr std::int64_t kTicksPerHour = 60 * kTicksPerMinute;
inline constexpr std::int64_t kTicksPerDay = 24 * kTicksPerHour;
inline constexpr std::int64_t kTicksMax = 3'155'378'975'999'999'999;  // 9999-12-31T23:59:59.9999999

struct DateTime {
  enum class Kind {
    unspecified,  // no zone was given; nothing is printed for K
    utc,          // "Z"
    local,        // an offset was given and applied; the engine runs in UTC and prints "+00:00"
  };
  std::int64_t ticks = 0;
  Kind kind = Kind::unspecified;
};

struct DateFields {
  int year, month, day, hour, minute, second;
  std::int64_t fraction;  // ticks within the second
  int day_of_week;        // Sunday is 0
  int day_of_year;        // from 1
};

DateFields date_fields(std::int64_t ticks);
int days_in_month(int year, int month);
// Nothing when a field is out of its range.
std::optional<std::int64_t> make_ticks(int year, int month, int day, int hour, int minute, int second);
DateTime from_clock(Time time);
// Nothing beyond the years 1 to 9999.
std::optional<DateTime> add_ticks(DateTime value, std::int64_t ticks);
// The day becomes the last one of a shorter month.
std::optional<DateTime> add_months(DateTime value, std::int64_t months);

// Standard and custom format strings, invariant culture with American order; "" is "o".
// Errors: invalid("InvalidDateFormat").
Result<std::string> format_date(DateTime value, std::string_view format);

// What DateTime.Parse takes in the American culture: ISO 8601, 3/15/2018 1:00 PM, March 15, 2018, RFC 1123 …
// A missing date is today's, by `now`; a missing year this year's.
std::optional<DateTime> parse_date(std::string_view text, DateTime now);

// Zones go by their Windows names. Errors: invalid("InvalidTimeZone"), also for a local time that a zone skips.
Result<DateTime> from_utc(DateTime value, const std::string& zone);
Result<DateTime> to_utc(DateTime value, const std::string& zone);

}  // namespace axonite::expression
