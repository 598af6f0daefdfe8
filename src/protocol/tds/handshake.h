#pragma once
// From the first byte of a connection to a logged-in session.
#include "protocol/tds/login.h"
#include "protocol/tds/packet.h"
#include "protocol/tds/server.h"

namespace axonite::protocol::tds {

struct Connected {
  std::unique_ptr<net::Stream> stream;  // as requests travel: TLS, or clear text after login-only encryption
  std::unique_ptr<tsql::Session> session;
  std::size_t packet_bytes = 4096;
};

struct Doors {
  const ServerOptions& options;
  Authenticator& authenticator;
  const SessionFactory& sessions;
  const net::ContextForName& tls_12;
  const net::ContextForName& tls_strict;
};

// An error has been told to the client where the protocol allows it.
Result<Connected> connect_client(std::unique_ptr<net::Stream> socket, const Doors& doors);

}  // namespace axonite::protocol::tds
