#pragma once
// TLS over any stream, so that the same code serves sockets, CONNECT tunnels and TDS packets.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/stream.h"

struct ssl_ctx_st;

namespace axonite::net {

// A certificate with its key and chain, ready to serve.
class TlsContext {
 public:
  // PEM texts. `max_version_12` caps at TLS 1.2 (TDS wraps the handshake in packets; 1.3's session tickets break FreeTDS).
  static Result<std::shared_ptr<TlsContext>> create(std::string_view certificate_pem, std::string_view key_pem,
                                                    bool max_version_12 = false, std::string_view alpn = {});
  // A client's side: trusts only the authorities in `ca_pem`.
  static Result<std::shared_ptr<TlsContext>> client(std::string_view ca_pem);
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();
  ssl_ctx_st* get() const { return context_; }

 private:
  ssl_ctx_st* context_;
};

// The context for the server name that the client asks for; empty when it names none.
using ContextForName = std::function<Result<std::shared_ptr<TlsContext>>(std::string_view server_name)>;

// Server side of the handshake. `first_bytes` were read from `lower` already. invalid("TlsHandshakeFailed").
Result<std::unique_ptr<Stream>> tls_accept(std::unique_ptr<Stream> lower, const ContextForName& context, Deadline deadline,
                                           std::string_view first_bytes = {});
// Client side; verifies that the certificate is for `server_name`.
Result<std::unique_ptr<Stream>> tls_connect(std::unique_ptr<Stream> lower, std::shared_ptr<TlsContext> context,
                                            const std::string& server_name, Deadline deadline);

}  // namespace axonite::net
