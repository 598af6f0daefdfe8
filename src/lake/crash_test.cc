// The process dies at random moments while it writes; what it acknowledged must be there, whole, afterwards.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

#include "lake/lake_fixture.h"

namespace axonite::lake {
namespace {

constexpr int kRounds = 6;

std::string body_of(int i) { return std::string(i % 3 == 0 ? 100'000 : 700, static_cast<char>('a' + i % 26)) + std::to_string(i); }

class CrashTest : public LakeFixture {
 protected:
  // Writes until killed; every number that reaches the pipe was acknowledged.
  [[noreturn]] void write_forever(int pipe, int round) {
    open();
    for (int i = 0;; ++i) {
      std::string name = std::to_string(round) + "/" + std::to_string(i);
      if (!put("tmp/" + name, body_of(i)) || !lake->make_directory(at("done/" + std::to_string(round)), {}, {}) ||
          !lake->rename(at("tmp/" + name), at("done/" + name), {}, {{.if_none_match = "*"}, ""}))
        ::_exit(1);
      if (::write(pipe, &i, sizeof i) != sizeof i) ::_exit(1);
    }
  }
};

TEST_F(CrashTest, AcknowledgedWritesSurviveAKill) {
  for (int round = 0; round < kRounds; ++round) {
    lake.reset();
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    pid_t child = ::fork();
    if (child == 0) write_forever(pipe[1], round);
    ::close(pipe[1]);
    int acknowledged = -1, number = 0;
    // The first answers, then a kill in the middle of what follows.
    for (int i = 0; i < 5 + 7 * round && ::read(pipe[0], &number, sizeof number) == sizeof number; ++i) acknowledged = number;
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    while (::read(pipe[0], &number, sizeof number) == sizeof number) acknowledged = number;
    ::close(pipe[0]);
    EXPECT_TRUE(WIFSIGNALED(status));
    open();
    ASSERT_GE(acknowledged, 0);
    for (int i = 0; i <= acknowledged; ++i) {
      std::string name = std::to_string(round) + "/" + std::to_string(i);
      EXPECT_EQ(read("done/" + name), body_of(i)) << "round " << round << " write " << i;
      EXPECT_EQ(read("tmp/" + name), "PathNotFound") << "a rename is whole or not at all";
    }
  }
}

}  // namespace
}  // namespace axonite::lake
