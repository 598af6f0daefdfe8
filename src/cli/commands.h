#pragma once
// The commands, each in a file of its own; main.cc reads the arguments.
#include <filesystem>
#include <string>
#include <vector>

#include "server/server.h"

namespace axonite::cli {

// In the foreground until SIGINT or SIGTERM. Returns the exit code, as all of these do.
int up(const server::Config& config);
// Runs `command` with the environment of a server: one that already runs on the data directory, or a private one in a
// temporary directory that ends with the command. `report` prints every Azure call the program made.
struct ExecOptions {
  std::filesystem::path data_dir;  // empty = private
  bool report = false;
  std::vector<std::string> command;
};
int exec(const ExecOptions& options);
// Prints `export NAME=value` lines for a running server.
int env(const std::filesystem::path& data_dir);
// What runs on the data directory.
int status(const std::filesystem::path& data_dir);

std::filesystem::path default_data_dir();

}  // namespace axonite::cli
