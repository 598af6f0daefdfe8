#include "net/poller.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/log.h"

namespace axonite::net {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Parked {
  std::function<void()> readable;
  SteadyTime since;
};

struct Listener {
  int descriptor;
  std::function<void(int)> accepted;
};

// Bound and listening, or -1.
int listen_on(int family, std::uint16_t port) {
  int descriptor = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return -1;
  int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  sockaddr* address = reinterpret_cast<sockaddr*>(&v4);
  socklen_t size = sizeof v4;
  if (family == AF_INET6) {
    ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    v6.sin6_family = AF_INET6;
    v6.sin6_addr = in6addr_loopback;
    v6.sin6_port = htons(port);
    address = reinterpret_cast<sockaddr*>(&v6);
    size = sizeof v6;
  } else {
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v4.sin_port = htons(port);
  }
  if (::bind(descriptor, address, size) == 0 && ::listen(descriptor, 4096) == 0) return descriptor;
  ::close(descriptor);
  return -1;
}

std::uint16_t port_of(int descriptor) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

}  // namespace

struct Poller::State {
  Options options;
  int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  int wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  std::atomic<bool> stopping = false;
  std::vector<std::thread> threads;
  std::thread sweeper;
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::unordered_map<int, Parked> parked;
  std::vector<std::unique_ptr<Listener>> listeners;
  unsigned running = 0;

  ~State() {
    for (auto& listener : listeners) ::close(listener->descriptor);
    ::close(epoll);
    ::close(wake);
  }

  Listener* listener_of(int descriptor) {
    for (auto& listener : listeners)
      if (listener->descriptor == descriptor) return listener.get();
    return nullptr;
  }

  void accept_one(Listener& listener) {
    int descriptor = ::accept4(listener.descriptor, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor >= 0) listener.accepted(descriptor);
  }

  void dispatch(int descriptor) {
    Listener* listener = nullptr;
    std::function<void()> readable;
    {
      std::lock_guard lock(mutex);
      listener = listener_of(descriptor);
      if (!listener) {
        auto found = parked.find(descriptor);
        if (found == parked.end()) return;
        readable = std::move(found->second.readable);
        parked.erase(found);
      }
    }
    if (listener) accept_one(*listener);
    else readable();
  }

  void run() {
    while (!stopping) {
      epoll_event event{};
      int count = ::epoll_wait(epoll, &event, 1, -1);
      if (count == 1 && event.data.fd != wake && !stopping) dispatch(event.data.fd);
    }
    std::lock_guard lock(mutex);
    --running;
    changed.notify_all();
  }

  // Drops what was silent too long.
  void sweep() {
    std::unique_lock lock(mutex);
    while (!stopping) {
      changed.wait_for(lock, std::chrono::seconds(1));
      std::vector<Parked> dropped;
      SteadyTime oldest = std::chrono::steady_clock::now() - options.idle_max;
      for (auto entry = parked.begin(); entry != parked.end();) {
        if (entry->second.since > oldest) {
          ++entry;
          continue;
        }
        ::epoll_ctl(epoll, EPOLL_CTL_DEL, entry->first, nullptr);
        dropped.push_back(std::move(entry->second));
        entry = parked.erase(entry);
      }
      lock.unlock();
      dropped.clear();
      lock.lock();
    }
  }
};

Poller::Poller(Options options) : state_(std::make_shared<State>()) {
  state_->options = options;
  epoll_event event{.events = EPOLLIN, .data = {.fd = state_->wake}};
  ::epoll_ctl(state_->epoll, EPOLL_CTL_ADD, state_->wake, &event);
  state_->running = options.threads;
  for (unsigned i = 0; i < options.threads; ++i) state_->threads.emplace_back([state = state_] { state->run(); });
  state_->sweeper = std::thread([state = state_] { state->sweep(); });
}

Poller::~Poller() { stop(std::chrono::seconds(5)); }

Result<std::uint16_t> Poller::listen(std::uint16_t port, std::function<void(int)> accepted) {
  int v4 = listen_on(AF_INET, port);
  if (v4 < 0)
    return std::unexpected(unavailable("PortInUse", "The port " + std::to_string(port) + " cannot be listened on: " + std::strerror(errno) + "."));
  std::uint16_t bound = port_of(v4);
  std::vector<int> descriptors{v4};
  if (int v6 = listen_on(AF_INET6, bound); v6 >= 0) descriptors.push_back(v6);
  for (int descriptor : descriptors) {
    {
      std::lock_guard lock(state_->mutex);
      state_->listeners.push_back(std::make_unique<Listener>(descriptor, accepted));
    }
    epoll_event event{.events = EPOLLIN | EPOLLEXCLUSIVE, .data = {.fd = descriptor}};
    ::epoll_ctl(state_->epoll, EPOLL_CTL_ADD, descriptor, &event);
  }
  return bound;
}

void Poller::park(int descriptor, std::function<void()> readable) {
  {
    std::lock_guard lock(state_->mutex);
    if (state_->stopping || state_->parked.size() >= state_->options.parked_max) return;
    state_->parked[descriptor] = {std::move(readable), std::chrono::steady_clock::now()};
  }
  epoll_event event{.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, .data = {.fd = descriptor}};
  if (::epoll_ctl(state_->epoll, EPOLL_CTL_MOD, descriptor, &event) == 0) return;
  if (errno == ENOENT && ::epoll_ctl(state_->epoll, EPOLL_CTL_ADD, descriptor, &event) == 0) return;
  std::function<void()> dropped;
  std::lock_guard lock(state_->mutex);
  if (auto found = state_->parked.find(descriptor); found != state_->parked.end()) {
    dropped = std::move(found->second.readable);
    state_->parked.erase(found);
  }
}

void Poller::stop(std::chrono::milliseconds grace) {
  if (state_->stopping.exchange(true)) return;
  std::uint64_t one = 1;
  [[maybe_unused]] ssize_t written = ::write(state_->wake, &one, sizeof one);
  std::unordered_map<int, Parked> dropped;
  {
    std::unique_lock lock(state_->mutex);
    dropped.swap(state_->parked);
    state_->changed.notify_all();
    state_->changed.wait_for(lock, grace, [&] { return state_->running == 0; });
  }
  bool all_ended;
  {
    std::lock_guard lock(state_->mutex);
    all_ended = state_->running == 0;
  }
  if (!all_ended) log::warning("net", "stopping with requests still under way");
  // A thread that is still serving keeps the state alive and ends by itself.
  for (std::thread& thread : state_->threads) all_ended ? thread.join() : thread.detach();
  state_->threads.clear();
  state_->sweeper.join();
}

std::size_t Poller::parked() const {
  std::lock_guard lock(state_->mutex);
  return state_->parked.size();
}

}  // namespace axonite::net
