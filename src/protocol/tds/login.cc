#include "protocol/tds/login.h"

#include <vector>

#include "protocol/tds/wire.h"

namespace axonite::protocol::tds {
namespace {

constexpr std::size_t kFixedBytes = 94;  // of LOGIN7, up to cbSSPILong
constexpr std::uint8_t kFeatureFedAuth = 0x02, kFeatureUtf8 = 0x0A, kFeatureEnd = 0xFF;
constexpr int kPreLoginOptionsMax = 32, kFeaturesMax = 64;
enum PreLoginToken : std::uint8_t { kVersion = 0, kEncryption = 1, kInstance = 2, kMars = 4, kFedAuthRequired = 6, kTerminator = 0xFF };

// LOGIN7's passwords: nibbles swapped after XOR with 0xA5.
std::string unmangle(std::string_view bytes) {
  std::string plain;
  for (unsigned char byte : bytes) {
    byte ^= 0xA5;
    plain += static_cast<char>(byte >> 4 | byte << 4);
  }
  return plain;
}

class LoginFields {
 public:
  explicit LoginFields(std::string_view body) : body_(body) {}
  // The bytes that the offset/length pair at `at` names; lengths are in characters.
  Result<std::string_view> raw(std::size_t at) const {
    Reader pair(body_.substr(at));
    std::size_t offset = pair.u16(), bytes = std::size_t{pair.u16()} * 2;
    if (bytes == 0) return std::string_view();
    if (offset < kFixedBytes - 8 || offset + bytes > body_.size()) {
      return std::unexpected(protocol_error("A field of LOGIN7 lies outside the message."));
    }
    return body_.substr(offset, bytes);
  }
  Result<void> read(std::size_t at, std::string& text) const {
    TRY(auto bytes, raw(at));
    text = from_utf16(bytes);
    return {};
  }

 private:
  std::string_view body_;
};

Result<void> parse_fedauth_feature(Reader data, Login& login) {
  auto options = data.u8();
  Login::FedAuth fedauth{.library = static_cast<FedAuthLibrary>(options >> 1)};
  if (fedauth.library == FedAuthLibrary::security_token) {
    fedauth.token = Secret(from_utf16(data.take(data.u32())));
    if (data.left() == 32) fedauth.nonce = std::string(data.take(32));
  } else if (fedauth.library == FedAuthLibrary::adal) {
    fedauth.workflow = data.u8();
  } else {
    return std::unexpected(unsupported("TdsFedAuth", "This library of federated authentication is not supported."));
  }
  CHECK_OK(data.ok());
  login.fedauth = std::move(fedauth);
  return {};
}

Result<void> parse_features(std::string_view body, std::size_t extension_at, Login& login) {
  Reader pair(body.substr(extension_at));
  std::size_t pointer_at = pair.u16(), pointer_bytes = pair.u16();
  if (pointer_bytes < 4 || pointer_at + 4 > body.size()) return std::unexpected(protocol_error("LOGIN7's extension is broken."));
  std::size_t at = Reader(body.substr(pointer_at)).u32();
  if (at >= body.size()) return std::unexpected(protocol_error("LOGIN7's features lie outside the message."));
  Reader features(body.substr(at));
  for (int count = 0; count < kFeaturesMax; ++count) {
    auto id = features.u8();
    if (id == kFeatureEnd || features.broken()) return features.ok();
    Reader data(features.take(features.u32()));
    CHECK_OK(features.ok());
    if (id == kFeatureFedAuth) CHECK_OK(parse_fedauth_feature(data, login));
    if (id == kFeatureUtf8) login.utf8_support = true;
  }
  return std::unexpected(protocol_error("LOGIN7 has too many features."));
}

}  // namespace

Result<PreLogin> parse_prelogin(std::string_view body) {
  PreLogin prelogin;
  Reader options(body);
  for (int count = 0; count < kPreLoginOptionsMax; ++count) {
    auto token = options.u8();
    if (token == kTerminator) return prelogin;
    auto big_endian = [&] {
      auto high = options.u8();
      return std::size_t{high} << 8 | options.u8();
    };
    auto offset = big_endian(), length = big_endian();
    CHECK_OK(options.ok());
    if (offset + length > body.size()) return std::unexpected(protocol_error("An option of PRELOGIN lies outside."));
    auto value = body.substr(offset, length);
    if (token == kEncryption && !value.empty()) prelogin.encryption = static_cast<Encryption>(value[0] & 0x03);
    if (token == kFedAuthRequired && !value.empty()) prelogin.fedauth_required = static_cast<std::uint8_t>(value[0]);
  }
  return std::unexpected(protocol_error("PRELOGIN has too many options."));
}

std::string prelogin_answer(Encryption encryption, bool fedauth) {
  struct Option {
    std::uint8_t token;
    std::string value;
  };
  // The version of a current Azure SQL; clients read TDS 7.4 from its major part.
  std::vector<Option> options = {{kVersion, std::string("\x0C\x00\x07\xD0\x00\x00", 6)},
                                 {kEncryption, std::string(1, static_cast<char>(encryption))},
                                 {kInstance, std::string(1, '\0')},
                                 {kMars, std::string(1, '\0')}};
  if (fedauth) options.push_back({kFedAuthRequired, std::string(1, '\1')});
  std::string heads, values;
  auto offset = options.size() * 5 + 1;
  for (auto& [token, value] : options) {
    auto at = offset + values.size();
    heads += {static_cast<char>(token), static_cast<char>(at >> 8), static_cast<char>(at), 0, static_cast<char>(value.size())};
    values += value;
  }
  return heads + static_cast<char>(kTerminator) + values;
}

Result<Login> parse_login(std::string_view body) {
  if (body.size() < kFixedBytes - 8) return std::unexpected(protocol_error("LOGIN7 is too short."));
  Login login;
  Reader head(body);
  head.u32();  // length
  login.tds_version = head.u32();
  login.packet_bytes = head.u32();
  head.take(12);  // client version, process, connection
  head.u8();
  auto flags2 = head.u8();
  head.u8();
  auto flags3 = head.u8();
  login.wants_integrated = flags2 & 0x80;
  LoginFields fields(body);
  CHECK_OK(fields.read(36, login.host));
  CHECK_OK(fields.read(40, login.user));
  TRY(auto password, fields.raw(44));
  login.password = Secret(from_utf16(unmangle(password)));
  CHECK_OK(fields.read(48, login.application));
  CHECK_OK(fields.read(52, login.server));
  CHECK_OK(fields.read(68, login.database));
  login.wants_change_password = flags3 & 0x01;
  if (flags3 & 0x10) CHECK_OK(parse_features(body, 56, login));
  return login;
}

Result<Secret> parse_fedauth_token(std::string_view body) {
  Reader reader(body);
  reader.u32();  // of the whole rest
  auto token = reader.take(reader.u32());
  CHECK_OK(reader.ok());
  return Secret(from_utf16(token));
}

}  // namespace axonite::protocol::tds
