#include "net/poller.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>

#include "net/stream.h"

namespace axonite::net {
namespace {

constexpr std::chrono::seconds kSoon{3};

TEST(PollerTest, CallsOnceWhenBytesCome) {
  Poller poller({.threads_min = 2});
  auto [near, far] = stream_pair();
  std::promise<void> called;
  poller.park(far->descriptor(), [&] { called.set_value(); });
  auto future = called.get_future();
  EXPECT_EQ(future.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  EXPECT_EQ(poller.parked(), 1u);
  EXPECT_TRUE(near->write("x", in(kSoon)));
  EXPECT_EQ(future.wait_for(kSoon), std::future_status::ready);
  EXPECT_EQ(poller.parked(), 0u);
}

TEST(PollerTest, DropsWhatIsSilentTooLong) {
  Poller poller({.threads_min = 2});
  auto [near, far] = stream_pair();
  int descriptor = far->descriptor();
  poller.park(descriptor, [owned = std::shared_ptr<Stream>(std::move(far))] {}, std::chrono::milliseconds(10));
  char byte;
  auto got = near->read(std::span(&byte, 1), in(kSoon));
  EXPECT_TRUE(got && *got == 0);
}

TEST(PollerTest, DropsWhatIsParkedBeyondItsBound) {
  Poller poller({.threads_min = 2, .parked_max = 0});
  auto [near, far] = stream_pair();
  int descriptor = far->descriptor();
  poller.park(descriptor, [owned = std::shared_ptr<Stream>(std::move(far))] {});
  char byte;
  auto got = near->read(std::span(&byte, 1), in(kSoon));
  EXPECT_TRUE(got && *got == 0);
}

// Twenty calls that all wait for the last of them: two threads alone would never get there.
TEST(PollerTest, BlockedThreadsAreReinforced) {
  constexpr int kCalls = 20;
  Poller poller({.threads_min = 2, .threads_max = 32});
  std::mutex mutex;
  std::condition_variable all_here;
  int here = 0;
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < kCalls; ++i) {
    auto [near, far] = stream_pair();
    EXPECT_TRUE(near->write("x", in(kSoon)));
    poller.park(far->descriptor(), [&] {
      std::unique_lock lock(mutex);
      if (++here == kCalls) all_here.notify_all();
      all_here.wait_for(lock, kSoon, [&] { return here == kCalls; });
    });
    streams.push_back(std::move(near));
    streams.push_back(std::move(far));
  }
  std::unique_lock lock(mutex);
  EXPECT_TRUE(all_here.wait_for(lock, kSoon, [&] { return here == kCalls; }));
  EXPECT_GE(poller.threads(), 20u);
  lock.unlock();
  poller.stop(kSoon);
}

TEST(PollerTest, NeverHasMoreThreadsThanItMay) {
  Poller poller({.threads_min = 2, .threads_max = 3});
  std::promise<void> release;
  auto released = release.get_future().share();
  std::atomic<int> here = 0;
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 6; ++i) {
    auto [near, far] = stream_pair();
    EXPECT_TRUE(near->write("x", in(kSoon)));
    poller.park(far->descriptor(), [&] { ++here, released.wait(); });
    streams.push_back(std::move(near));
    streams.push_back(std::move(far));
  }
  EXPECT_EQ(released.wait_for(std::chrono::milliseconds(200)), std::future_status::timeout);
  EXPECT_EQ(here, 3);
  EXPECT_EQ(poller.threads(), 3u);
  release.set_value();
  poller.stop(kSoon);
}

TEST(PollerTest, ListensOnBothLoopbacksAndRefusesATakenPort) {
  Poller poller({.threads_min = 2});
  std::atomic<int> accepted = 0;
  auto take = [&](int descriptor) { socket_stream(descriptor), ++accepted; };
  auto port = poller.listen(0, take);
  ASSERT_TRUE(port);
  EXPECT_TRUE(connect("127.0.0.1", *port, in(kSoon)));
  EXPECT_EQ(poller.listen(*port, take).error().code, "PortInUse");
  poller.stop(kSoon);
}

TEST(PollerTest, StopDropsWhatIsParked) {
  auto [near, far] = stream_pair();
  Poller poller({.threads_min = 2});
  int descriptor = far->descriptor();
  poller.park(descriptor, [owned = std::shared_ptr<Stream>(std::move(far))] {});
  poller.stop(kSoon);
  char byte;
  auto got = near->read(std::span(&byte, 1), in(kSoon));
  EXPECT_TRUE(got && *got == 0);
}

}  // namespace
}  // namespace axonite::net
