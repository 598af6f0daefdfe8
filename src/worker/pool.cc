#include "worker/pool.h"

#include "base/id.h"

namespace axonite::worker {

Pool::Pool(PoolOptions options) : options_(std::move(options)) {
  std::error_code ignored;  // what an earlier server left; a folder that stays is only in the way of nobody
  if (!options_.directory.empty()) std::filesystem::remove_all(options_.directory, ignored);
}

Pool::~Pool() {
  spawner_.request_stop();
  std::unique_lock lock(mutex_);
  changed_.notify_all();
}

Pool::Lease::~Lease() {
  if (!pool_) return;
  process_.reset();
  std::error_code ignored;  // swept at the next start
  std::filesystem::remove_all(folder_, ignored);
  pool_->give_back();
}

std::size_t Pool::running() const {
  std::lock_guard lock(mutex_);
  return running_;
}

void Pool::give_back() {
  std::lock_guard lock(mutex_);
  --running_;
  changed_.notify_all();
}

void Pool::spawn(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !starts_.empty(); })) {
    auto start = std::move(starts_.front());
    starts_.pop_front();
    lock.unlock();
    start();
    lock.lock();
  }
}

Result<Pool::Lease> Pool::take(std::stop_token stop) {
  if (!available()) return std::unexpected(unsupported("WorkersUnavailable", "This server was started without a Python for workers (AXONITE_WORKER_PYTHON)."));
  std::filesystem::path folder = options_.directory / new_uuid();
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return std::unexpected(internal("a worker's folder cannot be made: " + failed.message()));
  ProcessOptions process{.command = options_.command, .environment = options_.environment, .directory = folder, .limits = options_.limits};
  process.environment["HOME"] = process.environment["TMPDIR"] = folder.string();
  std::future<Result<std::unique_ptr<Process>>> started;
  {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [this] { return running_ < options_.processes_max; }))
      return std::unexpected(cancelled("WorkerCancelled", "The run was cancelled while it waited for a worker process."));
    ++running_;
    if (!spawner_.joinable()) spawner_ = std::jthread([this](std::stop_token ends) { spawn(ends); });
    started = starts_.emplace_back([process = std::move(process)] { return Process::start(process); }).get_future();
    changed_.notify_all();
  }
  auto made = started.get();
  Lease lease(*this, made ? std::move(*made) : nullptr, std::move(folder));  // gives the place back on failure, too
  if (!made) return std::unexpected(std::move(made.error()));
  return lease;
}

}  // namespace axonite::worker
