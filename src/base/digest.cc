#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstdlib>

#include "base/secret.h"

namespace axonite {

Secret::~Secret() { OPENSSL_cleanse(value_.data(), value_.size()); }

bool equals_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

namespace digest {
namespace {

std::string run(const EVP_MD* algorithm, std::string_view bytes) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), &size, algorithm, nullptr);
  out.resize(size);
  return out;
}

struct Mac {
  Mac() {
    EVP_MAC* algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    context = EVP_MAC_CTX_new(algorithm);
    EVP_MAC_free(algorithm);
    char name[] = "SHA256";
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", name, 0), OSSL_PARAM_construct_end()};
    if (!context || EVP_MAC_CTX_set_params(context, parameters) != 1) std::abort();
  }
  ~Mac() { EVP_MAC_CTX_free(context); }
  Mac(const Mac&) = delete;
  EVP_MAC_CTX* context;
};

}  // namespace

std::string md5(std::string_view bytes) { return run(EVP_md5(), bytes); }
std::string sha256(std::string_view bytes) { return run(EVP_sha256(), bytes); }

// Looking the algorithm up costs more than a short message; a context of the thread's own is only given a new key.
std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  thread_local const Mac mac;
  std::string out(32, '\0');
  std::size_t size = 0;
  static constexpr unsigned char kNoKey = 0;  // a null key would mean the one before
  auto raw = key.empty() ? &kNoKey : reinterpret_cast<const unsigned char*>(key.data());
  bool made = EVP_MAC_init(mac.context, raw, key.size(), nullptr) == 1 &&
              EVP_MAC_update(mac.context, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1 &&
              EVP_MAC_final(mac.context, reinterpret_cast<unsigned char*>(out.data()), &size, out.size()) == 1;
  if (!made || size != out.size()) std::abort();  // only a broken library gets here; a wrong digest would be worse
  return out;
}

}  // namespace digest
}  // namespace axonite
