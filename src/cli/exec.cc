#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <thread>

#include "base/id.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/report.h"

extern char** environ;

namespace axonite::cli {
namespace {

constexpr int kNotFound = 127, kNotExecutable = 126;  // as a shell answers

std::vector<std::string> child_environment(const Environment& environment) {
  std::vector<std::string> entries;
  auto replaced = [&](std::string_view entry) {
    std::string name(entry.substr(0, entry.find('=')));
    return environment.set.contains(name) || std::ranges::find(environment.unset, name) != environment.unset.end();
  };
  for (char** entry = environ; *entry; ++entry)
    if (!replaced(*entry)) entries.emplace_back(*entry);
  for (const auto& [name, value] : environment.set) entries.push_back(name + "=" + value);
  return entries;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

// In the child: never returns.
[[noreturn]] void become(std::vector<std::string> command, std::vector<std::string> environment, const sigset_t& signals) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::signal(SIGPIPE, SIG_DFL);  // the server ignores it; the command must not inherit that
  sigprocmask(SIG_SETMASK, &signals, nullptr);
  std::vector<char*> arguments = pointers(command), variables = pointers(environment);
  ::execvpe(arguments[0], arguments.data(), variables.data());
  int code = errno == ENOENT ? kNotFound : kNotExecutable;
  std::cerr << "axonite: " << command[0] << ": " << std::strerror(errno) << std::endl;
  ::_exit(code);
}

// Signals that end the command reach it; its exit code is ours, or 128 + signal.
int wait_for_child(pid_t child, const sigset_t& waited) {
  while (true) {
    int received = 0;
    sigwait(&waited, &received);
    if (received != SIGCHLD) {
      ::kill(child, received);
      continue;
    }
    int state = 0;
    if (::waitpid(child, &state, WNOHANG) == child) return WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
  }
}

struct Target {
  std::unique_ptr<server::Server> own;
  std::filesystem::path data_dir;
  server::Ports ports;
};

Result<Target> find_or_start(const ExecOptions& options) {
  Target target{nullptr, options.data_dir, {}};
  if (!options.data_dir.empty()) {
    TRY(target.ports, read_server_file(options.data_dir));
    return target;
  }
  target.data_dir = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid().substr(0, 8));
  std::filesystem::create_directories(target.data_dir);
  std::filesystem::permissions(target.data_dir, std::filesystem::perms::owner_all);
  TRY(target.own, server::Server::start({.data_dir = target.data_dir, .port = 0, .sql_port = 0, .sql_serverless_port = 0, .spark_port = 0, .upstream_proxy = inherited_proxy()}));
  target.ports = target.own->ports();
  return target;
}

}  // namespace

int exec(const ExecOptions& options) {
  sigset_t waited, before;
  sigemptyset(&waited);
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&waited, signal);
  pthread_sigmask(SIG_BLOCK, &waited, &before);
  auto target = find_or_start(options);
  auto environment = target ? environment_for(target->data_dir, target->ports) : std::unexpected(target.error());
  if (!environment) {
    std::cerr << "axonite: " << environment.error().message << (environment.error().log.empty() ? "" : " (" + environment.error().log + ")") << "\n";
    return 1;
  }
  pid_t child = ::fork();
  if (child == 0) become(options.command, child_environment(*environment), before);
  int code = child < 0 ? 1 : wait_for_child(child, waited);
  if (options.report) print_report(target->ports.front);
  if (target->own) {
    target->own->stop();
    target->own.reset();
    std::error_code ignored;  // what is left in the temporary directory is the system's to clean
    std::filesystem::remove_all(target->data_dir, ignored);
  }
  return code;
}

}  // namespace axonite::cli
