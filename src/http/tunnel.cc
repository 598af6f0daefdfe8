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

constexpr std::uint16_t kProxyPort = 3128;

struct Proxy {
  std::string host;
  std::uint16_t port = kProxyPort;
  std::string credentials;  // a header line, or empty
};

Proxy parse_proxy(std::string_view url) {
  Proxy proxy;
  if (std::size_t scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find('/'));
  if (std::size_t at = url.rfind('@'); at != std::string_view::npos) {
    std::string user = text::percent_decode(url.substr(0, at)).value_or("");
    proxy.credentials = "Proxy-Authorization: Basic " + text::base64_encode(user) + "\r\n";
    url.remove_prefix(at + 1);
  }
  std::size_t colon = url.rfind(':');
  bool has_port = colon != std::string_view::npos && url.find(']', colon) == std::string_view::npos;
  if (has_port) proxy.port = text::parse_int<std::uint16_t>(url.substr(colon + 1)).value_or(kProxyPort);
  url = url.substr(0, has_port ? colon : url.size());
  if (url.starts_with('[') && url.ends_with(']')) url = url.substr(1, url.size() - 2);  // an IPv6 address
  proxy.host = std::string(url);
  return proxy;
}

// Asks the upstream proxy for the way; its answer must be a 200.
Result<void> ask_proxy(net::Stream& proxy, const Tunnel& tunnel, const std::string& credentials) {
  std::string target = tunnel.host + ":" + std::to_string(tunnel.port);
  CHECK_OK(proxy.write("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n" + credentials + "\r\n", net::in(kWriteMax)));
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
  Proxy proxy = parse_proxy(tunnel.upstream_proxy);
  TRY(auto stream, net::connect(proxy.host, proxy.port, net::in(kConnectMax)));
  CHECK_OK(ask_proxy(*stream, tunnel, proxy.credentials));
  return stream;
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
