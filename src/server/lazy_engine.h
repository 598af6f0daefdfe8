#pragma once
// The engine, opened when it is first needed: a server that only moves files never loads it.
#include <mutex>

#include "engine/session.h"
#include "lake/namespace.h"
#include "service/synapse/service.h"

namespace axonite::server {

class LazyEngine : public engine::Engine {
 public:
  LazyEngine(engine::EngineOptions options, lake::Lake& lake) : options_(std::move(options)), lake_(lake) {}
  Result<void> attach(std::string_view database) override;
  Result<void> drop(std::string_view database) override;
  Result<std::unique_ptr<engine::Session>> open_session(const engine::SessionOptions& options) override;

 private:
  Result<engine::Engine*> opened();

  engine::EngineOptions options_;
  lake::Lake& lake_;
  std::mutex mutex_;
  std::unique_ptr<engine::Engine> engine_;
};

// Dedicated pools as databases of the engine, "workspace/pool".
class EnginePoolDatabases : public service::synapse::PoolDatabases {
 public:
  explicit EnginePoolDatabases(engine::Engine& engine) : engine_(engine) {}
  Result<void> create(std::string_view workspace, std::string_view pool) override;
  Result<void> drop(std::string_view workspace, std::string_view pool) override;

 private:
  engine::Engine& engine_;
};

}  // namespace axonite::server
