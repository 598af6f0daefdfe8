#pragma once
// Spark: sessions of Spark Connect over the engine and the lake.
#include <memory>

#include "engine/session.h"
#include "event/stream.h"
#include "identity/access.h"
#include "net/certificate_authority.h"
#include "net/poller.h"
#include "protocol/spark_connect/server.h"

namespace axonite::server {

struct SparkRooms {
  engine::Engine& engine;
  engine::ViewOf view_of;
  event::Stream& events;
  const identity::TokenVerifier& verifier;
  Clock& clock;
};

class Spark {
 public:
  // Listens on loopback; `port` 0 = any free one. Keep it longer than the poller runs.
  static Result<std::unique_ptr<Spark>> listen(const SparkRooms& rooms, net::Poller& poller, net::CertificateAuthority& authority, std::uint16_t port);
  std::uint16_t port() const { return port_; }
  void stop() { server_->stop(); }

 private:
  std::shared_ptr<protocol::spark_connect::Server> server_;
  std::uint16_t port_ = 0;
};

}  // namespace axonite::server
