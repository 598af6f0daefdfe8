#include "event/stream.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/id.h"

namespace axonite::event {
namespace {

class StreamTest : public testing::Test {
 protected:
  std::filesystem::path directory_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  VirtualClock clock_{from_unix_seconds(1'800'000'000)};
  void SetUp() override { std::filesystem::create_directories(directory_); }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::unique_ptr<Stream> open(std::size_t events_max = 1000) {
    auto stream = Stream::open(directory_ / "events.db", clock_, events_max);
    EXPECT_TRUE(stream) << stream.error().log;
    return std::move(*stream);
  }
  static std::vector<std::string> bodies(const Stream& stream, std::uint64_t after, std::string_view category = {}) {
    std::vector<std::string> result;
    auto events = stream.read_after(after, 10'000, category);
    EXPECT_TRUE(events);
    for (auto& event : *events) result.push_back(event.body);
    return result;
  }
};

TEST_F(StreamTest, NumbersEventsAndKeepsThemAcrossReopen) {
  std::uint64_t first = 0;
  {
    auto stream = open();
    first = *stream->append({.category = "run", .body = "1"});
    EXPECT_GT(*stream->append({.category = "call", .body = "2"}), first);
  }
  auto stream = open();
  EXPECT_EQ(bodies(*stream, 0), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(bodies(*stream, first), (std::vector<std::string>{"2"}));
  EXPECT_GT(*stream->append({.category = "run", .body = "3"}), first + 1);
}

TEST_F(StreamTest, StampsTheTimeOnlyWhereNoneIsGiven) {
  auto stream = open();
  ASSERT_TRUE(stream->append({.category = "a"}));
  ASSERT_TRUE(stream->append({.time = from_unix_seconds(5), .category = "a"}));
  auto events = *stream->read_after(0, 10);
  EXPECT_EQ(events[0].time, clock_.now());
  EXPECT_EQ(events[1].time, from_unix_seconds(5));
}

TEST_F(StreamTest, ReadsOneCategoryAndAtMostTheCountAsked) {
  auto stream = open();
  for (int i = 0; i < 6; ++i)
    ASSERT_TRUE(stream->append({.category = i % 2 ? "odd" : "even", .body = std::to_string(i)}));
  EXPECT_EQ(bodies(*stream, 0, "odd"), (std::vector<std::string>{"1", "3", "5"}));
  EXPECT_TRUE(bodies(*stream, 0, "none").empty());
  EXPECT_EQ(stream->read_after(0, 2)->size(), 2u);
}

TEST_F(StreamTest, ReadsBackwardsToo) {
  auto stream = open();
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(stream->append({.category = i == 3 ? "b" : "a", .body = std::to_string(i)}));
  auto newest = *stream->read_before(0, 2, "a");
  ASSERT_EQ(newest.size(), 2u);
  EXPECT_EQ(newest[0].body, "5");
  EXPECT_EQ(newest[1].body, "4");
  auto rest = *stream->read_before(newest[1].sequence, 10, "a");
  EXPECT_EQ(rest.size(), 2u);
  EXPECT_EQ(rest[0].body, "2");
}

TEST_F(StreamTest, AKeyIsAppendedOnce) {
  auto stream = open();
  auto first = stream->append({.category = "a", .body = "1", .key = "k"});
  EXPECT_EQ(*stream->append({.category = "a", .body = "again", .key = "k"}), *first);
  EXPECT_EQ(bodies(*stream, 0), (std::vector<std::string>{"1"}));
}

TEST_F(StreamTest, TheOldestGoFirst) {
  auto stream = open(10);
  for (int i = 1; i <= 512; ++i) stream->append_async({.category = "a", .body = std::to_string(i)});
  ASSERT_TRUE(stream->append({.category = "a", .body = "last"}));
  auto left = bodies(*stream, 0);
  EXPECT_EQ(left.front(), "503");  // trimmed at 512
  EXPECT_EQ(left.back(), "last");
}

TEST_F(StreamTest, WakesReadersAndStops) {
  auto stream = open();
  std::atomic<bool> woke = false;
  std::jthread reader([&](std::stop_token stop) { woke = stream->wait_after(0, stop); });
  stream->append_async({.category = "a"});
  reader.join();
  EXPECT_TRUE(woke);

  std::stop_source stop;
  std::jthread waiter([&] { woke = stream->wait_after(1'000'000, stop.get_token()); });
  stop.request_stop();
  waiter.join();
  EXPECT_FALSE(woke);
}

}  // namespace
}  // namespace axonite::event
