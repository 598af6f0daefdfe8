#pragma once
// The tenant: applications with their secrets, service principals, managed identities, and the SQL logins of workspaces.
// Kept in identity.db; answers about principals come from memory.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "identity/applications.h"
#include "identity/principal.h"
#include "identity/role_assignments.h"
#include "identity/token.h"

namespace axonite::identity {

struct Owner {
  std::string app_id;
  Secret secret;
};

class Directory {
 public:
  // `directory` gets identity.db and signing.pem. On the first start a tenant, a subscription and an owner application are
  // made and `first_owner()` has its secret, this once.
  static Result<std::unique_ptr<Directory>> open(const std::filesystem::path& directory, Clock& clock);
  virtual ~Directory() = default;

  virtual const std::string& tenant_id() const = 0;
  virtual const std::string& subscription_id() const = 0;
  virtual const std::optional<Owner>& first_owner() const = 0;
  virtual const SigningKey& signing_key() const = 0;
  virtual const TokenIssuer& issuer() const = 0;
  virtual const SignedTokenVerifier& verifier() const = 0;
  virtual RoleAssignments& roles() = 0;
  virtual Applications& applications() = 0;
  // The application's principal in this tenant. conflict("ServicePrincipalExists"); not_found("ApplicationNotFound").
  virtual Result<Principal> create_service_principal(std::string_view app_id) = 0;
  // Ends its role assignments too; its tokens stay tokens of a principal without rights. Managed identities go with their resource.
  virtual Result<void> remove_service_principal(std::string_view object_id) = 0;
  virtual Result<Principal> principal_by_app(std::string_view app_id) const = 0;
  virtual Result<Principal> principal(std::string_view object_id) const = 0;
  // unauthenticated("UnknownApplication" | "InvalidClientSecret").
  virtual Result<Principal> authenticate(std::string_view app_id, const Secret& secret) const = 0;

  // Managed identities of resources; the id compares without case. Both are repeatable; removal ends the assignments.
  virtual Result<Principal> ensure_managed_identity(std::string_view resource_id, std::string_view name) = 0;
  virtual Result<void> remove_managed_identity(std::string_view resource_id) = 0;
  virtual Result<Principal> managed_identity(std::string_view resource_id) const = 0;
  virtual std::string resource_of(const Principal& identity) const = 0;

  // For programs that the server starts: a random header bound to one principal, until it is revoked.
  virtual std::string mint_identity_header(const Principal& principal) = 0;
  virtual void revoke_identity_header(std::string_view header) = 0;
  virtual Result<Principal> principal_of_header(std::string_view header) const = 0;

  // SQL logins, by server (the workspace's name) and login without case. Verifying is cached in memory.
  virtual Result<void> set_sql_login(std::string_view server, std::string_view login, const Secret& password) = 0;
  virtual Result<void> remove_sql_logins(std::string_view server) = 0;
  // unauthenticated("SqlLoginFailed").
  virtual Result<Principal> verify_sql_login(std::string_view server, std::string_view login, const Secret& password) const = 0;
  // Who else administers a workspace's SQL: its Entra administrator ("" = none).
  virtual Result<void> set_sql_entra_administrator(std::string_view server, std::string_view object_id) = 0;
  virtual std::string sql_entra_administrator(std::string_view server) const = 0;
};

}  // namespace axonite::identity
