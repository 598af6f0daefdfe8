#include "worker/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace axonite::worker {
namespace {

using Deadline = std::chrono::steady_clock::time_point;

constexpr int kSocket = 3;  // in the child
constexpr std::size_t kErrorTailBytes = 4096;
constexpr int kLastWordsMilliseconds = 1000;

// Everything that the child needs between fork and exec, where only system calls are safe.
struct Plan {
  std::vector<char*> arguments, environment;
  std::string directory;
  Limits limits;
  int socket = -1, errors = -1, null = -1;
  pid_t parent = 0;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

void limit(__rlimit_resource resource, std::uint64_t value) {
  rlimit bound{.rlim_cur = value, .rlim_max = value};
  ::setrlimit(resource, &bound);
}

void apply_limits(const Limits& limits) {
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, limits.open_files_max);
  if (limits.memory_bytes_max) limit(RLIMIT_DATA, limits.memory_bytes_max);
  if (limits.cpu_seconds_max) limit(RLIMIT_CPU, limits.cpu_seconds_max);
}

void reset_signals() {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::signal(signal, SIG_DFL);
}

// In the child. Its descriptors are high ones until they are put in place, so none overwrites another.
[[noreturn]] void become(const Plan& plan) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent) ::_exit(125);  // the server was gone before the line above
  ::setpgid(0, 0);
  reset_signals();
  ::dup2(plan.null, 0);
  ::dup2(plan.errors, 1);
  ::dup2(plan.errors, 2);
  ::dup2(plan.socket, kSocket);
  ::syscall(SYS_close_range, kSocket + 1, ~0u, 0);
  apply_limits(plan.limits);
  if (::chdir(plan.directory.c_str()) == 0) ::execve(plan.arguments[0], plan.arguments.data(), plan.environment.data());
  int why = errno;
  [[maybe_unused]] auto written = ::write(2, "exec failed", 11);
  ::_exit(why == ENOENT ? 127 : 126);
}

int above(int descriptor, int least) {
  int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, least);
  ::close(descriptor);
  return copy;
}

// An event that becomes readable when the stop is requested.
class StopEvent {
 public:
  explicit StopEvent(std::stop_token stop) : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), callback_(std::move(stop), Ring{event_.descriptor()}) {}
  int descriptor() const { return event_.descriptor(); }

 private:
  struct Ring {
    int descriptor;
    void operator()() const { ::eventfd_write(descriptor, 1); }
  };
  File event_;
  std::stop_callback<Ring> callback_;
};

}  // namespace

Result<std::unique_ptr<Process>> Process::start(const ProcessOptions& options) {
  std::vector<std::string> arguments = options.command, variables;
  for (const auto& [name, value] : options.environment) variables.push_back(name + "=" + value);
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return std::unexpected(internal("socketpair failed"));
  auto ours = std::make_shared<File>(pair[0]);
  File theirs(above(pair[1], 10)), null(above(::open("/dev/null", O_RDONLY | O_CLOEXEC), 10));
  auto errors = std::make_shared<File>(above(::memfd_create("worker-errors", MFD_CLOEXEC), 10));
  Plan plan{.arguments = pointers(arguments), .environment = pointers(variables), .directory = options.directory.string(), .limits = options.limits,
            .socket = theirs.descriptor(), .errors = errors->descriptor(), .null = null.descriptor(), .parent = ::getpid()};
  pid_t id = ::fork();
  if (id == 0) become(plan);
  if (id < 0) return std::unexpected(unavailable("WorkerNotStarted", "No process could be started."));
  ::setpgid(id, id);  // in both, so that it holds whoever comes first
  return std::unique_ptr<Process>(new Process(id, std::move(ours), std::move(errors), options.limits.line_bytes_max));
}

Process::~Process() {
  kill();
  std::lock_guard lock(mutex_);
  if (!reaped_) ::waitpid(id_, nullptr, 0);
}

void Process::kill() {
  std::lock_guard lock(mutex_);
  if (!reaped_) ::kill(-id_, SIGKILL);
}

Error Process::died() {
  std::lock_guard lock(mutex_);
  if (!reaped_) {
    // Its socket is closed: it is of no use any more, but may be about to say why.
    File handle(static_cast<int>(::syscall(SYS_pidfd_open, id_, 0)));
    pollfd ended{handle.descriptor(), POLLIN, 0};
    ::poll(&ended, 1, kLastWordsMilliseconds);
    ::kill(-id_, SIGKILL);  // what it left behind; the number is its own until it is reaped
    int state = 0;
    ::waitpid(id_, &state, 0);
    reaped_ = true;
    end_ = WIFSIGNALED(state) ? "was ended by signal " + std::to_string(WTERMSIG(state)) : "ended with code " + std::to_string(WEXITSTATUS(state));
  }
  Error error = unavailable("WorkerDied", "The worker process " + end_ + ".");
  std::uint64_t size = errors_->size().value_or(0);
  std::string tail(std::min<std::uint64_t>(size, kErrorTailBytes), '\0');
  if (auto read = errors_->read_at(size - tail.size(), tail)) tail.resize(*read);
  error.log = std::move(tail);
  return error;
}

Result<void> Process::wait_for(short events, Deadline deadline, const std::stop_token& stop, int wake) {
  while (true) {
    if (stop.stop_requested()) return std::unexpected(cancelled("WorkerCancelled", "The run was cancelled."));
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return std::unexpected(cancelled("WorkerTimeout", "The worker process did not answer in time."));
    pollfd waited[] = {{socket_->descriptor(), events, 0}, {wake, POLLIN, 0}};
    int ready = ::poll(waited, 2, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
    if (ready < 0 && errno != EINTR) return std::unexpected(internal("poll of a worker failed"));
    if (ready > 0 && waited[0].revents) return ok();
  }
}

Result<void> Process::send(std::string_view line, Deadline deadline, std::stop_token stop) {
  StopEvent event(stop);
  std::string message = std::string(line) + "\n";
  for (std::string_view rest = message; !rest.empty();) {
    CHECK_OK(wait_for(POLLOUT, deadline, stop, event.descriptor()));
    ssize_t sent = ::send(socket_->descriptor(), rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) rest.remove_prefix(static_cast<std::size_t>(sent));
    else if (errno != EAGAIN && errno != EINTR) return std::unexpected(died());
  }
  return ok();
}

Result<std::string> Process::receive(Deadline deadline, std::stop_token stop) {
  StopEvent event(stop);
  while (true) {
    if (std::size_t end = buffer_.find('\n', scanned_); end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      scanned_ = 0;
      return line;
    }
    scanned_ = buffer_.size();
    if (scanned_ > line_bytes_max_) return std::unexpected(too_large("WorkerMessageTooLarge", "The worker process sent a message that is too large."));
    CHECK_OK(wait_for(POLLIN, deadline, stop, event.descriptor()));
    char block[64 * 1024];
    ssize_t received = ::recv(socket_->descriptor(), block, sizeof block, MSG_DONTWAIT);
    if (received > 0) buffer_.append(block, static_cast<std::size_t>(received));
    else if (received == 0 || (errno != EAGAIN && errno != EINTR)) return std::unexpected(died());
  }
}

}  // namespace axonite::worker
