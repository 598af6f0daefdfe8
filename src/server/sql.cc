#include "server/sql.h"

namespace axonite::server {
namespace {

// The names by which drivers reach a pool besides the local ones.
const std::vector<std::string> kServerNames{"*.sql.azuresynapse.net", "*.database.windows.net"};

engine::EngineOptions engine_options(const std::filesystem::path& data_dir) { return {.directory = data_dir / "pools"}; }

}  // namespace

Sql::Sql(const std::filesystem::path& data_dir, identity::Directory& directory, const resource::Documents& documents, lake::Lake& lake,
         event::Stream& events, Clock& clock)
    : lake_(lake),
      events_(events),
      clock_(clock),
      engine_(engine_options(data_dir), lake),
      dedicated_(std::make_shared<SqlLogins>(directory, documents, tsql::Personality::dedicated)),
      serverless_(std::make_shared<SqlLogins>(directory, documents, tsql::Personality::serverless)),
      sessions_(engine_, lake, events, clock),
      port_(*dedicated_, *serverless_, sessions_) {}

Result<std::uint16_t> Sql::listen_one(net::Poller& poller, net::CertificateAuthority& authority, std::uint16_t port, std::shared_ptr<SqlLogins> logins) {
  TRY(auto wrapped, authority.local_context(kServerNames, true));
  TRY(auto strict, authority.local_context(kServerNames, false, "tds/8.0"));
  auto fixed = [](std::shared_ptr<net::TlsContext> context) {
    return [context](std::string_view) -> Result<std::shared_ptr<net::TlsContext>> { return context; };
  };
  auto open = [this, logins](const protocol::tds::LoginRequest& request) { return sessions_.open(*logins, request); };
  auto server = std::make_shared<protocol::tds::Server>(protocol::tds::ServerOptions{}, logins, open, fixed(wrapped), fixed(strict));
  servers_.push_back(server);
  return poller.listen(port, [server](int descriptor) { server->accept(descriptor); });
}

Result<void> Sql::listen(net::Poller& poller, net::CertificateAuthority& authority, const Config& config, Ports& ports) {
  TRY(ports.sql, listen_one(poller, authority, config.sql_port, dedicated_));
  TRY(ports.sql_serverless, listen_one(poller, authority, config.sql_serverless_port, serverless_));
  return ok();
}

void Sql::stop() {
  for (auto& server : servers_) server->stop();
}

}  // namespace axonite::server
