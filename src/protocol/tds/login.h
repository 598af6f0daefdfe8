#pragma once
// What a client says before its first request: PRELOGIN (MS-TDS 2.2.6.5) and LOGIN7 (2.2.6.4).
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace axonite::protocol::tds {

enum class Encryption : std::uint8_t { off = 0, on = 1, not_supported = 2, required = 3 };

struct PreLogin {
  Encryption encryption = Encryption::not_supported;
  std::optional<std::uint8_t> fedauth_required;  // echoed when it was there
};
Result<PreLogin> parse_prelogin(std::string_view body);
std::string prelogin_answer(Encryption encryption, bool fedauth);

enum class FedAuthLibrary : std::uint8_t { live_id = 0, security_token = 1, adal = 2 };

struct Login {
  std::uint32_t tds_version = 0;
  std::uint32_t packet_bytes = 4096;
  std::string host, user, application, server, database;
  Secret password, new_password;
  bool wants_change_password = false, wants_integrated = false;
  bool utf8_support = false;
  struct FedAuth {
    FedAuthLibrary library{};
    Secret token;        // security_token only
    std::string nonce;   // 32 bytes when the client has one
    std::uint8_t workflow = 0;
  };
  std::optional<FedAuth> fedauth;
};
Result<Login> parse_login(std::string_view body);
// The token in a packet of type 0x08 (2.2.6.3).
Result<Secret> parse_fedauth_token(std::string_view body);

}  // namespace axonite::protocol::tds
