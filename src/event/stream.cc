#include "event/stream.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <limits>
#include <mutex>

#include "base/log.h"
#include "store/database.h"

namespace axonite::event {
namespace {

constexpr std::array<std::string_view, 1> kMigrations = {R"(
CREATE TABLE event(
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  time_ns INTEGER NOT NULL,
  category TEXT NOT NULL,
  correlation_id TEXT NOT NULL,
  body TEXT NOT NULL,
  key TEXT);
CREATE INDEX event_category ON event(category, sequence);
CREATE UNIQUE INDEX event_key ON event(key) WHERE key IS NOT NULL)"};

// The oldest go in portions, so that no single append pays for many.
constexpr std::uint64_t kTrimEvery = 256;

Event read_event(store::Statement& row) {
  return {.sequence = static_cast<std::uint64_t>(row.integer(0)),
          .time = from_unix_nanoseconds(row.integer(1)),
          .category = std::string(row.text(2)),
          .correlation_id = std::string(row.text(3)),
          .body = std::string(row.text(4)),
          .key = std::string(row.text(5))};
}

class DurableStream : public Stream {
 public:
  DurableStream(Clock& clock, std::size_t events_max, std::uint64_t last, std::unique_ptr<store::Database> database)
      : clock_(clock), events_max_(events_max), last_(last), database_(std::move(database)) {}

  Result<std::uint64_t> append(Event event) override {
    std::uint64_t sequence = 0;
    CHECK_OK(database_->write([&](store::Connection& c) -> Result<void> {
      TRY(sequence, insert(c, event));
      return ok();
    }));
    announce(sequence);
    return sequence;
  }

  void append_async(Event event) override {
    if (event.time == Time{}) event.time = clock_.now();
    auto sequence = std::make_shared<std::uint64_t>(0);
    database_->write_async(
        [this, event = std::move(event), sequence](store::Connection& c) -> Result<void> {
          TRY(*sequence, insert(c, event));
          return ok();
        },
        [this, sequence](Result<void> outcome) {
          if (outcome) return announce(*sequence);
          // One line per thousand: a full queue must not flood the log as well.
          if (dropped_.fetch_add(1) % 1000 == 0) log::warning("event", "events are dropped: " + outcome.error().code);
        });
  }

  Result<std::vector<Event>> read_after(std::uint64_t sequence, std::size_t count_max,
                                        std::string_view category) const override {
    std::vector<Event> events;
    auto keep = [&](store::Statement& row) { events.push_back(read_event(row)); };
    CHECK_OK(database_->read([&](store::Connection& c) -> Result<void> {
      if (category.empty())
        return c.each(
            "SELECT sequence, time_ns, category, correlation_id, body, key FROM event "
            "WHERE sequence > ?1 ORDER BY sequence LIMIT ?2",
            keep, sequence, count_max);
      return c.each(
          "SELECT sequence, time_ns, category, correlation_id, body, key FROM event "
          "WHERE category = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3",
          keep, category, sequence, count_max);
    }));
    return events;
  }

  Result<std::vector<Event>> read_before(std::uint64_t sequence, std::size_t count_max,
                                         std::string_view category) const override {
    std::vector<Event> events;
    std::int64_t before = sequence == 0 ? std::numeric_limits<std::int64_t>::max() : static_cast<std::int64_t>(sequence);
    CHECK_OK(database_->read([&](store::Connection& c) {
      return c.each(
          "SELECT sequence, time_ns, category, correlation_id, body, key FROM event "
          "WHERE category = ?1 AND sequence < ?2 ORDER BY sequence DESC LIMIT ?3",
          [&](store::Statement& row) { events.push_back(read_event(row)); }, category, before, count_max);
    }));
    return events;
  }

  bool wait_after(std::uint64_t sequence, std::stop_token stop) const override {
    std::unique_lock lock(mutex_);
    return arrived_.wait(lock, stop, [&] { return last_ > sequence; });
  }

 private:
  Result<std::uint64_t> insert(store::Connection& c, const Event& event) {
    auto number = [](store::Statement& row) { return static_cast<std::uint64_t>(row.integer(0)); };
    if (!event.key.empty()) {
      TRY(auto there, c.first("SELECT sequence FROM event WHERE key = ?1", number, event.key));
      if (there) return *there;
    }
    std::int64_t time = to_unix_nanoseconds(event.time == Time{} ? clock_.now() : event.time);
    std::optional<std::string> key = event.key.empty() ? std::nullopt : std::optional(event.key);
    TRY(auto sequence, c.first("INSERT INTO event(time_ns, category, correlation_id, body, key) "
                               "VALUES(?1, ?2, ?3, ?4, ?5) RETURNING sequence",
                               number, time, event.category, event.correlation_id, event.body, key));
    if (!sequence) return std::unexpected(internal("an inserted event has no sequence"));
    if (*sequence % kTrimEvery == 0 && *sequence > events_max_)
      CHECK_OK(c.execute("DELETE FROM event WHERE sequence <= ?1", *sequence - events_max_));
    return *sequence;
  }

  void announce(std::uint64_t sequence) {
    {
      std::lock_guard lock(mutex_);
      last_ = std::max(last_, sequence);
    }
    arrived_.notify_all();
  }

  Clock& clock_;
  const std::size_t events_max_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any arrived_;
  std::uint64_t last_;
  std::atomic<std::uint64_t> dropped_ = 0;
  std::unique_ptr<store::Database> database_;  // last: its thread calls back into the members above
};

}  // namespace

Result<std::unique_ptr<Stream>> Stream::open(const std::filesystem::path& file, Clock& clock, std::size_t events_max) {
  TRY(auto database, store::Database::open(file, kMigrations));
  TRY(auto last, store::read<std::uint64_t>(*database, [](store::Connection& c) -> Result<std::uint64_t> {
        TRY(auto found, c.first("SELECT coalesce(max(sequence), 0) FROM event",
                                [](store::Statement& row) { return static_cast<std::uint64_t>(row.integer(0)); }));
        return found.value_or(0);
      }));
  return std::make_unique<DurableStream>(clock, events_max, last, std::move(database));
}

}  // namespace axonite::event
