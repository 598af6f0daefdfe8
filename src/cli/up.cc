#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "cli/commands.h"
#include "cli/environment.h"

namespace axonite::cli {

std::filesystem::path default_data_dir() {
  if (const char* chosen = std::getenv("AXONITE_DATA_DIR"); chosen && *chosen) return chosen;
  const char* base = std::getenv("XDG_DATA_HOME");
  const char* home = std::getenv("HOME");
  if (base && *base) return std::filesystem::path(base) / "axonite";
  return std::filesystem::path(home ? home : ".") / ".local/share/axonite";
}

int up(const server::Config& config) {
  // Blocked before any thread starts, so that every thread inherits it and sigwait alone takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  auto server = server::Server::start(config);
  if (!server) {
    std::cerr << "axonite: " << server.error().message << (server.error().log.empty() ? "" : " (" + server.error().log + ")") << "\n";
    return 1;
  }
  server::Ports ports = (*server)->ports();
  if (auto written = write_server_file(config.data_dir, ports); !written) std::cerr << "axonite: " << written.error().message << "\n";
  std::cout << "Axonite is ready at http://127.0.0.1:" << ports.front << " (data in " << config.data_dir.string() << ")\n"
            << "Point a shell at it with: eval \"$(axonite env --data-dir " << config.data_dir.string() << ")\"" << std::endl;
  int received = 0;
  sigwait(&signals, &received);
  remove_server_file(config.data_dir);
  (*server)->stop();
  return 0;
}

int env(const std::filesystem::path& data_dir) {
  auto ports = read_server_file(data_dir);
  auto environment = ports ? environment_for(data_dir, *ports) : std::unexpected(ports.error());
  if (!environment) {
    std::cerr << "axonite: " << environment.error().message << "\n";
    return 1;
  }
  for (const std::string& name : environment->unset) std::cout << "unset " << name << "\n";
  for (const auto& [name, value] : environment->set) {
    std::string quoted;
    for (char c : value) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    std::cout << "export " << name << "='" << quoted << "'\n";
  }
  return 0;
}

int status(const std::filesystem::path& data_dir) {
  auto ports = read_server_file(data_dir);
  if (!ports) {
    std::cout << ports.error().message << "\n";
    return 1;
  }
  std::cout << "Axonite runs on " << data_dir.string() << "\n  front             http://127.0.0.1:" << ports->front << "\n";
  if (ports->sql) std::cout << "  dedicated SQL     127.0.0.1:" << ports->sql << "\n";
  if (ports->sql_serverless) std::cout << "  serverless SQL    127.0.0.1:" << ports->sql_serverless << "\n";
  if (ports->spark) std::cout << "  Spark Connect     sc://localhost:" << ports->spark << "\n";
  return 0;
}

}  // namespace axonite::cli
