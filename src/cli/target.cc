#include "cli/target.h"

#include <cstdlib>
#include <optional>

#include "base/id.h"
#include "cli/commands.h"

namespace axonite::cli {
namespace {

constexpr const char* kNames[] = {"HTTPS_PROXY", "REQUESTS_CA_BUNDLE", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_SUBSCRIPTION_ID"};

// What `exec` and `env` set; nothing when any of it is missing.
std::optional<Environment> inherited() {
  if (!std::getenv("AXONITE_URL")) return std::nullopt;
  Environment environment;
  for (const char* name : kNames) {
    const char* value = std::getenv(name);
    if (!value || !*value) return std::nullopt;
    environment.set[name] = value;
  }
  return environment;
}

}  // namespace

Target::~Target() {
  if (!own) return;
  own->stop();
  own.reset();
  std::error_code ignored;  // what is left in the temporary directory is the system's to clean
  std::filesystem::remove_all(data_dir, ignored);
}

Result<Target> find_or_start(const std::filesystem::path& data_dir) {
  Target target;
  target.data_dir = data_dir;
  if (!data_dir.empty()) {
    TRY(target.ports, read_server_file(data_dir));
  } else {
    target.data_dir = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid().substr(0, 8));
    std::filesystem::create_directories(target.data_dir);
    std::filesystem::permissions(target.data_dir, std::filesystem::perms::owner_all);
    TRY(target.own, server::Server::start({.data_dir = target.data_dir, .port = 0, .sql_port = 0, .sql_serverless_port = 0, .spark_port = 0, .worker_python = inherited_worker_python(), .upstream_proxy = inherited_proxy()}));
    target.ports = target.own->ports();
  }
  TRY(target.environment, environment_for(target.data_dir, target.ports));
  return target;
}

Result<Target> nearest(const std::filesystem::path& data_dir) {
  if (!data_dir.empty()) return find_or_start(data_dir);
  if (auto environment = inherited()) {
    Target target;
    target.environment = std::move(*environment);
    return target;
  }
  return find_or_start(read_server_file(default_data_dir()) ? default_data_dir() : std::filesystem::path());
}

}  // namespace axonite::cli
