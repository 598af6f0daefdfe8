#include "http/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <exception>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "http/response_writer.h"
#include "http/tunnel.h"

namespace axonite::http {
namespace {

constexpr std::size_t kSkipBytesMax = 256u << 10;  // of an unread body, to keep a connection
constexpr std::size_t kLingerBytesMax = 4u << 20;
constexpr std::chrono::milliseconds kLingerMax{2'000};
constexpr std::chrono::milliseconds kHandshakeMax{10'000};
constexpr int kTlsHandshake = 0x16;

int status_of(const Error& error) {
  if (error.code == "HeadersTooLarge") return 431;
  if (error.code == "UriTooLong") return 414;
  return error.kind == Error::Kind::unsupported ? 501 : 400;
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

// One of the places for requests in the handler, for as long as it lives.
class Place {
 public:
  explicit Place(std::atomic<std::size_t>& taken) : taken_(taken), number_(taken.fetch_add(1)) {}
  ~Place() { --taken_; }
  std::size_t number() const { return number_; }

 private:
  std::atomic<std::size_t>& taken_;
  std::size_t number_;
};

}  // namespace

Connection::Connection(std::shared_ptr<ServerState> server, int descriptor)
    : server_(std::move(server)), stream_(net::socket_stream(descriptor)), address_(peer_address(descriptor)) {}

void Connection::park(std::chrono::milliseconds silent_max) {
  server_->poller.park(stream_->descriptor(), [self = shared_from_this()] { self->serve(); }, silent_max);
}

// Requests until the client is silent; then parks.
void Connection::serve() {
  if (fresh_ && !sniff()) return;
  while (true) {
    if (serve_one() != Next::request) return;  // once parked, another thread may be here already: touch nothing
    if (!ahead_.bytes.empty() || stream_->has_buffered()) {
      if (fresh_ && !sniff()) return;
      continue;
    }
    return park();
  }
}

// The first byte of a fresh transport: 0x16 begins a TLS handshake.
bool Connection::sniff() {
  fresh_ = false;
  int byte = ahead_.bytes.empty() ? net::peek_byte(*stream_, net::in(server_->options.head_time_max))
                                  : static_cast<unsigned char>(ahead_.bytes.front());
  if (byte < 0) return false;
  if (byte != kTlsHandshake) return true;
  auto context = [this](std::string_view name) { return server_->authority.context_for(name.empty() ? std::string_view(connect_host_) : name); };
  std::string first_bytes = std::exchange(ahead_.bytes, {});
  auto secure = net::tls_accept(std::move(stream_), context, net::in(kHandshakeMax), first_bytes);
  if (!secure) return false;
  stream_ = std::move(*secure);
  return true;
}

// A head that has not come whole is waited for in the poller.
Connection::Next Connection::serve_one() {
  if (!reader_) {
    reader_ = std::make_unique<RequestReader>(*stream_, ahead_, server_->options.body_read_max);
    head_deadline_ = net::in(server_->options.head_time_max);
  }
  auto request = reader_->read_head(server_->options.head_bytes_max, net::Deadline{});
  if (!request && request.error().code == "ConnectionTimeout") return park_head();
  if (!request) refuse(request.error());
  if (!request || !*request) return Next::over;
  bool goes_on = route(**request);
  reader_.reset();
  return goes_on ? Next::request : Next::over;
}

Connection::Next Connection::park_head() {
  if (!reader_->started()) {  // woken for bytes that were no request's, such as a TLS session ticket's
    reader_.reset();
    park();
    return Next::parked;
  }
  auto left = std::chrono::ceil<std::chrono::milliseconds>(head_deadline_ - std::chrono::steady_clock::now());
  if (left.count() <= 0) return Next::over;
  park(left);
  return Next::parked;
}

bool Connection::refuse(const Error& error) {
  if (error.kind == Error::Kind::cancelled) return false;
  Response response = text_response(status_of(error), error.message + "\n");
  if (write_response(*stream_, response, {.keep_alive = false, .write_max = server_->options.write_max})) linger();
  return false;
}

// Where a request goes. A host of others is only reached by those who ask for a proxy: an origin-form request with
// a foreign Host is a browser that was led here by a name that resolves to this machine.
bool Connection::route(Request& request) {
  const auto& is_ours = server_->options.is_ours;
  if (request.method == "CONNECT") return connect(request);
  if (request.host.empty() && connect_host_.empty() && !reader_->http_1_0()) return refuse(invalid("BadRequest", "The request names no Host."));
  if (request.host.empty()) request.host = connect_host_;
  if (request.host.empty() || is_ours(request.host)) return answer(request);
  if (reader_->absolute_form() && !stream_->secure()) return forward(request);
  Response response = text_response(421, "The host " + request.host + " is not served here.\n");
  if (write_response(*stream_, response, {.keep_alive = false, .write_max = server_->options.write_max})) linger();
  return false;
}

bool Connection::answer(Request& request) {
  request.client_address = address_;
  request.deadline = net::in(server_->options.request_time_max);
  request.cancel = server_->stop.get_token();
  Response response = handle(request);
  bool keep = reader_->keep_alive() && !reader_->awaits_continue() && !server_->stop.stop_requested();
  Framing framing{.head = request.method == "HEAD", .keep_alive = keep, .http_1_0 = reader_->http_1_0(), .write_max = server_->options.write_max};
  if (framing.http_1_0 && std::holds_alternative<Stream>(response.body)) framing.keep_alive = keep = false;
  auto written = write_response(*stream_, response, framing);
  if (!written && !written.error().log.empty()) log::error("http", written.error().log);
  if (!written) return false;
  if (keep && finish_body()) return true;
  linger();
  return false;
}

Response Connection::handle(Request& request) {
  const ServerOptions& options = server_->options;
  Place place(server_->requests);
  if (place.number() >= options.requests_max && !(options.is_call_back && options.is_call_back(request))) {
    Response response = text_response(503, "The server is busy with " + std::to_string(options.requests_max) + " requests.\n");
    response.headers.add("Retry-After", "1");
    return response;
  }
  try {
    return options.handler(request);
  } catch (const std::exception& failure) {  // a library threw through a handler: a bug, but not the end of the server
    log::error("http", std::string("unhandled: ") + failure.what());
    return text_response(500, "An internal error occurred.\n");
  }
}

// What the handler left of the body is read away after the answer, so that the client need not send it to be answered.
bool Connection::finish_body() { return reader_->body_done() || reader_->skip_body(kSkipBytesMax); }

// A socket closed over unread bytes is reset, and the reset can overtake the answer. So: say that this was all, and
// read away for a moment what still comes.
void Connection::linger() {
  stream_->finish();
  char buffer[16u << 10];
  net::Deadline deadline = net::in(kLingerMax);
  for (std::size_t bytes = 0; bytes < kLingerBytesMax;) {
    auto got = stream_->read(buffer, deadline);
    if (!got || *got == 0) return;
    bytes += *got;
  }
}

bool Connection::connect(const Request& request) {
  if (stream_->secure() || !connect_host_.empty()) return refuse(invalid("BadRequest", "A tunnel within a tunnel is not served."));
  if (!server_->options.is_ours(request.host)) return tunnel(request, "");
  connect_host_ = request.host;
  fresh_ = true;
  return stream_->write("HTTP/1.1 200 Connection established\r\n\r\n", net::in(server_->options.write_max)).has_value();
}

// Clear-text request for a foreign host: tunnelled with its head rewritten to origin-form, one request per connection.
bool Connection::forward(const Request& request) {
  std::string head = request.method + " " + request.path + (request.raw_query.empty() ? "" : "?" + request.raw_query) + " HTTP/1.1\r\n";
  for (const auto& [name, value] : request.headers)
    if (!text::starts_with_ignoring_case(name, "Proxy-") && !text::equals_ignoring_case(name, "Connection")) head += name + ": " + value + "\r\n";
  return tunnel(request, head + "Connection: close\r\n\r\n");
}

bool Connection::tunnel(const Request& request, std::string head) {
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

}  // namespace axonite::http
