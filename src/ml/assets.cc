#include "ml/assets.h"

#include "store/database.h"

namespace axonite::ml {
namespace {

constexpr std::string_view kColumns = "SELECT number,kind,name,version,body,created_ms,updated_ms,author FROM asset ";

Asset read(store::Statement& row) {
  return {.number = row.integer(0), .kind = std::string(row.text(1)), .name = std::string(row.text(2)), .version = std::string(row.text(3)), .body = std::string(row.text(4)), .created_ms = row.integer(5), .updated_ms = row.integer(6), .author = std::string(row.text(7))};
}

Error missing(std::string_view kind, std::string_view name, std::string_view version) {
  return not_found("AssetNotFound", "There is no " + std::string(kind) + " '" + std::string(name.substr(0, 256)) + "'" + (version.empty() ? "" : " of version '" + std::string(version.substr(0, 100)) + "'") + " in this workspace.");
}

}  // namespace

Result<Asset> Assets::put(std::string_view workspace, const Key& key, std::string body, std::string_view author, Existing existing) {
  if (body.size() > kAssetBytesMax) return std::unexpected(too_large("AssetTooLarge", "The " + key.kind + " has more than " + std::to_string(kAssetBytesMax) + " bytes."));
  if (key.name.empty() || key.name.size() > 255 || key.version.size() > 255) return std::unexpected(invalid("InvalidAssetName", "A name has 1 to 255 bytes.", "name"));
  CHECK_OK(database_.write([&](store::Connection& connection) -> Result<void> {
    std::int64_t now = milliseconds(clock_.now());
    CHECK_OK(connection.execute("INSERT OR IGNORE INTO asset(workspace,kind,name,version,body,created_ms,updated_ms,author) VALUES(?1,?2,?3,?4,?5,?6,?6,?7)", workspace, key.kind, key.name, key.version, body, now, author));
    if (connection.changes() == 1) return ok();
    if (existing == Existing::refused) return std::unexpected(conflict("AssetExists", "The " + key.kind + " '" + key.name + "' of version '" + key.version + "' already exists."));
    return connection.execute("UPDATE asset SET body=?5,updated_ms=?6 WHERE workspace=?1 AND kind=?2 AND name=?3 AND version=?4", workspace, key.kind, key.name, key.version, body, now);
  }));
  return get(workspace, key);
}

Result<Asset> Assets::get(std::string_view workspace, const Key& key) const {
  static const std::string sql = std::string(kColumns) + "WHERE workspace=?1 AND kind=?2 AND name=?3 AND version=?4";
  TRY(auto found, store::read<std::optional<Asset>>(database_, [&](store::Connection& connection) { return connection.first(sql, read, workspace, key.kind, key.name, key.version); }));
  if (!found) return std::unexpected(missing(key.kind, key.name, key.version));
  return std::move(*found);
}

Result<std::vector<Asset>> Assets::list(std::string_view workspace, std::string_view kind, std::string_view name) const {
  static const std::string sql = std::string(kColumns) + "WHERE workspace=?1 AND kind=?2 AND (?3='' OR name=?3) ORDER BY number DESC";
  std::vector<Asset> all;
  CHECK_OK(database_.read([&](store::Connection& connection) { return connection.each(sql, [&](store::Statement& row) { all.push_back(read(row)); }, workspace, kind, name); }));
  return all;
}

Result<Asset> Assets::latest(std::string_view workspace, std::string_view kind, std::string_view name) const {
  TRY(auto all, list(workspace, kind, name));
  if (all.empty() || name.empty()) return std::unexpected(missing(kind, name, {}));
  return std::move(all.front());
}

Result<std::string> Assets::next_version(std::string_view workspace, std::string_view kind, std::string_view name) const {
  TRY(auto highest, store::read<std::optional<std::int64_t>>(database_, [&](store::Connection& connection) {
    return connection.first("SELECT coalesce(max(CAST(version AS INTEGER)),0) FROM asset WHERE workspace=?1 AND kind=?2 AND name=?3", [](store::Statement& row) { return row.integer(0); }, workspace, kind, name);
  }));
  return std::to_string(highest.value_or(0) + 1);
}

Result<bool> Assets::remove(std::string_view workspace, const Key& key) {
  return store::write<bool>(database_, [&](store::Connection& connection) -> Result<bool> {
    CHECK_OK(connection.execute("DELETE FROM asset WHERE workspace=?1 AND kind=?2 AND name=?3 AND (?4='' OR version=?4)", workspace, key.kind, key.name, key.version));
    return connection.changes() > 0;
  });
}

}  // namespace axonite::ml
