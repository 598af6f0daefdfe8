#pragma once
// The server that a command works with.
#include <filesystem>
#include <memory>

#include "cli/environment.h"
#include "server/server.h"

namespace axonite::cli {

// Ends a private server and removes its directory when it goes.
struct Target {
  Target() = default;
  Target(Target&&) = default;
  ~Target();

  std::unique_ptr<server::Server> own;  // null for one that others started
  std::filesystem::path data_dir;
  server::Ports ports;
  Environment environment;
};

// The server on `data_dir`; a private one in a temporary directory when that is empty.
Result<Target> find_or_start(const std::filesystem::path& data_dir);

// For commands that a program started by `exec` calls: the server on `data_dir`; else the one that this process's
// environment points at; else the one on the default directory; else a private one.
Result<Target> nearest(const std::filesystem::path& data_dir);

}  // namespace axonite::cli
