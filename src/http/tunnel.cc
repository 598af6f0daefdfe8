#include "http/tunnel.h"

#include <poll.h>

#include <thread>

#include "base/text.h"

namespace axonite::http {
namespace {

constexpr std::chrono::milliseconds kConnectMax{15'000};
constexpr std::chrono::milliseconds kWriteMax{60'000};
constexpr int kSilenceMilliseconds = 600'000;
constexpr std::size_t kHeadBytesMax = 16u << 10;

std::pair<std::string, std::uint16_t> split_authority(std::string_view authority, std::uint16_t port) {
  if (std::size_t scheme = authority.find("://"); scheme != std::string_view::npos) authority.remove_prefix(scheme + 3);
  while (authority.ends_with('/')) authority.remove_suffix(1);
  std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos) return {std::string(authority), port};
  return {std::string(authority.substr(0, colon)), text::parse_int<std::uint16_t>(authority.substr(colon + 1)).value_or(port)};
}

// Asks the upstream proxy for the way; its answer must be a 200.
Result<void> ask_proxy(net::Stream& proxy, const Tunnel& tunnel) {
  std::string target = tunnel.host + ":" + std::to_string(tunnel.port);
  CHECK_OK(proxy.write("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n", net::in(kWriteMax)));
  std::string head;
  char byte = 0;
  while (!head.ends_with("\r\n\r\n") && head.size() < kHeadBytesMax) {
    TRY(std::size_t got, proxy.read(std::span(&byte, 1), net::in(kConnectMax)));
    if (got == 0) break;
    head += byte;
  }
  if (head.starts_with("HTTP/1.") && head.substr(8, 4) == " 200") return ok();
  return std::unexpected(unavailable("ProxyRefused", "The upstream proxy did not open the way to " + tunnel.host + "."));
}

Result<std::unique_ptr<net::Stream>> open(const Tunnel& tunnel) {
  if (tunnel.upstream_proxy.empty()) return net::connect(tunnel.host, tunnel.port, net::in(kConnectMax));
  auto [host, port] = split_authority(tunnel.upstream_proxy, 3128);
  TRY(auto proxy, net::connect(host, port, net::in(kConnectMax)));
  CHECK_OK(ask_proxy(*proxy, tunnel));
  return proxy;
}

// One read from `from`, written to `to`; false at the end.
bool carry(net::Stream& from, net::Stream& to) {
  char buffer[64u << 10];
  auto got = from.read(buffer, net::in(kWriteMax));
  return got && *got > 0 && to.write({buffer, *got}, net::in(kWriteMax));
}

void pump(net::Stream& client, net::Stream& host) {
  while (true) {
    pollfd entries[2]{{client.descriptor(), POLLIN, 0}, {host.descriptor(), POLLIN, 0}};
    if (::poll(entries, 2, kSilenceMilliseconds) <= 0) return;
    if (entries[0].revents && !carry(client, host)) return;
    if (entries[1].revents && !carry(host, client)) return;
  }
}

void run(net::Stream& client, const Tunnel& tunnel) {
  auto host = open(tunnel);
  if (!host) {
    std::string text = host.error().message + "\n";
    (void)client.write("HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text, net::in(kWriteMax));
    return;
  }
  if (tunnel.announce && !client.write("HTTP/1.1 200 Connection established\r\n\r\n", net::in(kWriteMax))) return;
  if (!tunnel.first_bytes.empty() && !(*host)->write(tunnel.first_bytes, net::in(kWriteMax))) return;
  pump(client, **host);
}

}  // namespace

void start_tunnel(std::unique_ptr<net::Stream> client, Tunnel tunnel, std::function<void()> ended) {
  std::thread([client = std::move(client), tunnel = std::move(tunnel), ended = std::move(ended)] {
    run(*client, tunnel);
    ended();
  }).detach();
}

}  // namespace axonite::http
