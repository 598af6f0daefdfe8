// rooms: identity
// Bearer tokens are the first outside bytes that identity reads. Each input is tried as a token, and as the claims of a
// token that is signed with the right key, so that what lies behind the signature is reached too.
#include <cstdint>

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "identity/token.h"

namespace {

const axonite::identity::SigningKey& key() {
  static const auto kKey = [] {
    auto made = axonite::identity::SigningKey::open(std::filesystem::temp_directory_path() / ("axonite-" + axonite::new_uuid() + ".pem"));
    if (!made) axonite::fatal("no signing key");
    return std::move(*made);
  }();
  return *kKey;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const axonite::identity::SignedTokenVerifier kVerifier(key(), "tenant", axonite::system_clock());
  std::string_view input(reinterpret_cast<const char*>(data), size);
  (void)kVerifier.verify(input, {"https://vault.azure.net"});
  std::string header = R"({"alg":"RS256","kid":")" + key().key_id() + R"("})";
  std::string body = axonite::text::base64url_encode(header) + "." + axonite::text::base64url_encode(input);
  (void)kVerifier.verify(body + "." + axonite::text::base64url_encode(key().sign(body)), {"https://vault.azure.net"});
  return 0;
}
