#pragma once
// Events of changes, kept beside the changes until the stream has them: a crash between the two databases neither
// loses nor doubles one.
#include <atomic>
#include <mutex>
#include <string>

#include "event/stream.h"
#include "resource/documents.h"
#include "store/database.h"

namespace axonite::resource {

inline constexpr std::string_view kOutboxSchema =
    "CREATE TABLE outbox(number INTEGER PRIMARY KEY AUTOINCREMENT, time_ns INTEGER NOT NULL, "
    "correlation_id TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL);";

enum class ChangeKind { created, updated, removed };

class Outbox {
 public:
  Outbox(store::Database& database, event::Stream& events) : database_(database), events_(events) {}
  // Inside the change's own transaction, which also drops what has been handed over. Nothing for an author without
  // operation.
  Result<void> add(store::Connection& connection, const ResourceId& id, ChangeKind kind, const Author& author,
                          Time now);
  // Hands over what waits, in order. A stream that fails leaves it for the next call.
  void drain();

 private:
  store::Database& database_;
  event::Stream& events_;
  std::mutex draining_;
  std::atomic<std::int64_t> handed_over_ = 0;  // rows up to here are in the stream
};

}  // namespace axonite::resource
