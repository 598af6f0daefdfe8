#include "linked_service/sealing.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/id.h"

namespace axonite::linked_service {
namespace {

class SealingTest : public testing::Test {
 protected:
  std::filesystem::path key_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid() + ".key");
  std::unique_ptr<Sealer> sealer_ = std::move(*Sealer::open(key_));
  void TearDown() override { std::filesystem::remove(key_); }

  json::Value sealed(std::string_view text, const json::Value* before = nullptr) {
    json::Value value = *json::parse(text);
    auto outcome = seal_secrets(value, before, *sealer_);
    EXPECT_TRUE(outcome) << outcome.error().message;
    return value;
  }
  static std::string masked(json::Value value) {
    mask_secrets(value);
    return json::write(value);
  }
  std::string unsealed(json::Value value) {
    EXPECT_TRUE(unseal_secrets(value, *sealer_));
    return json::write(value);
  }
};

constexpr std::string_view kLinkedService =
    R"({"type":"AzureSqlDW","typeProperties":{"server":"s","password":{"type":"SecureString","value":"hush"},"accountKey":"plain","connectionString":"Server=x;User ID=u;Password = deep"}})";

TEST_F(SealingTest, StoresNoSecretInClearAndAnswersMasks) {
  json::Value stored = sealed(kLinkedService);
  std::string text = json::write(stored);
  for (std::string_view secret : {"hush", "plain", "deep"}) EXPECT_EQ(text.find(secret), std::string::npos);
  EXPECT_EQ(masked(stored),
            R"({"type":"AzureSqlDW","typeProperties":{"server":"s","password":{"type":"SecureString","value":"**********"},"accountKey":"**********","connectionString":"**********"}})");
  EXPECT_EQ(unsealed(stored), kLinkedService);
}

TEST_F(SealingTest, LeavesWhatIsNoSecret) {
  for (std::string_view text :
       {R"({"connectionString":"Data Source=x;Integrated Security=true"})",
        R"({"password":{"type":"AzureKeyVaultSecret","store":{"referenceName":"kv"},"secretName":"s"}})",
        R"({"password":"@linkedService().pw","url":"https://x"})", R"({"a":[1,null,{"b":"c"}]})"})
    EXPECT_EQ(json::write(sealed(text)), text);
}

TEST_F(SealingTest, AMaskKeepsWhatIsStored) {
  json::Value before = sealed(kLinkedService);
  json::Value again = sealed(masked(before), &before);
  EXPECT_EQ(unsealed(again), kLinkedService);
}

TEST_F(SealingTest, AMaskOverNothingAndAForeignSealAreRefused) {
  for (std::string_view text : {R"({"password":{"type":"SecureString","value":"**********"}})", R"({"url":"**********"})",
                                R"({"url":{"$sealed":"AAAA"}})"}) {
    json::Value value = *json::parse(text);
    auto outcome = seal_secrets(value, nullptr, *sealer_);
    ASSERT_FALSE(outcome) << text;
    EXPECT_EQ(outcome.error().kind, Error::Kind::invalid);
  }
}

TEST_F(SealingTest, OpensOnlyWithItsOwnKeyAndUnchanged) {
  std::string text = *sealer_->seal(Secret("hush"));
  EXPECT_EQ((*Sealer::open(key_))->unseal(text)->reveal(), "hush");
  std::string changed = text;
  changed[20] = changed[20] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(sealer_->unseal(changed));
  EXPECT_FALSE(sealer_->unseal("AAAA"));
  std::filesystem::remove(key_);
  EXPECT_FALSE((*Sealer::open(key_))->unseal(text));
}

}  // namespace
}  // namespace axonite::linked_service
