#pragma once
// HTTP/1.1 on one port for everything: TLS by the name the client asks for, clear text, absolute-form requests of a
// proxy's client, and CONNECT, after which the first byte decides again. Hosts that are not ours are tunnelled through.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"
#include "net/certificate_authority.h"
#include "net/poller.h"

namespace axonite::http {

struct ServerOptions {
  Handler handler;
  // Whether a CONNECT or absolute-form host ends here.
  std::function<bool(std::string_view host)> is_ours;
  std::string upstream_proxy;  // as of Tunnel, for hosts that are not ours; empty = direct
  std::size_t head_bytes_max = 64u << 10;
  std::chrono::milliseconds head_time_max{10'000};   // from its first byte; slow heads are cut off
  std::chrono::milliseconds body_read_max{60'000};   // silence within a body
  std::chrono::milliseconds write_max{60'000};       // a reader that takes nothing
  std::chrono::milliseconds request_time_max{600'000};
  std::size_t tunnels_max = 256;
  // Requests in the handler at a time; more are answered with 503 and Retry-After. Threads above this number (see
  // Poller::Options::threads_max) stay free for the calls back that work started by those requests makes (a notebook that
  // reads the lake, a pipeline that asks for a secret): with all threads taken, both sides would wait for each other.
  std::size_t requests_max = 96;
  // Whether a request is such a call back, and so exempt. Empty = none is.
  std::function<bool(const Request& request)> is_call_back;
};

struct ServerState;

class Server {
 public:
  // `authority` and `poller` outlive the server.
  static Result<std::unique_ptr<Server>> start(net::Poller& poller, net::CertificateAuthority& authority, std::uint16_t port,
                                               ServerOptions options);
  ~Server();
  std::uint16_t port() const;
  // Asks the requests under way to end (their `cancel`); connections close after their next answer.
  void cancel_requests();

 private:
  std::shared_ptr<ServerState> state_;
};

}  // namespace axonite::http
