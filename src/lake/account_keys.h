#pragma once
// Keys of storage accounts are not stored: the database holds a seed for each, a 0600 file beside it the master key,
// and only both together give the account's key. A copy of the database alone opens nothing.
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace axonite::lake {

class AccountKeys {
 public:
  // Makes the file when it is missing.
  static Result<AccountKeys> open(const std::filesystem::path& file);
  static std::string new_seed();
  // 64 bytes in base64, as storage accounts have them.
  Secret derive(std::string_view account, std::string_view seed) const;

 private:
  explicit AccountKeys(Secret master) : master_(std::move(master)) {}
  Secret master_;
};

}  // namespace axonite::lake
