#include "http/server.h"

#include "http/connection.h"

namespace axonite::http {

Result<std::unique_ptr<Server>> Server::start(net::Poller& poller, net::CertificateAuthority& authority, std::uint16_t port,
                                              ServerOptions options) {
  auto server = std::make_unique<Server>();
  server->state_ = std::make_shared<ServerState>(poller, authority, std::move(options));
  TRY(server->state_->port, poller.listen(port, [state = server->state_](int descriptor) {
    std::make_shared<Connection>(state, descriptor)->park();
  }));
  return server;
}

Server::~Server() = default;
std::uint16_t Server::port() const { return state_->port; }
void Server::cancel_requests() { state_->stop.request_stop(); }

}  // namespace axonite::http
