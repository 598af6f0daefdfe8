#include "pipeline/triggers/recurrence.h"

#include <algorithm>
#include <boost/json.hpp>
#include <limits>

#include "base/text.h"
#include "expression/date_time.h"
#include "pipeline/model_json.h"

namespace axonite::pipeline::triggers {
namespace {

using namespace definition;
using expression::DateTime;
using expression::kTicksPerDay;
using expression::kTicksPerHour;
using expression::kTicksPerMinute;

constexpr int kIntervalMax = 1000;
constexpr std::string_view kWeekDays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::int64_t kUnixEpochTicks = 719'162 * kTicksPerDay;
constexpr int kPeriodsMax = 200'000;  // tried before a schedule counts as one that never comes

// Ticks reach the year 9999, a Time only 2262: what lies further is the last that it holds.
constexpr std::int64_t kTimeTicksMax = std::numeric_limits<std::int64_t>::max() / 100;
Time from_utc_ticks(std::int64_t ticks) {
  return Time(std::chrono::nanoseconds(std::clamp(ticks - kUnixEpochTicks, -kTimeTicksMax, kTimeTicksMax) * 100));
}
std::int64_t to_utc_ticks(Time time) { return to_unix_nanoseconds(time) / 100 + kUnixEpochTicks; }

Time instant_of(std::int64_t local_ticks, const std::string& zone) {
  auto utc = expression::to_utc({local_ticks, DateTime::Kind::unspecified}, zone);
  if (!utc) utc = expression::to_utc({local_ticks + kTicksPerHour, DateTime::Kind::unspecified}, zone);
  return from_utc_ticks(utc ? utc->ticks : local_ticks);
}

std::int64_t local_of(Time time, const std::string& zone) {
  auto local = expression::from_utc({to_utc_ticks(time), DateTime::Kind::utc}, zone);
  return local ? local->ticks : to_utc_ticks(time);
}

Result<int> week_day(const json::Value& value, const std::string& path) {
  for (int i = 0; value.is_string() && i < 7; ++i)
    if (text::equals_ignoring_case(kWeekDays[i], std::string_view(value.get_string()))) return i;
  return std::unexpected(wrong(path, "must be a day of the week"));
}

Result<std::vector<int>> numbers(const json::Value& schedule, std::string_view key, const std::string& path, int from, int to) {
  std::vector<int> found;
  TRY(const json::Array* array, optional_array(schedule, key, path));
  for (std::size_t i = 0; array && i < array->size(); ++i) {
    const json::Value& value = (*array)[i];
    if (!value.is_int64() || value.get_int64() < from || value.get_int64() > to)
      return std::unexpected(wrong(at(at(path, key), i), "must lie between " + std::to_string(from) + " and " + std::to_string(to)));
    found.push_back(static_cast<int>(value.get_int64()));
  }
  std::sort(found.begin(), found.end());
  return found;
}

Result<void> read_schedule(Recurrence& recurrence, const json::Value& schedule, const std::string& path) {
  TRY(recurrence.minutes, numbers(schedule, "minutes", path, 0, 59));
  TRY(recurrence.hours, numbers(schedule, "hours", path, 0, 23));
  TRY(recurrence.month_days, numbers(schedule, "monthDays", path, -31, 31));
  if (std::ranges::find(recurrence.month_days, 0) != recurrence.month_days.end())
    return std::unexpected(wrong(at(path, "monthDays"), "must not hold 0"));
  TRY(const json::Array* days, optional_array(schedule, "weekDays", path));
  for (std::size_t i = 0; days && i < days->size(); ++i) {
    TRY(int day, week_day((*days)[i], at(at(path, "weekDays"), i)));
    recurrence.week_days.push_back(day);
  }
  std::sort(recurrence.week_days.begin(), recurrence.week_days.end());
  TRY(const json::Array* monthly, optional_array(schedule, "monthlyOccurrences", path));
  for (std::size_t i = 0; monthly && i < monthly->size(); ++i) {
    std::string item = at(at(path, "monthlyOccurrences"), i);
    const json::Value* day = member((*monthly)[i], "day");
    if (!day) return std::unexpected(wrong(at(item, "day"), "is required"));
    TRY(int number, week_day(*day, at(item, "day")));
    TRY(auto occurrence, optional_integer((*monthly)[i], "occurrence", item));
    if (!occurrence || *occurrence == 0 || *occurrence < -5 || *occurrence > 5)
      return std::unexpected(wrong(at(item, "occurrence"), "must lie between -5 and 5 and not be 0"));
    recurrence.monthly.push_back({number, static_cast<int>(*occurrence)});
  }
  return ok();
}

bool holds(const std::vector<int>& values, int value) { return std::ranges::find(values, value) != values.end(); }

// The month of `ticks`, moved by `months`: the ticks of its first day.
std::int64_t month_start(std::int64_t ticks, std::int64_t months) {
  auto fields = expression::date_fields(ticks);
  auto first = expression::make_ticks(fields.year, fields.month, 1, 0, 0, 0);
  auto moved = expression::add_months({first.value_or(0), DateTime::Kind::unspecified}, months);
  return moved ? moved->ticks : expression::kTicksMax;
}

std::vector<std::int64_t> days_of_month(const Recurrence& recurrence, std::int64_t first) {
  auto fields = expression::date_fields(first);
  int length = expression::days_in_month(fields.year, fields.month);
  std::vector<int> found;
  for (int day : recurrence.month_days) found.push_back(day > 0 ? day : length + 1 + day);
  for (auto [week_day, occurrence] : recurrence.monthly) {
    int first_of_kind = 1 + (week_day - fields.day_of_week + 7) % 7;
    int count = (length - first_of_kind) / 7 + 1;
    int index = occurrence > 0 ? occurrence - 1 : count + occurrence;
    if (index >= 0 && index < count) found.push_back(first_of_kind + 7 * index);
  }
  if (recurrence.month_days.empty() && recurrence.monthly.empty()) {
    if (recurrence.week_days.empty()) found.push_back(expression::date_fields(recurrence.start_ticks).day);
    for (int day = 1; day <= length && !recurrence.week_days.empty(); ++day)
      if (holds(recurrence.week_days, (fields.day_of_week + day - 1) % 7)) found.push_back(day);
  }
  std::vector<std::int64_t> days;
  for (int day : found)
    if (day >= 1 && day <= length) days.push_back(first + (day - 1) * kTicksPerDay);
  return days;
}

bool day_fits(const Recurrence& recurrence, std::int64_t day) {
  auto fields = expression::date_fields(day);
  int length = expression::days_in_month(fields.year, fields.month);
  if (!recurrence.week_days.empty() && !holds(recurrence.week_days, fields.day_of_week)) return false;
  return recurrence.month_days.empty() || holds(recurrence.month_days, fields.day) || holds(recurrence.month_days, fields.day - length - 1);
}

std::vector<std::int64_t> days_of_period(const Recurrence& recurrence, std::int64_t period) {
  std::int64_t start_day = recurrence.start_ticks / kTicksPerDay * kTicksPerDay;
  std::int64_t step = period * recurrence.interval;
  if (recurrence.frequency == Frequency::month) return days_of_month(recurrence, month_start(start_day, step));
  if (recurrence.frequency == Frequency::day) {
    std::int64_t day = start_day + step * kTicksPerDay;
    return day_fits(recurrence, day) ? std::vector{day} : std::vector<std::int64_t>{};
  }
  int start_week_day = expression::date_fields(start_day).day_of_week;
  std::int64_t sunday = start_day + (step * 7 - start_week_day) * kTicksPerDay;
  if (recurrence.week_days.empty()) return {sunday + start_week_day * kTicksPerDay};
  std::vector<std::int64_t> days;
  for (int day : recurrence.week_days) days.push_back(sunday + day * kTicksPerDay);
  return days;
}

// The wall-clock times of one period, in order.
std::vector<std::int64_t> times_of_period(const Recurrence& recurrence, std::int64_t period) {
  auto start = expression::date_fields(recurrence.start_ticks);
  std::vector<int> minutes = recurrence.minutes.empty() ? std::vector{start.minute} : recurrence.minutes;
  std::int64_t seconds = start.second * expression::kTicksPerSecond;
  std::vector<std::int64_t> times;
  if (recurrence.frequency == Frequency::minute || recurrence.frequency == Frequency::hour) {
    bool hourly = recurrence.frequency == Frequency::hour;
    std::int64_t unit = hourly ? kTicksPerHour : kTicksPerMinute;
    std::int64_t at = recurrence.start_ticks / unit * unit + period * recurrence.interval * unit;
    auto fields = expression::date_fields(at);
    if (!day_fits(recurrence, at) || (!recurrence.hours.empty() && !holds(recurrence.hours, fields.hour))) return times;
    if (hourly)
      for (int minute : minutes) times.push_back(at + minute * kTicksPerMinute + seconds);
    else if (recurrence.minutes.empty() || holds(recurrence.minutes, fields.minute)) times.push_back(at + seconds);
    return times;
  }
  std::vector<int> hours = recurrence.hours.empty() ? std::vector{start.hour} : recurrence.hours;
  for (std::int64_t day : days_of_period(recurrence, period))
    for (int hour : hours)
      for (int minute : minutes) times.push_back(day + hour * kTicksPerHour + minute * kTicksPerMinute + seconds);
  std::sort(times.begin(), times.end());
  return times;
}

// A period that begins at or before `after`, close to it.
std::int64_t period_before(const Recurrence& recurrence, std::int64_t after) {
  std::int64_t passed = after - recurrence.start_ticks;
  if (passed <= 0) return 0;
  std::int64_t unit = 0;
  switch (recurrence.frequency) {
    case Frequency::minute: unit = kTicksPerMinute; break;
    case Frequency::hour: unit = kTicksPerHour; break;
    case Frequency::day: unit = kTicksPerDay; break;
    case Frequency::week: unit = 7 * kTicksPerDay; break;
    case Frequency::month: unit = 31 * kTicksPerDay; break;
  }
  return std::max<std::int64_t>(0, passed / (unit * recurrence.interval) - 2);
}

}  // namespace

Result<Frequency> parse_frequency(std::string_view text, const std::string& path) {
  constexpr std::pair<std::string_view, Frequency> kFrequencies[] = {
      {"Minute", Frequency::minute}, {"Hour", Frequency::hour}, {"Day", Frequency::day}, {"Week", Frequency::week}, {"Month", Frequency::month}};
  for (auto [name, frequency] : kFrequencies)
    if (text::equals_ignoring_case(name, text)) return frequency;
  if (text::equals_ignoring_case(text, "Year"))
    return std::unexpected(unsupported("UnsupportedFrequency", "The frequency 'Year' is not supported; use Month with interval 12."));
  return std::unexpected(wrong(path, "must be Minute, Hour, Day, Week or Month"));
}

Result<Recurrence> parse_recurrence(const json::Value& value, const std::string& path) {
  Recurrence recurrence;
  TRY(std::string frequency, string(value, "frequency", path));
  TRY(recurrence.frequency, parse_frequency(frequency, at(path, "frequency")));
  TRY(auto interval, optional_integer(value, "interval", path));
  if (interval && (*interval < 1 || *interval > kIntervalMax)) return std::unexpected(wrong(at(path, "interval"), "must lie between 1 and 1000"));
  recurrence.interval = static_cast<int>(interval.value_or(1));
  TRY(auto zone, optional_string(value, "timeZone", path));
  recurrence.zone = zone.value_or("UTC");
  if (auto known = expression::from_utc({kUnixEpochTicks, DateTime::Kind::utc}, recurrence.zone); !known)
    return std::unexpected(wrong(at(path, "timeZone"), "names no time zone: " + recurrence.zone));
  TRY(std::string start, string(value, "startTime", path));
  auto parsed = expression::parse_date(start, {});
  if (!parsed) return std::unexpected(wrong(at(path, "startTime"), "must be a date and time"));
  // With an offset it is an instant, without one the wall clock of the zone.
  recurrence.start_ticks = parsed->kind == DateTime::Kind::unspecified ? parsed->ticks : local_of(from_utc_ticks(parsed->ticks), recurrence.zone);
  TRY(auto end, optional_string(value, "endTime", path));
  if (end) {
    auto ends = expression::parse_date(*end, {});
    if (!ends) return std::unexpected(wrong(at(path, "endTime"), "must be a date and time"));
    recurrence.end = ends->kind == DateTime::Kind::unspecified ? instant_of(ends->ticks, recurrence.zone) : from_utc_ticks(ends->ticks);
  }
  TRY(const json::Value* schedule, optional_object(value, "schedule", path));
  if (schedule) CHECK_OK(read_schedule(recurrence, *schedule, at(path, "schedule")));
  return recurrence;
}

std::optional<Time> next_occurrence(const Recurrence& recurrence, Time after) {
  Time start = instant_of(recurrence.start_ticks, recurrence.zone);
  std::int64_t period = period_before(recurrence, local_of(after, recurrence.zone));
  for (int tried = 0; tried < kPeriodsMax; ++tried, ++period)
    for (std::int64_t local : times_of_period(recurrence, period)) {
      if (local - kUnixEpochTicks >= kTimeTicksMax) return std::nullopt;
      Time time = instant_of(local, recurrence.zone);
      if (recurrence.end && time > *recurrence.end) return std::nullopt;
      if (time > after && time >= start) return time;
    }
  return std::nullopt;
}

}  // namespace axonite::pipeline::triggers
