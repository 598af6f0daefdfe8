#include "pipeline/timers.h"

namespace axonite::pipeline {

Timers::Id Timers::at(Time due, std::function<void()> callback) {
  std::lock_guard lock(mutex_);
  Id id{due, next_number_++};
  bool first = due_.empty() || due < due_.begin()->first.due;
  due_.emplace(id, std::move(callback));
  if (first) earlier_.request_stop();
  changed_.notify_one();
  return id;
}

void Timers::cancel(const Id& id) {
  std::lock_guard lock(mutex_);
  due_.erase(id);
}

void Timers::run(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (!changed_.wait(lock, stop, [&] { return !due_.empty(); })) return;
    earlier_ = std::stop_source();
    Time next = due_.begin()->first.due;
    std::stop_callback forward(stop, [source = earlier_]() mutable { source.request_stop(); });
    std::stop_token earlier = earlier_.get_token();
    lock.unlock();
    bool came = clock_.wait_until(next, earlier);
    lock.lock();
    while (came && !due_.empty() && due_.begin()->first.due <= next) {
      auto callback = std::move(due_.begin()->second);
      due_.erase(due_.begin());
      lock.unlock();
      callback();
      lock.lock();
    }
  }
}

}  // namespace axonite::pipeline
