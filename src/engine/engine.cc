#include <set>

#include "base/text.h"
#include "engine/duckdb_session.h"
#include "engine/instance.h"
#include "engine/session.h"

namespace axonite::engine {
namespace {

constexpr std::size_t kDatabaseNameBytesMax = 200;

class DuckDbEngine : public Engine {
 public:
  DuckDbEngine(std::shared_ptr<Instance> instance, ViewOf view_of)
      : instance_(std::move(instance)), view_of_(std::move(view_of)) {}

  Result<void> attach(std::string_view database) override {
    if (database.empty() || database.size() > kDatabaseNameBytesMax) {
      return std::unexpected(invalid("DatabaseNameInvalid", "A database name has 1 to 200 bytes."));
    }
    std::lock_guard lock(mutex_);
    auto name = text::to_lower(database);
    if (attached_.contains(name)) return ok();
    CHECK_OK(instance_->administer("ATTACH " + quote_literal(instance_->file_of(name).string()) + " AS " +
                                   quote_identifier(name)));
    attached_.insert(name);
    return ok();
  }

  Result<void> drop(std::string_view database) override {
    std::lock_guard lock(mutex_);
    auto name = text::to_lower(database);
    if (attached_.erase(name)) CHECK_OK(instance_->administer("DETACH " + quote_identifier(name)));
    auto file = instance_->file_of(name);
    std::error_code failed;
    std::filesystem::remove(file.string() + ".wal", failed);
    if (!std::filesystem::remove(file, failed)) {
      return std::unexpected(not_found("DatabaseNotFound", "There is no database '" + std::string(database) + "'."));
    }
    return ok();
  }

  Result<std::unique_ptr<Session>> open_session(const SessionOptions& options) override {
    if (!options.database.empty()) {
      std::lock_guard lock(mutex_);
      if (!attached_.contains(text::to_lower(options.database))) {
        return std::unexpected(not_found("DatabaseNotFound", "There is no database '" + options.database + "'."));
      }
    }
    auto caller = std::make_shared<Caller>();
    caller->view = view_of_(options.principal);
    return open_duckdb_session(instance_, options, std::move(caller));
  }

 private:
  std::shared_ptr<Instance> instance_;
  ViewOf view_of_;
  std::mutex mutex_;
  std::set<std::string> attached_;  // lower case
};

}  // namespace

Result<std::unique_ptr<Engine>> Engine::open(EngineOptions options, ViewOf view_of) {
  TRY(auto instance, Instance::open(options));
  return std::make_unique<DuckDbEngine>(std::move(instance), std::move(view_of));
}

}  // namespace axonite::engine
