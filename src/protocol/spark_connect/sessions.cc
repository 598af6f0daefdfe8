#include "protocol/spark_connect/sessions.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/id.h"

namespace axonite::protocol::spark_connect {
namespace {

constexpr std::size_t kClosedKept = 1000;

}  // namespace

Error invalid_handle(std::string_view reason, const std::string& handle, std::string_view text) {
  Error error = invalid(fmt::format("INVALID_HANDLE.{}", reason), fmt::format("[INVALID_HANDLE.{}] The handle {} is invalid. {} SQLSTATE: HY000", reason, handle, text));
  error.target = "HY000";
  error.details = {{.code = "handle", .message = handle}};
  return error;
}

OpenedSession::~OpenedSession() {
  for (auto& [id, execution] : executions) execution->cancel();
  executions.clear();  // their threads end before the session they work on
}

Result<std::shared_ptr<Execution>> OpenedSession::add(const std::string& operation_id, std::set<std::string> tags, const Limits& limits) {
  std::lock_guard lock(mutex);
  if (executions.contains(operation_id)) return std::unexpected(invalid_handle("OPERATION_ALREADY_EXISTS", operation_id, "Handle already exists."));
  if (executions.size() >= limits.executions_per_session_max) return std::unexpected(throttled("TOO_MANY_OPERATIONS", "The session has too many operations at once."));
  auto execution = std::make_shared<Execution>(operation_id, std::move(tags), limits.buffered_bytes_max);
  executions[operation_id] = execution;
  return execution;
}

std::shared_ptr<Execution> OpenedSession::find(const std::string& operation_id) {
  std::lock_guard lock(mutex);
  auto at = executions.find(operation_id);
  return at == executions.end() ? nullptr : at->second;
}

void OpenedSession::remove(const std::string& operation_id) {
  std::shared_ptr<Execution> gone;  // ends outside the lock: it waits for a thread
  std::lock_guard lock(mutex);
  auto at = executions.find(operation_id);
  if (at == executions.end()) return;
  gone = std::move(at->second);
  executions.erase(at);
}

void OpenedSession::drop_detached(Time before) {
  std::vector<std::shared_ptr<Execution>> gone;
  std::lock_guard lock(mutex);
  std::erase_if(executions, [&](auto& one) {
    auto since = one.second->detached_since();
    bool drop = since && *since < before;
    if (drop) gone.push_back(one.second);
    return drop;
  });
}

// With the lock held; nullptr: not there and may be opened.
Result<std::shared_ptr<OpenedSession>> Sessions::find(const std::string& key, const std::string& id, const std::string& observed) {
  auto at = slots_.find(key);
  if (at == slots_.end()) {
    if (std::ranges::find(closed_, key) != closed_.end()) return std::unexpected(invalid_handle("SESSION_CLOSED", id, "Session was closed."));
    if (!observed.empty()) return std::unexpected(invalid_handle("SESSION_NOT_FOUND", id, "Session not found."));
    if (slots_.size() >= limits_.sessions_max) return std::unexpected(throttled("TOO_MANY_SESSIONS", "The server has too many Spark sessions."));
    return nullptr;
  }
  if (!observed.empty() && observed != at->second.session->server_side_id) return std::unexpected(invalid_handle("SESSION_CHANGED", id, "The existing Spark server driver instance has restarted. Please reconnect."));
  at->second.used = clock_.now();
  return at->second.session;
}

Result<std::shared_ptr<OpenedSession>> Sessions::get(const identity::Principal& principal, const std::string& user, const std::string& id,
                                                     const std::string& observed) {
  if (!is_uuid(id)) return std::unexpected(invalid_handle("FORMAT", id, "Handle must be an UUID string of the format '00112233-4455-6677-8899-aabbccddeeff'"));
  auto key = principal.object_id + "/" + id;
  {
    std::vector<std::shared_ptr<OpenedSession>> ended;  // outlives the lock
    std::lock_guard lock(mutex_);
    ended = idle();
    TRY(auto found, find(key, id, observed));
    if (found) return found;
  }
  TRY(auto spark, open_({.principal = principal, .user_name = user}));
  auto session = std::make_shared<OpenedSession>();
  session->id = id;
  session->server_side_id = new_uuid();
  session->spark = std::move(spark);
  std::lock_guard lock(mutex_);
  TRY(auto found, find(key, id, observed));  // another call of the same client may have been first
  if (found) return found;
  slots_.emplace(key, Slot{session, clock_.now()});
  return session;
}

std::string Sessions::release(const identity::Principal& principal, const std::string& id) {
  std::shared_ptr<OpenedSession> gone;
  std::lock_guard lock(mutex_);
  auto key = principal.object_id + "/" + id;
  auto at = slots_.find(key);
  if (at == slots_.end()) return {};
  gone = std::move(at->second.session);
  slots_.erase(at);
  closed_.push_back(key);
  if (closed_.size() > kClosedKept) closed_.pop_front();
  return gone->server_side_id;
}

std::vector<std::shared_ptr<OpenedSession>> Sessions::idle() {
  std::vector<std::shared_ptr<OpenedSession>> gone;
  Time now = clock_.now();
  std::erase_if(slots_, [&](auto& slot) {
    auto& session = slot.second.session;
    bool old = slot.second.used < now - limits_.session_idle_max && session.use_count() == 1;
    if (old) gone.push_back(session);
    else session->drop_detached(now - limits_.execution_detached_max);
    return old;
  });
  return gone;
}

void Sessions::clear() {
  std::lock_guard lock(mutex_);
  slots_.clear();
}

}  // namespace axonite::protocol::spark_connect
