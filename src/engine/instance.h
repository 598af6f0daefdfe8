#pragma once
#include <atomic>
#include <filesystem>
#include <mutex>
#include <string>

#include "base/result.h"
#include "engine/session.h"

struct _duckdb_database;
struct _duckdb_connection;

namespace axonite::engine {

// DuckDB itself, with a connection of our own for what no session may do. Shared by the Engine and its sessions; the
// last of them closes it, which checkpoints the pool files.
class Instance {
 public:
  static Result<std::shared_ptr<Instance>> open(const EngineOptions& options);
  Instance() = default;
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  ~Instance();

  // Any statement, as the server itself.
  Result<void> administer(const std::string& sql);
  _duckdb_database* database() const { return database_; }
  // "workspace/pool" → "<directory>/workspace%2Fpool.duckdb".
  std::filesystem::path file_of(std::string_view database) const;
  std::string next_scratch_name() { return "scratch_" + std::to_string(++scratch_names_); }

 private:
  Result<void> start(const EngineOptions& options);

  std::filesystem::path directory_;
  _duckdb_database* database_ = nullptr;
  std::mutex administer_mutex_;
  _duckdb_connection* administrator_ = nullptr;
  std::atomic<std::uint64_t> scratch_names_ = 0;
};

}  // namespace axonite::engine
