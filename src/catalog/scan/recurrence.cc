#include "catalog/scan/recurrence.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace axonite::catalog::scan {
namespace {

using Days = std::chrono::sys_days;

constexpr int kDaysSearched = 366 * 5;
constexpr std::string_view kDayNames[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

Error bad(std::string_view member) { return invalid("Trigger_InvalidRecurrence", "The recurrence's '" + std::string(member) + "' is not valid."); }

Result<std::vector<int>> numbers(const json::Value& schedule, std::string_view key, int low, int high, std::vector<int> fallback) {
  const json::Value* found = json::find(schedule, key);
  if (!found || found->is_null()) return fallback;
  if (!found->is_array()) return std::unexpected(bad(key));
  std::vector<int> all;
  for (const json::Value& one : found->get_array()) {
    if (!one.is_int64() || one.get_int64() < low || one.get_int64() > high || all.size() > 100) return std::unexpected(bad(key));
    all.push_back(static_cast<int>(one.get_int64()));
  }
  std::ranges::sort(all);
  return all.empty() ? fallback : all;
}

Result<std::vector<int>> day_names(const json::Value& schedule) {
  std::vector<int> all;
  const json::Value* found = json::find(schedule, "weekDays");
  if (!found || found->is_null()) return all;
  if (!found->is_array()) return std::unexpected(bad("weekDays"));
  for (const json::Value& one : found->get_array()) {
    auto name = one.is_string() ? std::ranges::find_if(kDayNames, [&](std::string_view day) { return text::equals_ignoring_case(day, one.get_string()); }) : std::end(kDayNames);
    if (name == std::end(kDayNames)) return std::unexpected(bad("weekDays"));
    all.push_back(static_cast<int>(name - std::begin(kDayNames)));
  }
  return all;
}

Days day_of(Time time) { return std::chrono::floor<std::chrono::days>(time); }
int week_day(Days day) { return static_cast<int>(std::chrono::weekday(day).c_encoding()); }

bool falls_on(const Recurrence& recurrence, Days day) {
  Days start = day_of(recurrence.start);
  if (recurrence.weekly) {
    auto week = [](Days one) { return (one - std::chrono::days(week_day(one))).time_since_epoch().count() / 7; };
    return (week(day) - week(start)) % recurrence.interval == 0 && std::ranges::find(recurrence.week_days, week_day(day)) != recurrence.week_days.end();
  }
  std::chrono::year_month_day date(day), first(start);
  int months = (static_cast<int>(date.year()) - static_cast<int>(first.year())) * 12 + static_cast<int>(static_cast<unsigned>(date.month())) - static_cast<int>(static_cast<unsigned>(first.month()));
  int from_start = static_cast<int>(static_cast<unsigned>(date.day()));
  int last = static_cast<int>(static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day()));
  auto fits = [&](int wanted) { return wanted == from_start || wanted == from_start - last - 1; };
  return months % recurrence.interval == 0 && std::ranges::any_of(recurrence.month_days, fits);
}

}  // namespace

std::optional<Time> Recurrence::next(Time after) const {
  Days day = std::max(day_of(after), day_of(start));
  for (int i = 0; i < kDaysSearched; ++i, day += std::chrono::days(1)) {
    if (!falls_on(*this, day)) continue;
    for (int hour : hours)
      for (int minute : minutes) {
        Time time = day + std::chrono::hours(hour) + std::chrono::minutes(minute);
        if (time <= after || time < start) continue;
        return end && time > *end ? std::nullopt : std::optional(time);
      }
  }
  return std::nullopt;
}

Result<Recurrence> read_recurrence(const json::Value& value) {
  if (!value.is_object()) return std::unexpected(bad("recurrence"));
  Recurrence recurrence;
  std::string frequency = json::string_or(value, "frequency"), zone = json::string_or(value, "timezone", "UTC");
  recurrence.weekly = frequency == "Week";
  if (!recurrence.weekly && frequency != "Month") return std::unexpected(bad("frequency"));
  if (!text::equals_ignoring_case(zone, "UTC")) return std::unexpected(unsupported("TimeZoneNotSupported", "The time zone '" + zone + "' is not supported by Axonite; use UTC."));
  TRY(auto interval, json::optional_integer(value, "interval"));
  if (interval.value_or(1) < 1 || interval.value_or(1) > 1'000) return std::unexpected(bad("interval"));
  recurrence.interval = static_cast<int>(interval.value_or(1));
  std::string start = json::string_or(value, "startTime"), end = json::string_or(value, "endTime");
  auto parsed = parse_iso(start);
  if (!parsed) parsed = parse_iso(start + "Z");  // without a zone: UTC
  if (!parsed) return std::unexpected(bad("startTime"));
  recurrence.start = *parsed;
  if (!end.empty() && !(recurrence.end = parse_iso(end))) return std::unexpected(bad("endTime"));
  const json::Value* found = json::find(value, "schedule");
  const json::Value schedule = found ? *found : json::Value();
  if (json::find(schedule, "monthlyOccurrences")) return std::unexpected(unsupported("MonthlyOccurrencesNotSupported", "monthlyOccurrences are not supported by Axonite; use monthDays."));
  auto of_day = std::chrono::duration_cast<std::chrono::minutes>(recurrence.start - day_of(recurrence.start)).count();
  TRY(recurrence.hours, numbers(schedule, "hours", 0, 23, {static_cast<int>(of_day / 60)}));
  TRY(recurrence.minutes, numbers(schedule, "minutes", 0, 59, {static_cast<int>(of_day % 60)}));
  TRY(recurrence.month_days, numbers(schedule, "monthDays", -31, 31, {static_cast<int>(static_cast<unsigned>(std::chrono::year_month_day(day_of(recurrence.start)).day()))}));
  TRY(recurrence.week_days, day_names(schedule));
  if (recurrence.week_days.empty()) recurrence.week_days = {week_day(day_of(recurrence.start))};
  return recurrence;
}

}  // namespace axonite::catalog::scan
