#pragma once
// SQL endpoints: one engine, the two products' logins, their TDS servers, and the port that pipelines use.
#include "net/certificate_authority.h"
#include "net/poller.h"
#include "protocol/tds/server.h"
#include "server/lazy_engine.h"
#include "server/server.h"
#include "server/sql_logins.h"
#include "server/sql_port.h"

namespace axonite::server {

class Sql {
 public:
  Sql(const std::filesystem::path& data_dir, identity::Directory& directory, const resource::Documents& documents, lake::Lake& lake,
      event::Stream& events, Clock& clock);

  engine::Engine& engine() { return engine_; }
  linked_service::SqlPort& port() { return port_; }
  // Opens both TDS ports and fills them in.
  Result<void> listen(net::Poller& poller, net::CertificateAuthority& authority, const Config& config, Ports& ports);
  // Ends the clients' connections.
  void stop();

 private:
  Result<std::uint16_t> listen_one(net::Poller& poller, net::CertificateAuthority& authority, std::uint16_t port, std::shared_ptr<SqlLogins> logins);

  lake::Lake& lake_;
  event::Stream& events_;
  Clock& clock_;
  LazyEngine engine_;
  std::shared_ptr<SqlLogins> dedicated_, serverless_;
  SqlSessions sessions_;
  InProcessSql port_;
  std::vector<std::shared_ptr<protocol::tds::Server>> servers_;
};

}  // namespace axonite::server
