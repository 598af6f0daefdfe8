#include "identity/signing_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"

namespace axonite::identity {
namespace {

using BioPointer = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using ContextPointer = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

constexpr int kKeyBits = 2048;

std::string number(const EVP_PKEY* key, const char* name) {
  BIGNUM* value = nullptr;
  EVP_PKEY_get_bn_param(key, name, &value);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(value)), '\0');
  BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(value);
  return bytes;
}

}  // namespace

SigningKey::SigningKey(evp_pkey_st* key) : key_(key) {
  modulus_ = number(key, OSSL_PKEY_PARAM_RSA_N);
  exponent_ = number(key, OSSL_PKEY_PARAM_RSA_E);
  key_id_ = text::base64url_encode(digest::sha256(modulus_).substr(0, 20));
}

SigningKey::~SigningKey() { EVP_PKEY_free(key_); }

Result<std::unique_ptr<SigningKey>> SigningKey::open(const std::filesystem::path& file) {
  auto pem = read_file(file);
  if (pem) {
    BioPointer bio(BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())), BIO_free_all);
    EVP_PKEY* key = PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr);
    if (!key) return std::unexpected(internal("the signing key cannot be read: " + file.filename().string()));
    return std::unique_ptr<SigningKey>(new SigningKey(key));
  }
  if (pem.error().kind != Error::Kind::not_found) return std::unexpected(std::move(pem.error()));
  EVP_PKEY* key = EVP_RSA_gen(kKeyBits);
  BioPointer bio(BIO_new(BIO_s_mem()), BIO_free_all);
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  long size = BIO_get_mem_data(bio.get(), &data);
  std::unique_ptr<SigningKey> made(new SigningKey(key));
  CHECK_OK(write_file_durably(file, {data, static_cast<std::size_t>(size)}, 0600));
  return made;
}

std::string SigningKey::sign(std::string_view bytes) const {
  ContextPointer context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_);
  std::size_t size = 0;
  auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  EVP_DigestSign(context.get(), nullptr, &size, data, bytes.size());
  std::string signature(size, '\0');
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data, bytes.size());
  signature.resize(size);
  return signature;
}

bool SigningKey::verify(std::string_view bytes, std::string_view signature) const {
  ContextPointer context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_);
  return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                          reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1;
}

}  // namespace axonite::identity
