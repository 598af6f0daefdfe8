#pragma once
// What the sources of the room share behind Lake.
#include <atomic>
#include <shared_mutex>

#include "lake/account_keys.h"
#include "lake/cache.h"
#include "lake/namespace.h"
#include "lake/tables.h"

namespace axonite::lake {

struct Lake::State {
  State(const identity::Authorizer& authorizer_, Clock& clock_, LakeOptions options_, ContentFolder content_, AccountKeys account_keys_)
      : authorizer(authorizer_), clock(clock_), options(options_), content(std::move(content_)), account_keys(std::move(account_keys_)),
        cache(options_.cache_bytes_max) {}

  const identity::Authorizer& authorizer;
  Clock& clock;
  LakeOptions options;
  ContentFolder content;
  AccountKeys account_keys;
  mutable SnapshotCache cache;
  std::unique_ptr<store::Database> database;
  mutable std::shared_mutex accounts_mutex;
  std::map<std::string, std::shared_ptr<const Account>, std::less<>> accounts;

  // A transaction with the files it left over removed after its commit. `keys` as of SnapshotCache::Change.
  template <class T, class Work>
  Result<T> change(std::vector<std::string> keys, Work work) {
    tables::Garbage garbage;
    SnapshotCache::Change announced(cache, std::move(keys));
    auto result = store::write<T>(*database, [&](store::Connection& c) -> Result<T> {
      garbage.clear();
      return work(c, garbage);
    });
    if (result) content.remove(garbage);
    return result;
  }

  // As change(), for one that takes `content` over; sealed content that was not taken is removed.
  template <class T, class Work>
  Result<T> change_with(const Content& taken, std::vector<std::string> keys, Work work) {
    auto result = change<T>(std::move(keys), std::move(work));
    if (!result && !taken.file.empty()) content.remove({taken.file});
    return result;
  }

  // Grows with every call; later than every version given before, also by an earlier process (100 ns ticks).
  std::int64_t next_version(const Node* before = nullptr);
  // Parents of `location`, created where missing. conflict("PathConflict") where one is a file.
  Result<Node> ensure_parent(store::Connection& c, const Location& location, const NewPath& how);
  // The node for a write to `location`: as it is (checked against the guard), or new with `how`'s rights.
  Result<Node> node_for_write(store::Connection& c, const Location& location, const NewPath& how, const Guard& guard);
  Result<Node> existing_for_write(store::Connection& c, const Location& location, const Guard& guard);
  Result<void> purge();

  std::atomic<std::int64_t> last_version{0};
};

std::string cache_key(const Location& location);
// invalid("InvalidResourceName" | "InvalidPathName"): depth, lengths, characters.
Result<void> check_path(const Location& location);
std::string_view last_part(std::string_view path);
Location parent_of(const Location& location);

}  // namespace axonite::lake
