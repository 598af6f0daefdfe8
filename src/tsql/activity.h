#pragma once
// Who is connected and what ran lately, for sys.dm_exec_sessions, sys.dm_pdw_exec_requests and their kin, and for KILL.
// One for all sessions of a server; safe from any thread.
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace axonite::tsql {

struct SessionActivity {
  int spid = 0;          // its id is "SID52"
  std::string database;  // the engine's key: pools do not see each other
  std::string login, host, application;
  Time connected{};
  std::uint64_t request = 0;  // the running one, or the last
  bool running = false;
};

struct RequestActivity {
  std::uint64_t number = 0;  // of "QID107"
  int spid = 0;
  std::string database;
  std::string command;  // its first characters
  std::string label;    // OPTION (LABEL = '…')
  Time started{};
  std::optional<Time> ended;
  int error = 0;
  std::string_view status = "Running";  // then "Completed", "Failed" or "Cancelled"
};

class Activity {
 public:
  static constexpr std::size_t kFinishedMax = 1000;  // requests that are remembered after their end
  static constexpr std::size_t kCommandMax = 4000;   // bytes of a command

  // `kill` is called from other threads while the session is entered. Returns the spid.
  int enter(SessionActivity session, std::function<void()> kill);
  void leave(int spid);
  std::uint64_t begin(int spid, std::string_view command, Time now);
  void label(std::uint64_t request, std::string_view label);
  void end(std::uint64_t request, std::string_view status, int error, Time now);
  // False when there is no such session in this database.
  bool kill(std::string_view database, int spid);

  std::vector<SessionActivity> sessions(std::string_view database) const;
  std::vector<RequestActivity> requests(std::string_view database) const;

 private:
  struct Entry {
    SessionActivity session;
    std::function<void()> kill;
  };
  mutable std::mutex mutex_;
  int next_spid_ = 51;
  std::uint64_t next_request_ = 1;
  std::map<int, Entry> sessions_;
  std::map<std::uint64_t, RequestActivity> running_;
  std::deque<RequestActivity> finished_;
};

}  // namespace axonite::tsql
