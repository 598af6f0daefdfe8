#include "protocol/tds/handshake.h"

#include <algorithm>
#include <bit>

#include "protocol/tds/errors.h"
#include "protocol/tds/response.h"

namespace axonite::protocol::tds {
namespace {

constexpr std::uint8_t kTlsRecord = 0x16;
constexpr std::uint32_t kTds72 = 0x72090002, kTds74 = 0x74000004, kTds80 = 0x08000000;
constexpr std::size_t kPacketBytesMin = 512, kPacketBytesMax = 32'767, kPacketBytesDefault = 4096;
constexpr std::string_view kSpn = "https://database.windows.net/";

class Handshake {
 public:
  Handshake(std::unique_ptr<net::Stream> socket, const Doors& doors)
      : lower_(std::move(socket)), doors_(doors), deadline_(net::in(doors.options.login_time)) {}

  Result<Connected> run() {
    TRY(auto message, first_message());
    if (message.type == PacketType::prelogin) {
      TRY(message, negotiate(message));
    } else if (!doors_.options.allow_unencrypted && !strict_) {
      return std::unexpected(protocol_error("PRELOGIN is wanted first."));
    }
    if (message.type != PacketType::login) return std::unexpected(protocol_error("LOGIN7 is wanted."));
    TRY(login_, parse_login(message.body));
    if (drop_tls_) stream_ = shared_stream(lower_);
    packet_bytes_ = std::clamp<std::size_t>(login_.packet_bytes ? login_.packet_bytes : kPacketBytesDefault,
                                            kPacketBytesMin, kPacketBytesMax);
    return log_in();
  }

 private:
  Result<Message> read() { return read_message(*stream_, doors_.options.login_bytes_max, deadline_); }
  Response response() {
    return Response(*stream_, packet_bytes_ ? packet_bytes_ : kPacketBytesDefault, doors_.options.write_time, transaction_, [] { return false; });
  }

  Result<Message> first_message() {
    strict_ = net::peek_byte(*lower_, deadline_) == kTlsRecord;
    stream_ = shared_stream(lower_);
    if (strict_) {
      TRY(stream_, net::tls_accept(std::move(stream_), doors_.tls_strict, deadline_));
    }
    return read();
  }

  // Answers PRELOGIN and does TLS inside its packets; returns LOGIN7.
  Result<Message> negotiate(const Message& prelogin_message) {
    TRY(auto prelogin, parse_prelogin(prelogin_message.body));
    bool clear = prelogin.encryption == Encryption::not_supported && doors_.options.allow_unencrypted;
    auto answer = strict_ || prelogin.encryption == Encryption::required ? Encryption::on
                  : clear                                                ? Encryption::not_supported
                  : prelogin.encryption == Encryption::not_supported     ? Encryption::required
                                                                         : prelogin.encryption;
    std::uint8_t id = 0;
    CHECK_OK(write_packets(*stream_, PacketType::response, prelogin_answer(answer, prelogin.fedauth_required.has_value()),
                           kPacketBytesDefault, true, id, deadline_));
    if (answer == Encryption::required) return std::unexpected(protocol_error("The client cannot encrypt."));
    if (!strict_ && !clear) {
      auto wrapping = std::make_shared<bool>(true);
      TRY(stream_, net::tls_accept(wrapped_stream(lower_, wrapping), doors_.tls_12, deadline_));
      *wrapping = false;
      drop_tls_ = answer == Encryption::off;
    }
    return read();
  }

  Result<Connected> log_in() {
    LoginRequest request{.server = login_.server, .database = login_.database, .application = login_.application,
                         .host = login_.host, .login = {}};
    if (login_.tds_version < kTds72 && login_.tds_version != kTds80) {
      return refuse(message_of(unsupported("TdsVersion", "TDS 7.2 or later is wanted.")), protocol_error("an old TDS version"));
    }
    auto principal = authenticate(request);
    if (!principal) return refuse(login_failed(shown_user()), principal.error());
    request.login = std::move(*principal);
    auto session = doors_.sessions(request);
    if (!session) {
      bool unknown = session.error().kind == Error::Kind::not_found || session.error().kind == Error::Kind::forbidden;
      return refuse(unknown ? cannot_open_database(login_.database) : message_of(session.error()), session.error());
    }
    CHECK_OK(welcome((*session)->database()));
    return Connected{std::move(stream_), std::move(*session), packet_bytes_};
  }

  std::string shown_user() const { return login_.fedauth ? "<token-identified principal>" : login_.user; }

  Result<identity::Principal> authenticate(const LoginRequest& request) {
    if (!login_.fedauth) return doors_.authenticator.sql_login(request, login_.user, login_.password);
    if (login_.fedauth->library == FedAuthLibrary::adal) CHECK_OK(fetch_token());
    return doors_.authenticator.token(request, login_.fedauth->token);
  }

  // Tells the client where to get a token and reads it (FEDAUTHINFO, MS-TDS 2.2.7.12).
  Result<void> fetch_token() {
    auto authority = to_utf16(doors_.authenticator.token_authority()), spn = to_utf16(kSpn);
    constexpr std::uint32_t heads = 4 + 2 * 9;
    Bytes info;
    info.u32(2);
    info.u8(2), info.u32(static_cast<std::uint32_t>(spn.size())), info.u32(heads);
    info.u8(1), info.u32(static_cast<std::uint32_t>(authority.size())), info.u32(static_cast<std::uint32_t>(heads + spn.size()));
    info.add(spn);
    info.add(authority);
    Bytes token;
    token.u8(0xEE);
    token.u32(static_cast<std::uint32_t>(info.size()));
    token.add(info.view());
    std::uint8_t id = 0;
    CHECK_OK(write_packets(*stream_, PacketType::response, token.view(), packet_bytes_, true, id, deadline_));
    TRY(auto message, read());
    if (message.type != PacketType::fedauth_token) return std::unexpected(protocol_error("A token is wanted."));
    TRY(login_.fedauth->token, parse_fedauth_token(message.body));
    return {};
  }

  Result<Connected> refuse(const tsql::Message& message, Error error) {
    auto out = response();
    (void)out.message(message);
    (void)out.finish();
    return std::unexpected(std::move(error));
  }

  Result<void> welcome(std::string_view database) {
    auto out = response();
    CHECK_OK(out.database_changed(database));
    out.environment(7, std::string_view("\x09\x04\xD0\x00\x34", 5), {});
    out.environment_text(2, "us_english", "");
    CHECK_OK(out.message({.number = 5703, .severity = 10, .state = 1, .line = 1,
                          .text = "Changed language setting to us_english.", .procedure = {}}));
    Bytes ack;
    ack.u8(1);  // T-SQL
    auto version = login_.tds_version >= kTds74 ? kTds74 : login_.tds_version;
    ack.u32(std::byteswap(version));
    ack.b_varchar(doors_.options.product);
    ack.add(std::string_view("\x0C\x00\x07\xD0", 4));
    Bytes token;
    token.u8(0xAD);
    token.u16(static_cast<std::uint16_t>(ack.size()));
    token.add(ack.view());
    out.token(token.view());
    out.environment_text(4, std::to_string(packet_bytes_), std::to_string(kPacketBytesDefault));
    if (login_.fedauth || login_.utf8_support) acknowledge_features(out);
    return out.finish();
  }

  // Only what was asked, and only with one of these two (tedious fails on a token with neither).
  void acknowledge_features(Response& out) const {
    Bytes token;
    token.u8(0xAE);
    if (login_.fedauth) token.u8(0x02), token.u32(0);
    if (login_.utf8_support) token.u8(0x0A), token.u32(1), token.u8(1);
    token.u8(0xFF);
    out.token(token.view());
  }

  std::shared_ptr<net::Stream> lower_;
  const Doors& doors_;
  net::Deadline deadline_;
  std::unique_ptr<net::Stream> stream_;
  bool strict_ = false, drop_tls_ = false;
  Login login_;
  std::size_t packet_bytes_ = 0;
  std::uint64_t transaction_ = 0;
};

}  // namespace

Result<Connected> connect_client(std::unique_ptr<net::Stream> socket, const Doors& doors) {
  return Handshake(std::move(socket), doors).run();
}

}  // namespace axonite::protocol::tds
