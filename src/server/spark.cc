#include "server/spark.h"

#include "base/file.h"

namespace axonite::server {

Result<std::unique_ptr<Spark>> Spark::listen(const SparkRooms& rooms, net::Poller& poller, net::CertificateAuthority& authority, std::uint16_t port) {
  auto open = [rooms](spark::Session::Options options) {
    return spark::Session::open(rooms.engine, rooms.view_of, &rooms.events, rooms.clock, std::move(options));
  };
  TRY(auto context, authority.local_context({"*.azuresynapse.net"}, false, "h2"));
  auto tls = [context](std::string_view) -> Result<std::shared_ptr<net::TlsContext>> { return context; };
  auto spark = std::make_unique<Spark>();
  spark->server_ = protocol::spark_connect::Server::create({}, rooms.verifier, open, tls, rooms.clock);
  // The first byte tells TLS from clear text: a connection waits for it without a thread.
  TRY(spark->port_, poller.listen(port, [server = spark->server_, &poller](int descriptor) {
    auto owned = std::make_shared<File>(descriptor);
    poller.park(descriptor, [server, owned] { server->accept(::dup(owned->descriptor())); });
  }));
  return spark;
}

}  // namespace axonite::server
