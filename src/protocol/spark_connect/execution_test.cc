#include "protocol/spark_connect/execution.h"

#include <gtest/gtest.h>
#include <spark/connect/base.pb.h>

namespace axonite::protocol::spark_connect {
namespace {

using namespace std::chrono_literals;

void stamped(spark::proto::ExecutePlanResponse& response) { response.set_session_id("s"); }

spark::proto::ExecutePlanResponse rows(int count) {
  spark::proto::ExecutePlanResponse response;
  response.mutable_arrow_batch()->set_row_count(count);
  return response;
}

TEST(Execution, AnswersCanBeReadAgainUntilTheyAreReleased) {
  Execution execution("op", {"tag"}, 1 << 20);
  execution.start([](const spark::Sink& sink, std::stop_token) -> Result<void> {
    CHECK_OK(sink(rows(1)));
    return sink(rows(2));
  }, stamped);
  auto all = execution.next(0, 5s).answers;
  ASSERT_EQ(all.size(), 3u) << "small answers come together, the last says that it is complete";
  EXPECT_TRUE(all[2].response->has_result_complete());
  EXPECT_EQ(execution.next(0, 5s).answers[0].response_id, all[0].response_id);
  EXPECT_EQ(execution.place_after(all[0].response_id), 1u);
  EXPECT_EQ(execution.place_after("unknown"), std::nullopt);
  execution.release_until(all[0].response_id);
  EXPECT_EQ(execution.place_after(""), std::nullopt) << "what was released cannot be sent again";
  EXPECT_EQ(execution.next(1, 5s).answers[0].response_id, all[1].response_id);
  EXPECT_TRUE(execution.next(3, 5s).ended);
  EXPECT_TRUE(execution.has_tag("tag"));
}

TEST(Execution, AnErrorComesBehindTheAnswers) {
  Execution execution("op", {}, 1 << 20);
  execution.start([](const spark::Sink& sink, std::stop_token) -> Result<void> {
    CHECK_OK(sink(rows(1)));
    return std::unexpected(invalid("DIVIDE_BY_ZERO", "no"));
  }, stamped);
  EXPECT_EQ(execution.next(0, 5s).answers.size(), 1u);
  auto end = execution.next(1, 5s);
  ASSERT_TRUE(end.ended && end.error);
  EXPECT_EQ(end.error->code, "DIVIDE_BY_ZERO");
}

TEST(Execution, AWriterWaitsForItsReaderAndCancelWakesIt) {
  Execution execution("op", {}, 1);
  execution.start([](const spark::Sink& sink, std::stop_token) -> Result<void> {
    while (true) CHECK_OK(sink(rows(1)));
  }, stamped);
  ASSERT_EQ(execution.next(0, 5s).answers.size(), 1u);
  EXPECT_TRUE(execution.next(1, 50ms).answers.empty()) << "the bound holds it back";
  execution.cancel();
  auto end = execution.next(1, 5s);
  ASSERT_TRUE(end.ended && end.error);
  EXPECT_EQ(end.error->code, "OPERATION_CANCELED");
}

TEST(Execution, KnowsSinceWhenNobodyReads) {
  Execution execution("op", {}, 1 << 20);
  Time one{std::chrono::seconds(1)}, two{std::chrono::seconds(2)};
  execution.attach(1, one);
  EXPECT_FALSE(execution.detached_since());
  execution.attach(-1, two);
  EXPECT_EQ(execution.detached_since(), two);
}

}  // namespace
}  // namespace axonite::protocol::spark_connect
