#include "identity/token.h"

#include <boost/json.hpp>

#include <algorithm>

#include "base/digest.h"
#include "base/id.h"
#include "base/json.h"
#include "base/text.h"

namespace axonite::identity {
namespace {

constexpr std::size_t kTokenBytesMax = 16u << 10;
constexpr std::size_t kCacheMax = 8192;
constexpr std::chrono::seconds kSkew{300};  // between two clocks, as Entra's libraries allow
constexpr std::int64_t kSecondsMax = 9'000'000'000;  // the year 2255; nanoseconds in 64 bits end in 2262

std::string_view without_slashes(std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

Error bad_token(std::string_view why) {
  return unauthenticated("InvalidAuthenticationToken", "The access token is invalid: " + std::string(why) + ".");
}

std::string_view kind_text(Principal::Kind kind) { return kind == Principal::Kind::managed_identity ? "managed_identity" : "application"; }

std::optional<Time> seconds_of(const json::Value& claims, std::string_view name) {
  const json::Value* found = json::find(claims, name);
  if (!found || !found->is_int64() || found->get_int64() < 0 || found->get_int64() > kSecondsMax) return std::nullopt;
  return from_unix_seconds(found->get_int64());
}

// How the client proved who it is: a managed identity by a certificate of the platform, an application by its secret.
std::string_view authentication_of(const Principal& principal) { return principal.kind == Principal::Kind::managed_identity ? "2" : "1"; }

json::Object common_claims(const Principal& principal, const std::string& tenant_id, Time now, Time expires) {
  return {{"iat", to_unix_seconds(now)}, {"nbf", to_unix_seconds(now)}, {"exp", to_unix_seconds(expires)},
          {"oid", principal.object_id},  {"sub", principal.object_id},  {"tid", tenant_id},
          {"uti", text::base64url_encode(random_bytes(16))}};
}

}  // namespace

TokenIssuer::TokenIssuer(const SigningKey& key, std::string tenant_id, Clock& clock)
    : key_(key), tenant_id_(std::move(tenant_id)), clock_(clock) {}

Secret TokenIssuer::sign(std::string_view claims) const {
  json::Object header{{"typ", "JWT"}, {"alg", "RS256"}, {"x5t", key_.key_id()}, {"kid", key_.key_id()}};
  std::string body = text::base64url_encode(json::write(header)) + "." + text::base64url_encode(claims);
  return Secret(body + "." + text::base64url_encode(key_.sign(body)));
}

IssuedToken TokenIssuer::issue(const Principal& principal, std::string_view audience, std::string_view resource_id,
                               std::chrono::seconds lifetime) const {
  Time expires = clock_.now() + lifetime;
  std::string issuer = "https://sts.windows.net/" + tenant_id_ + "/";
  json::Object claims = common_claims(principal, tenant_id_, clock_.now(), expires);
  claims["aud"] = audience;
  claims["iss"] = issuer;
  claims["appid"] = principal.app_id;
  claims["appidacr"] = authentication_of(principal);
  claims["app_displayname"] = principal.name;
  claims["idp"] = issuer;
  claims["idtyp"] = "app";
  claims["ver"] = "1.0";
  if (!resource_id.empty()) claims["xms_mirid"] = resource_id;
  return {sign(json::write(claims)), expires};
}

IssuedToken TokenIssuer::issue_v2(const Principal& principal, std::string_view audience_app_id, std::string_view resource_id) const {
  Time expires = clock_.now() + kTokenLifetime;
  json::Object claims = common_claims(principal, tenant_id_, clock_.now(), expires);
  claims["aud"] = audience_app_id;
  claims["iss"] = "https://login.microsoftonline.com/" + tenant_id_ + "/v2.0";
  claims["azp"] = principal.app_id;
  claims["azpacr"] = authentication_of(principal);
  claims["ver"] = "2.0";
  if (!resource_id.empty()) claims["xms_mirid"] = resource_id;
  return {sign(json::write(claims)), expires};
}

SignedTokenVerifier::SignedTokenVerifier(const SigningKey& key, std::string tenant_id, Clock& clock)
    : key_(key), tenant_id_(std::move(tenant_id)), clock_(clock) {}

Result<SignedTokenVerifier::Verified> SignedTokenVerifier::check(std::string_view token) const {
  if (token.size() > kTokenBytesMax) return std::unexpected(bad_token("it is too long"));
  auto parts = text::split(token, '.');
  if (parts.size() != 3) return std::unexpected(bad_token("it is not a signed JSON web token"));
  auto header_text = text::base64url_decode(parts[0]), claims_text = text::base64url_decode(parts[1]), signature = text::base64url_decode(parts[2]);
  if (!header_text || !claims_text || !signature) return std::unexpected(bad_token("it is not encoded correctly"));
  auto header = json::parse(*header_text, {.bytes_max = kTokenBytesMax, .depth_max = 8});
  if (!header || json::string_or(*header, "alg") != "RS256" || json::string_or(*header, "kid") != key_.key_id())
    return std::unexpected(bad_token("its key or algorithm is unknown"));
  if (!key_.verify(token.substr(0, parts[0].size() + 1 + parts[1].size()), *signature))
    return std::unexpected(bad_token("its signature does not match"));
  auto claims = json::parse(*claims_text, {.bytes_max = kTokenBytesMax, .depth_max = 8});
  if (!claims) return std::unexpected(bad_token("its claims are not JSON"));
  if (json::string_or(*claims, "tid") != tenant_id_)
    return std::unexpected(unauthenticated("InvalidAuthenticationTokenTenant", "The access token is from the wrong issuer; it must be of the tenant '" + tenant_id_ + "'."));
  auto expires = seconds_of(*claims, "exp"), not_before = seconds_of(*claims, "nbf");
  if (!expires || !not_before) return std::unexpected(bad_token("it has no times"));
  bool second = json::string_or(*claims, "ver") == "2.0";
  bool managed = json::string_or(*claims, second ? "azpacr" : "appidacr") == "2";
  return Verified{{.kind = managed ? Principal::Kind::managed_identity : Principal::Kind::service_principal,
                   .tenant_id = tenant_id_,
                   .object_id = json::string_or(*claims, "oid"),
                   .app_id = json::string_or(*claims, second ? "azp" : "appid"),
                   .name = json::string_or(*claims, "app_displayname", kind_text(Principal::Kind::service_principal))},
                  json::string_or(*claims, "aud"), *not_before, *expires};
}

Result<SignedTokenVerifier::Verified> SignedTokenVerifier::check_cached(std::string_view token) const {
  std::string key = digest::sha256(token);
  {
    std::lock_guard lock(mutex_);
    if (auto found = cache_.find(key); found != cache_.end()) return found->second;
  }
  TRY(Verified verified, check(token));
  std::lock_guard lock(mutex_);
  if (cache_.size() >= kCacheMax) {
    Time now = clock_.now();
    std::erase_if(cache_, [&](const auto& entry) { return entry.second.expires < now; });
    if (cache_.size() >= kCacheMax) cache_.clear();
  }
  cache_.emplace(std::move(key), verified);
  return verified;
}

Result<Principal> SignedTokenVerifier::verify(std::string_view token, const std::vector<std::string_view>& audiences) const {
  TRY(Verified verified, check_cached(token));
  Time now = clock_.now();
  if (now >= verified.expires) return std::unexpected(unauthenticated("ExpiredAuthenticationToken", "The access token expired at " + format_iso_seconds(verified.expires) + "."));
  if (now + kSkew < verified.not_before) return std::unexpected(bad_token("it is not valid yet"));
  std::string_view audience = without_slashes(verified.audience);
  bool known = std::ranges::any_of(audiences, [&](std::string_view one) { return text::equals_ignoring_case(without_slashes(one), audience); });
  if (!known)
    return std::unexpected(unauthenticated("InvalidAuthenticationTokenAudience",
                                           "The access token has been obtained for wrong audience or resource '" + verified.audience + "'."));
  return verified.principal;
}

Result<Time> SignedTokenVerifier::expiry(std::string_view token) const {
  return map(check_cached(token), [](const Verified& verified) { return verified.expires; });
}

}  // namespace axonite::identity
