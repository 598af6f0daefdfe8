#pragma once
// Secrets of vaults, as Key Vault keeps them: every set is a new version, deletion can be undone until the retention
// ends, values are encrypted at rest (AES-256-GCM) under a key in a file of its own. Vaults and secrets compare without
// case. Also the vaults that were deleted and may still be recovered. Who may do what is decided above.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace axonite::vault {

inline constexpr std::size_t kValueBytesMax = 25 * 1024;  // Key Vault's limit of a secret's value

struct Attributes {
  bool enabled = true;
  std::optional<Time> not_before, expires;  // told to who reads; reading is allowed outside them, as in the service
  Time created{}, updated{};
};

using Tags = std::vector<std::pair<std::string, std::string>>;

struct SecretVersion {
  std::string name;     // as it was first written
  std::string version;  // 32 hexadecimal digits
  Attributes attributes;
  std::string content_type;  // empty = none
  Tags tags;
};

struct SecretValue {
  SecretVersion secret;
  Secret value;
};

struct NewSecret {
  Secret value;
  bool enabled = true;
  std::optional<Time> not_before, expires;
  std::string content_type;
  Tags tags;
};

// What is not given stays.
struct Changes {
  std::optional<bool> enabled;
  std::optional<Time> not_before, expires;
  std::optional<std::string> content_type;
  std::optional<Tags> tags;
};

struct DeletedSecret {
  SecretVersion secret;  // the latest version
  Time deleted{}, purge_scheduled{};
};

template <class Item>
struct PageOf {
  std::vector<Item> items;
  std::string continuation;  // empty on the last page
};

struct DeletedVault {
  std::string name, id, location;  // `id` is the resource id it had
  std::string body;                // its document, for recovery
  bool purge_protected = false;
  Time deleted{}, purge_scheduled{};
};

// Errors of all: not_found("SecretNotFound" | "VaultNotFound"), invalid("BadParameter"), conflict("Conflict") with the
// detail "ObjectIsDeletedButRecoverable", forbidden("Forbidden") with the detail "SecretDisabled".
class Vaults {
 public:
  // `key_file` is made when missing (mode 0600). Keep it apart from the database.
  static Result<std::unique_ptr<Vaults>> open(const std::filesystem::path& database, const std::filesystem::path& key_file, Clock& clock);
  virtual ~Vaults() = default;

  virtual Result<SecretVersion> set(std::string_view vault, std::string_view name, const NewSecret& secret) = 0;
  // An empty version is the latest.
  virtual Result<SecretValue> get(std::string_view vault, std::string_view name, std::string_view version = {}) const = 0;
  virtual Result<SecretVersion> update(std::string_view vault, std::string_view name, std::string_view version, const Changes& changes) = 0;
  // The latest version of each secret, by name; all versions of one, by version.
  virtual Result<PageOf<SecretVersion>> list(std::string_view vault, std::string_view continuation, std::size_t count_max) const = 0;
  virtual Result<PageOf<SecretVersion>> list_versions(std::string_view vault, std::string_view name, std::string_view continuation,
                                                      std::size_t count_max) const = 0;

  virtual Result<DeletedSecret> remove(std::string_view vault, std::string_view name, std::chrono::days retention) = 0;
  virtual Result<DeletedSecret> get_deleted(std::string_view vault, std::string_view name) const = 0;
  virtual Result<PageOf<DeletedSecret>> list_deleted(std::string_view vault, std::string_view continuation, std::size_t count_max) const = 0;
  virtual Result<SecretVersion> recover(std::string_view vault, std::string_view name) = 0;
  virtual Result<void> purge(std::string_view vault, std::string_view name) = 0;

  // Deleted vaults keep their secrets until they are purged. All are repeatable.
  virtual Result<void> bury_vault(const DeletedVault& vault) = 0;
  virtual Result<DeletedVault> deleted_vault(std::string_view name) const = 0;
  virtual Result<std::vector<DeletedVault>> deleted_vaults() const = 0;
  virtual Result<void> unbury_vault(std::string_view name) = 0;
  // With all its secrets.
  virtual Result<void> purge_vault(std::string_view name) = 0;
};

// 1 to 127 letters, digits and hyphens.
bool is_secret_name(std::string_view name);

}  // namespace axonite::vault
