#include "arm/operations.h"

#include <array>
#include <boost/json.hpp>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "store/database.h"

namespace axonite::arm {
namespace {

constexpr std::array<std::string_view, 1> kMigrations = {R"(
CREATE TABLE operation(
  id TEXT PRIMARY KEY,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  arguments TEXT NOT NULL,
  author TEXT NOT NULL,
  status TEXT NOT NULL,
  started_ns INTEGER NOT NULL,
  ended_ns INTEGER,
  output TEXT NOT NULL DEFAULT '',
  error_kind INTEGER,
  error_code TEXT,
  error_message TEXT);
CREATE INDEX operation_running ON operation(number) WHERE status = 'InProgress';
CREATE INDEX operation_finished ON operation(ended_ns) WHERE ended_ns IS NOT NULL)"};

struct Job {
  std::string id, kind;
  resource::ResourceId resource;
  std::string arguments;
  resource::Author author;
};

std::string write_author(const resource::Author& author) {
  const identity::Principal& who = author.principal;
  return json::write(json::Object{{"kind", static_cast<int>(who.kind)},
                                  {"tenantId", who.tenant_id},
                                  {"objectId", who.object_id},
                                  {"appId", who.app_id},
                                  {"name", who.name},
                                  {"operation", author.operation},
                                  {"correlationId", author.correlation_id}});
}

resource::Author read_author(std::string_view text) {
  auto value = json::parse(text);
  if (!value) return {};
  const json::Value* kind = json::find(*value, "kind");
  return {.principal = {.kind = static_cast<identity::Principal::Kind>(kind && kind->is_int64() ? kind->get_int64() : 0),
                        .tenant_id = json::string_or(*value, "tenantId"),
                        .object_id = json::string_or(*value, "objectId"),
                        .app_id = json::string_or(*value, "appId"),
                        .name = json::string_or(*value, "name")},
          .operation = json::string_or(*value, "operation"),
          .correlation_id = json::string_or(*value, "correlationId")};
}

OperationStatus read_status(store::Statement& row) {
  OperationStatus status{.id = std::string(row.text(0)),
                         .kind = std::string(row.text(1)),
                         .resource_id = std::string(row.text(2)),
                         .status = std::string(row.text(3)),
                         .started = from_unix_nanoseconds(row.integer(4)),
                         .ended = {},
                         .output = std::string(row.text(6)),
                         .error = {}};
  if (!row.is_null(5)) status.ended = from_unix_nanoseconds(row.integer(5));
  if (!row.is_null(7))
    status.error = Error{.kind = static_cast<Error::Kind>(row.integer(7)),
                         .code = std::string(row.text(8)),
                         .message = std::string(row.text(9))};
  return status;
}

class DurableOperations : public Operations {
 public:
  DurableOperations(Clock& clock, Options options, std::unique_ptr<store::Database> database)
      : clock_(clock), options_(options), database_(std::move(database)) {}
  ~DurableOperations() override {
    for (auto& thread : threads_) thread.request_stop();
    threads_.clear();
  }

  void define(std::string kind, Work work) override { works_[std::move(kind)] = std::move(work); }

  Result<void> start() override {
    std::vector<Job> interrupted;
    CHECK_OK(database_->read([&](store::Connection& c) {
      return c.each("SELECT id, kind, resource_id, arguments, author FROM operation WHERE status = 'InProgress' "
                    "ORDER BY number",
                    [&](store::Statement& row) {
                      if (auto id = resource::ResourceId::parse(row.text(2)))
                        interrupted.push_back({std::string(row.text(0)), std::string(row.text(1)), *id,
                                               std::string(row.text(3)), read_author(row.text(4))});
                    });
    }));
    for (Job& job : interrupted) enqueue(std::move(job));
    for (unsigned i = 0; i < options_.threads; ++i)
      threads_.emplace_back([this](std::stop_token stop) { run(stop); });
    return ok();
  }

  Result<std::string> begin(std::string_view kind, const resource::ResourceId& resource, const json::Value& arguments,
                            const resource::Author& author) override {
    if (!works_.contains(std::string(kind))) return std::unexpected(internal("no work of kind " + std::string(kind)));
    Job job{new_uuid(), std::string(kind), resource, json::write(arguments), author};
    {
      std::lock_guard lock(mutex_);
      if (waiting_.size() >= options_.waiting_max)
        return std::unexpected(throttled("TooManyOperations", "Too many long-running operations are waiting."));
    }
    CHECK_OK(database_->write([&](store::Connection& c) {
      return c.execute("INSERT INTO operation(id, number, kind, resource_id, arguments, author, status, started_ns) "
                       "VALUES(?1, (SELECT coalesce(max(number), 0) + 1 FROM operation), ?2, ?3, ?4, ?5, 'InProgress', ?6)",
                       job.id, job.kind, resource.text(), job.arguments, write_author(author),
                       to_unix_nanoseconds(clock_.now()));
    }));
    std::string id = job.id;
    enqueue(std::move(job));
    return id;
  }

  Result<OperationStatus> status(std::string_view id) const override {
    return store::read<OperationStatus>(*database_, [&](store::Connection& c) -> Result<OperationStatus> {
      TRY(auto found, c.first("SELECT id, kind, resource_id, status, started_ns, ended_ns, output, error_kind, "
                              "error_code, error_message FROM operation WHERE id = ?1",
                              read_status, id));
      if (found) return std::move(*found);
      return std::unexpected(not_found("OperationNotFound", "The operation '" + std::string(id.substr(0, 64)) +
                                                                "' could not be found."));
    });
  }

  Result<OperationStatus> wait(std::string_view id, std::chrono::milliseconds limit) const override {
    {
      std::unique_lock lock(mutex_);
      ended_.wait_for(lock, limit, [&] { return !active_.contains(std::string(id)); });
    }
    return status(id);
  }

  bool busy(const resource::ResourceId& resource) const override {
    std::lock_guard lock(mutex_);
    for (const auto& [id, at] : active_)
      if (resource.covers(at)) return true;
    return false;
  }

 private:
  void enqueue(Job job) {
    {
      std::lock_guard lock(mutex_);
      active_.emplace(job.id, job.resource);
      waiting_.push_back(std::move(job));
    }
    wake_.notify_one();
  }

  void run(std::stop_token stop) {
    while (true) {
      Job job;
      {
        std::unique_lock lock(mutex_);
        if (!wake_.wait(lock, stop, [&] { return !waiting_.empty(); })) return;
        job = std::move(waiting_.front());
        waiting_.pop_front();
      }
      Result<json::Value> outcome = run_work(job, stop);
      // Interrupted by our own end: it stays InProgress and runs again at the next start.
      if (stop.stop_requested() && !outcome && outcome.error().kind == Error::Kind::cancelled) return;
      finish(job, outcome);
    }
  }

  Result<json::Value> run_work(const Job& job, std::stop_token stop) {
    auto work = works_.find(job.kind);
    if (work == works_.end()) return std::unexpected(internal("no work of kind " + job.kind));
    TRY(json::Value arguments, json::parse(job.arguments));
    return work->second({job.resource, &arguments, job.author}, stop);
  }

  void finish(const Job& job, const Result<json::Value>& outcome) {
    std::string output = outcome && !outcome->is_null() ? json::write(*outcome) : std::string();
    if (!outcome)
      log::warning("arm", "operation " + job.kind + " failed: " + outcome.error().code + " " + outcome.error().log);
    auto recorded = database_->write([&](store::Connection& c) -> Result<void> {
      std::int64_t now = to_unix_nanoseconds(clock_.now());
      if (outcome)
        CHECK_OK(c.execute("UPDATE operation SET status = 'Succeeded', ended_ns = ?2, output = ?3 WHERE id = ?1", job.id,
                           now, output));
      else
        CHECK_OK(c.execute("UPDATE operation SET status = 'Failed', ended_ns = ?2, error_kind = ?3, error_code = ?4, "
                           "error_message = ?5 WHERE id = ?1",
                           job.id, now, static_cast<int>(outcome.error().kind), outcome.error().code,
                           outcome.error().message));
      return c.execute("DELETE FROM operation WHERE id IN (SELECT id FROM operation WHERE ended_ns IS NOT NULL "
                       "ORDER BY ended_ns DESC LIMIT 8 OFFSET ?1)",
                       options_.finished_kept);
    });
    if (!recorded) log::error("arm", "the end of operation " + job.id + " was not recorded: " + recorded.error().log);
    {
      std::lock_guard lock(mutex_);
      active_.erase(job.id);
    }
    ended_.notify_all();
  }

  Clock& clock_;
  const Options options_;
  std::unique_ptr<store::Database> database_;
  std::map<std::string, Work> works_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  mutable std::condition_variable ended_;
  std::deque<Job> waiting_;
  std::map<std::string, resource::ResourceId> active_;
  std::vector<std::jthread> threads_;
};

}  // namespace

Result<std::unique_ptr<Operations>> Operations::open(const std::filesystem::path& file, Clock& clock, Options options) {
  TRY(auto database, store::Database::open(file, kMigrations));
  return std::make_unique<DurableOperations>(clock, options, std::move(database));
}

}  // namespace axonite::arm
