#include "engine/instance.h"

#include <fmt/format.h>

#include "base/text.h"
#include "duckdb.h"
#include "engine/error.h"
#include "engine/native.h"

namespace axonite::engine {
namespace {

using Setting = std::pair<const char*, std::string>;

std::vector<Setting> settings_of(const EngineOptions& options) {
  return {
      {"threads", std::to_string(std::max(1u, options.threads))},
      {"memory_limit", options.memory_limit},
      {"temp_directory", (options.directory / "spill").string()},
      {"max_temp_directory_size", options.spill_limit},
      // A server downloads no code.
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"allow_community_extensions", "false"},
      {"allow_persistent_secrets", "false"},
      // Content would be kept across sessions by path; the lake reads in process anyway.
      {"enable_external_file_cache", "false"},
  };
}

Result<duckdb_database> open_database(const EngineOptions& options) {
  duckdb_config config = nullptr;
  duckdb_create_config(&config);
  for (auto& [name, value] : settings_of(options)) {
    if (duckdb_set_config(config, name, value.c_str()) != DuckDBSuccess) {
      duckdb_destroy_config(&config);
      return std::unexpected(invalid("EngineSettings", fmt::format("'{}' is no value for {}.", value, name), name));
    }
  }
  duckdb_database database = nullptr;
  char* message = nullptr;
  auto state = duckdb_open_ext(":memory:", &database, config, &message);
  duckdb_destroy_config(&config);
  if (state == DuckDBSuccess) return database;
  auto error = error_of(message ? message : "");
  duckdb_free(message);
  return std::unexpected(std::move(error));
}

}  // namespace

Result<std::shared_ptr<Instance>> Instance::open(const EngineOptions& options) {
  std::error_code failed;
  std::filesystem::remove_all(options.directory / "spill", failed);  // of a process that was killed
  std::filesystem::create_directories(options.directory / "spill", failed);
  if (failed) return std::unexpected(internal("create engine directory: " + failed.message()));
  auto instance = std::make_shared<Instance>();
  CHECK_OK(instance->start(options));
  return instance;
}

Result<void> Instance::start(const EngineOptions& options) {
  directory_ = options.directory;
  TRY(database_, open_database(options));
  if (duckdb_connect(database_, &administrator_) != DuckDBSuccess) return std::unexpected(internal("duckdb_connect"));
  CHECK_OK(register_files(database_));
  // Sessions are kept from local files by their Caller (lake_files.cc); this keeps everything else from them, too.
  CHECK_OK(administer(fmt::format("SET allowed_directories = ['lake://', {}]",
                                  quote_literal((directory_ / "").string()))));
  CHECK_OK(administer("SET enable_external_access = false"));
  // The settings of a Dialect are set per connection by us; sessions cannot run SET at all (session.cc).
  CHECK_OK(administer("SET allowed_configs = ['integer_division', 'ieee_floating_point_ops', 'default_null_order', "
                      "'default_collation', 'TimeZone', 'schema', 'search_path']"));
  return administer("SET lock_configuration = true");
}

Instance::~Instance() {
  if (administrator_) duckdb_disconnect(&administrator_);
  if (database_) duckdb_close(&database_);
}

Result<void> Instance::administer(const std::string& sql) {
  std::lock_guard lock(administer_mutex_);
  duckdb_result result;
  auto state = duckdb_query(administrator_, sql.c_str(), &result);
  auto message = state == DuckDBSuccess ? nullptr : duckdb_result_error(&result);
  auto outcome = state == DuckDBSuccess ? ok() : std::unexpected(error_of(message ? message : ""));
  duckdb_destroy_result(&result);
  return outcome;
}

std::filesystem::path Instance::file_of(std::string_view database) const {
  return directory_ / (text::percent_encode(text::to_lower(database)) + ".duckdb");
}

}  // namespace axonite::engine
