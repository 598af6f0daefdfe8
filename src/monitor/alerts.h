#pragma once
// Follows the event stream, fires the rules that match and delivers to their webhooks. Its place in the stream and
// what is still to be delivered are durable (monitor.db): a restart neither skips an event nor forgets a delivery; a
// crash between a delivery and its note repeats that one delivery.
#include <filesystem>
#include <memory>

#include "base/clock.h"
#include "event/stream.h"
#include "http/client.h"
#include "monitor/alert_rule.h"

namespace axonite::monitor {

// Where rules live; implemented over the document store by who owns it.
class AlertRules {
 public:
  virtual ~AlertRules() = default;
  virtual Result<std::vector<AlertRule>> rules() const = 0;
  // not_found when the group is gone: the action is then skipped.
  virtual Result<ActionGroup> action_group(std::string_view id) const = 0;
};

// Loopback and public addresses yes, link-local ones (metadata services of clouds) no, by name or by number.
bool may_deliver_to(std::string_view host);

class Alerts {
 public:
  struct Options {
    std::chrono::milliseconds request_time_max{10'000};
    // The pauses before each further attempt; after the last one the delivery is given up and logged.
    std::vector<std::chrono::milliseconds> retry_after{std::chrono::seconds(1), std::chrono::seconds(5), std::chrono::seconds(20),
                                                       std::chrono::seconds(60)};
    std::size_t waiting_max = 10'000;  // deliveries; past it the oldest are given up
  };
  // Starts at the stream's end on a new file. Works on a thread of its own until destroyed.
  static Result<std::unique_ptr<Alerts>> start(const std::filesystem::path& file, const event::Stream& events, const AlertRules& rules,
                                               http::Transport& transport, Clock& clock, Options options);
  virtual ~Alerts() = default;
  // Waits until every event up to `sequence` is looked at and nothing waits for delivery; for tests. False on timeout.
  virtual bool settle(std::uint64_t sequence, std::chrono::milliseconds limit) const = 0;
};

}  // namespace axonite::monitor
