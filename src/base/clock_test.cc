#include "base/clock.h"

#include <gtest/gtest.h>

#include <thread>

namespace axonite {
namespace {

std::string again(std::string_view text) {
  auto time = parse_iso(text);
  return time ? format_iso(*time) : "no time";
}

TEST(ClockTest, ReadsIsoTimes) {
  EXPECT_EQ(again("2026-11-25T07:16:00Z"), "2026-11-25T07:16:00.0000000Z");
  EXPECT_EQ(again("2026-11-25T07:16:00.1234567Z"), "2026-11-25T07:16:00.1234567Z");
  EXPECT_EQ(again("2026-11-25T07:16:00"), "2026-11-25T07:16:00.0000000Z");
  EXPECT_EQ(again("2026-11-25T07:16:00.5+02:00"), "2026-11-25T05:16:00.5000000Z");
  EXPECT_EQ(again("2024-02-29T00:00:00-0530"), "2024-02-29T05:30:00.0000000Z");
  EXPECT_EQ(again("1969-12-31T23:59:59Z"), "1969-12-31T23:59:59.0000000Z");
}

TEST(ClockTest, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2026-11-25", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-25T24:00:00Z", "2026-11-25T07:16:00.Z",
                           "2026-11-25T07:16:00+2:00", "2026-11-25T07:16:00Zx", "9999-12-31T00:00:00Z", "2026-11-25 07:16:00"})
    EXPECT_EQ(again(text), "no time") << text;
}

TEST(ClockTest, HttpDatesComeBackTheSame) {
  std::string text = "Wed, 25 Nov 2026 07:16:00 GMT";
  ASSERT_TRUE(parse_http_date(text));
  EXPECT_EQ(format_http_date(*parse_http_date(text)), text);
  for (const char* wrong : {"", "25 Nov 2026 07:16:00 GMT", "Wed, 25 Nov 2026 07:16:00", "Wed, 25 Foo 2026 07:16:00 GMT"}) EXPECT_FALSE(parse_http_date(wrong)) << wrong;
}

TEST(ClockTest, AVirtualClockStandsStillUntilItIsMoved) {
  VirtualClock clock(from_unix_seconds(100));
  std::thread waiter([&] { EXPECT_TRUE(clock.wait_until(from_unix_seconds(160), {})); });
  clock.advance(std::chrono::seconds(60));
  waiter.join();
  EXPECT_EQ(to_unix_seconds(clock.now()), 160);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(clock.wait_until(from_unix_seconds(1000), stop.get_token()));
}

}  // namespace
}  // namespace axonite
