#include "vault/vault.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include "base/file.h"
#include "base/id.h"

namespace axonite::vault {
namespace {

using namespace std::chrono_literals;

class VaultTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(path_);
    reopen();
  }
  void TearDown() override {
    vaults_.reset();
    std::filesystem::remove_all(path_);
  }
  void reopen() {
    vaults_.reset();
    auto opened = Vaults::open(path_ / "vault.db", path_ / "vault.key", clock_);
    ASSERT_TRUE(opened) << opened.error().log;
    vaults_ = std::move(*opened);
  }
  std::string set(std::string_view name, std::string value, std::string_view vault = "kv") {
    auto set = vaults_->set(vault, name, {.value = Secret(std::move(value))});
    return set ? set->version : set.error().code;
  }
  std::string get(std::string_view name, std::string_view version = {}, std::string_view vault = "kv") {
    auto got = vaults_->get(vault, name, version);
    return got ? got->value.reveal() : got.error().code;
  }

  std::filesystem::path path_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  VirtualClock clock_{*parse_iso("2026-11-25T12:00:00Z")};
  std::unique_ptr<Vaults> vaults_;
};

TEST_F(VaultTest, EverySetIsAVersionAndTheLatestAnswers) {
  std::string first = set("Password", "one"), second = set("password", "two");
  EXPECT_EQ(first.size(), 32u);
  EXPECT_EQ(get("PASSWORD"), "two");
  EXPECT_EQ(get("password", first), "one");
  EXPECT_EQ(vaults_->get("KV", "password")->secret.name, "Password");
  EXPECT_EQ(vaults_->list_versions("kv", "password", {}, 25)->items.size(), 2u);
  reopen();
  EXPECT_EQ(get("password"), "two");
  EXPECT_EQ(get("password", second), "two");
}

TEST_F(VaultTest, OtherVaultsNamesAndVersionsAreNotFound) {
  set("a", "1");
  EXPECT_EQ(get("a", {}, "other"), "SecretNotFound");
  EXPECT_EQ(get("b"), "SecretNotFound");
  EXPECT_EQ(get("a", "00000000000000000000000000000000"), "SecretNotFound");
  EXPECT_EQ(vaults_->remove("kv", "b", std::chrono::days(7)).error().code, "SecretNotFound");
}

TEST_F(VaultTest, RefusesBadNamesAndLongValues) {
  EXPECT_EQ(set("a b", "x"), "BadParameter");
  EXPECT_EQ(set("", "x"), "BadParameter");
  EXPECT_EQ(set(std::string(128, 'a'), "x"), "BadParameter");
  EXPECT_EQ(set("long", std::string(kValueBytesMax + 1, 'x')), "BadParameter");
  EXPECT_EQ(set("long", std::string(kValueBytesMax, 'x')).size(), 32u);
}

TEST_F(VaultTest, UpdatesAttributesAndRefusesDisabledSecrets) {
  set("a", "1");
  auto updated = vaults_->update("kv", "a", {}, {.enabled = false, .content_type = "text/plain", .tags = Tags{{"k", "v"}}});
  ASSERT_TRUE(updated);
  EXPECT_EQ(updated->tags, (Tags{{"k", "v"}}));
  auto got = vaults_->get("kv", "a");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Error::Kind::forbidden);
  EXPECT_EQ(got.error().details.at(0).code, "SecretDisabled");
  ASSERT_TRUE(vaults_->update("kv", "a", {}, {.enabled = true}));
  EXPECT_EQ(vaults_->get("kv", "a")->secret.content_type, "text/plain");
}

TEST_F(VaultTest, DeletionIsUndoneOrMadeFinal) {
  set("a", "1");
  ASSERT_TRUE(vaults_->remove("kv", "a", std::chrono::days(7)));
  EXPECT_EQ(get("a"), "SecretNotFound");
  EXPECT_EQ(set("a", "2"), "Conflict");
  EXPECT_EQ(vaults_->list("kv", {}, 25)->items.size(), 0u);
  EXPECT_EQ(vaults_->list_deleted("kv", {}, 25)->items.size(), 1u);
  ASSERT_TRUE(vaults_->recover("kv", "a"));
  EXPECT_EQ(get("a"), "1");
  EXPECT_EQ(vaults_->purge("kv", "a").error().code, "SecretNotFound");
  ASSERT_TRUE(vaults_->remove("kv", "a", std::chrono::days(7)));
  ASSERT_TRUE(vaults_->purge("kv", "a"));
  EXPECT_EQ(vaults_->get_deleted("kv", "a").error().code, "SecretNotFound");
  EXPECT_EQ(set("a", "3").size(), 32u);
  EXPECT_EQ(vaults_->list_versions("kv", "a", {}, 25)->items.size(), 1u);
}

TEST_F(VaultTest, RetentionEnds) {
  set("a", "1");
  ASSERT_TRUE(vaults_->remove("kv", "a", std::chrono::days(7)));
  clock_.advance(7 * 24h + 1s);
  EXPECT_EQ(vaults_->recover("kv", "a").error().code, "SecretNotFound");
  EXPECT_EQ(set("a", "2").size(), 32u);
}

TEST_F(VaultTest, PagesInTheOrderOfNames) {
  for (std::string name : {"c", "A", "b", "d", "e"}) set(name, name);
  auto first = vaults_->list("kv", {}, 2);
  ASSERT_EQ(first->items.size(), 2u);
  EXPECT_EQ(first->items[0].name, "A");
  auto second = vaults_->list("kv", first->continuation, 3);
  ASSERT_EQ(second->items.size(), 3u);
  EXPECT_EQ(second->items[2].name, "e");
  EXPECT_EQ(second->continuation, "");
}

TEST_F(VaultTest, ValuesAreEncryptedAtRestUnderAKeyOfItsOwn) {
  set("a", "a-very-visible-value");
  vaults_.reset();
  for (const char* file : {"vault.db", "vault.db-wal"})
    EXPECT_EQ(read_file(path_ / file).value_or("").find("a-very-visible-value"), std::string::npos);
  struct stat status {};
  ASSERT_EQ(::stat((path_ / "vault.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_TRUE(write_file_durably(path_ / "vault.key", random_bytes(32), 0600));
  reopen();
  auto got = vaults_->get("kv", "a");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Error::Kind::internal);
}

TEST_F(VaultTest, DeletedVaultsKeepTheirSecretsUntilPurged) {
  set("a", "1");
  Time now = clock_.now();
  ASSERT_TRUE(vaults_->bury_vault({.name = "KV", .id = "/x", .location = "eastus", .body = "{}", .deleted = now, .purge_scheduled = now + 7 * 24h}));
  EXPECT_EQ(vaults_->deleted_vault("kv")->id, "/x");
  ASSERT_TRUE(vaults_->unbury_vault("kv"));
  EXPECT_EQ(vaults_->deleted_vault("kv").error().code, "VaultNotFound");
  EXPECT_EQ(get("a"), "1");
  ASSERT_TRUE(vaults_->purge_vault("kv"));
  EXPECT_EQ(get("a"), "SecretNotFound");
}

}  // namespace
}  // namespace axonite::vault
