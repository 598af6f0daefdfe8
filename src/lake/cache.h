#pragma once
// Hot snapshots by full path, so that a small read needs no query. A change announces its keys before its
// transaction and ends after it: a snapshot read in between is not kept, so the cache never shows what a finished
// change has replaced.
#include <array>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lake/node.h"

namespace axonite::lake {

class SnapshotCache {
 public:
  explicit SnapshotCache(std::size_t bytes_max) : shard_bytes_max_(bytes_max / kShards) {}

  // The snapshot, or null and in `ticket` what put() wants to see unchanged.
  std::shared_ptr<const Snapshot> get(std::string_view key, std::uint64_t& ticket);
  void put(std::string_view key, std::uint64_t ticket, std::shared_ptr<const Snapshot> snapshot);

  // Stands around a change. Without keys: of everything (a directory moved or went).
  class Change {
   public:
    Change(SnapshotCache& cache, std::vector<std::string> keys);
    ~Change();
    Change(const Change&) = delete;

   private:
    SnapshotCache& cache_;
    std::vector<std::string> keys_;
  };

 private:
  static constexpr std::size_t kShards = 64;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Kept {
    std::shared_ptr<const Snapshot> snapshot;
    std::size_t bytes;
    std::list<std::string>::iterator place;
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, Kept, Hash, std::equal_to<>> kept;
    std::list<std::string> order;  // oldest first
    std::size_t bytes = 0;
    std::uint64_t generation = 1;
    int changing = 0;
  };
  Shard& shard(std::string_view key) { return shards_[Hash{}(key) % kShards]; }
  static void drop(Shard& shard, std::string_view key);
  void touch(const std::vector<std::string>& keys, int by);
  std::size_t shard_bytes_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace axonite::lake
