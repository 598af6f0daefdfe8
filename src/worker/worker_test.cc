#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "worker/pool.h"

namespace axonite::worker {
namespace {

using namespace std::chrono_literals;

auto soon(std::chrono::milliseconds time = 10s) { return std::chrono::steady_clock::now() + time; }

// The interpreter of these tests is a shell script, so that no Python is needed.
class WorkerTest : public testing::Test {
 protected:
  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("worker-test-" + std::to_string(::getpid()));

  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  ProcessOptions script(const std::string& text) {
    return {.command = {"/bin/sh", "-c", text}, .environment = {{"PATH", "/usr/bin:/bin"}, {"NAME", "Ada"}}, .directory = folder_};
  }
  std::unique_ptr<Process> start(const std::string& text) { return std::move(*Process::start(script(text))); }
};

TEST_F(WorkerTest, AnswersLineByLine) {
  auto process = start("while read -r line <&3; do echo \"$NAME: $line\" >&3; done");
  ASSERT_TRUE(process->send("one", soon(), {}));
  EXPECT_EQ(process->receive(soon(), {}).value(), "Ada: one");
  ASSERT_TRUE(process->send("two", soon(), {}));
  EXPECT_EQ(process->receive(soon(), {}).value(), "Ada: two");
}

TEST_F(WorkerTest, SeesNothingButWhatItIsGiven) {
  ::setenv("AXONITE_TEST_SECRET", "hush", 1);
  auto process = start("env | sort | tr '\\n' ' ' >&3; echo >&3; open=; "
                       "for n in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do if [ -e /proc/$$/fd/$n ]; then open=\"$open$n \"; fi; done; echo \"$open\" >&3");
  std::string environment = process->receive(soon(), {}).value();
  EXPECT_EQ(environment.find("hush"), std::string::npos);
  EXPECT_NE(environment.find("NAME=Ada"), std::string::npos);
  EXPECT_EQ(process->receive(soon(), {}).value(), "0 1 2 3 ");
}

TEST_F(WorkerTest, IsEndedByABrokenPipeLikeAnyProgram) {
  ::signal(SIGPIPE, SIG_IGN);
  auto process = start("grep SigIgn /proc/self/status >&3");
  EXPECT_EQ(process->receive(soon(), {}).value().substr(8), "0000000000000000");
}

TEST_F(WorkerTest, SaysHowItDied) {
  auto process = start("echo no such module >&2; exit 3");
  auto answer = process->receive(soon(), {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, "WorkerDied");
  EXPECT_EQ(answer.error().message, "The worker process ended with code 3.");
  EXPECT_EQ(answer.error().log, "no such module\n");
  EXPECT_FALSE(process->send("x", soon(), {}));
}

TEST_F(WorkerTest, RefusesAnInterpreterThatIsNotThere) {
  ProcessOptions options = script("");
  options.command = {"/nowhere/python"};
  auto process = Process::start(options);
  ASSERT_TRUE(process);
  EXPECT_EQ((*process)->receive(soon(), {}).error().message, "The worker process ended with code 127.");
}

TEST_F(WorkerTest, BoundsItsMessages) {
  ProcessOptions options = script("yes x | tr -d '\\n' >&3");
  options.limits.line_bytes_max = 100'000;
  auto process = std::move(*Process::start(options));
  EXPECT_EQ(process->receive(soon(), {}).error().code, "WorkerMessageTooLarge");
}

TEST_F(WorkerTest, BoundsItsProcessorTime) {
  ProcessOptions options = script("while :; do :; done");
  options.limits.cpu_seconds_max = 1;
  auto process = std::move(*Process::start(options));
  EXPECT_EQ(process->receive(soon(60s), {}).error().code, "WorkerDied");
}

TEST_F(WorkerTest, WaitsNoLongerThanItMay) {
  auto process = start("sleep 100");
  EXPECT_EQ(process->receive(soon(20ms), {}).error().code, "WorkerTimeout");
  std::stop_source stop;
  std::jthread later([&] { stop.request_stop(); });
  EXPECT_EQ(process->receive(soon(), stop.get_token()).error().code, "WorkerCancelled");
}

TEST_F(WorkerTest, TakesItsOwnChildrenWithIt) {
  auto process = start("sleep 100 & echo $! >&3; wait");
  std::string child = process->receive(soon(), {}).value();
  process.reset();
  auto gone = [&] {
    std::ifstream status("/proc/" + child + "/stat");
    std::string line;
    return !std::getline(status, line) || line.find(") Z ") != std::string::npos;
  };
  for (auto end = soon(); !gone() && std::chrono::steady_clock::now() < end;) ::usleep(1000);
  EXPECT_TRUE(gone());
}

TEST_F(WorkerTest, PoolKeepsItsBoundAndCleansUp) {
  Pool pool({.command = {"/bin/sh", "-c", "pwd >&3; read -r line <&3"}, .directory = folder_ / "workers", .processes_max = 1});
  std::filesystem::path home;
  {
    auto lease = pool.take({});
    ASSERT_TRUE(lease);
    home = (*lease)->receive(soon(), {}).value();
    EXPECT_TRUE(std::filesystem::exists(home));
    std::stop_source stop;
    std::jthread later([&] { stop.request_stop(); });
    EXPECT_EQ(pool.take(stop.get_token()).error().code, "WorkerCancelled");
  }
  EXPECT_FALSE(std::filesystem::exists(home));
  EXPECT_EQ(pool.running(), 0u);
  EXPECT_TRUE(pool.take({}));
}

TEST_F(WorkerTest, PoolWithoutAnInterpreterSaysSo) {
  Pool pool({.directory = folder_ / "workers"});
  EXPECT_EQ(pool.take({}).error().kind, Error::Kind::unsupported);
}

}  // namespace
}  // namespace axonite::worker
