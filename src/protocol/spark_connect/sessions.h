#pragma once
// The sessions of all callers. A session is found by (principal, session id): the id alone, which a client chooses, opens
// nobody else's session.
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
};

class Sessions {
 public:
  Sessions(Limits limits, Server::OpenSession open, Clock& clock) : limits_(limits), open_(std::move(open)), clock_(clock) {}
  // The session, opened when new. `observed` is the server-side id that the client knows, or empty.
  // Errors: INVALID_HANDLE.FORMAT, INVALID_HANDLE.SESSION_CHANGED, INVALID_HANDLE.SESSION_NOT_FOUND (was released).
  Result<std::shared_ptr<OpenedSession>> get(const identity::Principal& principal, const std::string& user, const std::string& id,
                                             const std::string& observed);
  std::string release(const identity::Principal& principal, const std::string& id);
  void clear();

 private:
  struct Slot {
    std::shared_ptr<OpenedSession> session;
    Time used{};
  };
  void drop_idle();

  Limits limits_;
  Server::OpenSession open_;
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Slot> slots_;  // by principal and id
};

// "[INVALID_HANDLE.x] The handle … is invalid. …"
Error invalid_handle(std::string_view reason, const std::string& handle, std::string_view text);

}  // namespace axonite::protocol::spark_connect
