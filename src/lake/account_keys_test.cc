#include "lake/account_keys.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/id.h"
#include "base/text.h"

namespace axonite::lake {
namespace {

class AccountKeysTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("account_keys-" + new_uuid());
};

TEST_F(AccountKeysTest, TheSameFileAndSeedGiveTheSameKey) {
  auto keys = AccountKeys::open(folder_ / "lake.key");
  auto again = AccountKeys::open(folder_ / "lake.key");
  auto other = AccountKeys::open(folder_ / "other.key");
  ASSERT_TRUE(keys && again && other);
  std::string seed = AccountKeys::new_seed();
  std::string key = keys->derive("lake", seed).reveal();
  EXPECT_EQ(text::base64_decode(key)->size(), 64u);
  EXPECT_EQ(again->derive("lake", seed).reveal(), key);
  EXPECT_NE(other->derive("lake", seed).reveal(), key);
  EXPECT_NE(keys->derive("lake", AccountKeys::new_seed()).reveal(), key);
  EXPECT_NE(keys->derive("sea", seed).reveal(), key);
}

TEST_F(AccountKeysTest, OnlyTheOwnerMayReadTheFileAndADamagedOneIsRefused) {
  ASSERT_TRUE(AccountKeys::open(folder_ / "lake.key"));
  EXPECT_EQ(std::filesystem::status(folder_ / "lake.key").permissions(), std::filesystem::perms(0600));
  ASSERT_TRUE(write_file_durably(folder_ / "short.key", "short"));
  EXPECT_FALSE(AccountKeys::open(folder_ / "short.key"));
}

}  // namespace
}  // namespace axonite::lake
