#include "net/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <vector>

#include "base/file.h"

namespace axonite::net {
namespace {

constexpr std::size_t kRecordBytes = 16u << 10;
constexpr std::chrono::milliseconds kAlertMax{1'000};

Error tls_error(std::string_view what) {
  char text[256] = "unknown";
  if (unsigned long code = ERR_get_error()) ERR_error_string_n(code, text, sizeof text);
  ERR_clear_error();
  Error error = invalid("TlsHandshakeFailed", "The TLS handshake failed.");
  error.log = std::string(what) + ": " + text;
  return error;
}

template <class T, void (*Free)(T*)>
struct Freer {
  void operator()(T* value) const { Free(value); }
};
using BioPointer = std::unique_ptr<BIO, Freer<BIO, BIO_free_all>>;
using CertificatePointer = std::unique_ptr<X509, Freer<X509, X509_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY, EVP_PKEY_free>>;

BioPointer memory(std::string_view text) { return BioPointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

// OpenSSL over memory; the encrypted bytes travel through `lower`.
class TlsStream : public Stream {
 public:
  TlsStream(std::unique_ptr<Stream> lower, SSL* ssl, std::shared_ptr<TlsContext> context)
      : lower_(std::move(lower)), ssl_(ssl), context_(std::move(context)) {
    SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_mode(ssl_, SSL_MODE_AUTO_RETRY);
  }
  ~TlsStream() override { SSL_free(ssl_); }

  void feed(std::string_view bytes) { BIO_write(SSL_get_rbio(ssl_), bytes.data(), static_cast<int>(bytes.size())); }

  Result<void> handshake(Deadline deadline) {
    while (true) {
      ERR_clear_error();
      int outcome = SSL_do_handshake(ssl_);
      int reason = SSL_get_error(ssl_, outcome);
      CHECK_OK(flush(deadline));
      if (outcome == 1) return ok();
      if (reason != SSL_ERROR_WANT_READ) return std::unexpected(tls_error("handshake"));
      TRY(bool more, fill(deadline));
      if (!more) return std::unexpected(cancelled("ConnectionClosed", "The connection was closed in the TLS handshake."));
    }
  }

  Result<std::size_t> read(std::span<char> buffer, Deadline deadline) override {
    while (true) {
      ERR_clear_error();
      std::size_t got = 0;
      if (SSL_read_ex(ssl_, buffer.data(), buffer.size(), &got) == 1) return got;
      int reason = SSL_get_error(ssl_, 0);
      if (reason == SSL_ERROR_ZERO_RETURN) return 0;
      if (reason != SSL_ERROR_WANT_READ) return std::unexpected(tls_error("read"));
      CHECK_OK(flush(deadline));
      TRY(bool more, fill(deadline));
      if (!more) return 0;
    }
  }

  Result<void> write(std::string_view bytes, Deadline deadline) override {
    while (!bytes.empty()) {
      ERR_clear_error();
      std::size_t put = 0;
      if (SSL_write_ex(ssl_, bytes.data(), std::min(bytes.size(), 4 * kRecordBytes), &put) != 1)
        return std::unexpected(tls_error("write"));
      bytes.remove_prefix(put);
      CHECK_OK(flush(deadline));
    }
    return ok();
  }

  Result<void> write_file(std::string_view head, const File& file, std::uint64_t offset, std::uint64_t length,
                          Deadline deadline) override {
    CHECK_OK(write(head, deadline));
    std::vector<char> buffer(std::min<std::uint64_t>(length, 16 * kRecordBytes));
    while (length > 0) {
      TRY(std::size_t got, file.read_at(offset, std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), length))));
      if (got == 0) return std::unexpected(internal("a file is shorter than what was to be sent"));
      CHECK_OK(write({buffer.data(), got}, deadline));
      offset += got;
      length -= got;
    }
    return ok();
  }

  bool has_buffered() const override {
    return SSL_pending(ssl_) > 0 || BIO_ctrl_pending(SSL_get_rbio(ssl_)) > 0 || lower_->has_buffered();
  }
  int descriptor() const override { return lower_->descriptor(); }
  void shutdown() override { lower_->shutdown(); }
  void finish() override {
    ERR_clear_error();
    SSL_shutdown(ssl_);  // the close_notify alert, without which a client cannot tell the end from a cut
    (void)flush(in(kAlertMax));
    ERR_clear_error();
    lower_->finish();
  }
  bool secure() const override { return true; }

 private:
  Result<void> flush(Deadline deadline) {
    BIO* out = SSL_get_wbio(ssl_);
    char* data = nullptr;
    long size = BIO_get_mem_data(out, &data);
    if (size <= 0) return ok();
    auto outcome = lower_->write({data, static_cast<std::size_t>(size)}, deadline);
    (void)BIO_reset(out);
    return outcome;
  }

  Result<bool> fill(Deadline deadline) {
    char buffer[kRecordBytes];
    TRY(std::size_t got, lower_->read(buffer, deadline));
    if (got > 0) BIO_write(SSL_get_rbio(ssl_), buffer, static_cast<int>(got));
    return got > 0;
  }

  std::unique_ptr<Stream> lower_;
  SSL* ssl_;
  std::shared_ptr<TlsContext> context_;
};

// The ClientHello's server name picks the context.
struct Choice {
  const ContextForName& context;
  std::shared_ptr<TlsContext> chosen;
};

int choose_by_name(SSL* ssl, int*, void*) {
  auto* choice = static_cast<Choice*>(SSL_get_app_data(ssl));
  if (!choice) return SSL_TLSEXT_ERR_ALERT_FATAL;
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  auto context = choice->context(name ? name : "");
  if (!context) return SSL_TLSEXT_ERR_ALERT_FATAL;
  choice->chosen = std::move(*context);
  SSL_set_SSL_CTX(ssl, choice->chosen->get());
  return SSL_TLSEXT_ERR_OK;
}

int select_alpn(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* in, unsigned in_length, void* wanted) {
  auto* text = static_cast<std::string*>(wanted);
  for (unsigned i = 0; i < in_length; i += in[i] + 1u) {
    std::string_view offered(reinterpret_cast<const char*>(in + i + 1), std::min<unsigned>(in[i], in_length - i - 1));
    if (offered != *text) continue;
    *out = in + i + 1;
    *out_length = in[i];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

void free_text(void*, void* pointer, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<std::string*>(pointer); }

// Keeps the protocol name alive as long as the context that answers with it.
void set_alpn(SSL_CTX* context, std::string_view alpn) {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_text);
  auto* text = new std::string(alpn);
  SSL_CTX_set_ex_data(context, slot, text);
  SSL_CTX_set_alpn_select_cb(context, select_alpn, text);
}

}  // namespace

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

Result<std::shared_ptr<TlsContext>> TlsContext::create(std::string_view certificate_pem, std::string_view key_pem, bool max_version_12,
                                                       std::string_view alpn) {
  auto context = std::make_shared<TlsContext>(SSL_CTX_new(TLS_server_method()));
  BioPointer certificate_bio = memory(certificate_pem), key_bio = memory(key_pem);
  CertificatePointer certificate(PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr));
  KeyPointer key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr));
  if (!certificate || !key || SSL_CTX_use_certificate(context->get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context->get(), key.get()) != 1)
    return std::unexpected(tls_error("certificate"));
  while (X509* link = PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr)) SSL_CTX_add_extra_chain_cert(context->get(), link);
  ERR_clear_error();
  SSL_CTX_set_min_proto_version(context->get(), TLS1_2_VERSION);
  if (max_version_12) SSL_CTX_set_max_proto_version(context->get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->get(), SSL_OP_NO_RENEGOTIATION);  // costs us far more than it costs the client
  SSL_CTX_set_tlsext_servername_callback(context->get(), choose_by_name);
  if (!alpn.empty()) set_alpn(context->get(), alpn);
  return context;
}

Result<std::shared_ptr<TlsContext>> TlsContext::client(std::string_view ca_pem) {
  auto context = std::make_shared<TlsContext>(SSL_CTX_new(TLS_client_method()));
  BioPointer bio = memory(ca_pem);
  X509_STORE* store = SSL_CTX_get_cert_store(context->get());
  while (X509* found = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    CertificatePointer certificate(found);
    X509_STORE_add_cert(store, certificate.get());
  }
  ERR_clear_error();
  SSL_CTX_set_verify(context->get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

Result<std::unique_ptr<Stream>> tls_accept(std::unique_ptr<Stream> lower, const ContextForName& context, Deadline deadline,
                                           std::string_view first_bytes) {
  TRY(auto fallback, context(""));
  Choice choice{context, nullptr};
  SSL* ssl = SSL_new(fallback->get());
  SSL_set_app_data(ssl, reinterpret_cast<char*>(&choice));
  SSL_set_accept_state(ssl);
  auto stream = std::make_unique<TlsStream>(std::move(lower), ssl, fallback);
  if (!first_bytes.empty()) stream->feed(first_bytes);
  CHECK_OK(stream->handshake(deadline));
  SSL_set_app_data(ssl, nullptr);
  return stream;
}

Result<std::unique_ptr<Stream>> tls_connect(std::unique_ptr<Stream> lower, std::shared_ptr<TlsContext> context,
                                            const std::string& server_name, Deadline deadline) {
  SSL* ssl = SSL_new(context->get());
  SSL_set_tlsext_host_name(ssl, server_name.c_str());
  SSL_set1_host(ssl, server_name.c_str());
  SSL_set_connect_state(ssl);
  auto stream = std::make_unique<TlsStream>(std::move(lower), ssl, std::move(context));
  CHECK_OK(stream->handshake(deadline));
  return stream;
}

}  // namespace axonite::net
