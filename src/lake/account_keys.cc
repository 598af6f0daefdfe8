#include "lake/account_keys.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/id.h"
#include "base/text.h"

namespace axonite::lake {
namespace {

constexpr std::size_t kMasterBytes = 32, kSeedBytes = 32;

}  // namespace

Result<AccountKeys> AccountKeys::open(const std::filesystem::path& file) {
  auto master = read_file(file, 1024);
  if (!master && master.error().kind == Error::Kind::not_found) {
    master = random_bytes(kMasterBytes);
    CHECK_OK(write_file_durably(file, *master, 0600));
  }
  if (!master) return std::unexpected(std::move(master.error()));
  if (master->size() != kMasterBytes) return std::unexpected(internal(file.filename().string() + " holds no master key"));
  return AccountKeys(Secret(std::move(*master)));
}

std::string AccountKeys::new_seed() { return text::base64_encode(random_bytes(kSeedBytes)); }

Secret AccountKeys::derive(std::string_view account, std::string_view seed) const {
  std::string place = "/" + std::string(account) + "/" + std::string(seed);
  return Secret(text::base64_encode(digest::hmac_sha256(master_.reveal(), "1" + place) + digest::hmac_sha256(master_.reveal(), "2" + place)));
}

}  // namespace axonite::lake
