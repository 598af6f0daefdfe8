#include "identity/directory.h"

#include <map>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "base/digest.h"
#include "base/id.h"
#include "base/text.h"
#include "identity/password.h"

namespace axonite::identity {
namespace {

constexpr std::string_view kMigrations[] = {R"sql(
CREATE TABLE tenant(tenant_id TEXT PRIMARY KEY, subscription_id TEXT NOT NULL);
CREATE TABLE application(app_id TEXT PRIMARY KEY, object_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, created INTEGER NOT NULL);
CREATE TABLE client_secret(app_id TEXT NOT NULL REFERENCES application(app_id), key_id TEXT PRIMARY KEY, salt BLOB NOT NULL, hash BLOB NOT NULL);
CREATE TABLE principal(object_id TEXT PRIMARY KEY, managed INTEGER NOT NULL, app_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  resource_id TEXT NOT NULL DEFAULT '');
CREATE UNIQUE INDEX principal_resource ON principal(lower(resource_id)) WHERE resource_id <> '';
CREATE TABLE role_assignment(system INTEGER NOT NULL, id TEXT NOT NULL, scope TEXT NOT NULL, role_id TEXT NOT NULL,
  principal_id TEXT NOT NULL, created_by TEXT NOT NULL, created INTEGER NOT NULL, PRIMARY KEY(system, id)) WITHOUT ROWID;
CREATE INDEX role_assignment_principal ON role_assignment(principal_id);
CREATE TABLE sql_login(server TEXT NOT NULL, login TEXT NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL, PRIMARY KEY(server, login)) WITHOUT ROWID;
CREATE TABLE sql_entra_administrator(server TEXT PRIMARY KEY, object_id TEXT NOT NULL) WITHOUT ROWID;
)sql",
R"sql(
ALTER TABLE application ADD COLUMN token_version INTEGER NOT NULL DEFAULT 1;
CREATE TABLE application_uri(uri TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES application(app_id));
CREATE INDEX application_uri_app ON application_uri(app_id);
CREATE INDEX client_secret_app ON client_secret(app_id);
)sql"};

constexpr std::string_view kOwnerRole = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
constexpr std::size_t kVerifiedMax = 1024;

Principal read_principal(store::Statement& row, const std::string& tenant) {
  return {.kind = row.integer(1) ? Principal::Kind::managed_identity : Principal::Kind::service_principal,
          .tenant_id = tenant,
          .object_id = std::string(row.text(0)),
          .app_id = std::string(row.text(2)),
          .name = std::string(row.text(3))};
}

class StoredDirectory : public Directory {
 public:
  StoredDirectory(std::unique_ptr<store::Database> database, std::unique_ptr<SigningKey> key, Clock& clock)
      : database_(std::move(database)), key_(std::move(key)), clock_(clock), applications_(*database_, clock) {}

  Result<void> load() {
    TRY(bool fresh, read_or_make_tenant());
    issuer_ = std::make_unique<TokenIssuer>(*key_, tenant_id_, clock_);
    verifier_ = std::make_unique<SignedTokenVerifier>(*key_, tenant_id_, clock_);
    TRY(roles_, RoleAssignments::open(*database_, clock_));
    CHECK_OK(load_principals());
    return fresh ? make_owner() : ok();
  }

  const std::string& tenant_id() const override { return tenant_id_; }
  const std::string& subscription_id() const override { return subscription_id_; }
  const std::optional<Owner>& first_owner() const override { return first_owner_; }
  const SigningKey& signing_key() const override { return *key_; }
  const TokenIssuer& issuer() const override { return *issuer_; }
  const SignedTokenVerifier& verifier() const override { return *verifier_; }
  RoleAssignments& roles() override { return *roles_; }

  Applications& applications() override { return applications_; }

  Result<Principal> create_service_principal(std::string_view app_id) override {
    TRY(Application made_for, applications_.find(app_id));
    if (principal_by_app(app_id))
      return std::unexpected(conflict("ServicePrincipalExists", "The service principal cannot be created since the service principal name " + std::string(app_id) + " is already in use."));
    Principal made{.kind = Principal::Kind::service_principal, .tenant_id = tenant_id_, .object_id = new_uuid(), .app_id = made_for.app_id, .name = made_for.name};
    return keep(made, "");
  }

  Result<void> remove_service_principal(std::string_view object_id) override {
    TRY(Principal found, principal(object_id));
    if (found.kind != Principal::Kind::service_principal)
      return std::unexpected(invalid("Request_BadRequest", "A managed identity is removed with its resource."));
    return forget(found.object_id);
  }

  Result<Principal> principal_by_app(std::string_view app_id) const override {
    std::shared_lock lock(mutex_);
    for (const auto& [id, kept] : principals_)
      if (text::equals_ignoring_case(kept.principal.app_id, app_id)) return kept.principal;
    return std::unexpected(unknown_principal(app_id));
  }

  Result<Principal> principal(std::string_view object_id) const override {
    std::shared_lock lock(mutex_);
    auto found = principals_.find(text::to_lower(object_id));
    if (found == principals_.end()) return std::unexpected(unknown_principal(object_id));
    return found->second.principal;
  }

  Result<Principal> authenticate(std::string_view app_id, const Secret& secret) const override {
    auto found = principal_by_app(app_id);
    if (!found || found->kind != Principal::Kind::service_principal)
      return std::unexpected(unauthenticated("UnknownApplication", "Application with identifier '" + std::string(app_id) + "' was not found in the directory."));
    TRY(bool matches, applications_.has_secret(found->app_id, secret));
    if (!matches) return std::unexpected(unauthenticated("InvalidClientSecret", "Invalid client secret provided."));
    return found;
  }

  Result<Principal> ensure_managed_identity(std::string_view resource_id, std::string_view name) override {
    if (auto there = managed_identity(resource_id)) return there;
    Principal made{.kind = Principal::Kind::managed_identity, .tenant_id = tenant_id_, .object_id = new_uuid(), .app_id = new_uuid(), .name = std::string(name)};
    return keep(made, std::string(resource_id));
  }

  Result<void> remove_managed_identity(std::string_view resource_id) override {
    auto there = managed_identity(resource_id);
    if (!there) return ok();
    return forget(there->object_id);
  }

  Result<Principal> managed_identity(std::string_view resource_id) const override {
    std::shared_lock lock(mutex_);
    for (const auto& [id, kept] : principals_)
      if (!kept.resource_id.empty() && text::equals_ignoring_case(kept.resource_id, resource_id)) return kept.principal;
    return std::unexpected(not_found("IdentityNotFound", "The resource has no managed identity."));
  }

  std::string resource_of(const Principal& identity) const override {
    std::shared_lock lock(mutex_);
    auto found = principals_.find(identity.object_id);
    return found == principals_.end() ? std::string() : found->second.resource_id;
  }

  std::string mint_identity_header(const Principal& principal) override {
    std::string header = text::base64url_encode(random_bytes(24));
    std::unique_lock lock(mutex_);
    headers_[header] = principal;
    return header;
  }
  void revoke_identity_header(std::string_view header) override {
    std::unique_lock lock(mutex_);
    headers_.erase(std::string(header));
  }
  Result<Principal> principal_of_header(std::string_view header) const override {
    std::shared_lock lock(mutex_);
    auto found = headers_.find(std::string(header));
    if (found == headers_.end()) return std::unexpected(unauthenticated("InvalidIdentityHeader", "The identity header is not one that was given to a running program."));
    return found->second;
  }

  Result<void> set_sql_login(std::string_view server, std::string_view login, const Secret& password) override {
    PasswordHash hash = hash_password(password);
    CHECK_OK(database_->write([&](store::Connection& c) {
      return c.execute("INSERT OR REPLACE INTO sql_login(server,login,salt,hash) VALUES(?1,?2,?3,?4)", text::to_lower(server), text::to_lower(login),
                       store::Blob{hash.salt}, store::Blob{hash.hash});
    }));
    forget_verified();
    return ok();
  }

  Result<void> remove_sql_logins(std::string_view server) override {
    std::string key = text::to_lower(server);
    CHECK_OK(database_->write([&](store::Connection& c) -> Result<void> {
      CHECK_OK(c.execute("DELETE FROM sql_login WHERE server=?1", key));
      return c.execute("DELETE FROM sql_entra_administrator WHERE server=?1", key);
    }));
    forget_verified();
    return ok();
  }

  Result<Principal> verify_sql_login(std::string_view server, std::string_view login, const Secret& password) const override {
    Principal principal{.kind = Principal::Kind::sql_login, .tenant_id = tenant_id_, .object_id = "sql:" + text::to_lower(server) + "/" + text::to_lower(login), .name = std::string(login)};
    std::string remembered = digest::hmac_sha256(verified_key_, principal.object_id + "\n" + password.reveal());
    {
      std::shared_lock lock(mutex_);
      if (verified_.contains(remembered)) return principal;
    }
    TRY(auto kept, store::read<std::optional<PasswordHash>>(*database_, [&](store::Connection& c) {
      return c.first("SELECT salt,hash FROM sql_login WHERE server=?1 AND login=?2", [](store::Statement& row) {
        return PasswordHash{std::string(row.text(0)), std::string(row.text(1))};
      }, text::to_lower(server), text::to_lower(login));
    }));
    // An unknown login costs as much as a wrong password, so that the two cannot be told apart by time.
    bool matches = password_matches(password, kept.value_or(PasswordHash{"unknown login", std::string(32, '\0')}));
    if (!kept || !matches) return std::unexpected(unauthenticated("SqlLoginFailed", "Login failed for user '" + std::string(login) + "'."));
    std::unique_lock lock(mutex_);
    if (verified_.size() >= kVerifiedMax) verified_.clear();
    verified_.emplace(std::move(remembered), true);
    return principal;
  }

  Result<void> set_sql_entra_administrator(std::string_view server, std::string_view object_id) override {
    std::string key = text::to_lower(server);
    return database_->write([&](store::Connection& c) {
      if (object_id.empty()) return c.execute("DELETE FROM sql_entra_administrator WHERE server=?1", key);
      return c.execute("INSERT OR REPLACE INTO sql_entra_administrator(server,object_id) VALUES(?1,?2)", key, object_id);
    });
  }

  std::string sql_entra_administrator(std::string_view server) const override {
    auto found = store::read<std::optional<std::string>>(*database_, [&](store::Connection& c) {
      return c.first("SELECT object_id FROM sql_entra_administrator WHERE server=?1", [](store::Statement& row) { return std::string(row.text(0)); }, text::to_lower(server));
    });
    return found && *found ? **found : std::string();
  }

 private:
  struct Kept {
    Principal principal;
    std::string resource_id;
  };

  static Error unknown_principal(std::string_view id) {
    return not_found("PrincipalNotFound", "Principal " + std::string(id) + " does not exist in the directory.");
  }

  // True when this is the first start.
  Result<bool> read_or_make_tenant() {
    bool fresh = false;
    CHECK_OK(database_->write([&](store::Connection& c) -> Result<void> {
      auto read = [&](store::Statement& row) {
        tenant_id_ = row.text(0);
        subscription_id_ = row.text(1);
        return true;
      };
      TRY(auto there, c.first("SELECT tenant_id,subscription_id FROM tenant", read));
      if (there) return ok();
      fresh = true;
      tenant_id_ = new_uuid();
      subscription_id_ = new_uuid();
      return c.execute("INSERT INTO tenant VALUES(?1,?2)", tenant_id_, subscription_id_);
    }));
    return fresh;
  }

  Result<void> load_principals() {
    return database_->read([&](store::Connection& c) {
      return c.each("SELECT object_id,managed,app_id,name,resource_id FROM principal", [&](store::Statement& row) {
        Principal principal = read_principal(row, tenant_id_);
        principals_[principal.object_id] = {principal, std::string(row.text(4))};
      });
    });
  }

  Result<void> make_owner() {
    TRY(Application application, applications_.create("axonite-owner"));
    TRY(Principal principal, create_service_principal(application.app_id));
    TRY(ClientSecret secret, applications_.add_secret(application.object_id));
    CHECK_OK(roles_->assign({.id = new_uuid(), .scope = "/subscriptions/" + subscription_id_, .role_id = std::string(kOwnerRole), .principal_id = principal.object_id, .created_by = "system"}));
    first_owner_ = Owner{application.app_id, secret.text};
    return ok();
  }

  Result<Principal> keep(const Principal& made, const std::string& resource_id) {
    CHECK_OK(database_->write([&](store::Connection& c) {
      return c.execute("INSERT INTO principal(object_id,managed,app_id,name,resource_id) VALUES(?1,?2,?3,?4,?5)", made.object_id,
                       made.kind == Principal::Kind::managed_identity, made.app_id, made.name, resource_id);
    }));
    std::unique_lock lock(mutex_);
    principals_[made.object_id] = {made, resource_id};
    return made;
  }

  Result<void> forget(const std::string& object_id) {
    CHECK_OK(roles_->remove_principal(object_id));
    CHECK_OK(database_->write([&](store::Connection& c) { return c.execute("DELETE FROM principal WHERE object_id=?1", object_id); }));
    std::unique_lock lock(mutex_);
    principals_.erase(object_id);
    return ok();
  }

  void forget_verified() {
    std::unique_lock lock(mutex_);
    verified_.clear();
  }

  std::unique_ptr<store::Database> database_;
  std::unique_ptr<SigningKey> key_;
  Clock& clock_;
  Applications applications_;
  std::string tenant_id_, subscription_id_;
  std::optional<Owner> first_owner_;
  std::unique_ptr<TokenIssuer> issuer_;
  std::unique_ptr<SignedTokenVerifier> verifier_;
  std::unique_ptr<RoleAssignments> roles_;
  const std::string verified_key_ = random_bytes(32);
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, Kept> principals_;
  std::unordered_map<std::string, Principal> headers_;
  mutable std::unordered_map<std::string, bool> verified_;
};

}  // namespace

Result<std::unique_ptr<Directory>> Directory::open(const std::filesystem::path& directory, Clock& clock) {
  TRY(auto key, SigningKey::open(directory / "signing.pem"));
  TRY(auto database, store::Database::open(directory / "identity.db", kMigrations));
  auto opened = std::make_unique<StoredDirectory>(std::move(database), std::move(key), clock);
  CHECK_OK(opened->load());
  return opened;
}

}  // namespace axonite::identity
