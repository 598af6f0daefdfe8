#include "pipeline/run_log.h"

#include "base/text.h"

namespace axonite::pipeline {
namespace {

constexpr std::string_view kMigrations[] = {
    "CREATE TABLE run(id TEXT PRIMARY KEY, group_id TEXT NOT NULL, owner TEXT NOT NULL, pipeline TEXT NOT NULL,"
    " parameters TEXT NOT NULL, definition TEXT NOT NULL, parent_run_id TEXT NOT NULL, parent_pipeline TEXT NOT NULL,"
    " status TEXT NOT NULL, message TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,"
    " start INTEGER, end INTEGER) WITHOUT ROWID;"
    "CREATE INDEX run_by_change ON run(owner, updated);"
    "CREATE INDEX run_open ON run(created) WHERE end IS NULL;"
    "CREATE TABLE run_event(run_id TEXT NOT NULL, number INTEGER NOT NULL, time INTEGER NOT NULL, kind TEXT NOT NULL,"
    " body TEXT NOT NULL, PRIMARY KEY(run_id, number)) WITHOUT ROWID",
    "ALTER TABLE run ADD COLUMN invoked_by TEXT NOT NULL DEFAULT '{}';"
    "ALTER TABLE run ADD COLUMN global_parameters TEXT NOT NULL DEFAULT '{}';"
    "CREATE TABLE announcement(key TEXT PRIMARY KEY, category TEXT NOT NULL, correlation_id TEXT NOT NULL, body TEXT NOT NULL,"
    " time INTEGER NOT NULL) WITHOUT ROWID"};

#define RUN_COLUMNS \
  "SELECT id, group_id, owner, pipeline, parameters, definition, parent_run_id, parent_pipeline, status, message," \
  " created, updated, start, end, invoked_by, global_parameters FROM run "

RunRecord read_run(store::Statement& row) {
  auto text = [&](int column) { return std::string(row.text(column)); };
  auto time = [&](int column) -> std::optional<Time> {
    if (row.is_null(column)) return std::nullopt;
    return from_unix_nanoseconds(row.integer(column));
  };
  return {.id = text(0), .group_id = text(1), .owner = text(2), .pipeline = text(3), .parameters = text(4),
          .definition = text(5), .parent_run_id = text(6), .parent_pipeline = text(7), .trigger = text(14),
          .global_parameters = text(15), .status = text(8), .message = text(9), .created = *time(10), .updated = *time(11), .start = time(12), .end = time(13)};
}

Result<void> update_run(store::Connection& connection, const std::string& id, const Event& event) {
  std::int64_t time = to_unix_nanoseconds(event.time);
  switch (event.kind) {
    case Event::Kind::run_started:
      return connection.execute("UPDATE run SET status='InProgress', start=?2, updated=?2 WHERE id=?1", id, time);
    case Event::Kind::cancel_requested:
      return connection.execute("UPDATE run SET status='Canceling', updated=?2 WHERE id=?1", id, time);
    case Event::Kind::run_finished:
      return connection.execute("UPDATE run SET status=?3, message=?4, end=?2, updated=?2 WHERE id=?1", id, time,
                                outcome_name(event.outcome), event.error ? event.error->message : std::string());
    case Event::Kind::started:
    case Event::Kind::expanded:
    case Event::Kind::iterated:
    case Event::Kind::finished:
    case Event::Kind::timed_out: return ok();
  }
  return ok();
}

Result<void> append_events(store::Connection& connection, const std::string& id, std::int64_t first,
                           const std::vector<Event>& events) {
  for (const Event& event : events) {
    CHECK_OK(connection.execute("INSERT INTO run_event VALUES(?1,?2,?3,?4,?5)", id, first++,
                                to_unix_nanoseconds(event.time), kind_name(event.kind), write_event(event)));
    CHECK_OK(update_run(connection, id, event));
  }
  if (events.empty()) return ok();
  return connection.execute("UPDATE run SET updated=?2 WHERE id=?1", id, to_unix_nanoseconds(events.back().time));
}

}  // namespace

Result<std::unique_ptr<RunLog>> RunLog::open(const std::filesystem::path& file) {
  TRY(auto database, store::Database::open(file, kMigrations));
  return std::unique_ptr<RunLog>(new RunLog(std::move(database)));
}

Result<bool> RunLog::create(const RunRecord& run) {
  return store::write<bool>(*database_, [&](store::Connection& connection) -> Result<bool> {
    CHECK_OK(connection.execute(
        "INSERT OR IGNORE INTO run VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,'',?10,?10,NULL,NULL,?11,?12)", run.id, run.group_id,
        run.owner, run.pipeline, run.parameters, run.definition, run.parent_run_id, run.parent_pipeline, run.status,
        to_unix_nanoseconds(run.created), run.trigger, run.global_parameters));
    return connection.changes() > 0;
  });
}

void RunLog::append(std::string run_id, std::int64_t first, std::vector<Event> events,
                    std::function<void(Result<void>)> done, std::vector<Announcement> told) {
  database_->write_async(
      [run_id = std::move(run_id), first, events = std::move(events), told = std::move(told)](store::Connection& connection) -> Result<void> {
        for (const Announcement& one : told)
          CHECK_OK(connection.execute("INSERT OR IGNORE INTO announcement VALUES(?1,?2,?3,?4,?5)", one.key, one.category,
                                      one.correlation_id, one.body, to_unix_nanoseconds(one.time)));
        return append_events(connection, run_id, first, events);
      },
      std::move(done));
}

Result<std::vector<Announcement>> RunLog::untold() const {
  std::vector<Announcement> told;
  CHECK_OK(database_->read([&](store::Connection& connection) {
    return connection.each("SELECT key, category, correlation_id, body, time FROM announcement ORDER BY time", [&](store::Statement& row) {
      auto text = [&](int column) { return std::string(row.text(column)); };
      told.push_back({text(0), text(1), text(2), text(3), from_unix_nanoseconds(row.integer(4))});
    });
  }));
  return told;
}

void RunLog::forget(std::vector<std::string> keys) {
  database_->write_async(
      [keys = std::move(keys)](store::Connection& connection) -> Result<void> {
        for (const std::string& key : keys) CHECK_OK(connection.execute("DELETE FROM announcement WHERE key=?1", key));
        return ok();
      },
      [](Result<void>) {});
}

void RunLog::flush() {
  (void)database_->write([](store::Connection&) { return ok(); });
}

Result<std::vector<RunRecord>> RunLog::read(
    std::function<Result<void>(store::Connection&, std::vector<RunRecord>&)> work) const {
  std::vector<RunRecord> runs;
  CHECK_OK(database_->read([&](store::Connection& connection) { return work(connection, runs); }));
  return runs;
}

Result<RunRecord> RunLog::get(std::string_view owner, std::string_view run_id) const {
  TRY(auto runs, read([&](store::Connection& connection, std::vector<RunRecord>& out) {
    return connection.each(RUN_COLUMNS "WHERE id=?1 AND owner=?2",
                           [&](store::Statement& row) { out.push_back(read_run(row)); }, run_id, text::to_lower(owner));
  }));
  if (!runs.empty()) return std::move(runs.front());
  return std::unexpected(not_found("PipelineRunNotFound", "No pipeline run has the id '" + std::string(run_id) + "'."));
}

Result<std::vector<RunRecord>> RunLog::changed(std::string_view owner, Time after, Time before) const {
  return read([&](store::Connection& connection, std::vector<RunRecord>& out) {
    return connection.each(RUN_COLUMNS "WHERE owner=?1 AND updated>=?2 AND updated<?3 ORDER BY updated, id",
                           [&](store::Statement& row) { out.push_back(read_run(row)); }, text::to_lower(owner),
                           to_unix_nanoseconds(after), to_unix_nanoseconds(before));
  });
}

Result<std::vector<RunRecord>> RunLog::unfinished() const {
  return read([&](store::Connection& connection, std::vector<RunRecord>& out) {
    return connection.each(RUN_COLUMNS "WHERE end IS NULL ORDER BY created",
                           [&](store::Statement& row) { out.push_back(read_run(row)); });
  });
}

Result<std::vector<Event>> RunLog::events(std::string_view run_id) const {
  std::vector<Event> events;
  CHECK_OK(database_->read([&](store::Connection& connection) -> Result<void> {
    Result<void> outcome;
    CHECK_OK(connection.each("SELECT kind, time, body FROM run_event WHERE run_id=?1 ORDER BY number",
                             [&](store::Statement& row) {
                               auto event = read_event(row.text(0), from_unix_nanoseconds(row.integer(1)), row.text(2));
                               if (event) events.push_back(std::move(*event));
                               else if (outcome) outcome = std::unexpected(std::move(event.error()));
                             },
                             run_id));
    return outcome;
  }));
  return events;
}

}  // namespace axonite::pipeline
