#include <openssl/evp.h>

#include "base/file.h"
#include "base/id.h"
#include "base/text.h"
#include "linked_service/sealing.h"

namespace axonite::linked_service {
namespace {

constexpr std::size_t kKeyBytes = 32, kNonceBytes = 12, kTagBytes = 16;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// nonce | ciphertext | tag.
class AesSealer : public Sealer {
 public:
  explicit AesSealer(Secret key) : key_(std::move(key)) {}

  Result<std::string> seal(const Secret& secret) const override {
    Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    std::string nonce = random_bytes(kNonceBytes);
    const std::string& plain = secret.reveal();
    std::string sealed(plain.size(), '\0'), tag(kTagBytes, '\0');
    int length = 0, rest = 0;
    bool done = EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key_.reveal()), bytes(nonce)) == 1 &&
                EVP_EncryptUpdate(context.get(), bytes(sealed), &length, bytes(plain), static_cast<int>(plain.size())) == 1 &&
                EVP_EncryptFinal_ex(context.get(), bytes(sealed) + length, &rest) == 1 &&
                EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, bytes(tag)) == 1;
    if (!done) return std::unexpected(internal("sealing failed"));
    return text::base64_encode(nonce + sealed + tag);
  }

  Result<Secret> unseal(std::string_view sealed) const override {
    auto raw = text::base64_decode(sealed);
    if (!raw || raw->size() < kNonceBytes + kTagBytes) return std::unexpected(internal("not a sealed text"));
    std::string_view all = *raw, nonce = all.substr(0, kNonceBytes);
    std::string_view cipher = all.substr(kNonceBytes, all.size() - kNonceBytes - kTagBytes);
    std::string tag(all.substr(all.size() - kTagBytes)), plain(cipher.size(), '\0');
    Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    int length = 0, rest = 0;
    bool done = EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key_.reveal()), bytes(nonce)) == 1 &&
                EVP_DecryptUpdate(context.get(), bytes(plain), &length, bytes(cipher), static_cast<int>(cipher.size())) == 1 &&
                EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, bytes(tag)) == 1 &&
                EVP_DecryptFinal_ex(context.get(), bytes(plain) + length, &rest) == 1;
    if (!done) return std::unexpected(internal("a sealed text does not open with this key"));
    return Secret(std::move(plain));
  }

 private:
  Secret key_;
};

}  // namespace

Result<std::unique_ptr<Sealer>> Sealer::open(const std::filesystem::path& key_file) {
  if (!std::filesystem::exists(key_file)) CHECK_OK(write_file_durably(key_file, random_bytes(kKeyBytes), 0600));
  TRY(std::string key, read_file(key_file, 1024));
  if (key.size() != kKeyBytes) return std::unexpected(internal(key_file.filename().string() + " is no key"));
  return std::make_unique<AesSealer>(Secret(std::move(key)));
}

}  // namespace axonite::linked_service
