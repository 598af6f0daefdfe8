#include "protocol/spark_connect/execution.h"

#include <spark/connect/base.pb.h>

#include "base/id.h"
#include "spark/errors.h"

namespace axonite::protocol::spark_connect {
namespace {

constexpr std::size_t kTogetherBytes = 64 * 1024;
constexpr std::chrono::milliseconds kTogetherMax{10};

}  // namespace

Execution::~Execution() {
  cancel();
  if (thread_.joinable()) thread_.join();
}

void Execution::start(Work work, Stamp stamp) {
  thread_ = std::thread([this, work = std::move(work), stamp = std::move(stamp)] {
    auto outcome = work([&](spark::proto::ExecutePlanResponse response) { return push(std::move(response), stamp); }, stop_.get_token());
    if (outcome) {
      spark::proto::ExecutePlanResponse complete;
      complete.mutable_result_complete();
      outcome = push(std::move(complete), stamp);
    }
    std::lock_guard lock(mutex_);
    ended_ = true;
    if (!outcome) error_ = stop_.stop_requested() ? spark::operation_cancelled() : outcome.error();
    changed_.notify_all();
  });
}

// Waits while a reader is behind, so that a result of any size needs bounded memory.
Result<void> Execution::push(spark::proto::ExecutePlanResponse response, const Stamp& stamp) {
  response.set_operation_id(id_);
  response.set_response_id(new_uuid());
  stamp(response);
  Answer answer{response.response_id(), nullptr, response.ByteSizeLong()};
  answer.response = std::make_shared<spark::proto::ExecutePlanResponse>(std::move(response));
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stop_.stop_requested() || bytes_ + answer.bytes <= bytes_max_ || answers_.empty(); });
  if (stop_.stop_requested()) return std::unexpected(spark::operation_cancelled());
  bytes_ += answer.bytes;
  answers_.push_back(std::move(answer));
  if (bytes_ >= kTogetherBytes) changed_.notify_all();  // else the end, or the reader's own patience, wakes it
  return ok();
}

bool Execution::finished() const {
  std::lock_guard lock(mutex_);
  return ended_;
}

std::optional<std::uint64_t> Execution::place_after(const std::string& response_id) const {
  std::lock_guard lock(mutex_);
  if (response_id.empty()) return first_ == 0 ? std::optional<std::uint64_t>(0) : std::nullopt;
  for (std::size_t i = 0; i < answers_.size(); ++i)
    if (answers_[i].response_id == response_id) return first_ + i + 1;
  return std::nullopt;
}

Execution::Next Execution::next(std::uint64_t place, std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  auto there = [&] { return place < first_ + answers_.size(); };
  auto full = [&] { return ended_ || (there() && bytes_ >= kTogetherBytes); };
  if (!changed_.wait_for(lock, std::min(wait, kTogetherMax), full) && !there()) changed_.wait_for(lock, wait, [&] { return ended_ || there(); });
  // A released answer is one that the client has: go on with the oldest that is kept.
  std::uint64_t at = std::max(place, first_);
  Next out;
  for (std::size_t i = at - first_, bytes = 0; i < answers_.size() && bytes < kTogetherBytes; bytes += answers_[i++].bytes) out.answers.push_back(answers_[i]);
  if (!out.answers.empty()) return out;
  out.ended = ended_;
  if (ended_) out.error = error_;
  return out;
}

void Execution::release_until(const std::string& response_id) {
  std::lock_guard lock(mutex_);
  std::size_t count = 0;
  while (count < answers_.size() && answers_[count].response_id != response_id) ++count;
  if (count == answers_.size()) return;
  for (std::size_t i = 0; i <= count; ++i) {
    bytes_ -= answers_.front().bytes;
    answers_.pop_front();
    ++first_;
  }
  changed_.notify_all();
}

void Execution::cancel() {
  {
    std::lock_guard lock(mutex_);
    if (ended_) return;
  }
  stop_.request_stop();
  std::lock_guard lock(mutex_);
  changed_.notify_all();
}

void Execution::attach(int change, Time now) {
  std::lock_guard lock(mutex_);
  streams_ += change;
  detached_since_ = now;
}

std::optional<Time> Execution::detached_since() const {
  std::lock_guard lock(mutex_);
  return streams_ > 0 ? std::nullopt : std::optional(detached_since_);
}

}  // namespace axonite::protocol::spark_connect
