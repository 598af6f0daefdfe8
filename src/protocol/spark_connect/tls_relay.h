#pragma once
// TLS ended here for gRPC, which gets the clear text over a socket pair: gRPC's own TLS wants a port of its own, and
// clients choose TLS or none on one and the same port.
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>

#include "net/tls.h"

namespace axonite::protocol::spark_connect {

class TlsRelay {
 public:
  TlsRelay(net::ContextForName context, std::size_t connections_max) : context_(std::move(context)), connections_max_(connections_max) {}
  ~TlsRelay() { stop(); }
  // Owns `descriptor`; `accept` gets the other end after the handshake. Returns at once.
  void start(int descriptor, std::function<void(int)> accept);
  // Ends every connection and waits for their threads.
  void stop();

 private:
  void serve(int descriptor, const std::function<void(int)>& accept);

  net::ContextForName context_;
  std::size_t connections_max_;
  std::mutex mutex_;
  std::condition_variable left_;
  std::set<int> descriptors_;  // to wake their threads
  bool stopping_ = false;
};

}  // namespace axonite::protocol::spark_connect
