#pragma once
// One child process that speaks lines of JSON over a Unix socket (its file descriptor 3). It gets no shell, no inherited
// file and only the environment it is given; it has limits, and it dies with the thread that started it (the kernel's
// rule for PR_SET_PDEATHSIG), so start it from a thread that lives as long as the server: see pool.h.
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace axonite::worker {

struct Limits {
  std::uint64_t memory_bytes_max = 4ull << 30;  // private writable memory (RLIMIT_DATA); 0 = none
  std::uint64_t cpu_seconds_max = 0;            // of the whole process; 0 = none
  std::uint64_t open_files_max = 4096;
  std::size_t line_bytes_max = 32u << 20;       // of a message from the process
};

struct ProcessOptions {
  std::vector<std::string> command;                // its first is a path, not a name to search for
  std::map<std::string, std::string> environment;  // all of it
  std::filesystem::path directory;                 // where it starts; not removed
  Limits limits;
};

class Process {
 public:
  // unavailable("WorkerNotStarted") when the program cannot be executed.
  static Result<std::unique_ptr<Process>> start(const ProcessOptions& options);
  // Kills the process and what it started in its group.
  ~Process();
  Process(const Process&) = delete;

  // One message; `line` holds no line break. Errors as receive.
  Result<void> send(std::string_view line, std::chrono::steady_clock::time_point deadline, std::stop_token stop);
  // The next message without its line break. Errors: cancelled("WorkerCancelled" | "WorkerTimeout"), too_large("WorkerMessageTooLarge"),
  // unavailable("WorkerDied") with the end of its standard error in `log`.
  Result<std::string> receive(std::chrono::steady_clock::time_point deadline, std::stop_token stop);
  pid_t id() const { return id_; }
  void kill();

 private:
  Process(pid_t id, std::shared_ptr<File> socket, std::shared_ptr<File> errors, std::size_t line_bytes_max)
      : id_(id), socket_(std::move(socket)), errors_(std::move(errors)), line_bytes_max_(line_bytes_max) {}
  Result<void> wait_for(short events, std::chrono::steady_clock::time_point deadline, const std::stop_token& stop, int wake);
  Error died();

  pid_t id_;
  std::shared_ptr<File> socket_, errors_;
  std::size_t line_bytes_max_;
  std::string buffer_;
  std::size_t scanned_ = 0;  // of buffer_: no line break before here
  std::mutex mutex_;         // guards reaped_: a number that was reaped may be another process's
  bool reaped_ = false;
  std::string end_;          // how it ended, once reaped
};

}  // namespace axonite::worker
