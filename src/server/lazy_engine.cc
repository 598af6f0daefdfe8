#include "server/lazy_engine.h"

#include "base/text.h"

namespace axonite::server {
namespace {

std::string database_name(std::string_view workspace, std::string_view pool) {
  return text::to_lower(workspace) + "/" + text::to_lower(pool);
}

}  // namespace

Result<engine::Engine*> LazyEngine::opened() {
  std::lock_guard lock(mutex_);
  if (!engine_) {
    std::filesystem::create_directories(options_.directory);
    TRY(engine_, engine::Engine::open(options_, [&lake = lake_](const identity::Principal& principal) { return lake.view(principal); }));
  }
  return engine_.get();
}

Result<void> LazyEngine::attach(std::string_view database) {
  TRY(engine::Engine * engine, opened());
  return engine->attach(database);
}

Result<void> LazyEngine::drop(std::string_view database) {
  TRY(engine::Engine * engine, opened());
  return engine->drop(database);
}

Result<std::unique_ptr<engine::Session>> LazyEngine::open_session(const engine::SessionOptions& options) {
  TRY(engine::Engine * engine, opened());
  return engine->open_session(options);
}

Result<void> EnginePoolDatabases::create(std::string_view workspace, std::string_view pool) {
  return engine_.attach(database_name(workspace, pool));
}

Result<void> EnginePoolDatabases::drop(std::string_view workspace, std::string_view pool) {
  // Attached first, so that a database of an earlier start is found and its file goes.
  CHECK_OK(engine_.attach(database_name(workspace, pool)));
  return engine_.drop(database_name(workspace, pool));
}

}  // namespace axonite::server
