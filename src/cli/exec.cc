#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "cli/commands.h"
#include "cli/report.h"
#include "cli/target.h"
#include "server/python.h"

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

// False when the packages are not there.
bool add_guide_spelling(Environment& environment) {
  std::filesystem::path folder = server::python_folder();
  if (folder.empty()) return false;
  const char* inherited = std::getenv("PYTHONPATH");
  environment.set["PYTHONPATH"] = (folder / "guide_spelling").string() + (inherited ? ":" + std::string(inherited) : "");
  return true;
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

}  // namespace

int exec(const ExecOptions& options) {
  sigset_t waited, before;
  sigemptyset(&waited);
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&waited, signal);
  pthread_sigmask(SIG_BLOCK, &waited, &before);
  auto target = find_or_start(options.data_dir);
  if (!target) {
    std::cerr << "axonite: " << target.error().message << (target.error().log.empty() ? "" : " (" + target.error().log + ")") << "\n";
    return 1;
  }
  if (options.guide_spelling && !add_guide_spelling(target->environment)) {
    std::cerr << "axonite: the folder with the guide's packages is not there\n";
    return 1;
  }
  pid_t child = ::fork();
  if (child == 0) become(options.command, child_environment(target->environment), before);
  int code = child < 0 ? 1 : wait_for_child(child, waited);
  if (options.report) print_report(target->ports.front);
  return code;
}

}  // namespace axonite::cli
