#pragma once
// One reattachable execution: a thread that runs the plan and a list of its answers that any number of streams in turn
// may read from any answer on (reattach). An answer leaves when the client releases it.
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "protocol/spark_connect/server.h"

namespace axonite::protocol::spark_connect {

struct Answer {
  std::string response_id;
  std::shared_ptr<const spark::proto::ExecutePlanResponse> response;
  std::size_t bytes = 0;
};

class Execution {
 public:
  Execution(std::string id, std::set<std::string> tags, std::size_t bytes_max) : id_(std::move(id)), tags_(std::move(tags)), bytes_max_(bytes_max) {}
  ~Execution();

  using Work = std::function<Result<void>(const spark::Sink&, std::stop_token)>;
  // `stamp` fills in the ids of the session.
  using Stamp = std::function<void(spark::proto::ExecutePlanResponse&)>;
  void start(Work work, Stamp stamp);

  const std::string& id() const { return id_; }
  bool has_tag(const std::string& tag) const { return tags_.contains(tag); }
  bool finished() const;

  // A place in the list: before the first answer, or behind `response_id`; nothing when that one is not kept.
  std::optional<std::uint64_t> place_after(const std::string& response_id) const;
  // Waits for answers from `place` on. Those that are there; or none and an error at the failed end; or none and no
  // error: at the end (`ended`) or when `wait` is over. Small answers come together: each wake costs more than they do.
  struct Next {
    std::vector<Answer> answers;
    std::optional<Error> error;
    bool ended = false;
  };
  Next next(std::uint64_t place, std::chrono::milliseconds wait);
  void release_until(const std::string& response_id);
  void cancel();
  // A stream begins or ends to read; nobody has read since `detached_since()` (nothing while one does).
  void attach(int change, Time now);
  std::optional<Time> detached_since() const;

 private:
  Result<void> push(spark::proto::ExecutePlanResponse response, const Stamp& stamp);

  std::string id_;
  std::set<std::string> tags_;
  std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Answer> answers_;
  std::uint64_t first_ = 0;  // place of answers_.front()
  std::size_t bytes_ = 0;
  bool ended_ = false;
  std::optional<Error> error_;
  int streams_ = 0;
  Time detached_since_{};
  std::stop_source stop_;
  std::thread thread_;
};

}  // namespace axonite::protocol::spark_connect
