#include "http/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <exception>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "http/request_reader.h"
#include "http/response_writer.h"
#include "http/tunnel.h"

namespace axonite::http {
namespace {

constexpr std::size_t kSkipBytesMax = 256u << 10;  // of an unread body, to keep a connection
constexpr std::chrono::milliseconds kHandshakeMax{10'000};

Response protocol_error(const Error& error) {
  int status = error.code == "HeadersTooLarge" ? 431 : error.code == "UriTooLong" ? 414 : 400;
  return text_response(status, error.message + "\n");
}

std::string peer_address(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  char text[INET6_ADDRSTRLEN] = "";
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "unknown";
  if (address.ss_family == AF_INET) ::inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in*>(&address)->sin_addr, text, sizeof text);
  if (address.ss_family == AF_INET6) ::inet_ntop(AF_INET6, &reinterpret_cast<sockaddr_in6*>(&address)->sin6_addr, text, sizeof text);
  return text;
}

}  // namespace

struct Server::State {
  State(net::Poller& poller_, net::CertificateAuthority& authority_, ServerOptions options_)
      : poller(poller_), authority(authority_), options(std::move(options_)) {}
  net::Poller& poller;
  net::CertificateAuthority& authority;
  ServerOptions options;
  std::uint16_t port = 0;
  std::atomic<std::size_t> tunnels = 0;
};

namespace {

// One client's connection through all its requests. It belongs to the poller while parked and to a thread while served.
template <class State>
class Connection : public std::enable_shared_from_this<Connection<State>> {
 public:
  Connection(std::shared_ptr<State> server, int descriptor)
      : server_(std::move(server)), stream_(net::socket_stream(descriptor)), address_(peer_address(descriptor)) {}

  void park() {
    server_->poller.park(stream_->descriptor(), [self = this->shared_from_this()] { self->serve(); });
  }

 private:
  // Requests until the client is silent; then parks.
  void serve() {
    if (fresh_ && !sniff()) return;
    while (true) {
      if (!serve_one()) return;
      if (fresh_) return park();  // after CONNECT: the next byte decides again
      if (ahead_.bytes.empty() && !stream_->has_buffered()) return park();
    }
  }

  // The first byte of a fresh transport: 0x16 begins a TLS handshake.
  bool sniff() {
    fresh_ = false;
    int byte = net::peek_byte(*stream_, net::in(server_->options.head_time_max));
    if (byte < 0) return false;
    if (byte != 0x16) return true;
    auto context = [this](std::string_view name) { return server_->authority.context_for(name.empty() ? std::string_view(connect_host_) : name); };
    auto secure = net::tls_accept(std::move(stream_), context, net::in(kHandshakeMax));
    if (!secure) return false;
    stream_ = std::move(*secure);
    return true;
  }

  bool serve_one() {
    const ServerOptions& options = server_->options;
    RequestReader reader(*stream_, ahead_, options.body_read_max);
    auto request = reader.read_head(options.head_bytes_max, net::in(options.head_time_max));
    if (!request) {
      if (request.error().kind != Error::Kind::cancelled)
        (void)write_response(*stream_, protocol_error(request.error()), {.keep_alive = false});
      return false;
    }
    if (!*request) return false;
    if ((*request)->method == "CONNECT") return connect(**request);
    if (!(*request)->host.empty() && is_foreign(**request)) return forward(**request);
    return answer(reader, **request);
  }

  bool is_foreign(const Request& request) const {
    return !stream_->secure() && connect_host_.empty() && !server_->options.is_ours(request.host);
  }

  bool answer(RequestReader& reader, Request& request) {
    if (request.host.empty()) request.host = connect_host_;
    request.client_address = address_;
    request.deadline = net::in(server_->options.request_time_max);
    Response response = handle(request);
    bool keep = reader.keep_alive() && (reader.body_done() || reader.skip_body(kSkipBytesMax));
    auto written = write_response(*stream_, response, {.head = request.method == "HEAD", .keep_alive = keep, .write_max = server_->options.write_max});
    if (!written && !written.error().log.empty()) log::error("http", written.error().log);
    return written && keep;
  }

  Response handle(Request& request) {
    try {
      return server_->options.handler(request);
    } catch (const std::exception& failure) {  // a library threw through a handler: a bug, but not the end of the server
      log::error("http", std::string("unhandled: ") + failure.what());
      return text_response(500, "An internal error occurred.\n");
    }
  }

  bool connect(const Request& request) {
    if (!server_->options.is_ours(request.host)) return tunnel(request, "");
    connect_host_ = request.host;
    fresh_ = true;
    return stream_->write("HTTP/1.1 200 Connection established\r\n\r\n", net::in(server_->options.write_max)).has_value();
  }

  // Clear-text request for a foreign host: tunnelled with its head rewritten to origin-form, one request per connection.
  bool forward(const Request& request) {
    std::string head = request.method + " " + request.path + (request.raw_query.empty() ? "" : "?" + request.raw_query) + " HTTP/1.1\r\n";
    for (const auto& [name, value] : request.headers)
      if (!text::starts_with_ignoring_case(name, "Proxy-") && !text::equals_ignoring_case(name, "Connection")) head += name + ": " + value + "\r\n";
    return tunnel(request, head + "Connection: close\r\n\r\n");
  }

  bool tunnel(const Request& request, std::string head) {
    bool is_connect = request.method == "CONNECT";
    if (server_->tunnels.fetch_add(1) >= server_->options.tunnels_max) {
      --server_->tunnels;
      (void)write_response(*stream_, text_response(503, "Too many tunnels are open.\n"), {.keep_alive = false});
      return false;
    }
    Tunnel plan{.host = request.host,
                .port = request.port ? request.port : static_cast<std::uint16_t>(is_connect ? 443 : 80),
                .upstream_proxy = server_->options.upstream_proxy,
                .first_bytes = head + std::exchange(ahead_.bytes, {}),
                .announce = is_connect};
    start_tunnel(std::move(stream_), std::move(plan), [server = server_] { --server->tunnels; });
    return false;
  }

  std::shared_ptr<State> server_;
  std::unique_ptr<net::Stream> stream_;
  std::string address_;
  std::string connect_host_;
  ReadAhead ahead_;
  bool fresh_ = true;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(net::Poller& poller, net::CertificateAuthority& authority, std::uint16_t port,
                                              ServerOptions options) {
  auto server = std::make_unique<Server>();
  server->state_ = std::make_shared<State>(poller, authority, std::move(options));
  TRY(server->state_->port, poller.listen(port, [state = server->state_](int descriptor) {
    std::make_shared<Connection<State>>(state, descriptor)->park();
  }));
  return server;
}

Server::~Server() = default;
std::uint16_t Server::port() const { return state_->port; }

}  // namespace axonite::http
