#include "catalog/scan/store.h"

#include <boost/json.hpp>

#include "base/text.h"

namespace axonite::catalog::scan {
namespace {

constexpr std::string_view kMigrations[] = {R"(
CREATE TABLE definition(account TEXT NOT NULL, path TEXT NOT NULL, parent TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY(account, path)) WITHOUT ROWID;
CREATE INDEX definition_parent ON definition(account, parent, path);
CREATE TABLE run(sequence INTEGER PRIMARY KEY, account TEXT NOT NULL, source TEXT NOT NULL, scan TEXT NOT NULL, id TEXT NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL);
CREATE UNIQUE INDEX run_id ON run(account, source, scan, id);
CREATE TABLE found(scan TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, mark TEXT NOT NULL, PRIMARY KEY(scan, type, name)) WITHOUT ROWID;
)"};
constexpr std::size_t kRunsShown = 100;

json::Value parsed(std::string_view text) { return json::parse(text).value_or(json::Value(json::Object{})); }
std::string collection_of(std::string_view path) { return std::string(path.substr(0, path.rfind('/'))); }

Run run_of(store::Statement& row) {
  return {.account = std::string(row.text(0)), .source = std::string(row.text(1)), .scan = std::string(row.text(2)), .id = std::string(row.text(3)), .status = std::string(row.text(4)), .body = parsed(row.text(5))};
}

Error no_parent(std::string_view path) {
  return not_found(path.find("/scans/") == std::string_view::npos ? "DataSource_NotFound" : "Scan_NotFound", "'" + std::string(path) + "' does not exist.");
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& file) {
  TRY(auto database, store::Database::open(file, kMigrations));
  return std::unique_ptr<Store>(new Store(std::move(database)));
}

Result<std::optional<json::Value>> Store::get(std::string_view account, std::string_view path) const {
  return store::read<std::optional<json::Value>>(*database_, [&](store::Connection& connection) {
    return connection.first("SELECT body FROM definition WHERE account=?1 AND path=?2", [](store::Statement& row) { return parsed(row.text(0)); }, account, text::to_lower(path));
  });
}

Result<bool> Store::put(std::string_view account, std::string_view given, const json::Value& body) {
  std::string path = text::to_lower(given), collection = collection_of(path), parent = collection_of(collection);
  return store::write<bool>(*database_, [&](store::Connection& connection) -> Result<bool> {
    auto there = [&](const std::string& wanted) { return connection.first("SELECT 1 FROM definition WHERE account=?1 AND path=?2", [](store::Statement&) { return true; }, account, wanted); };
    if (collection.find('/') != std::string::npos) {
      TRY(auto found, there(parent));
      if (!found) return std::unexpected(no_parent(parent));
    }
    TRY(auto before, there(path));
    CHECK_OK(connection.execute("INSERT INTO definition(account,path,parent,body) VALUES(?1,?2,?3,?4) ON CONFLICT(account,path) DO UPDATE SET body=?4", account, path, collection, json::write(body)));
    return !before;
  });
}

Result<bool> Store::remove(std::string_view account, std::string_view given) {
  std::string path = text::to_lower(given);
  return store::write<bool>(*database_, [&](store::Connection& connection) -> Result<bool> {
    CHECK_OK(connection.execute("DELETE FROM definition WHERE account=?1 AND path>=?2||'/' AND path<?2||'0'", account, path));
    CHECK_OK(connection.execute("DELETE FROM definition WHERE account=?1 AND path=?2", account, path));
    return connection.changes() > 0;
  });
}

Result<std::vector<Definition>> Store::list(std::string_view account, std::string_view collection) const {
  return store::read<std::vector<Definition>>(*database_, [&](store::Connection& connection) -> Result<std::vector<Definition>> {
    std::vector<Definition> all;
    CHECK_OK(connection.each("SELECT path,body FROM definition WHERE account=?1 AND parent=?2 ORDER BY path",
                             [&](store::Statement& row) { all.push_back({std::string(row.text(0)), parsed(row.text(1))}); }, account, text::to_lower(collection)));
    return all;
  });
}

Result<std::vector<Store::Place>> Store::triggers() const {
  return store::read<std::vector<Place>>(*database_, [&](store::Connection& connection) -> Result<std::vector<Place>> {
    std::vector<Place> all;
    CHECK_OK(connection.each("SELECT account,path,body FROM definition WHERE path LIKE 'datasources/%/scans/%/triggers/default'", [&](store::Statement& row) {
      auto parts = text::split(row.text(1), '/');
      all.push_back({std::string(row.text(0)), std::string(parts[1]), std::string(parts[3]), parsed(row.text(2))});
    }));
    return all;
  });
}

Result<void> Store::put_run(const Run& run) {
  return database_->write([&](store::Connection& connection) {
    return connection.execute("INSERT INTO run(account,source,scan,id,status,body) VALUES(?1,?2,?3,?4,?5,?6) ON CONFLICT(account,source,scan,id) DO UPDATE SET status=?5,body=?6",
                              run.account, run.source, run.scan, run.id, run.status, json::write(run.body));
  });
}

Result<std::optional<Run>> Store::run(std::string_view account, std::string_view source, std::string_view scan, std::string_view id) const {
  return store::read<std::optional<Run>>(*database_, [&](store::Connection& connection) {
    return connection.first("SELECT account,source,scan,id,status,body FROM run WHERE account=?1 AND source=?2 AND scan=?3 AND id=?4", run_of, account, text::to_lower(source), text::to_lower(scan), id);
  });
}

Result<std::vector<Run>> Store::runs(std::string_view account, std::string_view source, std::string_view scan) const {
  return store::read<std::vector<Run>>(*database_, [&](store::Connection& connection) -> Result<std::vector<Run>> {
    std::vector<Run> all;
    CHECK_OK(connection.each("SELECT account,source,scan,id,status,body FROM run WHERE account=?1 AND source=?2 AND scan=?3 ORDER BY sequence DESC LIMIT ?4",
                             [&](store::Statement& row) { all.push_back(run_of(row)); }, account, text::to_lower(source), text::to_lower(scan), kRunsShown));
    return all;
  });
}

Result<std::vector<Run>> Store::unfinished() const {
  return store::read<std::vector<Run>>(*database_, [&](store::Connection& connection) -> Result<std::vector<Run>> {
    std::vector<Run> all;
    CHECK_OK(connection.each("SELECT account,source,scan,id,status,body FROM run WHERE status IN ('Accepted','InProgress') ORDER BY sequence", [&](store::Statement& row) { all.push_back(run_of(row)); }));
    return all;
  });
}

Result<std::vector<FoundAsset>> Store::found(std::string_view scan) const {
  return store::read<std::vector<FoundAsset>>(*database_, [&](store::Connection& connection) -> Result<std::vector<FoundAsset>> {
    std::vector<FoundAsset> all;
    CHECK_OK(connection.each("SELECT type,name,mark FROM found WHERE scan=?1", [&](store::Statement& row) { all.push_back({std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2))}); }, scan));
    return all;
  });
}

Result<void> Store::replace_found(std::string_view scan, const std::vector<FoundAsset>& assets) {
  return database_->write([&](store::Connection& connection) -> Result<void> {
    CHECK_OK(connection.execute("DELETE FROM found WHERE scan=?1", scan));
    for (const FoundAsset& one : assets) CHECK_OK(connection.execute("INSERT OR REPLACE INTO found(scan,type,name,mark) VALUES(?1,?2,?3,?4)", scan, one.type, one.name, one.mark));
    return ok();
  });
}

}  // namespace axonite::catalog::scan
