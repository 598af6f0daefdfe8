#include "front/tally.h"

#include <thread>

namespace axonite::front {
namespace {
constexpr std::size_t kUnsupportedMax = 1000;  // told apart; a scanner must not fill the memory
constexpr std::size_t kHostsMax = 10'000;
}  // namespace

void Tally::add(std::string_view host, std::string_view operation, bool supported, int status,
                std::chrono::nanoseconds duration) {
  Shard& shard = shards_[std::hash<std::thread::id>{}(std::this_thread::get_id()) % kShards];
  std::lock_guard lock(shard.mutex);
  Key key{std::string(host), std::string(operation)};
  auto found = shard.counts.find(key);
  if (found == shard.counts.end()) {
    bool full = shard.counts.size() >= kHostsMax || (!supported && shard.unsupported >= kUnsupportedMax / kShards);
    if (full) key = {"other hosts", supported ? "other operations" : "other unsupported requests"};
    else if (!supported) ++shard.unsupported;
    found = shard.counts.try_emplace(key, CallCount{key.host, key.operation, supported, 0, 0, {}}).first;
  }
  CallCount& count = found->second;
  ++count.count;
  if (status >= 400) ++count.failed;
  count.duration += duration;
}

std::vector<CallCount> Tally::counts() const {
  std::map<Key, CallCount> merged;
  for (const Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    for (const auto& [key, part] : shard.counts) {
      CallCount& sum = merged.try_emplace(key, CallCount{key.host, key.operation, part.supported, 0, 0, {}}).first->second;
      sum.count += part.count;
      sum.failed += part.failed;
      sum.duration += part.duration;
    }
  }
  std::vector<CallCount> counts;
  for (auto& [key, count] : merged) counts.push_back(std::move(count));
  return counts;
}

}  // namespace axonite::front
