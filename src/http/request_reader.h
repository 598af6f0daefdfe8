#pragma once
// One request off a stream: the head by Boost.Beast's parser, the body as it is asked for.
#include <memory>
#include <string>

#include "http/message.h"
#include "net/stream.h"

namespace axonite::http {

// Bytes that were read ahead of what was asked for; they belong to the connection and survive from request to request.
struct ReadAhead {
  std::string bytes;
};

class RequestReader {
 public:
  RequestReader(net::Stream& stream, ReadAhead& ahead, std::chrono::milliseconds body_read_max);
  ~RequestReader();

  // Nothing when the client closed before the first byte. Errors: invalid("BadRequest"), too_large("HeadersTooLarge"),
  // unsupported("TransferEncodingUnsupported"), cancelled. After cancelled("ConnectionTimeout") it may be called again and
  // goes on where it was, so that a slow head need not hold a thread.
  Result<std::unique_ptr<Request>> read_head(std::size_t head_bytes_max, net::Deadline deadline);
  // Whether the target named its host, as a proxy's client does.
  bool absolute_form() const;
  bool http_1_0() const;
  // Whether any byte of the head has come.
  bool started() const;
  // Whether the client waits for leave to send its body, and was not given it.
  bool awaits_continue() const;
  // Whether the connection can carry another request after this one.
  bool keep_alive() const;
  // Reads what the handler left of the body, up to `bytes_max`; false when there is more or it is broken.
  bool skip_body(std::size_t bytes_max);
  bool body_done() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace axonite::http
