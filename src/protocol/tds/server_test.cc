#include "protocol/tds/server_fixture.h"

namespace axonite::protocol::tds {
namespace {

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

TEST_F(TdsServerTest, TellsWhereTokensComeFromAndTakesThem) {
  auto features = std::string("\x02\x02\0\0\0\x05\x01\xFF", 8);  // library ADAL, echo; workflow 1
  for (auto [token, accepted] : {std::pair("good-token", true), std::pair("bad-token", false)}) {
    connect();
    auto info = ask(PacketType::login, login7("", "", "pool", features));
    auto spn = to_utf16("https://database.windows.net/"), authority = to_utf16("https://login.microsoftonline.com/t");
    Bytes wanted;
    wanted.u8(0xEE), wanted.u32(static_cast<std::uint32_t>(22 + spn.size() + authority.size()));
    wanted.u32(2);
    wanted.u8(2), wanted.u32(static_cast<std::uint32_t>(spn.size())), wanted.u32(22);
    wanted.u8(1), wanted.u32(static_cast<std::uint32_t>(authority.size())), wanted.u32(static_cast<std::uint32_t>(22 + spn.size()));
    wanted.add(spn), wanted.add(authority);
    EXPECT_EQ(info, wanted.view());
    auto utf16 = to_utf16(token);
    Bytes message;
    message.u32(static_cast<std::uint32_t>(utf16.size() + 4)), message.u32(static_cast<std::uint32_t>(utf16.size())), message.add(utf16);
    auto got = ask(PacketType::fedauth_token, message.view());
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
