#pragma once
// The two questions everybody asks of identity: who is this, and may they? As interfaces, so that rooms and tests
// need neither keys nor a database.
#include <string_view>
#include <vector>

#include "base/result.h"
#include "identity/principal.h"

namespace axonite::identity {

class TokenVerifier {
 public:
  virtual ~TokenVerifier() = default;
  // Signature, issuer, tenant, times and audience of a bearer token (RFC 7519, RS256). `audiences` without
  // trailing slash; a token's trailing slash is ignored.
  // Errors: unauthenticated("InvalidAuthenticationToken" | "InvalidAuthenticationTokenAudience" |
  // "ExpiredAuthenticationToken" | "InvalidAuthenticationTokenTenant").
  virtual Result<Principal> verify(std::string_view token, const std::vector<std::string_view>& audiences) const = 0;
};

// Azure's roles and Synapse's own roles are two systems of one shape.
enum class RoleSystem { azure, synapse };

class Authorizer {
 public:
  virtual ~Authorizer() = default;
  // Role assignments of `principal` at `scope` or above, with actions, notActions, wildcards.
  // `scope` is a resource id ("/subscriptions/…/vaults/v") or, for synapse, "workspaces/w/bigDataPools/p".
  // Kind::system may do everything. Error: forbidden("AuthorizationFailed", as ARM words it).
  virtual Result<void> authorize(const Principal& principal, std::string_view action, std::string_view scope,
                                 RoleSystem system = RoleSystem::azure) const = 0;
  // The same for dataActions ("Microsoft.KeyVault/vaults/secrets/getSecret/action").
  virtual Result<void> authorize_data(const Principal& principal, std::string_view data_action,
                                      std::string_view scope) const = 0;
};

}  // namespace axonite::identity
