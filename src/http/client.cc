#include "http/client.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <mutex>
#include <vector>

#include "base/id.h"
#include "base/text.h"

namespace axonite::http {
namespace {

// Methods whose requests have a body, if an empty one.
bool sends_body(const Outgoing& outgoing) { return outgoing.method == "POST" || outgoing.method == "PUT" || outgoing.method == "PATCH"; }

struct Exchange {
  Incoming incoming;
  std::size_t bytes_max;
  std::stop_token stop;
  bool too_large = false;
};

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto* exchange = static_cast<Exchange*>(user);
  if (exchange->incoming.body.size() + size * count > exchange->bytes_max) {
    exchange->too_large = true;
    return 0;
  }
  exchange->incoming.body.append(data, size * count);
  return size * count;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto* exchange = static_cast<Exchange*>(user);
  std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) exchange->incoming.headers = {};  // an interim answer's headers do not count
  if (std::size_t colon = line.find(':'); colon != std::string_view::npos)
    exchange->incoming.headers.add(std::string(line.substr(0, colon)), std::string(text::trim(line.substr(colon + 1))));
  return size * count;
}

int check_stop(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Exchange*>(user)->stop.stop_requested() ? 1 : 0;
}

constexpr std::size_t kHandlesKept = 16;

// A line break would let a value write headers of its own.
Result<void> check_headers(const Headers& headers) {
  for (const auto& [name, value] : headers)
    if (name.empty() || name.find_first_of(": \r\n") != std::string::npos || value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      return std::unexpected(invalid("InvalidHeader", "A header of the request has a name or value that HTTP does not allow."));
  return ok();
}

bool is_link_local(const sockaddr& address) {
  if (address.sa_family == AF_INET) return (ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr) >> 16) == 0xA9FE;
  if (address.sa_family != AF_INET6) return false;
  const in6_addr& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  return IN6_IS_ADDR_LINKLOCAL(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 0xA9 && v6.s6_addr[13] == 0xFE);
}

// After resolution, so that no name can hide the address.
curl_socket_t open_guarded(void*, curlsocktype, curl_sockaddr* address) {
  if (is_link_local(address->addr)) return CURL_SOCKET_BAD;
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// Handles keep their connections; one is lent per request.
class Handles {
 public:
  using Handle = std::unique_ptr<CURL, void (*)(CURL*)>;
  Handle take() {
    std::lock_guard lock(mutex_);
    if (kept_.empty()) return {curl_easy_init(), curl_easy_cleanup};
    Handle handle = std::move(kept_.back());
    kept_.pop_back();
    return handle;
  }
  void give_back(Handle handle) {
    curl_easy_reset(handle.get());
    std::lock_guard lock(mutex_);
    if (kept_.size() < kHandlesKept) kept_.push_back(std::move(handle));
  }

 private:
  std::mutex mutex_;
  std::vector<Handle> kept_;
};

class NetworkTransport : public Transport {
 public:
  NetworkTransport(std::string ca_bundle, std::string proxy, bool guarded)
      : ca_bundle_(std::move(ca_bundle)), proxy_(std::move(proxy)), guarded_(guarded) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  }

  Result<Incoming> send(const Outgoing& outgoing, std::stop_token stop) override {
    CHECK_OK(parse_url(outgoing.url));
    CHECK_OK(check_headers(outgoing.headers));
    if (stop.stop_requested()) return std::unexpected(cancelled("RequestCancelled", "The request was cancelled."));
    Handles::Handle handle = handles_.take();
    Exchange exchange{{}, outgoing.response_bytes_max, std::move(stop)};
    std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(header_list(outgoing), curl_slist_free_all);
    configure(handle.get(), outgoing, exchange, headers.get());
    CURLcode code = curl_easy_perform(handle.get());
    long status = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    handles_.give_back(std::move(handle));
    if (code != CURLE_OK) return std::unexpected(failure(code, exchange));
    exchange.incoming.status = static_cast<int>(status);
    return std::move(exchange.incoming);
  }

 private:
  static curl_slist* header_list(const Outgoing& outgoing) {
    curl_slist* list = curl_slist_append(nullptr, "Expect:");
    for (const auto& [name, value] : outgoing.headers) list = curl_slist_append(list, (name + (value.empty() ? ";" : ": " + value)).c_str());
    return list;
  }

  void configure(CURL* handle, const Outgoing& outgoing, Exchange& exchange, curl_slist* headers) const {
    curl_easy_setopt(handle, CURLOPT_URL, outgoing.url.c_str());
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, outgoing.method.c_str());
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    if (!outgoing.body.empty() || sends_body(outgoing)) {
      curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(outgoing.body.size()));
      curl_easy_setopt(handle, CURLOPT_POSTFIELDS, outgoing.body.c_str());
    }
    if (outgoing.method == "HEAD") curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(outgoing.time_max.count()));
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, check_stop);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &exchange);
    curl_easy_setopt(handle, CURLOPT_PROXY, proxy_.c_str());
    if (guarded_) curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_guarded);
    if (!ca_bundle_.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, ca_bundle_.c_str());
  }

  static Error failure(CURLcode code, const Exchange& exchange) {
    if (exchange.too_large) return too_large("ResponseTooLarge", "The answer is larger than its reader allows.");
    if (exchange.stop.stop_requested()) return cancelled("RequestCancelled", "The request was cancelled.");
    if (code == CURLE_OPERATION_TIMEDOUT) return cancelled("RequestTimeout", "The request took too long.");
    return unavailable("ConnectionFailed", std::string("The request could not be sent: ") + curl_easy_strerror(code) + ".");
  }

  std::string ca_bundle_, proxy_;
  bool guarded_;
  Handles handles_;
};

class InProcessTransport : public Transport {
 public:
  explicit InProcessTransport(Handler handler) : handler_(std::move(handler)) {}

  Result<Incoming> send(const Outgoing& outgoing, std::stop_token stop) override {
    TRY(Url url, parse_url(outgoing.url));
    CHECK_OK(check_headers(outgoing.headers));
    if (stop.stop_requested()) return std::unexpected(cancelled("RequestCancelled", "The request was cancelled."));
    Request request;
    request.method = outgoing.method;
    request.host = url.host;
    request.port = url.port;
    request.secure = url.scheme == "https";
    request.path = url.path;
    request.raw_query = url.query;
    TRY(request.query, Query::parse(url.query));
    request.headers = outgoing.headers;
    if (!request.headers.contains("Host")) request.headers.add("Host", url.port ? url.host + ":" + std::to_string(url.port) : url.host);
    if (!outgoing.body.empty() || sends_body(outgoing)) request.headers.set("Content-Length", std::to_string(outgoing.body.size()));
    request.content_length = outgoing.body.size();
    request.body = memory_body(outgoing.body);
    request.client_address = "in-process";
    std::string_view trace = request.headers.get("x-ms-client-request-id");
    request.trace_id = trace.empty() ? new_uuid() : std::string(trace);
    request.deadline = std::chrono::steady_clock::now() + outgoing.time_max;
    request.cancel = stop;
    Response response = handler_(request);
    Incoming incoming{response.status, std::move(response.headers), {}};
    if (outgoing.method != "HEAD") {
      TRY(incoming.body, read_response(response, outgoing.response_bytes_max));
      if (!incoming.body.empty()) incoming.headers.set("Content-Length", std::to_string(incoming.body.size()));
    }
    return incoming;
  }

 private:
  Handler handler_;
};

// Such a URL means whoever listens at its port on this machine, which need not be us.
bool is_loopback(std::string_view host) { return host == "localhost" || host == "[::1]" || host.starts_with("127."); }

class RoutedTransport : public Transport {
 public:
  RoutedTransport(std::function<bool(std::string_view)> is_ours, std::unique_ptr<Transport> ours, std::unique_ptr<Transport> network)
      : is_ours_(std::move(is_ours)), ours_(std::move(ours)), network_(std::move(network)) {}
  Result<Incoming> send(const Outgoing& outgoing, std::stop_token stop) override {
    TRY(Url url, parse_url(outgoing.url));
    return (!is_loopback(url.host) && is_ours_(url.host) ? *ours_ : *network_).send(outgoing, std::move(stop));
  }

 private:
  std::function<bool(std::string_view)> is_ours_;
  std::unique_ptr<Transport> ours_, network_;
};

Error invalid_url(std::string_view url) { return invalid("InvalidUrl", "'" + std::string(url.substr(0, 200)) + "' is not an http or https URL."); }

}  // namespace

Result<Url> parse_url(std::string_view text) {
  Url url;
  std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return std::unexpected(invalid_url(text));
  url.scheme = text::to_lower(text.substr(0, scheme));
  std::string_view rest = text.substr(scheme + 3);
  std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, end);
  rest = rest.substr(end);
  bool known = url.scheme == "http" || url.scheme == "https";
  if (!known || authority.empty() || authority.find('@') != std::string_view::npos) return std::unexpected(invalid_url(text));
  std::size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    auto port = text::parse_int<std::uint16_t>(authority.substr(colon + 1));
    if (!port) return std::unexpected(invalid_url(text));
    url.port = *port;
    authority = authority.substr(0, colon);
  }
  url.host = text::to_lower(authority);
  rest = rest.substr(0, rest.find('#'));
  std::size_t mark = std::min(rest.find('?'), rest.size());
  if (mark > 0) url.path = std::string(rest.substr(0, mark));
  if (mark < rest.size()) url.query = std::string(rest.substr(mark + 1));
  return url;
}

std::unique_ptr<Transport> network_transport(std::string ca_bundle, std::string proxy) {
  return std::make_unique<NetworkTransport>(std::move(ca_bundle), std::move(proxy), false);
}

std::unique_ptr<Transport> guarded_network_transport(std::string ca_bundle, std::string proxy) {
  return std::make_unique<NetworkTransport>(std::move(ca_bundle), std::move(proxy), true);
}

std::unique_ptr<Transport> in_process_transport(Handler handler) { return std::make_unique<InProcessTransport>(std::move(handler)); }

std::unique_ptr<Transport> routed_transport(std::function<bool(std::string_view)> is_ours, std::unique_ptr<Transport> ours,
                                            std::unique_ptr<Transport> network) {
  return std::make_unique<RoutedTransport>(std::move(is_ours), std::move(ours), std::move(network));
}

}  // namespace axonite::http
