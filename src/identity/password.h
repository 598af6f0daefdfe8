#pragma once
#include <string>
#include <string_view>

#include "base/secret.h"

namespace axonite::identity {

// What is kept of a password: a random salt and PBKDF2-HMAC-SHA256 over it.
struct PasswordHash {
  std::string salt, hash;  // raw bytes
};

PasswordHash hash_password(const Secret& password);
bool password_matches(const Secret& password, const PasswordHash& kept);

}  // namespace axonite::identity
