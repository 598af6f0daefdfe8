// A server with one in-memory answer, to measure what the HTTP layer itself costs: `bench_http_server PORT DIRECTORY`,
// then any load generator against http://127.0.0.1:PORT/. Ends with its standard input.
#include <cstdio>
#include <filesystem>

#include "base/text.h"
#include "http/server.h"

int main(int count, char** arguments) {
  auto port = count == 3 ? axonite::text::parse_int<std::uint16_t>(arguments[1]) : std::nullopt;
  if (!port) return std::fputs("usage: bench_http_server PORT DIRECTORY\n", stderr), 2;
  auto authority = axonite::net::CertificateAuthority::open(std::filesystem::path(arguments[2]));
  if (!authority) return 1;
  axonite::net::Poller poller({});
  std::string body(1024, 'x');
  axonite::http::ServerOptions options{
      .handler = [&](axonite::http::Request&) { return axonite::http::text_response(200, body); },
      .is_ours = [](std::string_view) { return true; }};
  auto server = axonite::http::Server::start(poller, **authority, *port, std::move(options));
  if (!server) return 1;
  while (std::getchar() != EOF) {
  }
  poller.stop(std::chrono::seconds(1));
}
