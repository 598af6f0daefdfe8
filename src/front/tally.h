#pragma once
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "front/front.h"

namespace axonite::front {

// Counts of calls by host and operation. Sharded by thread so that hot operations do not meet on one lock.
class Tally {
 public:
  void add(std::string_view host, std::string_view operation, bool supported, int status,
           std::chrono::nanoseconds duration);
  std::vector<CallCount> counts() const;

 private:
  struct Key {
    std::string host, operation;
    auto operator<=>(const Key&) const = default;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::map<Key, CallCount> counts;
    std::size_t unsupported = 0;
  };
  static constexpr std::size_t kShards = 16;
  Shard shards_[kShards];
};

}  // namespace axonite::front
