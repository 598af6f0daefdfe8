#include "net/poller.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/log.h"
#include "net/blocked_threads.h"

namespace axonite::net {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Parked {
  std::function<void()> readable;
  SteadyTime until;
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

// Parked connections are descriptors; the soft limit is often 1024.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

constexpr std::chrono::milliseconds kTick{1};      // between looks at busy threads, when none waits
constexpr std::chrono::milliseconds kTickMax{16};  // the same while they are not blocked but computing
constexpr int kRetireSeconds = 10;
constexpr std::chrono::milliseconds kDescriptorsPause{50};

}  // namespace

// Every thread holds a share of the state, so that one still serving after stop() can end by itself.
struct Poller::State : std::enable_shared_from_this<Poller::State> {
  Options options;
  int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  int wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  std::atomic<bool> stopping = false;
  std::thread keeper;
  std::atomic<unsigned> waiting = 0;  // threads in epoll_wait
  std::atomic<bool> starved = false;  // the keeper was told that none waits
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::unordered_map<int, Parked> parked;
  std::vector<std::unique_ptr<Listener>> listeners;
  unsigned running = 0;
  std::vector<pid_t> serving;  // a slot per running thread: its id while it serves

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
    if (descriptor >= 0) return listener.accepted(descriptor);
    if (errno != EMFILE && errno != ENFILE) return;
    // The client waits in the kernel's queue until descriptors are free; without a pause every thread would spin.
    std::unique_lock lock(mutex);
    changed.wait_for(lock, kDescriptorsPause, [&] { return stopping.load(); });
  }

  void serve(pid_t thread, int descriptor) {
    Listener* listener = nullptr;
    std::function<void()> readable;
    {
      std::lock_guard lock(mutex);
      listener = listener_of(descriptor);
      auto found = listener ? parked.end() : parked.find(descriptor);
      if (!listener && found == parked.end()) return;
      if (!listener) {
        readable = std::move(found->second.readable);
        parked.erase(found);
      }
      serving.push_back(thread);
    }
    if (listener) accept_one(*listener);
    else readable();
    readable = nullptr;  // may close the connection: part of serving
    std::lock_guard lock(mutex);
    std::erase(serving, thread);
  }

  // With the lock held.
  void add_thread() {
    ++running;
    std::thread([self = shared_from_this()] { self->run(); }).detach();
  }

  void run() {
    pid_t id = static_cast<pid_t>(::syscall(SYS_gettid));
    while (!stopping) {
      epoll_event event{};
      ++waiting;
      int count = ::epoll_wait(epoll, &event, 1, kRetireSeconds * 1000);
      if (--waiting == 0 && !starved.exchange(true)) tell_keeper();
      if (count == 0 && retire()) return;
      if (count != 1 || event.data.fd == wake || stopping) continue;
      serve(id, event.data.fd);
    }
    std::lock_guard lock(mutex);
    --running;
    changed.notify_all();
  }

  // Through the lock: a keeper between its look and its wait would miss it otherwise.
  void tell_keeper() {
    { std::lock_guard lock(mutex); }
    changed.notify_all();
  }

  // Nothing came for a while: one thread fewer, if enough are left.
  bool retire() {
    std::lock_guard lock(mutex);
    if (stopping || running <= options.threads_min) return false;
    --running;
    return true;
  }

  // Drops what was silent too long, once a second, and keeps threads waiting.
  void keep() {
    SteadyTime swept = std::chrono::steady_clock::now();
    std::chrono::milliseconds tick = kTick;
    std::unique_lock lock(mutex);
    while (!stopping) {
      if (starved) changed.wait_for(lock, tick, [&] { return stopping.load(); });
      else changed.wait_for(lock, std::chrono::seconds(1), [&] { return stopping || starved; });
      if (starved) tick = relieve(lock, tick);
      SteadyTime now = std::chrono::steady_clock::now();
      if (now - swept < std::chrono::seconds(1)) continue;
      swept = now;
      sweep(lock, now);
    }
  }

  // Adds a thread for each that is blocked while none waits; returns when to look again.
  std::chrono::milliseconds relieve(std::unique_lock<std::mutex>& lock, std::chrono::milliseconds tick) {
    if (waiting > 0) {
      starved = false;
      return kTick;
    }
    std::vector<pid_t> looked_at = serving;
    lock.unlock();  // or they would be seen blocked by us
    unsigned blocked = count_blocked(looked_at);
    lock.lock();
    if (waiting > 0) blocked = 0;
    for (unsigned i = 0; i < blocked && running < options.threads_max; ++i) add_thread();
    return blocked > 0 ? kTick : std::min(tick * 2, kTickMax);
  }

  void sweep(std::unique_lock<std::mutex>& lock, SteadyTime now) {
    std::vector<Parked> dropped;
    for (auto entry = parked.begin(); entry != parked.end();) {
      if (entry->second.until > now) {
        ++entry;
        continue;
      }
      ::epoll_ctl(epoll, EPOLL_CTL_DEL, entry->first, nullptr);
      dropped.push_back(std::move(entry->second));
      entry = parked.erase(entry);
    }
    lock.unlock();  // what is dropped closes connections and may call back
    dropped.clear();
    lock.lock();
  }
};

Poller::Poller(Options options) : state_(std::make_shared<State>()) {
  ::signal(SIGPIPE, SIG_IGN);  // sendfile has no flag against it, and a client may be gone at any byte
  raise_descriptor_limit();
  if (options.threads_min == 0) options.threads_min = std::max(2u, std::thread::hardware_concurrency()) + 1;
  options.threads_max = std::max(options.threads_max, options.threads_min);
  state_->options = options;
  epoll_event event{.events = EPOLLIN, .data = {.fd = state_->wake}};
  ::epoll_ctl(state_->epoll, EPOLL_CTL_ADD, state_->wake, &event);
  std::lock_guard lock(state_->mutex);
  for (unsigned i = 0; i < options.threads_min; ++i) state_->add_thread();
  state_->keeper = std::thread([state = state_] { state->keep(); });
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

void Poller::park(int descriptor, std::function<void()> readable, std::chrono::milliseconds silent_max) {
  {
    std::lock_guard lock(state_->mutex);
    if (state_->stopping || state_->parked.size() >= state_->options.parked_max) return;
    auto silent = silent_max.count() > 0 ? silent_max : state_->options.idle_max;
    state_->parked[descriptor] = {std::move(readable), std::chrono::steady_clock::now() + silent};
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
  if (state_->keeper.joinable()) state_->keeper.join();
  dropped.clear();
  std::lock_guard lock(state_->mutex);
  if (state_->running > 0) log::warning("net", "stopping with requests still under way");
}

unsigned Poller::threads() const {
  std::lock_guard lock(state_->mutex);
  return state_->running;
}

std::size_t Poller::parked() const {
  std::lock_guard lock(state_->mutex);
  return state_->parked.size();
}

}  // namespace axonite::net
