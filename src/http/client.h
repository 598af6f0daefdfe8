#pragma once
// Requests that this server makes itself: over the network with libcurl, or handed to our own router on the caller's
// own thread when the host is ours. The two are one interface, so that callers cannot tell and need not care.
#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "http/message.h"

namespace axonite::http {

struct Outgoing {
  std::string method = "GET";
  std::string url;  // "https://host/path?query"
  Headers headers;
  std::string body;
  std::chrono::milliseconds time_max{100'000};
  std::size_t response_bytes_max = 16u << 20;
};

struct Incoming {
  int status = 0;
  Headers headers;
  std::string body;
};

class Transport {
 public:
  virtual ~Transport() = default;
  // Any status is a success here. Errors: invalid("InvalidUrl" | "InvalidHeader"), unavailable("ConnectionFailed"), cancelled("RequestTimeout"
  // | "RequestCancelled"), too_large("ResponseTooLarge").
  virtual Result<Incoming> send(const Outgoing& outgoing, std::stop_token stop) = 0;
};

// `ca_bundle` = file of trusted authorities; empty = the system's. `proxy` empty = direct.
std::unique_ptr<Transport> network_transport(std::string ca_bundle = {}, std::string proxy = {});
// The same for addresses that strangers chose, such as an action group's webhook: targets that resolve to link-local
// addresses (169.254.0.0/16, fe80::/10), where clouds keep their metadata, are refused as unavailable("ConnectionFailed").
std::unique_ptr<Transport> guarded_network_transport(std::string ca_bundle = {}, std::string proxy = {});
// Calls the handler on the caller's thread. The request and the answer carry the headers that the wire would add.
std::unique_ptr<Transport> in_process_transport(Handler handler);
// In process where `is_ours(host)`, else over `network`; loopback always, since its port says who is meant.
std::unique_ptr<Transport> routed_transport(std::function<bool(std::string_view)> is_ours, std::unique_ptr<Transport> ours,
                                            std::unique_ptr<Transport> network);

struct Url {
  std::string scheme, host;
  std::uint16_t port = 0;
  std::string path = "/", query;
};
// invalid("InvalidUrl") for anything but http and https with a host; user info is refused.
Result<Url> parse_url(std::string_view url);

}  // namespace axonite::http
