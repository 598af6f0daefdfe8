#include "protocol/tds/attention.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <map>
#include <mutex>
#include <thread>

namespace axonite::protocol::tds {

struct AttentionWatch::State {
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  int wake = eventfd(0, EFD_CLOEXEC);
  std::mutex mutex;
  std::map<int, std::function<void()>> watched;
  std::jthread thread;

  void run() {
    epoll_event event{};
    while (true) {
      if (epoll_wait(epoll, &event, 1, -1) != 1) continue;
      if (event.data.fd == wake) return;
      std::lock_guard lock(mutex);
      auto found = watched.find(event.data.fd);
      if (found == watched.end()) continue;
      auto arrived = std::move(found->second);
      watched.erase(found);
      arrived();
    }
  }
};

AttentionWatch::AttentionWatch() : state_(std::make_unique<State>()) {
  epoll_event event{.events = EPOLLIN, .data = {.fd = state_->wake}};
  epoll_ctl(state_->epoll, EPOLL_CTL_ADD, state_->wake, &event);
  state_->thread = std::jthread([state = state_.get()] { state->run(); });
}

AttentionWatch::~AttentionWatch() {
  std::uint64_t one = 1;
  (void)!write(state_->wake, &one, sizeof one);
  state_->thread.join();
  close(state_->epoll);
  close(state_->wake);
}

void AttentionWatch::watch(int descriptor, std::function<void()> arrived) {
  {
    std::lock_guard lock(state_->mutex);
    state_->watched[descriptor] = std::move(arrived);
  }
  epoll_event event{.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, .data = {.fd = descriptor}};
  epoll_ctl(state_->epoll, EPOLL_CTL_ADD, descriptor, &event);
}

void AttentionWatch::unwatch(int descriptor) {
  epoll_ctl(state_->epoll, EPOLL_CTL_DEL, descriptor, nullptr);
  std::lock_guard lock(state_->mutex);
  state_->watched.erase(descriptor);
}

}  // namespace axonite::protocol::tds
