#include "tsql/activity.h"

namespace axonite::tsql {
namespace {

constexpr int kFirstSpid = 51, kLastSpid = 32767;  // clients read a spid as 16 bits

// A cut in the middle of a character would be no UTF-8.
std::string beginning(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) --bytes_max;
  return std::string(text.substr(0, bytes_max));
}

}  // namespace

int Activity::enter(SessionActivity session, std::function<void()> kill) {
  std::lock_guard lock(mutex_);
  do {
    session.spid = next_spid_;
    next_spid_ = next_spid_ == kLastSpid ? kFirstSpid : next_spid_ + 1;
  } while (sessions_.contains(session.spid) && sessions_.size() < kLastSpid - kFirstSpid);
  int spid = session.spid;
  sessions_[spid] = {std::move(session), std::move(kill)};
  return spid;
}

void Activity::leave(int spid) {
  std::lock_guard lock(mutex_);
  sessions_.erase(spid);
}

std::uint64_t Activity::begin(int spid, std::string_view command, Time now) {
  std::lock_guard lock(mutex_);
  auto found = sessions_.find(spid);
  if (found == sessions_.end()) return 0;
  std::uint64_t number = next_request_++;
  running_[number] = {.number = number, .spid = spid, .database = found->second.session.database, .command = beginning(command, kCommandMax), .label = {}, .started = now, .ended = {}};
  found->second.session.running = true;
  found->second.session.request = number;
  return number;
}

void Activity::label(std::uint64_t request, std::string_view label) {
  std::lock_guard lock(mutex_);
  if (auto found = running_.find(request); found != running_.end()) found->second.label = beginning(label, 255);
}

void Activity::end(std::uint64_t request, std::string_view status, int error, Time now) {
  std::lock_guard lock(mutex_);
  auto node = running_.extract(request);
  if (node.empty()) return;
  RequestActivity& ended = node.mapped();
  ended.status = status;
  ended.error = error;
  ended.ended = now;
  if (auto found = sessions_.find(ended.spid); found != sessions_.end()) found->second.session.running = false;
  finished_.push_back(std::move(ended));
  if (finished_.size() > kFinishedMax) finished_.pop_front();
}

bool Activity::kill(std::string_view database, int spid) {
  std::lock_guard lock(mutex_);
  auto found = sessions_.find(spid);
  if (found == sessions_.end() || found->second.session.database != database) return false;
  found->second.kill();
  return true;
}

std::vector<SessionActivity> Activity::sessions(std::string_view database) const {
  std::lock_guard lock(mutex_);
  std::vector<SessionActivity> found;
  for (const auto& [spid, entry] : sessions_)
    if (entry.session.database == database) found.push_back(entry.session);
  return found;
}

std::vector<RequestActivity> Activity::requests(std::string_view database) const {
  std::lock_guard lock(mutex_);
  std::vector<RequestActivity> found;
  for (const RequestActivity& request : finished_)
    if (request.database == database) found.push_back(request);
  for (const auto& [number, request] : running_)
    if (request.database == database) found.push_back(request);
  return found;
}

}  // namespace axonite::tsql
