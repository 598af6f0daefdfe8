#pragma once
// Secrets inside definitions. A linked service may carry a SecureString or a key in clear; what is stored is sealed,
// what is answered is masked, and only who connects opens it.
//   stored:   {"type":"SecureString","$sealed":"<base64>"}  or, for a plain text, {"$sealed":"<base64>"}
//   answered: {"type":"SecureString","value":"**********"}  or "**********"
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "base/secret.h"

namespace axonite::linked_service {

class Sealer {
 public:
  // AES-256-GCM under a key of its own in a 0600 file, made when missing. Keep it apart from the database.
  static Result<std::unique_ptr<Sealer>> open(const std::filesystem::path& key_file);
  virtual ~Sealer() = default;
  virtual Result<std::string> seal(const Secret& secret) const = 0;  // base64
  // internal() when the text was not sealed with this key.
  virtual Result<Secret> unseal(std::string_view sealed) const = 0;
};

inline constexpr std::string_view kMask = "**********";

// Replaces every secret of a definition by its sealed form. Secrets are SecureString objects, and texts (no
// expressions) under names that hold keys: password, accountKey, sasUri, servicePrincipalKey, …, and connection strings
// with a password or key in them. A value that is the mask keeps what `before` has at the same place (nullptr: none),
// so that a definition that was read can be written back.
Result<void> seal_secrets(json::Value& definition, const json::Value* before, const Sealer& sealer);
// For answers.
void mask_secrets(json::Value& definition);
// For who connects: SecureString objects get their value back, texts become texts. Handle with the care of a Secret.
Result<void> unseal_secrets(json::Value& definition, const Sealer& sealer);

}  // namespace axonite::linked_service
