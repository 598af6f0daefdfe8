#pragma once
// Time comes in by constructor: a real clock in the server, a virtual one in tests and replays.
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace axonite {

using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  // Blocks until `time` has come or `stop` is requested; true when the time has come.
  virtual bool wait_until(Time time, std::stop_token stop) = 0;
};

// The machine's clock. Never destroyed.
Clock& system_clock();

// Stands still until a test moves it; waiters wake as it passes their time.
class VirtualClock : public Clock {
 public:
  explicit VirtualClock(Time start);
  ~VirtualClock() override;
  Time now() const override;
  bool wait_until(Time time, std::stop_token stop) override;
  void advance(std::chrono::nanoseconds by);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// "2026-11-25T07:16:00.1234567Z": .NET's seven digits, as ARM and Data Factory print times.
std::string format_iso(Time time);
// "2026-11-25T07:16:00Z".
std::string format_iso_seconds(Time time);
// "Wed, 25 Nov 2026 07:16:00 GMT" (RFC 9110 §5.6.7).
std::string format_http_date(Time time);
// Accepts the three above, with any number of fraction digits and numeric offsets.
std::optional<Time> parse_iso(std::string_view text);
std::optional<Time> parse_http_date(std::string_view text);

inline std::int64_t to_unix_seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}
inline std::int64_t to_unix_nanoseconds(Time time) { return time.time_since_epoch().count(); }
inline Time from_unix_nanoseconds(std::int64_t value) { return Time(std::chrono::nanoseconds(value)); }
inline Time from_unix_seconds(std::int64_t value) { return Time(std::chrono::seconds(value)); }

}  // namespace axonite
