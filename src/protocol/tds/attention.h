#pragma once
#include <functional>
#include <memory>

namespace axonite::protocol::tds {

// One thread that watches clients while their requests run: bytes that arrive then are an ATTENTION (or the end).
class AttentionWatch {
 public:
  AttentionWatch();
  ~AttentionWatch();
  // Calls `arrived` at most once, from the watch's thread, unless `unwatch` came first. unwatch waits for a call that
  // is under way.
  void watch(int descriptor, std::function<void()> arrived);
  void unwatch(int descriptor);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace axonite::protocol::tds
