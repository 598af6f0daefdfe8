#include "service/key_vault/service.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "arm/service_fixture.h"

namespace axonite::service::key_vault {
namespace {

class KeyVaultTest : public testing::Test {
 protected:
  static constexpr std::string_view kVault = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv1";
  static constexpr const char* kBody = R"({"location":"eastus","properties":{"tenantId":"tenant","sku":{"family":"A","name":"standard"}}})";
  arm::ServiceFixture at_;
  std::unique_ptr<vault::Vaults> vaults_ = std::move(*vault::Vaults::open(at_.directory() / "vault.db", at_.directory() / "vault.key", at_.clock));
  Rooms rooms_{*at_.documents, *vaults_, at_.removers, "tenant", at_.clock};

  void SetUp() override {
    at_.front->add(secret_service(rooms_));
    at_.front->add(vault_management_service(rooms_));
    ASSERT_EQ(manage("PUT", kVault, kBody).status, 201);
  }
  arm::Answered manage(std::string_view method, std::string_view url, std::string body = {}) {
    at_.host = "management.azure.com";
    return at_.call(method, url, std::move(body));
  }
  arm::Answered data(std::string_view method, std::string_view path, std::string body = {}, std::string_view query = "api-version=7.4") {
    at_.host = "kv1.vault.azure.net";
    return at_.call(method, std::string(path) + "?" + std::string(query), std::move(body));
  }
  static std::string at(const arm::Answered& answer, std::string_view path) { return json::string_or(json::parse(answer.text).value_or(json::Value()), path); }
  static std::size_t count(const arm::Answered& answer) { return json::find(*json::parse(answer.text), "value")->as_array().size(); }
};

TEST_F(KeyVaultTest, SetsAndGetsByNameAndVersion) {
  auto set = data("PUT", "/secrets/pass", R"({"value":"one","contentType":"text/plain","tags":{"a":"b"},"attributes":{"exp":1893456000}})");
  ASSERT_EQ(set.status, 200) << set.text;
  EXPECT_TRUE(at(set, "id").starts_with("https://kv1.vault.azure.net/secrets/pass/"));
  data("PUT", "/secrets/pass", R"({"value":"two"})");
  EXPECT_EQ(at(data("GET", "/secrets/pass"), "value"), "two");
  EXPECT_EQ(at(data("GET", "/secrets/pass/"), "value"), "two");
  EXPECT_EQ(at(data("GET", at(set, "id").substr(27)), "value"), "one");
  EXPECT_EQ(at(data("GET", at(set, "id").substr(27)), "tags.a"), "b");
  EXPECT_EQ(count(data("GET", "/secrets/pass/versions")), 2u);
  EXPECT_EQ(count(data("GET", "/secrets")), 1u);
}

TEST_F(KeyVaultTest, ChallengesWithoutATokenInOneHeader) {
  at_.caller = "expired";
  auto answer = data("GET", "/secrets/pass");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.headers.get("WWW-Authenticate"), R"(Bearer authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net")");
  EXPECT_EQ(at(answer, "error.code"), "Unauthorized");
}

TEST_F(KeyVaultTest, RefusesInTheServicesOwnShape) {
  EXPECT_EQ(at(data("GET", "/secrets/none"), "error.code"), "SecretNotFound");
  EXPECT_EQ(at(data("PUT", "/secrets/a%20b", R"({"value":"x"})"), "error.code"), "BadParameter");
  EXPECT_EQ(at(data("PUT", "/secrets/a", "{}"), "error.code"), "BadParameter");
  EXPECT_EQ(at(data("PUT", "/secrets/a", "not json"), "error.code"), "BadParameter");
  EXPECT_EQ(at(data("GET", "/secrets/a", "", "x=y"), "error.code"), "BadParameter");
  EXPECT_EQ(at(data("GET", "/secrets/a", "", "api-version=8.0"), "error.code"), "BadParameter");
  EXPECT_EQ(at(data("POST", "/secrets/a/backup"), "error.code"), "BackupNotSupported");
  data("PUT", "/secrets/off", R"({"value":"x","attributes":{"enabled":false}})");
  EXPECT_EQ(at(data("GET", "/secrets/off"), "error.innererror.code"), "SecretDisabled");
  at_.caller = "guest";
  auto refused = data("GET", "/secrets/a");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(at(refused, "error.code"), "Forbidden");
  EXPECT_EQ(at(refused, "error.innererror.code"), "ForbiddenByRbac");
  EXPECT_NE(at(refused, "error.message").find("getSecret/action at " + std::string(kVault) + "/secrets/a"), std::string::npos);
}

TEST_F(KeyVaultTest, DeletesRecoversAndPurges) {
  data("PUT", "/secrets/a", R"({"value":"x"})");
  auto deleted = data("DELETE", "/secrets/a");
  EXPECT_EQ(at(deleted, "recoveryId"), "https://kv1.vault.azure.net/deletedsecrets/a");
  EXPECT_EQ(data("GET", "/secrets/a").status, 404);
  EXPECT_EQ(at(data("PUT", "/secrets/a", R"({"value":"y"})"), "error.innererror.code"), "ObjectIsDeletedButRecoverable");
  EXPECT_EQ(data("POST", "/deletedsecrets/a/recover").status, 200);
  EXPECT_EQ(at(data("GET", "/secrets/a"), "value"), "x");
  data("DELETE", "/secrets/a");
  EXPECT_EQ(data("DELETE", "/deletedsecrets/a").status, 204);
  EXPECT_EQ(data("GET", "/deletedsecrets/a").status, 404);
}

TEST_F(KeyVaultTest, PagesByNextLink) {
  for (int i = 0; i < 5; ++i) data("PUT", "/secrets/s" + std::to_string(i), R"({"value":"x"})");
  auto first = data("GET", "/secrets", "", "api-version=7.4&maxresults=3");
  EXPECT_EQ(count(first), 3u);
  std::string link = at(first, "nextLink");
  auto second = data("GET", "/secrets", "", link.substr(link.find('?') + 1));
  EXPECT_EQ(count(second), 2u);
  EXPECT_EQ(at(second, "nextLink"), "");
  EXPECT_EQ(data("GET", "/secrets", "", "api-version=7.4&maxresults=26").status, 400);
}

TEST_F(KeyVaultTest, VaultsAreDeletedRecoveredAndPurged) {
  data("PUT", "/secrets/a", R"({"value":"kept"})");
  EXPECT_EQ(at(manage("GET", kVault), "properties.vaultUri"), "https://kv1.vault.azure.net/");
  EXPECT_EQ(manage("DELETE", kVault).status, 200);
  EXPECT_EQ(manage("DELETE", kVault).status, 204);
  EXPECT_EQ(at(data("GET", "/secrets/a"), "error.code"), "VaultNotFound");
  EXPECT_EQ(at(manage("PUT", kVault, kBody), "error.code"), "ConflictError");
  EXPECT_EQ(count(manage("GET", "/subscriptions/s/providers/Microsoft.KeyVault/deletedVaults")), 1u);
  auto recovered = manage("PUT", kVault, R"({"location":"eastus","properties":{"createMode":"recover","tenantId":"tenant","sku":{"family":"A","name":"standard"}}})");
  EXPECT_EQ(recovered.status, 200) << recovered.text;
  EXPECT_EQ(at(data("GET", "/secrets/a"), "value"), "kept");
  manage("DELETE", kVault);
  EXPECT_EQ(manage("POST", "/subscriptions/s/providers/Microsoft.KeyVault/locations/eastus/deletedVaults/kv1/purge").status, 200);
  EXPECT_EQ(manage("PUT", kVault, kBody).status, 201);
  EXPECT_EQ(at(data("GET", "/secrets/a"), "error.code"), "SecretNotFound");
}

TEST_F(KeyVaultTest, RefusesWhatIsWrongWithAVault) {
  auto put = [&](std::string_view properties, std::string_view name = "kv2") {
    auto answer = manage("PUT", "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/" + std::string(name),
                         R"({"location":"eastus","properties":{"tenantId":"tenant","sku":{"family":"A","name":"standard"})" + std::string(properties) + "}}");
    return answer.status < 300 ? "" : at(answer, "error.code");
  };
  EXPECT_EQ(put("", "1kv"), "VaultNameNotValid");
  EXPECT_EQ(put(R"(,"enableRbacAuthorization":false)"), "AccessPoliciesNotSupported");
  EXPECT_EQ(put(R"(,"enableSoftDelete":false)"), "BadRequest");
  EXPECT_EQ(put(R"(,"softDeleteRetentionInDays":6)"), "BadRequest");
  EXPECT_EQ(put(R"(,"networkAcls":{"defaultAction":"Deny"})"), "NetworkAclsNotSupported");
  EXPECT_EQ(put(R"(,"enablePurgeProtection":true)"), "");
  EXPECT_EQ(manage("PATCH", "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv2", R"({"properties":{"enablePurgeProtection":false}})").status, 400);
}

}  // namespace
}  // namespace axonite::service::key_vault
