#pragma once
// Follows the event stream and puts every lineage report into the catalog, each exactly as far as its place is kept:
// after a crash the last ones come again and change nothing.
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "catalog/catalog.h"
#include "catalog/datasets.h"
#include "event/stream.h"

namespace axonite::catalog {

class Feed {
 public:
  // All three outlive the feed.
  static Result<std::unique_ptr<Feed>> start(Catalog& catalog, const event::Stream& events, Clock& clock);

  // Waits until everything up to `sequence` is in the catalog; false when that takes longer than `limit`.
  bool settle(std::uint64_t sequence, std::chrono::milliseconds limit) const;

 private:
  Feed(Catalog& catalog, const event::Stream& events, Clock& clock, std::uint64_t place);
  void follow(std::stop_token stop);
  Result<void> take(const std::vector<event::Event>& portion);
  Result<void> take_report(const event::Event& event);
  void prefer_views(std::vector<Entity>& entities) const;
  Result<void> tie_files(const std::vector<Dataset>& inputs, const std::vector<Dataset>& outputs);
  Result<std::vector<std::string>> folders_called(const std::string& name) const;
  Result<void> tie(const std::string& folder, std::string_view type, const std::vector<std::string>& files);

  Catalog& catalog_;
  const event::Stream& events_;
  Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  std::uint64_t place_;
  std::uint64_t kept_;
  std::jthread thread_;
};

}  // namespace axonite::catalog
