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
// temporary directory that ends with the command. `report` prints every Azure call the program made. `guide_spelling` puts
// the packages that the integration guide spells before the installed ones (PYTHONPATH).
struct ExecOptions {
  std::filesystem::path data_dir;  // empty = private
  bool report = false;
  bool guide_spelling = false;
  std::vector<std::string> command;
};
int exec(const ExecOptions& options);
// A factory with its resource group, or a workspace.
struct Place {
  std::string factory, resource_group, workspace;
};
// Deploys a folder in git format over the public API, with the owner's credentials.
struct ApplyOptions {
  std::filesystem::path data_dir;  // empty: see target.h, nearest()
  std::filesystem::path folder;
  Place place;
};
int apply(const ApplyOptions& options);
// Applies the folder where one is given, starts the pipeline, shows its activities as they end. 1 when the run failed.
struct RunOptions {
  ApplyOptions apply;
  std::string pipeline;
  std::string parameters;  // a JSON object, or "@file"
  std::filesystem::path junit;
};
int run(const RunOptions& options);
// Prints `export NAME=value` lines for a running server.
int env(const std::filesystem::path& data_dir);
// What runs on the data directory.
int status(const std::filesystem::path& data_dir);

std::filesystem::path default_data_dir();

}  // namespace axonite::cli
