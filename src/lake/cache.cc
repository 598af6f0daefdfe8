#include "lake/cache.h"

namespace axonite::lake {
namespace {

constexpr std::size_t kOverhead = 1024;       // of a snapshot's strings and the map
constexpr std::size_t kSnapshotMax = 1 << 17;  // larger ones would push out too many others

std::size_t weigh(std::string_view key, const Snapshot& snapshot) {
  return kOverhead + 2 * key.size() + (snapshot.bytes ? snapshot.bytes->size() : 0) + snapshot.extents.size() * 128;
}

}  // namespace

std::shared_ptr<const Snapshot> SnapshotCache::get(std::string_view key, std::uint64_t& ticket) {
  Shard& at = shard(key);
  std::lock_guard lock(at.mutex);
  ticket = at.changing > 0 ? 0 : at.generation;
  auto found = at.kept.find(key);
  return found == at.kept.end() ? nullptr : found->second.snapshot;
}

void SnapshotCache::put(std::string_view key, std::uint64_t ticket, std::shared_ptr<const Snapshot> snapshot) {
  std::size_t bytes = weigh(key, *snapshot);
  if (ticket == 0 || bytes > kSnapshotMax || bytes > shard_bytes_max_) return;
  Shard& at = shard(key);
  std::lock_guard lock(at.mutex);
  if (at.changing > 0 || at.generation != ticket) return;
  drop(at, key);
  while (at.bytes + bytes > shard_bytes_max_ && !at.order.empty()) drop(at, std::string(at.order.front()));
  auto place = at.order.emplace(at.order.end(), key);
  at.kept.emplace(std::string(key), Kept{std::move(snapshot), bytes, place});
  at.bytes += bytes;
}

void SnapshotCache::drop(Shard& at, std::string_view key) {
  auto found = at.kept.find(key);
  if (found == at.kept.end()) return;
  at.bytes -= found->second.bytes;
  at.order.erase(found->second.place);
  at.kept.erase(found);
}

void SnapshotCache::touch(const std::vector<std::string>& keys, int by) {
  auto change = [&](Shard& at, const std::string* key) {
    std::lock_guard lock(at.mutex);
    ++at.generation;
    at.changing += by;
    if (key) return drop(at, *key);
    at.kept.clear();
    at.order.clear();
    at.bytes = 0;
  };
  if (keys.empty())
    for (Shard& at : shards_) change(at, nullptr);
  for (const std::string& key : keys) change(shard(key), &key);
}

SnapshotCache::Change::Change(SnapshotCache& cache, std::vector<std::string> keys) : cache_(cache), keys_(std::move(keys)) {
  cache_.touch(keys_, 1);
}
SnapshotCache::Change::~Change() { cache_.touch(keys_, -1); }

}  // namespace axonite::lake
