#pragma once
#include <functional>
#include <memory>
#include <string>

#include "net/stream.h"

namespace axonite::http {

// Bytes to and from a host that is not ours, untouched.
struct Tunnel {
  std::string host;
  std::uint16_t port = 443;
  std::string upstream_proxy;  // "host:port", "http://host:port", "http://user:password@host:port"; empty = direct
  std::string first_bytes;     // sent to the host before what the client sends
  bool announce = true;        // answer the client's CONNECT with 200, or 502 when the host does not answer
};

// Runs on a thread of its own until either side ends; then calls `ended`.
void start_tunnel(std::unique_ptr<net::Stream> client, Tunnel tunnel, std::function<void()> ended);

}  // namespace axonite::http
