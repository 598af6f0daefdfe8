#include "protocol/tds/server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/id.h"
#include "protocol/tds/login.h"
#include "protocol/tds/packet.h"
#include "protocol/tds/plain_session.h"
#include "protocol/tds/wire.h"

namespace axonite::protocol::tds {
namespace {

class OnePassword : public Authenticator {
 public:
  Result<identity::Principal> sql_login(const LoginRequest&, std::string_view user, const Secret& password) override {
    if (user == "admin" && password.reveal() == "p@ss\xC3\xA9") return identity::Principal{.name = "admin"};
    return std::unexpected(unauthenticated("SqlLoginFailed", "no"));
  }
  Result<identity::Principal> token(const LoginRequest&, const Secret& token) override {
    if (token.reveal() == "good-token") return identity::Principal{.name = "app"};
    return std::unexpected(unauthenticated("InvalidAuthenticationToken", "no"));
  }
  std::string token_authority() const override { return "https://login.microsoftonline.com/t"; }
};

std::string mangled(std::string_view utf8) {
  auto bytes = to_utf16(utf8);
  for (auto& c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    c = static_cast<char>((byte << 4 | byte >> 4) ^ 0xA5);
  }
  return bytes;
}

// A LOGIN7 as drivers build it.
std::string login7(std::string_view user, std::string_view password, std::string_view database, std::string_view features = {}) {
  std::string fixed(94, '\0'), data;
  auto place = [&](std::size_t at, std::string_view bytes) {
    std::uint16_t offset = static_cast<std::uint16_t>(94 + data.size()), length = static_cast<std::uint16_t>(bytes.size() / 2);
    std::memcpy(fixed.data() + at, &offset, 2);
    std::memcpy(fixed.data() + at + 2, &length, 2);
    data += bytes;
  };
  place(40, to_utf16(user));
  place(44, mangled(password));
  place(68, to_utf16(database));
  std::uint32_t version = 0x74000004, packet = 4096;
  std::memcpy(fixed.data() + 4, &version, 4);
  std::memcpy(fixed.data() + 8, &packet, 4);
  if (!features.empty()) {
    std::uint16_t offset = static_cast<std::uint16_t>(94 + data.size()), four = 4;
    std::memcpy(fixed.data() + 56, &offset, 2);
    std::memcpy(fixed.data() + 58, &four, 2);
    std::uint32_t at = offset + 4u;
    data.append(reinterpret_cast<char*>(&at), 4);
    data += features;
    fixed[27] |= 0x10;
  }
  return fixed + data;
}

class TdsServerTest : public testing::Test {
 protected:
  std::filesystem::path directory_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  std::unique_ptr<engine::Engine> engine_ =
      std::move(*engine::Engine::open({.directory = directory_}, [](const identity::Principal&) { return nullptr; }));
  std::unique_ptr<Server> server_ = std::make_unique<Server>(
      ServerOptions{.allow_unencrypted = true, .login_time = std::chrono::seconds(1)}, std::make_shared<OnePassword>(),
      [this](const LoginRequest& request) -> Result<std::unique_ptr<tsql::Session>> {
        if (request.database != "pool") return std::unexpected(not_found("DatabaseNotFound", "no"));
        return plain_session(*engine_);
      },
      nullptr, nullptr);
  std::unique_ptr<net::Stream> client_;

  void TearDown() override {
    client_.reset();
    server_.reset();
    engine_.reset();
    std::filesystem::remove_all(directory_);
  }
  void connect() {
    auto [ours, theirs] = net::stream_pair();
    server_->accept(dup(theirs->descriptor()));
    client_ = std::move(ours);
  }
  std::string ask(PacketType type, std::string_view body) {
    send(type, body);
    return answer();
  }
  void send(PacketType type, std::string_view body) {
    std::uint8_t id = 0;
    EXPECT_TRUE(write_packets(*client_, type, body, 4096, true, id, net::in(std::chrono::seconds(5))));
  }
  std::string answer() {
    auto message = read_message(*client_, 64u << 20, net::in(std::chrono::seconds(20)));
    return message ? message->body : "closed";
  }
  std::string log_in(std::string_view user = "admin", std::string_view password = "p@ss\xC3\xA9", std::string_view database = "pool") {
    connect();
    return ask(PacketType::login, login7(user, password, database));
  }
  std::string batch(std::string_view sql) {
    std::string headers("\x16\0\0\0\x12\0\0\0\x02\0\0\0\0\0\0\0\0\0\1\0\0\0", 22);
    return ask(PacketType::batch, headers + to_utf16(sql));
  }
  static bool holds(std::string_view bytes, std::string_view part) { return bytes.contains(part); }
};

TEST_F(TdsServerTest, AnswersPreLoginWithoutEncryptionWhenAllowed) {
  connect();
  auto got = ask(PacketType::prelogin, std::string("\0\0\x0B\0\6\1\0\x11\0\1\xFF\x09\0\0\0\0\0\2", 18));
  auto parsed = parse_prelogin(got);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->encryption, Encryption::not_supported);
  EXPECT_FALSE(parsed->fedauth_required);
}

TEST_F(TdsServerTest, LogsInAndAnswersABatch) {
  auto welcome = log_in();
  EXPECT_TRUE(holds(welcome, std::string("\xAD\x32\0\x01\x74\0\0\4", 8))) << "LOGINACK with 0x74000004";
  EXPECT_TRUE(holds(welcome, std::string("\xE3\x08\0\7\5\x09\4\xD0\0\x34\0", 11))) << "collation";
  EXPECT_FALSE(holds(welcome, std::string("\xAE", 1))) << "no feature was asked for";
  auto got = batch("SELECT 7::INT AS n, NULL::INT AS e, 'h\xC3\xA9'::VARCHAR AS s");
  EXPECT_EQ(got.front(), '\x81');
  EXPECT_TRUE(holds(got, std::string("\xD1\4\7\0\0\0\0\4\0h\0\xE9\0\xFD\x10\0\xC1\0\1\0\0\0\0\0\0\0", 26)));
}

TEST_F(TdsServerTest, RefusesWrongPasswordsAndUnknownDatabases) {
  EXPECT_TRUE(holds(log_in("admin", "wrong"), std::string("\x18\x48\0\0\1\x0E", 6)));  // 18456, state 1, class 14
  EXPECT_EQ(answer(), "closed");
  EXPECT_TRUE(holds(log_in("admin", "p@ss\xC3\xA9", "nope"), std::string("\xDC\x0F\0\0\1\x0B", 6)));  // 4060
  EXPECT_EQ(answer(), "closed");
}

TEST_F(TdsServerTest, TakesAccessTokensInTheLogin) {
  for (auto [token, accepted] : {std::pair("good-token", true), std::pair("bad-token", false)}) {
    auto utf16 = to_utf16(token);
    std::string data(1, '\x03');  // library SecurityToken, echo
    std::uint32_t bytes = static_cast<std::uint32_t>(utf16.size());
    data.append(reinterpret_cast<char*>(&bytes), 4) += utf16;
    std::uint32_t size = static_cast<std::uint32_t>(data.size());
    auto features = std::string(1, '\x02').append(reinterpret_cast<char*>(&size), 4) + data + '\xFF';
    connect();
    auto got = ask(PacketType::login, login7("", "", "pool", features));
    EXPECT_EQ(holds(got, std::string("\xAE\2\0\0\0\0\xFF", 7)), accepted);
    EXPECT_EQ(holds(got, std::string("\x18\x48\0\0", 4)), !accepted);
  }
}

TEST_F(TdsServerTest, AttentionEndsARunningBatch) {
  log_in();
  send(PacketType::batch, std::string("\4\0\0\0", 4) + to_utf16("SELECT sum(a.i*b.i) FROM range(10000000) a(i), range(10000000) b(i)"));
  usleep(200'000);
  auto asked = std::chrono::steady_clock::now();
  auto got = ask(PacketType::attention, "");
  EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::milliseconds(500));
  EXPECT_TRUE(holds(got, std::string("\xFD\x20\0", 3)));
  EXPECT_TRUE(holds(batch("SELECT 1::INT"), "\xD1"));
}

TEST_F(TdsServerTest, LargeResultsComeInManyPackets) {
  log_in();
  auto got = batch("SELECT i::BIGINT FROM range(200000) r(i)");
  EXPECT_GT(got.size(), 200'000u * 10);
  EXPECT_EQ(got.substr(got.size() - 13, 3), std::string("\xFD\x10\0", 3));
}

TEST_F(TdsServerTest, HostileBytesEndTheConnectionAlone) {
  for (auto& bytes : {std::string("\x10\1\0\4\0\0\0\0", 8), std::string("\x10\1\0\x0C\0\0\0\0abcd", 12), std::string("GET / HTTP/1.1\r\n\r\n")}) {
    connect();
    ASSERT_TRUE(client_->write(bytes, net::in(std::chrono::seconds(5))));
    EXPECT_EQ(answer(), "closed");
  }
  log_in();
  EXPECT_TRUE(holds(batch("SELECT 1::INT"), "\xD1"));
}

}  // namespace
}  // namespace axonite::protocol::tds
