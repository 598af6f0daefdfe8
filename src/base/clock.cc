#include "base/clock.h"

#include <date/date.h>
#include <fmt/format.h>

#include <condition_variable>
#include <mutex>

namespace axonite {
namespace {

class SystemClock : public Clock {
 public:
  Time now() const override { return std::chrono::system_clock::now(); }
  bool wait_until(Time time, std::stop_token stop) override {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_until(lock, stop, std::chrono::time_point_cast<std::chrono::system_clock::duration>(time),
                    [] { return false; });
    return !stop.stop_requested();
  }
};

struct Civil {
  date::year_month_day day;
  date::hh_mm_ss<std::chrono::nanoseconds> time;
};

Civil civil(Time time) {
  auto day = date::floor<date::days>(time);
  return {date::year_month_day(day), date::make_time(std::chrono::nanoseconds(time - day))};
}

// Takes `count` digits off the front of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

// ".1234567" and longer; what is finer than nanoseconds is cut.
std::optional<std::chrono::nanoseconds> take_fraction(std::string_view& text) {
  if (!take(text, ".")) return std::chrono::nanoseconds(0);
  std::int64_t value = 0;
  int digits = 0;
  while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
    if (digits < 9) value = value * 10 + (text[0] - '0');
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 9; ++digits) value *= 10;
  return std::chrono::nanoseconds(value);
}

// "Z", "+02:00", "-0530" or nothing, which is UTC.
std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (text.empty() || take(text, "Z") || take(text, "z")) return std::chrono::minutes(0);
  int sign = take(text, "+") ? 1 : take(text, "-") ? -1 : 0;
  auto hours = take_digits(text, 2);
  take(text, ":");
  auto minutes = take_digits(text, 2);
  if (sign == 0 || !hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return std::chrono::minutes(sign * (*hours * 60 + *minutes));
}

std::optional<std::chrono::seconds> take_time_of_day(std::string_view& text) {
  auto hour = take_digits(text, 2);
  bool colon = take(text, ":");
  auto minute = take_digits(text, 2);
  colon &= take(text, ":");
  auto second = take_digits(text, 2);
  if (!colon || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return std::chrono::seconds(*hour * 3600 + *minute * 60 + *second);
}

std::optional<Time> at(int year, unsigned month, unsigned day, std::chrono::nanoseconds time_of_day) {
  date::year_month_day civil_day{date::year(year), date::month(month), date::day(day)};
  // Nanoseconds since 1970 in 64 bits reach from 1678 to 2261.
  if (!civil_day.ok() || year < 1678 || year > 2261) return std::nullopt;
  return Time(date::sys_days(civil_day).time_since_epoch() + time_of_day);
}

constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

struct VirtualClock::State {
  mutable std::mutex mutex;
  std::condition_variable_any moved;
  Time now;
};

VirtualClock::VirtualClock(Time start) : state_(std::make_unique<State>()) { state_->now = start; }
VirtualClock::~VirtualClock() = default;

Time VirtualClock::now() const {
  std::lock_guard lock(state_->mutex);
  return state_->now;
}

bool VirtualClock::wait_until(Time time, std::stop_token stop) {
  std::unique_lock lock(state_->mutex);
  return state_->moved.wait(lock, stop, [&] { return state_->now >= time; });
}

void VirtualClock::advance(std::chrono::nanoseconds by) {
  {
    std::lock_guard lock(state_->mutex);
    state_->now += by;
  }
  state_->moved.notify_all();
}

std::string format_iso(Time time) {
  auto [day, clock] = civil(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}Z", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count() / 100);
}

std::string format_iso_seconds(Time time) {
  auto [day, clock] = civil(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

// Several stand in every answer of storage, so without a format string.
std::string format_http_date(Time time) {
  auto [day, clock] = civil(time);
  std::string out = "Thu, 01 Jan 1970 00:00:00 GMT";
  auto two = [&](std::size_t at, int number) {
    out[at] = static_cast<char>('0' + number / 10 % 10);
    out[at + 1] = static_cast<char>('0' + number % 10);
  };
  out.replace(0, 3, kDays[date::weekday(date::sys_days(day)).c_encoding()]);
  out.replace(8, 3, kMonths[static_cast<unsigned>(day.month()) - 1]);
  two(5, static_cast<int>(static_cast<unsigned>(day.day())));
  two(12, static_cast<int>(day.year()) / 100);
  two(14, static_cast<int>(day.year()) % 100);
  two(17, static_cast<int>(clock.hours().count()));
  two(20, static_cast<int>(clock.minutes().count()));
  two(23, static_cast<int>(clock.seconds().count()));
  return out;
}

std::optional<Time> parse_iso(std::string_view text) {
  auto year = take_digits(text, 4);
  bool dashes = take(text, "-");
  auto month = take_digits(text, 2);
  dashes &= take(text, "-");
  auto day = take_digits(text, 2);
  if (!dashes || !year || !month || !day || !(take(text, "T") || take(text, "t"))) return std::nullopt;
  auto time_of_day = take_time_of_day(text);
  auto fraction = take_fraction(text);
  auto offset = take_offset(text);
  if (!time_of_day || !fraction || !offset || !text.empty()) return std::nullopt;
  return at(*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day), *time_of_day + *fraction - *offset);
}

std::optional<Time> parse_http_date(std::string_view text) {
  if (text.size() < 5 || text.substr(3, 2) != ", ") return std::nullopt;
  text.remove_prefix(5);  // the weekday says nothing that the date does not
  auto day = take_digits(text, 2);
  if (!day || !take(text, " ")) return std::nullopt;
  unsigned month = 1;
  while (month <= 12 && !take(text, kMonths[month - 1])) ++month;
  if (month > 12 || !take(text, " ")) return std::nullopt;
  auto year = take_digits(text, 4);
  if (!year || !take(text, " ")) return std::nullopt;
  auto time_of_day = take_time_of_day(text);
  if (!time_of_day || text != " GMT") return std::nullopt;
  return at(*year, month, static_cast<unsigned>(*day), *time_of_day);
}

}  // namespace axonite
