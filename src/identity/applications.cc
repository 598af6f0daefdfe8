#include "identity/applications.h"

#include "base/digest.h"
#include "base/id.h"
#include "base/text.h"
#include "identity/password.h"

namespace axonite::identity {
namespace {

constexpr std::string_view kApiScheme = "api://";

// Client secrets are long and random, so one salted digest is enough and a token request stays cheap.
std::string secret_digest(std::string_view salt, const Secret& secret) { return digest::hmac_sha256(salt, secret.reveal()); }

Error unknown(std::string_view id) { return not_found("ApplicationNotFound", "Resource '" + std::string(id) + "' does not exist."); }

Result<std::optional<Application>> read_application(store::Connection& c, std::string_view id) {
  TRY(auto found, c.first("SELECT object_id,app_id,name,created,token_version FROM application WHERE object_id=?1 OR app_id=?1", [](store::Statement& row) {
    return Application{.object_id = std::string(row.text(0)),
                       .app_id = std::string(row.text(1)),
                       .name = std::string(row.text(2)),
                       .created = from_unix_nanoseconds(row.integer(3)),
                       .identifier_uris = {},
                       .token_version = static_cast<int>(row.integer(4))};
  }, text::to_lower(id)));
  if (!found) return found;
  CHECK_OK(c.each("SELECT uri FROM application_uri WHERE app_id=?1 ORDER BY rowid", [&](store::Statement& row) { found->identifier_uris.emplace_back(row.text(0)); }, found->app_id));
  return found;
}

Result<Application> existing(store::Connection& c, std::string_view id) {
  TRY(auto found, read_application(c, id));
  if (!found) return std::unexpected(unknown(id));
  return std::move(*found);
}

Result<void> write_uris(store::Connection& c, const Application& application) {
  CHECK_OK(c.execute("DELETE FROM application_uri WHERE app_id=?1", application.app_id));
  for (const std::string& uri : application.identifier_uris) {
    TRY(auto taken, c.first("SELECT 1 FROM application_uri WHERE uri=?1", [](store::Statement&) { return true; }, uri));
    if (taken)
      return std::unexpected(conflict("IdentifierUriExists", "Another object with the same value for property identifierUris already exists."));
    CHECK_OK(c.execute("INSERT INTO application_uri(uri,app_id) VALUES(?1,?2)", uri, application.app_id));
  }
  return ok();
}

void apply(const ApplicationChanges& changes, Application& application) {
  if (changes.name) application.name = *changes.name;
  if (changes.identifier_uris) application.identifier_uris = *changes.identifier_uris;
  if (changes.token_version) application.token_version = *changes.token_version;
}

}  // namespace

Result<Application> Applications::create(std::string_view name, const ApplicationChanges& properties) {
  Application made{.object_id = new_uuid(), .app_id = new_uuid(), .name = std::string(name), .created = clock_.now(), .identifier_uris = {}};
  apply(properties, made);
  CHECK_OK(database_.write([&](store::Connection& c) -> Result<void> {
    CHECK_OK(c.execute("INSERT INTO application(app_id,object_id,name,created,token_version) VALUES(?1,?2,?3,?4,?5)", made.app_id, made.object_id, made.name,
                       to_unix_nanoseconds(made.created), made.token_version));
    return write_uris(c, made);
  }));
  return made;
}

Result<Application> Applications::change(std::string_view id, const ApplicationChanges& changes) {
  return store::write<Application>(database_, [&](store::Connection& c) -> Result<Application> {
    TRY(Application changed, existing(c, id));
    apply(changes, changed);
    CHECK_OK(c.execute("UPDATE application SET name=?2, token_version=?3 WHERE app_id=?1", changed.app_id, changed.name, changed.token_version));
    CHECK_OK(write_uris(c, changed));
    return changed;
  });
}

Result<Application> Applications::find(std::string_view id) const {
  return store::read<Application>(database_, [&](store::Connection& c) { return existing(c, id); });
}

Result<Application> Applications::find_by_audience(std::string_view audience) const {
  return store::read<Application>(database_, [&](store::Connection& c) -> Result<Application> {
    TRY(auto owner, c.first("SELECT app_id FROM application_uri WHERE uri=?1", [](store::Statement& row) { return std::string(row.text(0)); }, audience));
    if (owner) return existing(c, *owner);
    std::string_view app_id = audience.starts_with(kApiScheme) ? audience.substr(kApiScheme.size()) : audience;
    TRY(Application found, existing(c, app_id));
    if (!text::equals_ignoring_case(found.app_id, app_id)) return std::unexpected(unknown(audience));  // an object id names no audience
    return found;
  });
}

Result<void> Applications::remove(std::string_view id) {
  return database_.write([&](store::Connection& c) -> Result<void> {
    TRY(Application found, existing(c, id));
    CHECK_OK(c.execute("DELETE FROM client_secret WHERE app_id=?1", found.app_id));
    CHECK_OK(c.execute("DELETE FROM application_uri WHERE app_id=?1", found.app_id));
    return c.execute("DELETE FROM application WHERE app_id=?1", found.app_id);
  });
}

Result<ClientSecret> Applications::add_secret(std::string_view id) {
  ClientSecret made{new_uuid(), Secret(text::base64url_encode(random_bytes(30)))};
  std::string salt = random_bytes(16);
  CHECK_OK(database_.write([&](store::Connection& c) -> Result<void> {
    TRY(Application owner, existing(c, id));
    return c.execute("INSERT INTO client_secret(app_id,key_id,salt,hash) VALUES(?1,?2,?3,?4)", owner.app_id, made.key_id, store::Blob{salt},
                     store::Blob{secret_digest(salt, made.text)});
  }));
  return made;
}

Result<void> Applications::remove_secret(std::string_view id, std::string_view key_id) {
  return database_.write([&](store::Connection& c) -> Result<void> {
    TRY(Application owner, existing(c, id));
    CHECK_OK(c.execute("DELETE FROM client_secret WHERE app_id=?1 AND key_id=?2", owner.app_id, text::to_lower(key_id)));
    if (c.changes() == 0) return std::unexpected(not_found("SecretNotFound", "No password credential found with keyId '" + std::string(key_id) + "'."));
    return ok();
  });
}

Result<bool> Applications::has_secret(std::string_view app_id, const Secret& secret) const {
  bool matches = false;
  CHECK_OK(database_.read([&](store::Connection& c) {
    return c.each("SELECT salt,hash FROM client_secret WHERE app_id=?1", [&](store::Statement& row) {
      matches |= equals_in_constant_time(secret_digest(row.text(0), secret), row.text(1));
    }, app_id);
  }));
  return matches;
}

}  // namespace axonite::identity
