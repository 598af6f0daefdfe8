#include "vault/vault.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "store/database.h"
#include "vault/wrapping_key.h"

namespace axonite::vault {
namespace {

// A secret's row points at its latest version. `key` is the name in lower case.
constexpr std::string_view kMigrations[] = {R"sql(
CREATE TABLE secret(vault TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, latest TEXT NOT NULL,
  deleted INTEGER, purge_scheduled INTEGER, PRIMARY KEY(vault, key)) WITHOUT ROWID;
CREATE TABLE version(vault TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, enabled INTEGER NOT NULL, not_before INTEGER, expires INTEGER, content_type TEXT NOT NULL,
  tags TEXT NOT NULL, wrapped BLOB NOT NULL, PRIMARY KEY(vault, key, version)) WITHOUT ROWID;
CREATE TABLE deleted_vault(name TEXT PRIMARY KEY, id TEXT NOT NULL, location TEXT NOT NULL, body TEXT NOT NULL,
  purge_protected INTEGER NOT NULL, deleted INTEGER NOT NULL, purge_scheduled INTEGER NOT NULL) WITHOUT ROWID;
)sql"};

#define SELECT_VERSION                                                                                                    \
  "SELECT s.name, v.version, v.created, v.updated, v.enabled, v.not_before, v.expires, v.content_type, v.tags, v.wrapped, " \
  "s.deleted, s.purge_scheduled FROM secret s JOIN version v ON v.vault=s.vault AND v.key=s.key "

std::optional<std::int64_t> nanoseconds(const std::optional<Time>& time) {
  return time ? std::optional(to_unix_nanoseconds(*time)) : std::nullopt;
}

std::optional<Time> time_at(const store::Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(from_unix_nanoseconds(row.integer(column)));
}

std::string tags_text(const Tags& tags) {
  json::Object object;
  for (const auto& [key, value] : tags) object[key] = value;
  return json::write(object);
}

Tags tags_of(std::string_view text) {
  Tags tags;
  auto parsed = json::parse(text);
  if (parsed && parsed->is_object())
    for (const auto& [key, value] : parsed->get_object()) tags.emplace_back(key, value.is_string() ? std::string(value.get_string()) : "");
  return tags;
}

struct Row {
  SecretVersion secret;
  std::string wrapped;
  std::optional<Time> deleted, purge_scheduled;
};

Row read_row(const store::Statement& row) {
  return {.secret = {.name = std::string(row.text(0)),
                     .version = std::string(row.text(1)),
                     .attributes = {.enabled = row.integer(4) != 0,
                                    .not_before = time_at(row, 5),
                                    .expires = time_at(row, 6),
                                    .created = from_unix_nanoseconds(row.integer(2)),
                                    .updated = from_unix_nanoseconds(row.integer(3))},
                     .content_type = std::string(row.text(7)),
                     .tags = tags_of(row.text(8))},
          .wrapped = std::string(row.text(9)),
          .deleted = time_at(row, 10),
          .purge_scheduled = time_at(row, 11)};
}

DeletedSecret deleted_of(Row row) { return {std::move(row.secret), *row.deleted, *row.purge_scheduled}; }

DeletedVault read_vault(const store::Statement& row) {
  return {.name = std::string(row.text(0)),
          .id = std::string(row.text(1)),
          .location = std::string(row.text(2)),
          .body = std::string(row.text(3)),
          .purge_protected = row.integer(4) != 0,
          .deleted = from_unix_nanoseconds(row.integer(5)),
          .purge_scheduled = from_unix_nanoseconds(row.integer(6))};
}

Error no_secret(std::string_view name, std::string_view version = {}) {
  std::string id(name);
  if (!version.empty()) id += "/" + std::string(version);
  return not_found("SecretNotFound", "A secret with (name/id) " + id +
                                         " was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command.");
}

Error with_detail(Error error, std::string_view code) {
  error.details.push_back({.kind = error.kind, .code = std::string(code), .message = error.message});
  return error;
}

Error is_deleted(std::string_view name) {
  return with_detail(conflict("Conflict", "Secret " + std::string(name) +
                                              " is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged."),
                     "ObjectIsDeletedButRecoverable");
}

Result<void> check(std::string_view name, const NewSecret& secret) {
  if (!is_secret_name(name))
    return std::unexpected(invalid("BadParameter", "The request URI contains an invalid name: " + std::string(name)));
  if (secret.value.reveal().size() > kValueBytesMax)
    return std::unexpected(invalid("BadParameter", "Property value has invalid value: it may have at most 25 KiB."));
  return ok();
}

class StoredVaults : public Vaults {
 public:
  StoredVaults(std::unique_ptr<store::Database> database, WrappingKey key, Clock& clock)
      : database_(std::move(database)), key_(std::move(key)), clock_(clock) {}

  Result<SecretVersion> set(std::string_view vault, std::string_view name, const NewSecret& secret) override {
    CHECK_OK(check(name, secret));
    std::string v = text::to_lower(vault), key = text::to_lower(name), version = text::replace_all(new_uuid(), "-", "");
    TRY(std::string wrapped, key_.wrap(secret.value, place(v, key, version)));
    std::int64_t now = to_unix_nanoseconds(clock_.now());
    return store::write<SecretVersion>(*database_, [&](store::Connection& c) -> Result<SecretVersion> {
      CHECK_OK(forget_expired(c, v, now));
      TRY(auto deleted, c.first("SELECT deleted FROM secret WHERE vault=?1 AND key=?2", [](auto& row) { return !row.is_null(0); }, v, key));
      if (deleted.value_or(false)) return std::unexpected(is_deleted(name));
      CHECK_OK(c.execute("INSERT INTO version(vault,key,version,created,updated,enabled,not_before,expires,content_type,tags,wrapped) "
                         "VALUES(?1,?2,?3,?4,?4,?5,?6,?7,?8,?9,?10)",
                         v, key, version, now, static_cast<std::int64_t>(secret.enabled), nanoseconds(secret.not_before),
                         nanoseconds(secret.expires), secret.content_type, tags_text(secret.tags), store::Blob{wrapped}));
      CHECK_OK(c.execute("INSERT INTO secret(vault,key,name,latest) VALUES(?1,?2,?3,?4) ON CONFLICT(vault,key) DO UPDATE SET latest=?4", v, key, name, version));
      return map(row_of(c, v, key, name, version), [](Row row) { return row.secret; });
    });
  }

  Result<SecretValue> get(std::string_view vault, std::string_view name, std::string_view version) const override {
    std::string v = text::to_lower(vault), key = text::to_lower(name);
    TRY(Row row, store::read<Row>(*database_, [&](store::Connection& c) { return row_of(c, v, key, name, version); }));
    if (!row.secret.attributes.enabled)
      return std::unexpected(with_detail(forbidden("Forbidden", "Operation get is not allowed on a disabled secret."), "SecretDisabled"));
    TRY(Secret value, key_.unwrap(row.wrapped, place(v, key, row.secret.version)));
    return SecretValue{std::move(row.secret), std::move(value)};
  }

  Result<SecretVersion> update(std::string_view vault, std::string_view name, std::string_view version, const Changes& changes) override {
    std::string v = text::to_lower(vault), key = text::to_lower(name);
    return store::write<SecretVersion>(*database_, [&](store::Connection& c) -> Result<SecretVersion> {
      TRY(Row row, row_of(c, v, key, name, version));
      SecretVersion secret = std::move(row.secret);
      if (changes.enabled) secret.attributes.enabled = *changes.enabled;
      if (changes.not_before) secret.attributes.not_before = changes.not_before;
      if (changes.expires) secret.attributes.expires = changes.expires;
      if (changes.content_type) secret.content_type = *changes.content_type;
      if (changes.tags) secret.tags = *changes.tags;
      secret.attributes.updated = clock_.now();
      CHECK_OK(c.execute("UPDATE version SET updated=?4,enabled=?5,not_before=?6,expires=?7,content_type=?8,tags=?9 WHERE vault=?1 AND key=?2 AND version=?3",
                         v, key, secret.version, to_unix_nanoseconds(secret.attributes.updated), static_cast<std::int64_t>(secret.attributes.enabled),
                         nanoseconds(secret.attributes.not_before), nanoseconds(secret.attributes.expires), secret.content_type, tags_text(secret.tags)));
      return secret;
    });
  }

  Result<PageOf<SecretVersion>> list(std::string_view vault, std::string_view continuation, std::size_t count_max) const override {
    return store::read<PageOf<SecretVersion>>(*database_, [&](store::Connection& c) -> Result<PageOf<SecretVersion>> {
      PageOf<SecretVersion> page;
      CHECK_OK(c.each(SELECT_VERSION "AND v.version=s.latest WHERE s.vault=?1 AND s.key>?2 AND s.deleted IS NULL ORDER BY s.key LIMIT ?3",
                      [&](auto& row) { page.items.push_back(read_row(row).secret); }, text::to_lower(vault), continuation, count_max + 1));
      return cut(std::move(page), count_max, [](const SecretVersion& last) { return text::to_lower(last.name); });
    });
  }

  Result<PageOf<SecretVersion>> list_versions(std::string_view vault, std::string_view name, std::string_view continuation,
                                              std::size_t count_max) const override {
    return store::read<PageOf<SecretVersion>>(*database_, [&](store::Connection& c) -> Result<PageOf<SecretVersion>> {
      PageOf<SecretVersion> page;
      CHECK_OK(c.each(SELECT_VERSION "WHERE s.vault=?1 AND s.key=?2 AND v.version>?3 AND s.deleted IS NULL ORDER BY v.version LIMIT ?4",
                      [&](auto& row) { page.items.push_back(read_row(row).secret); }, text::to_lower(vault), text::to_lower(name), continuation,
                      count_max + 1));
      return cut(std::move(page), count_max, [](const SecretVersion& last) { return last.version; });
    });
  }

  Result<DeletedSecret> remove(std::string_view vault, std::string_view name, std::chrono::days retention) override {
    std::string v = text::to_lower(vault), key = text::to_lower(name);
    Time now = clock_.now();
    return store::write<DeletedSecret>(*database_, [&](store::Connection& c) -> Result<DeletedSecret> {
      TRY(Row row, row_of(c, v, key, name, {}));
      CHECK_OK(c.execute("UPDATE secret SET deleted=?3,purge_scheduled=?4 WHERE vault=?1 AND key=?2", v, key, to_unix_nanoseconds(now),
                         to_unix_nanoseconds(now + retention)));
      return DeletedSecret{std::move(row.secret), now, now + retention};
    });
  }

  Result<DeletedSecret> get_deleted(std::string_view vault, std::string_view name) const override {
    return store::read<DeletedSecret>(*database_, [&](store::Connection& c) { return deleted_row(c, vault, name); });
  }

  Result<PageOf<DeletedSecret>> list_deleted(std::string_view vault, std::string_view continuation, std::size_t count_max) const override {
    return store::read<PageOf<DeletedSecret>>(*database_, [&](store::Connection& c) -> Result<PageOf<DeletedSecret>> {
      PageOf<DeletedSecret> page;
      CHECK_OK(c.each(SELECT_VERSION "AND v.version=s.latest WHERE s.vault=?1 AND s.key>?2 AND s.purge_scheduled>?3 ORDER BY s.key LIMIT ?4",
                      [&](auto& row) { page.items.push_back(deleted_of(read_row(row))); }, text::to_lower(vault), continuation,
                      to_unix_nanoseconds(clock_.now()), count_max + 1));
      return cut(std::move(page), count_max, [](const DeletedSecret& last) { return text::to_lower(last.secret.name); });
    });
  }

  Result<SecretVersion> recover(std::string_view vault, std::string_view name) override {
    return store::write<SecretVersion>(*database_, [&](store::Connection& c) -> Result<SecretVersion> {
      TRY(DeletedSecret deleted, deleted_row(c, vault, name));
      CHECK_OK(c.execute("UPDATE secret SET deleted=NULL,purge_scheduled=NULL WHERE vault=?1 AND key=?2", text::to_lower(vault), text::to_lower(name)));
      return deleted.secret;
    });
  }

  Result<void> purge(std::string_view vault, std::string_view name) override {
    return database_->write([&](store::Connection& c) -> Result<void> {
      CHECK_OK(deleted_row(c, vault, name));
      return erase(c, text::to_lower(vault), text::to_lower(name));
    });
  }

  Result<void> bury_vault(const DeletedVault& vault) override {
    return database_->write([&](store::Connection& c) {
      return c.execute("INSERT OR REPLACE INTO deleted_vault(name,id,location,body,purge_protected,deleted,purge_scheduled) VALUES(?1,?2,?3,?4,?5,?6,?7)",
                       text::to_lower(vault.name), vault.id, vault.location, vault.body, static_cast<std::int64_t>(vault.purge_protected),
                       to_unix_nanoseconds(vault.deleted), to_unix_nanoseconds(vault.purge_scheduled));
    });
  }

  Result<DeletedVault> deleted_vault(std::string_view name) const override {
    TRY(auto all, deleted_vaults());
    for (DeletedVault& one : all)
      if (text::equals_ignoring_case(one.name, name)) return std::move(one);
    return std::unexpected(not_found("VaultNotFound", "The deleted vault '" + std::string(name) + "' does not exist."));
  }

  Result<std::vector<DeletedVault>> deleted_vaults() const override {
    return store::read<std::vector<DeletedVault>>(*database_, [&](store::Connection& c) -> Result<std::vector<DeletedVault>> {
      std::vector<DeletedVault> found;
      CHECK_OK(c.each("SELECT name,id,location,body,purge_protected,deleted,purge_scheduled FROM deleted_vault WHERE purge_scheduled>?1 ORDER BY name",
                      [&](auto& row) { found.push_back(read_vault(row)); }, to_unix_nanoseconds(clock_.now())));
      return found;
    });
  }

  Result<void> unbury_vault(std::string_view name) override {
    return database_->write([&](store::Connection& c) { return c.execute("DELETE FROM deleted_vault WHERE name=?1", text::to_lower(name)); });
  }

  Result<void> purge_vault(std::string_view name) override {
    std::string v = text::to_lower(name);
    return database_->write([&](store::Connection& c) -> Result<void> {
      CHECK_OK(c.execute("DELETE FROM version WHERE vault=?1", v));
      CHECK_OK(c.execute("DELETE FROM secret WHERE vault=?1", v));
      return c.execute("DELETE FROM deleted_vault WHERE name=?1", v);
    });
  }

  // What nobody recovered in time.
  Result<void> sweep() {
    std::int64_t now = to_unix_nanoseconds(clock_.now());
    std::vector<std::string> vaults;
    CHECK_OK(database_->read([&](store::Connection& c) {
      return c.each("SELECT name FROM deleted_vault WHERE purge_scheduled<=?1", [&](auto& row) { vaults.emplace_back(row.text(0)); }, now);
    }));
    for (const std::string& vault : vaults) CHECK_OK(purge_vault(vault));
    return database_->write([&](store::Connection& c) -> Result<void> {
      CHECK_OK(c.execute("DELETE FROM version WHERE (vault,key) IN (SELECT vault,key FROM secret WHERE purge_scheduled<=?1)", now));
      return c.execute("DELETE FROM secret WHERE purge_scheduled<=?1", now);
    });
  }

 private:
  static std::string place(std::string_view vault, std::string_view key, std::string_view version) {
    return std::string(vault) + "/" + std::string(key) + "/" + std::string(version);
  }

  // One more than a page was read, to know whether there is a next.
  template <class Item, class Key>
  static PageOf<Item> cut(PageOf<Item> page, std::size_t count_max, Key key) {
    if (page.items.size() <= count_max) return page;
    page.items.resize(count_max);
    page.continuation = key(page.items.back());
    return page;
  }

  static Result<Row> row_of(store::Connection& c, std::string_view vault, std::string_view key, std::string_view name, std::string_view version) {
    TRY(auto row, c.first(SELECT_VERSION "WHERE s.vault=?1 AND s.key=?2 AND s.deleted IS NULL AND v.version=CASE WHEN ?3='' THEN s.latest ELSE ?3 END",
                          read_row, vault, key, text::to_lower(version)));
    if (!row) return std::unexpected(no_secret(name, version));
    return std::move(*row);
  }

  Result<DeletedSecret> deleted_row(store::Connection& c, std::string_view vault, std::string_view name) const {
    TRY(auto row, c.first(SELECT_VERSION "AND v.version=s.latest WHERE s.vault=?1 AND s.key=?2 AND s.purge_scheduled>?3", read_row,
                          text::to_lower(vault), text::to_lower(name), to_unix_nanoseconds(clock_.now())));
    if (!row) return std::unexpected(not_found("SecretNotFound", "Deleted Secret not found: " + std::string(name)));
    return deleted_of(std::move(*row));
  }

  static Result<void> erase(store::Connection& c, std::string_view vault, std::string_view key) {
    CHECK_OK(c.execute("DELETE FROM version WHERE vault=?1 AND key=?2", vault, key));
    return c.execute("DELETE FROM secret WHERE vault=?1 AND key=?2", vault, key);
  }

  static Result<void> forget_expired(store::Connection& c, std::string_view vault, std::int64_t now) {
    CHECK_OK(c.execute("DELETE FROM version WHERE vault=?1 AND key IN (SELECT key FROM secret WHERE vault=?1 AND purge_scheduled<=?2)", vault, now));
    return c.execute("DELETE FROM secret WHERE vault=?1 AND purge_scheduled<=?2", vault, now);
  }

  std::unique_ptr<store::Database> database_;
  WrappingKey key_;
  Clock& clock_;
};

}  // namespace

Result<std::unique_ptr<Vaults>> Vaults::open(const std::filesystem::path& database, const std::filesystem::path& key_file, Clock& clock) {
  TRY(auto opened, store::Database::open(database, kMigrations));
  TRY(WrappingKey key, WrappingKey::open(key_file));
  auto vaults = std::make_unique<StoredVaults>(std::move(opened), std::move(key), clock);
  CHECK_OK(vaults->sweep());
  return vaults;
}

bool is_secret_name(std::string_view name) {
  auto fits = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'; };
  return !name.empty() && name.size() <= 127 && std::ranges::all_of(name, fits);
}

}  // namespace axonite::vault
