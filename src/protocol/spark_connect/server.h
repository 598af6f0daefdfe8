#pragma once
// Spark Connect's gRPC service (spark.connect.SparkConnectService). Connections come from net::Poller: in clear text, as
// "sc://localhost:port/;token=…" speaks, or over TLS, as "…;use_ssl=true" does; the first byte tells which
// (sql/connect/docs/client-connection-string.md). Every call carries a bearer token for Synapse; a session belongs to the
// principal that opened it. gRPC is started by the first connection.
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "identity/access.h"
#include "net/tls.h"
#include "spark/session.h"

namespace axonite::protocol::spark_connect {

struct Limits {
  std::size_t connections_max = 256;                  // over TLS; each takes a thread
  std::size_t sessions_max = 256;
  std::size_t executions_per_session_max = 64;
  std::size_t buffered_bytes_max = 256u << 20;        // answers of one execution that nobody has released
  std::chrono::minutes session_idle_max{60};          // as Spark's spark.connect.session.manager.defaultSessionTimeout
  std::chrono::minutes execution_detached_max{5};     // as Spark's spark.connect.execute.manager.detachedTimeout
  int message_bytes_max = 128 << 20;                  // as Spark's spark.connect.grpc.maxInboundMessageSize
};

class Server {
 public:
  // Opens a session's engine side. May be slow.
  using OpenSession = std::function<Result<std::unique_ptr<spark::Session>>(spark::Session::Options)>;
  static std::unique_ptr<Server> create(Limits limits, const identity::TokenVerifier& verifier, OpenSession open_session,
                                        net::ContextForName tls, Clock& clock);
  virtual ~Server() = default;
  // Owns the descriptor of a new connection that has bytes to read.
  virtual void accept(int descriptor) = 0;
  virtual void stop() = 0;
};

// "spark_connect.ExecutePlan", …: what is answered, for the list that witnesses prove.
std::vector<std::string> operation_names();

}  // namespace axonite::protocol::spark_connect
