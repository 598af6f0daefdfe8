#pragma once
// Access tokens as Entra issues them to applications. The version follows the resource, not the endpoint that was asked:
// ARM, storage, Key Vault, Synapse and SQL take version 1.0, an application of the tenant what its registration says.
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "identity/access.h"
#include "identity/signing_key.h"

namespace axonite::identity {

inline constexpr std::chrono::seconds kTokenLifetime{3599};  // what Entra gives to applications

struct IssuedToken {
  Secret token;
  Time expires{};
};

class TokenIssuer {
 public:
  TokenIssuer(const SigningKey& key, std::string tenant_id, Clock& clock);
  // `audience` as the client asked for it ("https://vault.azure.net"). `resource_id` for managed identities (xms_mirid).
  IssuedToken issue(const Principal& principal, std::string_view audience, std::string_view resource_id = {},
                    std::chrono::seconds lifetime = kTokenLifetime) const;
  // Version 2.0: the audience is the application's client id.
  IssuedToken issue_v2(const Principal& principal, std::string_view audience_app_id, std::string_view resource_id = {}) const;

 private:
  Secret sign(std::string_view claims) const;

  const SigningKey& key_;
  std::string tenant_id_;
  Clock& clock_;
};

// Checks tokens of this tenant. A token that was checked once is remembered by its digest until it expires.
class SignedTokenVerifier : public TokenVerifier {
 public:
  SignedTokenVerifier(const SigningKey& key, std::string tenant_id, Clock& clock);
  Result<Principal> verify(std::string_view token, const std::vector<std::string_view>& audiences) const override;
  // The time after which a session that was opened with this token ends; nothing for one that does not verify.
  Result<Time> expiry(std::string_view token) const;

 private:
  struct Verified {
    Principal principal;
    std::string audience;
    Time not_before{}, expires{};
  };
  Result<Verified> check(std::string_view token) const;
  Result<Verified> check_cached(std::string_view token) const;

  const SigningKey& key_;
  std::string tenant_id_;
  Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, Verified> cache_;
};

}  // namespace axonite::identity
