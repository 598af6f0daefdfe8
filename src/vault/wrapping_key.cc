#include "vault/wrapping_key.h"

#include <openssl/evp.h>

#include <memory>

#include "base/file.h"
#include "base/id.h"

namespace axonite::vault {
namespace {

constexpr std::size_t kKeyBytes = 32, kNonceBytes = 12, kTagBytes = 16;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
int size(std::string_view text) { return static_cast<int>(text.size()); }

}  // namespace

Result<WrappingKey> WrappingKey::open(const std::filesystem::path& file) {
  auto key = read_file(file, 1024);
  if (!key && key.error().kind == Error::Kind::not_found) {
    key = random_bytes(kKeyBytes);
    CHECK_OK(write_file_durably(file, *key, 0600));
  }
  if (!key) return std::unexpected(std::move(key.error()));
  if (key->size() != kKeyBytes) return std::unexpected(internal(file.filename().string() + " is no wrapping key"));
  return WrappingKey(Secret(std::move(*key)));
}

Result<std::string> WrappingKey::wrap(const Secret& value, std::string_view place) const {
  Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  std::string nonce = random_bytes(kNonceBytes), wrapped(value.reveal().size(), '\0'), tag(kTagBytes, '\0');
  int length = 0, rest = 0;
  bool done = EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key_.reveal()), bytes(nonce)) == 1 &&
              EVP_EncryptUpdate(context.get(), nullptr, &length, bytes(place), size(place)) == 1 &&
              EVP_EncryptUpdate(context.get(), bytes(wrapped), &length, bytes(value.reveal()), size(value.reveal())) == 1 &&
              EVP_EncryptFinal_ex(context.get(), bytes(wrapped) + length, &rest) == 1 &&
              EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, bytes(tag)) == 1;
  if (!done) return std::unexpected(internal("a value could not be encrypted"));
  return nonce + wrapped + tag;
}

Result<Secret> WrappingKey::unwrap(std::string_view wrapped, std::string_view place) const {
  if (wrapped.size() < kNonceBytes + kTagBytes) return std::unexpected(internal("an encrypted value is too short"));
  std::string_view nonce = wrapped.substr(0, kNonceBytes);
  std::string_view cipher = wrapped.substr(kNonceBytes, wrapped.size() - kNonceBytes - kTagBytes);
  std::string tag(wrapped.substr(wrapped.size() - kTagBytes)), plain(cipher.size(), '\0');
  Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int length = 0, rest = 0;
  bool done = EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key_.reveal()), bytes(nonce)) == 1 &&
              EVP_DecryptUpdate(context.get(), nullptr, &length, bytes(place), size(place)) == 1 &&
              EVP_DecryptUpdate(context.get(), bytes(plain), &length, bytes(cipher), size(cipher)) == 1 &&
              EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, bytes(tag)) == 1 &&
              EVP_DecryptFinal_ex(context.get(), bytes(plain) + length, &rest) == 1;
  if (!done) return std::unexpected(internal("an encrypted value does not open with the wrapping key"));
  return Secret(std::move(plain));
}

}  // namespace axonite::vault
