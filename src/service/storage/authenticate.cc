#include "base/text.h"
#include "service/storage/handlers.h"
#include "service/storage/sas.h"
#include "service/storage/shared_key.h"

namespace axonite::service::storage {
namespace {

Result<identity::Principal> by_token(const Rooms& rooms, std::string_view token, const std::string& account) {
  std::string blob = "https://" + account + ".blob.core.windows.net", dfs = "https://" + account + ".dfs.core.windows.net";
  auto principal = rooms.tokens.verify(token, {"https://storage.azure.com", blob, dfs});
  if (principal || principal.error().kind != Error::Kind::unauthenticated) return principal;
  return std::unexpected(unauthenticated("InvalidAuthenticationInfo", principal.error().message));
}

// Within 15 minutes, so that a recorded request is worthless later.
Result<void> check_date(const http::Request& request, Time now) {
  std::string_view header = request.headers.get("x-ms-date");
  if (header.empty()) header = request.headers.get("Date");
  auto sent = parse_http_date(header);
  if (sent && *sent > now - std::chrono::minutes(15) && *sent < now + std::chrono::minutes(15)) return ok();
  return std::unexpected(forbidden("AuthenticationFailed", "Server failed to authenticate the request. The date header is missing or too far from the server's time."));
}

}  // namespace

Result<identity::Principal> authenticate(const Rooms& rooms, front::Call& call) {
  const http::Request& request = call.request;
  TRY(auto shared, rooms.lake.account(account_of(request)));
  const lake::Account& account = *shared;
  std::string_view header = request.headers.get("Authorization");
  if (text::starts_with_ignoring_case(header, "Bearer ")) return by_token(rooms, text::trim(header.substr(7)), account.name);
  if (text::starts_with_ignoring_case(header, "SharedKey ")) {
    std::string_view credential = text::trim(header.substr(10));
    std::size_t colon = credential.find(':');
    if (colon == std::string_view::npos || credential.substr(0, colon) != account.name)
      return std::unexpected(forbidden("AuthenticationFailed", "Server failed to authenticate the request. The account of the credential is not the account of the host."));
    CHECK_OK(check_date(request, rooms.clock.now()));
    CHECK_OK(verify_shared_key(request, account, credential.substr(colon + 1)));
    return identity::Principal{.kind = identity::Principal::Kind::account_key, .object_id = account.name, .name = account.name};
  }
  if (!header.empty()) return std::unexpected(invalid("InvalidAuthenticationInfo", "Authentication information is not given in the correct format. Check the value of Authorization header."));
  if (request.query.contains("sig")) return verify_sas(request, account, rooms.clock.now());
  return std::unexpected(unauthenticated("NoAuthenticationInformation", "Server failed to authenticate the request. Please refer to the information in the www-authenticate header."));
}

}  // namespace axonite::service::storage
