#pragma once
// One client's connection through all its requests. It belongs to the poller while parked and to a thread while served.
#include <atomic>
#include <memory>
#include <stop_token>
#include <string>

#include "http/request_reader.h"
#include "http/server.h"

namespace axonite::http {

// What the connections of a server share.
struct ServerState {
  ServerState(net::Poller& poller_, net::CertificateAuthority& authority_, ServerOptions options_)
      : poller(poller_), authority(authority_), options(std::move(options_)) {}
  net::Poller& poller;
  net::CertificateAuthority& authority;
  ServerOptions options;
  std::uint16_t port = 0;
  std::atomic<std::size_t> tunnels = 0;
  std::atomic<std::size_t> requests = 0;
  std::stop_source stop;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<ServerState> server, int descriptor);
  // Until the client sends; past `silent_max` (0 = the poller's) it is closed.
  void park(std::chrono::milliseconds silent_max = {});

 private:
  enum class Next { over, request, parked };
  void serve();
  bool sniff();
  Next serve_one();
  Next park_head();
  bool refuse(const Error& error);
  bool route(Request& request);
  bool answer(Request& request);
  Response handle(Request& request);
  bool finish_body();
  void linger();
  bool connect(const Request& request);
  bool forward(const Request& request);
  bool tunnel(const Request& request, std::string head);

  std::shared_ptr<ServerState> server_;
  std::unique_ptr<net::Stream> stream_;
  std::string address_;
  std::string connect_host_;  // where a CONNECT of this connection led
  ReadAhead ahead_;
  std::unique_ptr<RequestReader> reader_;  // of the request whose head has not come whole
  net::Deadline head_deadline_;
  bool fresh_ = true;  // the next byte decides between TLS and clear text
};

}  // namespace axonite::http
