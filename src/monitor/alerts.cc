#include "monitor/alerts.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <array>
#include <boost/json.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "event/administrative.h"
#include "store/database.h"

namespace axonite::monitor {
namespace {

constexpr std::array<std::string_view, 1> kMigrations = {R"(
CREATE TABLE place(only INTEGER PRIMARY KEY CHECK(only = 1), sequence INTEGER NOT NULL);
CREATE TABLE delivery(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  rule TEXT NOT NULL,
  url TEXT NOT NULL,
  body TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_ns INTEGER NOT NULL);
CREATE INDEX delivery_next ON delivery(next_ns))"};

constexpr std::size_t kPortion = 100;

bool is_link_local(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    std::uint32_t number = ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr);
    return (number >> 16) == 0xA9FE || number == 0;
  }
  if (address->sa_family != AF_INET6) return true;
  const unsigned char* bytes = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr.s6_addr;
  bool mapped = std::equal(bytes, bytes + 10, std::array<unsigned char, 10>{}.begin()) && bytes[10] == 0xFF && bytes[11] == 0xFF;
  if (mapped) return bytes[12] == 169 && bytes[13] == 254;
  return bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80;
}

// A status that a later attempt may change.
bool is_temporary(int status) { return status == 408 || status == 429 || status >= 500; }

struct Delivery {
  std::int64_t number = 0;
  std::string rule, url, body;
  std::size_t attempts = 0;
  Time next{};
};

class AlertThread : public Alerts {
 public:
  AlertThread(const event::Stream& events, const AlertRules& rules, http::Transport& transport, Clock& clock, Options options, std::uint64_t place,
              std::unique_ptr<store::Database> database)
      : events_(events), rules_(rules), transport_(transport), clock_(clock), options_(std::move(options)), place_(place), database_(std::move(database)),
        follower_([this](std::stop_token stop) { follow(stop); }),
        deliverer_([this](std::stop_token stop) { deliver_all(stop); }) {}

  bool settle(std::uint64_t sequence, std::chrono::milliseconds limit) const override {
    std::unique_lock lock(mutex_);
    return settled_.wait_for(lock, limit, [&] { return place_ >= sequence && empty_at_ == added_; });
  }

 private:
  void follow(std::stop_token stop) {
    while (!stop.stop_requested() && events_.wait_after(place_, stop)) {
      auto portion = events_.read_after(place_, kPortion);
      if (!portion || portion->empty()) {
        clock_.wait_until(clock_.now() + std::chrono::seconds(1), stop);
        continue;
      }
      auto outcome = look_at(*portion);
      if (outcome) continue;
      log::error("monitor", "alerts cannot go on: " + outcome.error().code + " " + outcome.error().log);
      clock_.wait_until(clock_.now() + std::chrono::seconds(1), stop);
    }
  }

  // The place moves on in the transaction that stores what the events cause.
  Result<void> look_at(const std::vector<event::Event>& portion) {
    TRY(auto caused, deliveries_of(portion));
    std::uint64_t last = portion.back().sequence;
    std::int64_t now = to_unix_nanoseconds(clock_.now());
    CHECK_OK(database_->write([&](store::Connection& c) -> Result<void> {
      for (const Delivery& delivery : caused)
        CHECK_OK(c.execute("INSERT INTO delivery(rule, url, body, next_ns) VALUES(?1, ?2, ?3, ?4)", delivery.rule, delivery.url, delivery.body, now));
      CHECK_OK(c.execute("DELETE FROM delivery WHERE number IN (SELECT number FROM delivery ORDER BY number DESC LIMIT -1 OFFSET ?1)", options_.waiting_max));
      return c.execute("INSERT INTO place VALUES(1, ?1) ON CONFLICT(only) DO UPDATE SET sequence = excluded.sequence", last);
    }));
    {
      std::lock_guard lock(mutex_);
      place_ = last;
      if (!caused.empty()) ++added_;
    }
    wake_.notify_all();
    settled_.notify_all();
    return ok();
  }

  Result<std::vector<Delivery>> deliveries_of(const std::vector<event::Event>& portion) const {
    std::vector<Delivery> caused;
    std::optional<std::vector<AlertRule>> rules;
    for (const event::Event& event : portion) {
      if (event.category != event::kAdministrative) continue;
      if (!rules) {
        TRY(rules, rules_.rules());
      }
      auto body = json::parse(event.body);
      if (!body) continue;
      for (const AlertRule& rule : *rules)
        if (rule.matches(*body)) add_deliveries(rule, event, *body, caused);
    }
    return caused;
  }

  void add_deliveries(const AlertRule& rule, const event::Event& event, const json::Value& body, std::vector<Delivery>& caused) const {
    for (const AlertRule::Action& action : rule.actions) {
      auto group = rules_.action_group(action.action_group_id);
      if (!group) {
        log::warning("monitor", "the alert rule " + rule.name + " names the action group " + action.action_group_id + ": " + group.error().code);
        continue;
      }
      if (!group->enabled) continue;
      for (const Webhook& webhook : group->webhooks)
        caused.push_back({.rule = rule.name, .url = webhook.url, .body = webhook_body(rule, action, webhook, event, body, clock_.now())});
    }
  }

  void deliver_all(std::stop_token stop) {
    while (!stop.stop_requested()) {
      std::uint64_t seen = added();
      auto next = next_delivery();
      if (!next || !*next) {
        std::unique_lock lock(mutex_);
        if (next) empty_at_ = seen;
        settled_.notify_all();
        wake_.wait_for(lock, stop, std::chrono::seconds(next ? 60 : 1), [&] { return added_ != seen; });
        continue;
      }
      if (clock_.wait_until((*next)->next, stop)) deliver(**next, stop);
    }
  }

  std::uint64_t added() const {
    std::lock_guard lock(mutex_);
    return added_;
  }

  Result<std::optional<Delivery>> next_delivery() const {
    return store::read<std::optional<Delivery>>(*database_, [](store::Connection& c) -> Result<std::optional<Delivery>> {
      return c.first("SELECT number, rule, url, body, attempts, next_ns FROM delivery ORDER BY next_ns LIMIT 1", [](store::Statement& row) {
        return Delivery{.number = row.integer(0), .rule = std::string(row.text(1)), .url = std::string(row.text(2)), .body = std::string(row.text(3)),
                        .attempts = static_cast<std::size_t>(row.integer(4)), .next = from_unix_nanoseconds(row.integer(5))};
      });
    });
  }

  void deliver(const Delivery& delivery, std::stop_token stop) {
    std::string failure = post(delivery, stop);
    if (stop.stop_requested()) return;
    bool again = !failure.empty() && failure != "refused" && delivery.attempts < options_.retry_after.size();
    if (!failure.empty())
      log::warning("monitor", "the webhook of the alert rule " + delivery.rule + " failed (" + failure + (again ? "), to be tried again" : "), given up"));
    auto noted = database_->write([&](store::Connection& c) {
      if (!again) return c.execute("DELETE FROM delivery WHERE number = ?1", delivery.number);
      Time next = clock_.now() + options_.retry_after[delivery.attempts];
      return c.execute("UPDATE delivery SET attempts = attempts + 1, next_ns = ?2 WHERE number = ?1", delivery.number, to_unix_nanoseconds(next));
    });
    if (!noted) clock_.wait_until(clock_.now() + std::chrono::seconds(1), stop);
  }

  // What went wrong; empty when it is delivered. "refused" = another attempt cannot help.
  std::string post(const Delivery& delivery, std::stop_token stop) {
    auto url = http::parse_url(delivery.url);
    if (!url || !may_deliver_to(url->host)) return "refused";
    http::Outgoing outgoing;
    outgoing.method = "POST";
    outgoing.url = delivery.url;
    outgoing.headers.add("Content-Type", "application/json; charset=utf-8");
    outgoing.body = delivery.body;
    outgoing.time_max = options_.request_time_max;
    outgoing.response_bytes_max = 64u << 10;
    auto answer = transport_.send(outgoing, stop);
    if (!answer) return answer.error().code;
    if (answer->status >= 200 && answer->status < 300) return {};
    return is_temporary(answer->status) ? "status " + std::to_string(answer->status) : "refused";
  }

  const event::Stream& events_;
  const AlertRules& rules_;
  http::Transport& transport_;
  Clock& clock_;
  const Options options_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any wake_, settled_;
  std::uint64_t place_;
  // Deliveries are added in steps; the table was seen empty at step empty_at_.
  std::uint64_t added_ = 1, empty_at_ = 0;
  std::unique_ptr<store::Database> database_;
  std::jthread follower_, deliverer_;
};

Result<std::uint64_t> end_of(const event::Stream& events) {
  TRY(auto newest, events.read_before(0, 1, event::kAdministrative));
  return newest.empty() ? 0 : newest.front().sequence;
}

}  // namespace

bool may_deliver_to(std::string_view host) {
  std::string name(host);
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  // A name that does not resolve here may still be known to a proxy.
  if (getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return true;
  bool allowed = true;
  for (const addrinfo* at = found; at; at = at->ai_next) allowed = allowed && !is_link_local(at->ai_addr);
  freeaddrinfo(found);
  return allowed;
}

Result<std::unique_ptr<Alerts>> Alerts::start(const std::filesystem::path& file, const event::Stream& events, const AlertRules& rules,
                                              http::Transport& transport, Clock& clock, Options options) {
  TRY(auto database, store::Database::open(file, kMigrations));
  TRY(auto place, store::read<std::optional<std::uint64_t>>(*database, [](store::Connection& c) -> Result<std::optional<std::uint64_t>> {
        return c.first("SELECT sequence FROM place", [](store::Statement& row) { return static_cast<std::uint64_t>(row.integer(0)); });
      }));
  if (!place) {
    TRY(place, end_of(events));
    CHECK_OK(database->write([&](store::Connection& c) { return c.execute("INSERT INTO place VALUES(1, ?1)", *place); }));
  }
  return std::make_unique<AlertThread>(events, rules, transport, clock, std::move(options), *place, std::move(database));
}

}  // namespace axonite::monitor
