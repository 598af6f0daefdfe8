#pragma once
// Whole runs by number and version: every change of a run raises its version, so an entry is never wrong, only unused.
#include <memory>
#include <mutex>
#include <unordered_map>

#include "ml/tracking.h"

namespace axonite::ml {

inline constexpr std::size_t kCachedItemsMax = 1'000'000;  // metrics, parameters and tags together: about 100 MB

struct Tracking::Cache {
  RunPointer find(std::int64_t number, std::int64_t version) {
    std::lock_guard lock(mutex);
    auto found = runs.find(number);
    return found != runs.end() && found->second->version == version ? found->second : nullptr;
  }

  void keep(RunPointer run) {
    std::lock_guard lock(mutex);
    RunPointer& place = runs[run->number];
    if (place && place->version > run->version) return;
    if (place) items -= size(*place);
    items += size(*run);
    place = std::move(run);
    while (items > kCachedItemsMax && runs.size() > 1) {
      items -= size(*runs.begin()->second);
      runs.erase(runs.begin());
    }
  }

  static std::size_t size(const Run& run) { return 4 + run.metrics.size() + run.params.size() + run.tags.size() + 8 * run.inputs.size(); }

  std::mutex mutex;
  std::unordered_map<std::int64_t, RunPointer> runs;
  std::size_t items = 0;
};

}  // namespace axonite::ml
