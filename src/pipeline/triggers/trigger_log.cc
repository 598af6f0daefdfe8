#include "pipeline/triggers/trigger_log.h"

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace axonite::pipeline::triggers {
namespace {

constexpr std::string_view kMigrations[] = {
    "CREATE TABLE trigger_state(owner TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL,"
    " started INTEGER NOT NULL, subscribed INTEGER NOT NULL, anchor TEXT NOT NULL, cursor INTEGER NOT NULL,"
    " PRIMARY KEY(owner, key)) WITHOUT ROWID;"
    "CREATE TABLE trigger_run(id TEXT PRIMARY KEY, group_id TEXT NOT NULL, owner TEXT NOT NULL, key TEXT NOT NULL,"
    " name TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL, message TEXT NOT NULL, fired INTEGER NOT NULL,"
    " updated INTEGER NOT NULL, scheduled INTEGER NOT NULL, window_end INTEGER, cause TEXT NOT NULL, body TEXT NOT NULL,"
    " serial INTEGER NOT NULL, attempt INTEGER NOT NULL, not_before INTEGER NOT NULL, plan TEXT NOT NULL,"
    " open INTEGER NOT NULL, UNIQUE(owner, key, scheduled, cause, serial)) WITHOUT ROWID;"
    "CREATE INDEX trigger_run_by_change ON trigger_run(owner, updated);"
    "CREATE INDEX trigger_run_open ON trigger_run(owner, key, scheduled) WHERE open = 1"};

#define TRIGGER_RUN_COLUMNS \
  "SELECT id, group_id, owner, name, type, status, message, fired, updated, scheduled, window_end, cause, body, serial," \
  " attempt, not_before, plan FROM trigger_run "

std::string write_plan(const std::vector<PlannedRun>& plan) {
  json::Array written;
  for (const PlannedRun& one : plan)
    written.push_back(json::Object{{"pipeline", one.pipeline}, {"runId", one.run_id}, {"parameters", one.parameters}});
  return json::write(written);
}

std::vector<PlannedRun> read_plan(std::string_view text) {
  std::vector<PlannedRun> plan;
  json::Value value = json::parse(text).value_or(json::Array());
  if (value.is_array())
    for (const json::Value& one : value.get_array())
      plan.push_back({json::string_or(one, "pipeline"), json::string_or(one, "runId"), json::string_or(one, "parameters")});
  return plan;
}

TriggerRun read_run(store::Statement& row) {
  auto text = [&](int column) { return std::string(row.text(column)); };
  auto time = [&](int column) { return from_unix_nanoseconds(row.integer(column)); };
  TriggerRun run{.id = text(0), .group_id = text(1), .owner = text(2), .trigger = text(3), .type = text(4), .status = text(5),
                 .message = text(6), .fired = time(7), .updated = time(8), .scheduled = time(9)};
  if (!row.is_null(10)) run.window_end = time(10);
  run.cause = text(11);
  run.body = text(12);
  run.serial = static_cast<int>(row.integer(13));
  run.attempt = static_cast<int>(row.integer(14));
  run.not_before = time(15);
  run.plan = read_plan(row.text(16));
  return run;
}

TriggerState read_state(store::Statement& row) {
  auto text = [&](int column) { return std::string(row.text(column)); };
  return {.owner = text(0), .name = text(1), .definition = text(2), .started = row.integer(3) != 0, .subscribed = row.integer(4) != 0,
          .anchor = text(5), .cursor = from_unix_nanoseconds(row.integer(6))};
}

Result<void> put_state(store::Connection& connection, const TriggerState& state) {
  return connection.execute("INSERT OR REPLACE INTO trigger_state VALUES(?1,?2,?3,?4,?5,?6,?7,?8)", state.owner, text::to_lower(state.name),
                            state.name, state.definition, state.started ? 1 : 0, state.subscribed ? 1 : 0, state.anchor,
                            to_unix_nanoseconds(state.cursor));
}

std::optional<std::int64_t> nanoseconds(const std::optional<Time>& time) {
  if (!time) return std::nullopt;
  return to_unix_nanoseconds(*time);
}

}  // namespace

Result<std::unique_ptr<TriggerLog>> TriggerLog::open(const std::filesystem::path& file) {
  TRY(auto database, store::Database::open(file, kMigrations));
  return std::unique_ptr<TriggerLog>(new TriggerLog(std::move(database)));
}

Result<void> TriggerLog::put(const TriggerState& state) {
  return database_->write([&](store::Connection& connection) { return put_state(connection, state); });
}

Result<std::vector<TriggerState>> TriggerLog::states() const {
  std::vector<TriggerState> states;
  CHECK_OK(database_->read([&](store::Connection& connection) {
    return connection.each("SELECT owner, name, definition, started, subscribed, anchor, cursor FROM trigger_state",
                           [&](store::Statement& row) { states.push_back(read_state(row)); });
  }));
  return states;
}

Result<std::optional<TriggerState>> TriggerLog::state(std::string_view owner, std::string_view name) const {
  std::optional<TriggerState> found;
  CHECK_OK(database_->read([&](store::Connection& connection) {
    return connection.each("SELECT owner, name, definition, started, subscribed, anchor, cursor FROM trigger_state WHERE owner=?1 AND key=?2",
                           [&](store::Statement& row) { found = read_state(row); }, text::to_lower(owner), text::to_lower(name));
  }));
  return found;
}

Result<void> TriggerLog::forget(std::string_view owner, std::string_view name) {
  return database_->write([&](store::Connection& connection) -> Result<void> {
    std::string key = text::to_lower(name), of = text::to_lower(owner);
    CHECK_OK(connection.execute("DELETE FROM trigger_state WHERE owner=?1 AND key=?2", of, key));
    // What ended stays for monitoring, under a key that a trigger made anew does not meet.
    CHECK_OK(connection.execute("DELETE FROM trigger_run WHERE owner=?1 AND key=?2 AND open=1", of, key));
    return connection.execute("UPDATE trigger_run SET key='' , cause=id WHERE owner=?1 AND key=?2", of, key);
  });
}

Result<void> TriggerLog::advance(const TriggerState& state, const std::vector<TriggerRun>& runs) {
  return database_->write([&](store::Connection& connection) -> Result<void> {
    for (const TriggerRun& run : runs)
      CHECK_OK(connection.execute(
          "INSERT OR IGNORE INTO trigger_run VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19)", run.id,
          run.group_id, run.owner, text::to_lower(run.trigger), run.trigger, run.type, run.status, run.message,
          to_unix_nanoseconds(run.fired), to_unix_nanoseconds(run.updated), to_unix_nanoseconds(run.scheduled), nanoseconds(run.window_end),
          run.cause, run.body, run.serial, run.attempt, to_unix_nanoseconds(run.not_before), write_plan(run.plan), run.open() ? 1 : 0));
    return connection.execute("UPDATE trigger_state SET cursor=?3 WHERE owner=?1 AND key=?2", state.owner, text::to_lower(state.name),
                              to_unix_nanoseconds(state.cursor));
  });
}

Result<void> TriggerLog::update(const TriggerRun& run) {
  return database_->write([&](store::Connection& connection) {
    return connection.execute(
        "UPDATE trigger_run SET status=?2, message=?3, updated=?4, attempt=?5, not_before=?6, plan=?7, open=?8 WHERE id=?1", run.id,
        run.status, run.message, to_unix_nanoseconds(run.updated), run.attempt, to_unix_nanoseconds(run.not_before), write_plan(run.plan),
        run.open() ? 1 : 0);
  });
}

Result<std::vector<TriggerRun>> TriggerLog::read_runs(std::function<Result<void>(store::Connection&, std::vector<TriggerRun>&)> work) const {
  std::vector<TriggerRun> runs;
  CHECK_OK(database_->read([&](store::Connection& connection) { return work(connection, runs); }));
  return runs;
}

Result<TriggerRun> TriggerLog::get(std::string_view owner, std::string_view id) const {
  TRY(auto runs, read_runs([&](store::Connection& connection, std::vector<TriggerRun>& out) {
    return connection.each(TRIGGER_RUN_COLUMNS "WHERE id=?1 AND owner=?2", [&](store::Statement& row) { out.push_back(read_run(row)); }, id,
                           text::to_lower(owner));
  }));
  if (!runs.empty()) return std::move(runs.front());
  return std::unexpected(not_found("TriggerRunNotFound", "No trigger run has the id '" + std::string(id) + "'."));
}

Result<std::vector<TriggerRun>> TriggerLog::unfinished(std::string_view owner, std::string_view name, std::size_t count_max) const {
  return read_runs([&](store::Connection& connection, std::vector<TriggerRun>& out) {
    return connection.each(TRIGGER_RUN_COLUMNS "WHERE owner=?1 AND key=?2 AND open=1 ORDER BY scheduled LIMIT ?3",
                           [&](store::Statement& row) { out.push_back(read_run(row)); }, text::to_lower(owner), text::to_lower(name), count_max);
  });
}

Result<std::vector<TriggerRun>> TriggerLog::windows(std::string_view owner, std::string_view name, Time from, Time to) const {
  return read_runs([&](store::Connection& connection, std::vector<TriggerRun>& out) {
    return connection.each(TRIGGER_RUN_COLUMNS
                           "AS r WHERE owner=?1 AND key=?2 AND scheduled<?4 AND window_end>?3 AND serial=(SELECT max(serial) FROM trigger_run"
                           " WHERE owner=r.owner AND key=r.key AND scheduled=r.scheduled) ORDER BY scheduled",
                           [&](store::Statement& row) { out.push_back(read_run(row)); }, text::to_lower(owner), text::to_lower(name),
                           to_unix_nanoseconds(from), to_unix_nanoseconds(to));
  });
}

Result<std::vector<TriggerRun>> TriggerLog::changed(std::string_view owner, Time after, Time before) const {
  return read_runs([&](store::Connection& connection, std::vector<TriggerRun>& out) {
    return connection.each(TRIGGER_RUN_COLUMNS "WHERE owner=?1 AND updated>=?2 AND updated<?3 ORDER BY updated, id",
                           [&](store::Statement& row) { out.push_back(read_run(row)); }, text::to_lower(owner), to_unix_nanoseconds(after),
                           to_unix_nanoseconds(before));
  });
}

}  // namespace axonite::pipeline::triggers
