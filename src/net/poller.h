#pragma once
// Threads that wait on one epoll set: an idle connection is an entry there and costs no thread; a readable one is
// served by the thread that woke for it, from first byte to last, and is then parked again. There is no queue between
// the two: when all threads are busy, events wait in the kernel.
// Few threads wait at a time, because each that wakes costs a switch; when those that serve are blocked (a commit, a
// call of another service), more are added, and they end again when they are not needed.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"

namespace axonite::net {

class Poller {
 public:
  struct Options {
    unsigned threads_min = 0;  // 0 = one more than the machine has cores
    unsigned threads_max = 128;
    std::chrono::seconds idle_max{120};  // a parked descriptor that stays silent longer is dropped
    std::size_t parked_max = 20'000;
  };
  explicit Poller(Options options);
  ~Poller();

  // Accepts on loopback (IPv4 and, where the machine has it, IPv6) and calls `accepted` with each new descriptor on a
  // poller thread. `port` 0 = any free one. Returns the port. unavailable("PortInUse").
  Result<std::uint16_t> listen(std::uint16_t port, std::function<void(int descriptor)> accepted);
  // Calls `readable` once on a poller thread when the descriptor has bytes or ended. Dropping the function closes what it
  // owns; that is also what happens when it is silent past `silent_max` (0 = idle_max; counted in whole seconds) or the
  // poller stops.
  void park(int descriptor, std::function<void()> readable, std::chrono::milliseconds silent_max = {});
  // No more events are taken; waits at most `grace` for threads that serve.
  void stop(std::chrono::milliseconds grace);
  std::size_t parked() const;
  unsigned threads() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace axonite::net
