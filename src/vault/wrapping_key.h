#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace axonite::vault {

// The key that values are encrypted under: 32 random bytes in a 0600 file.
class WrappingKey {
 public:
  static Result<WrappingKey> open(const std::filesystem::path& file);
  // nonce | ciphertext | tag. `place` is authenticated with it, so that a row's value cannot be moved to another row.
  Result<std::string> wrap(const Secret& value, std::string_view place) const;
  // internal() for bytes that were not wrapped with this key at this place.
  Result<Secret> unwrap(std::string_view wrapped, std::string_view place) const;

 private:
  explicit WrappingKey(Secret key) : key_(std::move(key)) {}
  Secret key_;
};

}  // namespace axonite::vault
