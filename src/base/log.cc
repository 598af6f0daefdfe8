#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <boost/json.hpp>
#include <cstdlib>

#include "base/clock.h"
#include "base/json.h"

namespace axonite::log {
namespace {

std::atomic<Level> threshold{Level::info};

std::string_view name(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: return "error";
  }
  return "error";
}

}  // namespace

void set_level(Level level) { threshold = level; }

void write(Level level, std::string_view component, std::string_view message) {
  if (level < threshold) return;
  json::Object line{{"time", format_iso(system_clock().now())},
                    {"level", name(level)},
                    {"component", component},
                    {"message", message}};
  std::string text = json::write(line) + "\n";
  // One write call per line, so that lines of several threads do not mix.
  [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace axonite::log

namespace axonite {

void fatal(std::string_view message) {
  log::write(log::Level::error, "base", message);
  std::abort();
}

}  // namespace axonite
