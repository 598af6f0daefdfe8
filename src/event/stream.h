#pragma once
// The durable stream everybody may append to: control-plane writes, calls between services, lineage reports, run
// states. Readers (activity log, alert rules, catalog) follow it by sequence number and remember their own place.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace axonite::event {

struct Event {
  std::uint64_t sequence = 0;  // given by the stream; strictly increasing
  Time time{};                 // given by the stream when left zero
  std::string category;        // "administrative", "call", "lineage", "run", "login", …
  std::string correlation_id;  // one user-visible operation over all services
  std::string body;            // JSON; its shape belongs to the category and is documented by who appends it
  // Non-empty: an event with the same key that is still kept is not appended again (append answers its sequence).
  // For who must retry after a crash without knowing whether the first try arrived.
  std::string key;
};

class Stream {
 public:
  // Keeps at most `events_max` events; the oldest go first.
  static Result<std::unique_ptr<Stream>> open(const std::filesystem::path& file, Clock& clock,
                                              std::size_t events_max = 1'000'000);
  virtual ~Stream() = default;

  // Returns once the event is durable; the sequence number it got.
  virtual Result<std::uint64_t> append(Event event) = 0;
  // Queues the event and returns at once; it becomes durable in order with the others, or is lost in a crash.
  // For high-rate records of which the last few may be missing (calls, metrics).
  virtual void append_async(Event event) = 0;
  // Events after `sequence`, oldest first, of one category or of all when empty.
  virtual Result<std::vector<Event>> read_after(std::uint64_t sequence, std::size_t count_max,
                                                std::string_view category = {}) const = 0;
  // Events of one category before `sequence` (0 = from the newest), newest first.
  virtual Result<std::vector<Event>> read_before(std::uint64_t sequence, std::size_t count_max,
                                                 std::string_view category) const = 0;
  // Blocks until there is an event after `sequence`, or stop; false on stop.
  virtual bool wait_after(std::uint64_t sequence, std::stop_token stop) const = 0;
};

}  // namespace axonite::event
