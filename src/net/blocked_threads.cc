#include "net/blocked_threads.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace axonite::net {
namespace {

// The letter behind the name in parentheses: R runs, S sleeps, D waits for the disk.
char state_of(pid_t thread) {
  std::string path = "/proc/self/task/" + std::to_string(thread) + "/stat";
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  char buffer[128];
  ssize_t got = ::read(descriptor, buffer, sizeof buffer);
  ::close(descriptor);
  std::string_view text(buffer, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  std::size_t name_end = text.rfind(')');
  return name_end == std::string_view::npos || name_end + 2 >= text.size() ? 0 : text[name_end + 2];
}

}  // namespace

unsigned count_blocked(std::span<const pid_t> threads) {
  return static_cast<unsigned>(std::ranges::count_if(threads, [](pid_t thread) {
    char state = state_of(thread);
    return state == 'S' || state == 'D';
  }));
}

}  // namespace axonite::net
