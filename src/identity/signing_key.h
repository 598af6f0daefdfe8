#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct evp_pkey_st;

namespace axonite::identity {

// The RSA key that tokens are signed with (RS256, RFC 7518 §3.3).
class SigningKey {
 public:
  // Reads the PEM file, or makes a 2048-bit key and the file (mode 0600).
  static Result<std::unique_ptr<SigningKey>> open(const std::filesystem::path& file);
  ~SigningKey();

  const std::string& key_id() const { return key_id_; }
  // Raw big-endian numbers, for the JWKS.
  const std::string& modulus() const { return modulus_; }
  const std::string& exponent() const { return exponent_; }
  std::string sign(std::string_view bytes) const;
  bool verify(std::string_view bytes, std::string_view signature) const;

 private:
  explicit SigningKey(evp_pkey_st* key);
  evp_pkey_st* key_;
  std::string key_id_, modulus_, exponent_;
};

}  // namespace axonite::identity
