#pragma once
#include "http/message.h"
#include "net/stream.h"

namespace axonite::http {

struct Framing {
  bool head = false;        // answer to HEAD: no body
  bool keep_alive = true;   // what Connection says
  bool http_1_0 = false;    // no chunks; the end of the connection ends a body of unknown length
  std::chrono::milliseconds write_max{60'000};
};

// Status line, headers, body. Small answers leave in one write; files without copying; streams with their length or in
// chunks. An error means that the connection must end (a stream that fails half-way cannot say so otherwise).
Result<void> write_response(net::Stream& stream, const Response& response, const Framing& framing);

}  // namespace axonite::http
