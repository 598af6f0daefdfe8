#include "resource/outbox.h"

#include "base/id.h"
#include "base/log.h"
#include "event/administrative.h"

namespace axonite::resource {
namespace {

std::string_view sub_status(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::created: return "Created";
    case ChangeKind::updated: return "OK";
    case ChangeKind::removed: return "NoContent";
  }
  return "";
}

constexpr std::size_t kPortion = 256;

}  // namespace

Result<void> Outbox::add(store::Connection& connection, const ResourceId& id, ChangeKind kind, const Author& author,
                         Time now) {
  if (author.operation.empty()) return ok();
  std::string key = new_uuid();
  event::Administrative change{.id = key,
                               .time = now,
                               .caller = author.principal.name.empty() ? author.principal.object_id : author.principal.name,
                               .caller_object_id = author.principal.object_id,
                               .operation = author.operation,
                               .resource_id = id.text(),
                               .resource_type = id.type(),
                               .resource_group = std::string(id.resource_group()),
                               .subscription = std::string(id.subscription()),
                               .sub_status = std::string(sub_status(kind)),
                               .correlation_id = author.correlation_id};
  // A transaction of its own for this would cost every change one more fsync.
  CHECK_OK(connection.execute("DELETE FROM outbox WHERE number <= ?1", handed_over_.load()));
  return connection.execute("INSERT INTO outbox(time_ns, correlation_id, key, body) VALUES(?1, ?2, ?3, ?4)",
                            to_unix_nanoseconds(now), author.correlation_id, key, event::write_body(change));
}

void Outbox::drain() {
  std::lock_guard lock(draining_);
  std::int64_t last = 0;
  std::vector<event::Event> waiting;
  auto outcome = database_.read([&](store::Connection& c) {
    return c.each("SELECT number, time_ns, correlation_id, key, body FROM outbox WHERE number > ?1 ORDER BY number LIMIT ?2",
                  [&](store::Statement& row) {
                    last = row.integer(0);
                    waiting.push_back({.time = from_unix_nanoseconds(row.integer(1)),
                                       .category = "administrative",
                                       .correlation_id = std::string(row.text(2)),
                                       .body = std::string(row.text(4)),
                                       .key = std::string(row.text(3))});
                  },
                  handed_over_.load(), kPortion);
  });
  for (event::Event& event : waiting) {
    if (!outcome) break;
    if (auto appended = events_.append(std::move(event)); !appended)
      outcome = std::unexpected(std::move(appended.error()));
  }
  if (!outcome) return log::warning("resource", "the event stream does not take events: " + outcome.error().code);
  // Not noted on disk: after a crash the rows are only repeated, and the key makes the repetition harmless.
  if (last != 0) handed_over_ = last;
}

}  // namespace axonite::resource
