// Rows per second from a pool's table to a client that only drains its socket: what engine, T-SQL and TDS cost
// together, without any driver. `bench_tds_rows DIRECTORY [PACKET_BYTES]` prints a line per run. The rows have six columns,
// about 70 bytes on the wire; no TLS, one connection, TCP over loopback.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "base/text.h"
#include "protocol/tds/packet.h"
#include "protocol/tds/server.h"

namespace {

using namespace axonite;
using namespace axonite::protocol;

constexpr int kDoublings = 20, kRuns = 5;  // 1,048,576 rows

class Anybody : public tds::Authenticator {
 public:
  Result<identity::Principal> sql_login(const tds::LoginRequest&, std::string_view, const Secret&) override { return identity::Principal{.name = "bench"}; }
  Result<identity::Principal> token(const tds::LoginRequest&, const Secret&) override { return std::unexpected(unauthenticated("NoTokens", "no")); }
  std::string token_authority() const override { return ""; }
};

struct IgnoreResults : tsql::Sink {
  Result<void> columns(std::span<const tsql::Column>) override { return ok(); }
  Result<void> rows(engine::Rows&) override { return ok(); }
  Result<void> statement_done(tsql::Command, std::optional<std::int64_t>) override { return ok(); }
  Result<void> message(const tsql::Message& message) override {
    if (message.severity > 10) std::fprintf(stderr, "%s\n", message.text.c_str());
    return ok();
  }
  Result<void> database_changed(std::string_view) override { return ok(); }
  Result<void> transaction_changed(bool, bool) override { return ok(); }
  Result<void> return_status(int) override { return ok(); }
};

void fill(tsql::Session& session) {
  IgnoreResults sink;
  auto run = [&](std::string_view sql) { (void)session.batch(sql, sink); };
  run("CREATE TABLE lines (id int NOT NULL, amount decimal(12,2) NOT NULL, happened datetime2(7) NOT NULL, quantity bigint NOT NULL, "
      "price float NOT NULL, name nvarchar(40) NOT NULL)");
  run("INSERT INTO lines VALUES (1, 12345.67, '2026-01-02T03:04:05', 1234567890123, 0.125, N'customer 0001')");
  for (int i = 0; i < kDoublings; ++i) run("INSERT INTO lines SELECT id, amount, happened, quantity, price, name FROM lines");
}

// A pair of connected TCP sockets.
std::pair<int, int> connected_pair() {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  int client = socket(AF_INET, SOCK_STREAM, 0);
  bool made = bind(listener, any, size) == 0 && listen(listener, 1) == 0 && getsockname(listener, any, &size) == 0 &&
              connect(client, any, size) == 0;
  int server = made ? accept(listener, nullptr, nullptr) : -1;
  close(listener);
  return {client, server};
}

std::string login(std::uint32_t packet_bytes) {
  std::string login(94, '\0');
  std::uint32_t version = 0x74000004;
  std::memcpy(login.data() + 4, &version, sizeof version);
  std::memcpy(login.data() + 8, &packet_bytes, sizeof packet_bytes);
  return login;
}

// Drains one response; its bytes, or 0 when it broke off.
std::size_t drain(int descriptor) {
  static char buffer[1 << 20];
  std::size_t total = 0, have = 0;  // unread bytes lie at the front of the buffer
  while (true) {
    auto got = read(descriptor, buffer + have, sizeof buffer - have);
    if (got <= 0) return 0;
    have += static_cast<std::size_t>(got);
    total += static_cast<std::size_t>(got);
    std::size_t at = 0;
    while (have - at >= tds::kHeaderBytes) {
      auto length = static_cast<std::size_t>(static_cast<unsigned char>(buffer[at + 2]) << 8 | static_cast<unsigned char>(buffer[at + 3]));
      if (have - at < length) break;
      if (buffer[at + 1] & tds::kEndOfMessage) return total;
      at += length;
    }
    std::memmove(buffer, buffer + at, have - at);
    have -= at;
  }
}

// The answer's bytes. Requests here fit one packet.
std::size_t ask(int descriptor, tds::PacketType type, std::string_view body) {
  auto length = body.size() + tds::kHeaderBytes;
  std::string packet{static_cast<char>(type), 1, static_cast<char>(length >> 8), static_cast<char>(length), 0, 0, 1, 0};
  packet += body;
  return write(descriptor, packet.data(), packet.size()) == static_cast<ssize_t>(packet.size()) ? drain(descriptor) : 0;
}

void measure(int client, std::uint32_t packet_bytes) {
  (void)ask(client, tds::PacketType::login, login(packet_bytes));
  for (int i = 0; i < kRuns; ++i) {
    auto begun = std::chrono::steady_clock::now();
    auto bytes = ask(client, tds::PacketType::batch, std::string("\4\0\0\0", 4) + tds::to_utf16("SELECT id, amount, happened, quantity, price, name FROM lines"));
    std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    double rows = 1 << kDoublings;
    std::printf("packets of %u: %.2f M rows/s, %.0f MB/s, %.1f bytes a row\n", packet_bytes, rows / took.count() / 1e6,
                static_cast<double>(bytes) / took.count() / 1e6, static_cast<double>(bytes) / rows);
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return std::fputs("usage: bench_tds_rows DIRECTORY [PACKET_BYTES]\n", stderr), 2;
  auto packet_bytes = count > 2 ? text::parse_int<std::uint32_t>(arguments[2]).value_or(4096) : 4096;
  std::filesystem::path directory = arguments[1];
  std::filesystem::create_directories(directory);
  auto engine = engine::Engine::open({.directory = directory}, [](const identity::Principal&) { return nullptr; });
  auto events = event::Stream::open(directory / "events.db", system_clock());
  if (!engine || !events) return 1;
  auto open = [&](const tds::LoginRequest& request) {
    return tsql::Session::open(**engine, **events, system_clock(), {.server = "bench.sql.azuresynapse.net", .database = "pool", .login = request.login});
  };
  auto session = open({});
  if (!session) return 1;
  fill(**session);
  tds::Server server({.allow_unencrypted = true}, std::make_shared<Anybody>(), open, nullptr, nullptr);
  auto [client, accepted] = connected_pair();
  server.accept(accepted);
  measure(client, packet_bytes);
  close(client);
}
