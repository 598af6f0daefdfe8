#pragma once
// One line of JSON per event on standard error. Callers format with fmt; secrets cannot be formatted.
#include <string_view>

namespace axonite::log {

enum class Level { debug, info, warning, error };

// Lines below this level are dropped. Default: info.
void set_level(Level level);
// `component` is the room: "lake", "service/key_vault".
void write(Level level, std::string_view component, std::string_view message);

inline void info(std::string_view component, std::string_view message) { write(Level::info, component, message); }
inline void warning(std::string_view component, std::string_view message) { write(Level::warning, component, message); }
inline void error(std::string_view component, std::string_view message) { write(Level::error, component, message); }

}  // namespace axonite::log

namespace axonite {
// A broken invariant where data is written: says so and stops the process, whose restart replays.
[[noreturn]] void fatal(std::string_view message);
}  // namespace axonite
