#include "base/clock.h"

#include <date/date.h>
#include <fmt/format.h>

#include <condition_variable>
#include <mutex>
#include <sstream>

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

std::optional<Time> parse_with(std::string_view text, const char* format) {
  std::istringstream in{std::string(text)};
  Time parsed;
  in >> date::parse(format, parsed);
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) return std::nullopt;
  return parsed;
}

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

std::string format_http_date(Time time) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto [day, clock] = civil(time);
  unsigned weekday = date::weekday(date::sys_days(day)).c_encoding();
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[weekday], static_cast<unsigned>(day.day()),
                     kMonths[static_cast<unsigned>(day.month()) - 1], static_cast<int>(day.year()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::optional<Time> parse_iso(std::string_view text) {
  if (text.ends_with('Z') || text.ends_with('z'))
    return parse_with(std::string(text.substr(0, text.size() - 1)) + "+00:00", "%FT%T%Ez");
  if (auto with_offset = parse_with(text, "%FT%T%Ez")) return with_offset;
  return parse_with(text, "%FT%T");
}

std::optional<Time> parse_http_date(std::string_view text) { return parse_with(text, "%a, %d %b %Y %T GMT"); }

}  // namespace axonite
