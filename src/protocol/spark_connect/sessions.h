#pragma once
// The sessions of all callers. A session is found by (principal, session id): the id alone, which a client chooses, opens
// nobody else's session.
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "protocol/spark_connect/errors.h"
#include "protocol/spark_connect/execution.h"

namespace axonite::protocol::spark_connect {

struct OpenedSession {
  std::string id, server_side_id;
  std::shared_ptr<spark::Session> spark;
  KeptErrors errors;
  std::mutex mutex;  // guards executions
  std::map<std::string, std::shared_ptr<Execution>> executions;

  ~OpenedSession();
  // INVALID_HANDLE.OPERATION_ALREADY_EXISTS, throttled over the bound.
  Result<std::shared_ptr<Execution>> add(const std::string& operation_id, std::set<std::string> tags, const Limits& limits);
  std::shared_ptr<Execution> find(const std::string& operation_id);
  void remove(const std::string& operation_id);
  // Ends executions that no stream has read for so long.
  void drop_detached(Time before);
};

class Sessions {
 public:
  Sessions(Limits limits, Server::OpenSession open, Clock& clock) : limits_(limits), open_(std::move(open)), clock_(clock) {}
  // The session, opened when new. `observed` is the server-side id that the client knows, or empty.
  // Errors: INVALID_HANDLE.FORMAT, .SESSION_CHANGED, .SESSION_NOT_FOUND (was idle too long), .SESSION_CLOSED (was released).
  Result<std::shared_ptr<OpenedSession>> get(const identity::Principal& principal, const std::string& user, const std::string& id,
                                             const std::string& observed);
  std::string release(const identity::Principal& principal, const std::string& id);
  Clock& clock() { return clock_; }
  void clear();

 private:
  struct Slot {
    std::shared_ptr<OpenedSession> session;
    Time used{};
  };
  Result<std::shared_ptr<OpenedSession>> find(const std::string& key, const std::string& id, const std::string& observed);
  // What is idle too long leaves the map; it ends where the caller drops it, outside the lock.
  std::vector<std::shared_ptr<OpenedSession>> idle();

  Limits limits_;
  Server::OpenSession open_;
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Slot> slots_;  // by principal and id
  std::deque<std::string> closed_;     // the last released ones
};

// "[INVALID_HANDLE.x] The handle … is invalid. …"
Error invalid_handle(std::string_view reason, const std::string& handle, std::string_view text);

}  // namespace axonite::protocol::spark_connect
