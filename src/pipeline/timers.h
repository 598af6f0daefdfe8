#pragma once
// Calls back when times come, by a Clock that may be virtual.
#include <compare>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

#include "base/clock.h"

namespace axonite::pipeline {

class Timers {
 public:
  explicit Timers(Clock& clock) : clock_(clock), thread_([this](std::stop_token stop) { run(stop); }) {}
  // Callbacks run on the timers' thread: short, never blocking.
  struct Id {
    Time due{};
    std::uint64_t number = 0;
    auto operator<=>(const Id&) const = default;
  };
  Id at(Time due, std::function<void()> callback);
  void cancel(const Id& id);

 private:
  void run(std::stop_token stop);

  Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<Id, std::function<void()>> due_;
  std::uint64_t next_number_ = 1;
  std::stop_source earlier_;  // ends the wait for the time that was the first
  std::jthread thread_;       // last: ends first
};

}  // namespace axonite::pipeline
