#include "expression/date_time.h"

#include <date/date.h>

namespace axonite::expression {
namespace {

using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, kTicksPerSecond>>;

// Days from 0001-01-01 to 1970-01-01.
constexpr std::int64_t kUnixEpochDays = 719'162;

date::sys_days day_of(std::int64_t ticks) {
  return date::sys_days(date::days(ticks / kTicksPerDay - kUnixEpochDays));
}

}  // namespace

DateFields date_fields(std::int64_t ticks) {
  date::sys_days day = day_of(ticks);
  date::year_month_day ymd(day);
  std::int64_t in_day = ticks % kTicksPerDay;
  DateFields fields{};
  fields.year = int(ymd.year());
  fields.month = static_cast<int>(unsigned(ymd.month()));
  fields.day = static_cast<int>(unsigned(ymd.day()));
  fields.hour = static_cast<int>(in_day / kTicksPerHour);
  fields.minute = static_cast<int>(in_day / kTicksPerMinute % 60);
  fields.second = static_cast<int>(in_day / kTicksPerSecond % 60);
  fields.fraction = in_day % kTicksPerSecond;
  fields.day_of_week = static_cast<int>(date::weekday(day).c_encoding());
  fields.day_of_year = static_cast<int>((day - date::sys_days(ymd.year() / 1 / 1)).count()) + 1;
  return fields;
}

int days_in_month(int year, int month) {
  auto last = date::year(year) / static_cast<int>(month) / date::last;
  return static_cast<int>(unsigned(date::year_month_day(last).day()));
}

std::optional<std::int64_t> make_ticks(int year, int month, int day, int hour, int minute, int second) {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return {};
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return {};
  date::sys_days days = date::year(year) / month / day;
  return (days.time_since_epoch().count() + kUnixEpochDays) * kTicksPerDay + hour * kTicksPerHour +
         minute * kTicksPerMinute + second * kTicksPerSecond;
}

DateTime from_clock(Time time) {
  std::int64_t since_epoch = std::chrono::floor<Ticks>(time).time_since_epoch().count();
  return {kUnixEpochDays * kTicksPerDay + since_epoch, DateTime::Kind::utc};
}

std::optional<DateTime> add_ticks(DateTime value, std::int64_t ticks) {
  if (__builtin_add_overflow(value.ticks, ticks, &value.ticks)) return {};
  if (value.ticks < 0 || value.ticks > kTicksMax) return {};
  return value;
}

std::optional<DateTime> add_months(DateTime value, std::int64_t months) {
  if (months < -120'000 || months > 120'000) return {};
  DateFields fields = date_fields(value.ticks);
  std::int64_t month = fields.year * 12 + fields.month - 1 + months;
  if (month < 12 || month >= 10'000 * 12) return {};
  int year = static_cast<int>(month / 12);
  int month_of_year = static_cast<int>(month % 12) + 1;
  int day = std::min(fields.day, days_in_month(year, month_of_year));
  auto midnight = make_ticks(year, month_of_year, day, 0, 0, 0);
  if (!midnight) return {};
  return DateTime{*midnight + value.ticks % kTicksPerDay, value.kind};
}

}  // namespace axonite::expression
