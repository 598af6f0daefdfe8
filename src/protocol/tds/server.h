#pragma once
// The TDS 7.4 and 8.0 server: bytes to calls of a tsql::Session and back. It knows no SQL.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "identity/principal.h"
#include "net/stream.h"
#include "net/tls.h"
#include "tsql/session.h"

namespace axonite::protocol::tds {

// Who logs in, to what, with what.
struct LoginRequest {
  std::string server, database;  // as LOGIN7 names them
  std::string application, host;
  identity::Principal login;     // set after authentication
};

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // unauthenticated(…) for any reason that the client may not tell apart.
  virtual Result<identity::Principal> sql_login(const LoginRequest& request, std::string_view user, const Secret& password) = 0;
  // An access token for https://database.windows.net.
  virtual Result<identity::Principal> token(const LoginRequest& request, const Secret& token) = 0;
  // Where a client that brings no token gets one: {"https://login.microsoftonline.com/<tenant>", spn}.
  virtual std::string token_authority() const = 0;
};

// Errors: not_found("…") becomes 4060 (the database cannot be opened), unavailable 40613.
using SessionFactory = std::function<Result<std::unique_ptr<tsql::Session>>(const LoginRequest&)>;

struct ServerOptions {
  bool allow_unencrypted = false;  // clients that cannot encrypt at all
  std::string product = "Microsoft SQL Server";
  unsigned connections_max = 512;  // a thread each while connected; more are refused
  std::size_t login_bytes_max = 128u << 10;
  std::size_t request_bytes_max = 256u << 20;
  std::chrono::seconds login_time{15};
  std::chrono::seconds idle_time{8 * 3600};
  std::chrono::seconds write_time{300};
};

class Server {
 public:
  Server(ServerOptions options, std::shared_ptr<Authenticator> authenticator, SessionFactory sessions,
         net::ContextForName tls_12, net::ContextForName tls_strict);
  // Ends the connections and waits for their threads.
  ~Server();
  // Takes a connected client over; for Poller::listen.
  void accept(int descriptor);
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace axonite::protocol::tds
