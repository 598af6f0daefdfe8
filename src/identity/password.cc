#include "identity/password.h"

#include <openssl/evp.h>

#include "base/id.h"

namespace axonite::identity {
namespace {

constexpr int kIterations = 100'000;
constexpr std::size_t kHashBytes = 32;

std::string derive(const Secret& password, std::string_view salt) {
  std::string hash(kHashBytes, '\0');
  const std::string& text = password.reveal();
  PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(salt.data()),
                    static_cast<int>(salt.size()), kIterations, EVP_sha256(), static_cast<int>(hash.size()),
                    reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

}  // namespace

PasswordHash hash_password(const Secret& password) {
  std::string salt = random_bytes(16);
  return {salt, derive(password, salt)};
}

bool password_matches(const Secret& password, const PasswordHash& kept) {
  return equals_in_constant_time(derive(password, kept.salt), kept.hash);
}

}  // namespace axonite::identity
