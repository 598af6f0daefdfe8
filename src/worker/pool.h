#pragma once
// The server's worker processes: how many may run at once, who starts them, where they work.
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

#include "worker/process.h"

namespace axonite::worker {

struct PoolOptions {
  std::vector<std::string> command;                // empty: there are no workers here
  std::map<std::string, std::string> environment;  // the same for every process; nothing personal
  std::filesystem::path directory;                 // each process works in a folder of its own below it
  std::size_t processes_max = 4;
  Limits limits;
};

class Pool {
 public:
  explicit Pool(PoolOptions options);
  ~Pool();

  // A process while it is used; when dropped, it is killed and its folder removed.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Process> process, std::filesystem::path folder)
        : pool_(&pool), process_(std::move(process)), folder_(std::move(folder)) {}
    Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), process_(std::move(other.process_)), folder_(std::move(other.folder_)) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Process* operator->() { return process_.get(); }

   private:
    Pool* pool_;
    std::unique_ptr<Process> process_;
    std::filesystem::path folder_;
  };

  // Whether there is an interpreter at all.
  bool available() const { return !options_.command.empty(); }
  // A fresh process: what one caller did or knew never reaches another. Waits while as many run as may.
  // Errors: unsupported("WorkersUnavailable") without an interpreter, cancelled("WorkerCancelled"), those of Process::start.
  Result<Lease> take(std::stop_token stop);
  std::size_t running() const;

 private:
  void give_back();
  void spawn(std::stop_token stop);

  PoolOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t running_ = 0;
  std::deque<std::packaged_task<Result<std::unique_ptr<Process>>()>> starts_;
  std::jthread spawner_;  // all processes are its children, so they live until it ends; started with the first
};

}  // namespace axonite::worker
