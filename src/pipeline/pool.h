#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace axonite::pipeline {

// Threads for activities. What waits is bounded by the runs that may be active and by the slots of their loops.
class Pool {
 public:
  explicit Pool(unsigned threads);
  void post(std::function<void()> work);

 private:
  void run(std::stop_token stop);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::function<void()>> queue_;
  std::vector<std::jthread> threads_;  // last: they end first; what still waits is dropped
};

}  // namespace axonite::pipeline
