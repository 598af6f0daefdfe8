#pragma once
// For tests: a TDS server with one password and one token, and a client that speaks bytes.
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/id.h"
#include "protocol/tds/login.h"
#include "protocol/tds/packet.h"
#include "protocol/tds/plain_session.h"
#include "protocol/tds/server.h"
#include "protocol/tds/wire.h"

namespace axonite::protocol::tds {

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

inline std::string mangled(std::string_view utf8) {
  auto bytes = to_utf16(utf8);
  for (auto& c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    c = static_cast<char>((byte << 4 | byte >> 4) ^ 0xA5);
  }
  return bytes;
}

// A LOGIN7 as drivers build it.
inline std::string login7(std::string_view user, std::string_view password, std::string_view database, std::string_view features = {}) {
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
  // What a client of this test talks to; by default DuckDB itself.
  virtual std::unique_ptr<tsql::Session> open_session() { return plain_session(*engine_); }

  std::filesystem::path directory_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  std::unique_ptr<engine::Engine> engine_ =
      std::move(*engine::Engine::open({.directory = directory_}, [](const identity::Principal&) { return nullptr; }));
  std::unique_ptr<Server> server_ = std::make_unique<Server>(
      ServerOptions{.allow_unencrypted = true, .login_time = std::chrono::seconds(1)}, std::make_shared<OnePassword>(),
      [this](const LoginRequest& request) -> Result<std::unique_ptr<tsql::Session>> {
        if (request.database != "pool") return std::unexpected(not_found("DatabaseNotFound", "no"));
        return open_session();
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

}  // namespace axonite::protocol::tds
