#include "identity/directory.h"

#include <gtest/gtest.h>

#include "base/id.h"
#include "base/text.h"

namespace axonite::identity {
namespace {

class DirectoryTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(path_);
    reopen();
  }
  void TearDown() override {
    directory_.reset();
    std::filesystem::remove_all(path_);
  }
  void reopen() {
    directory_.reset();
    auto opened = Directory::open(path_, clock_);
    ASSERT_TRUE(opened) << opened.error().log;
    directory_ = std::move(*opened);
  }
  std::string verify(std::string_view token, std::string_view audience = "https://vault.azure.net") {
    auto principal = directory_->verifier().verify(token, {audience});
    return principal ? principal->object_id : principal.error().code;
  }
  std::string may(const Principal& who, std::string_view action, std::string_view scope) {
    auto outcome = directory_->roles().authorize(who, action, scope);
    return outcome ? "yes" : outcome.error().code;
  }
  Principal new_principal() {
    auto application = *directory_->applications().create("app");
    return *directory_->create_service_principal(application.app_id);
  }

  std::filesystem::path path_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  VirtualClock clock_{*parse_iso("2026-11-25T12:00:00Z")};
  std::unique_ptr<Directory> directory_;
};

TEST_F(DirectoryTest, MakesAnOwnerOnceAndKeepsEverything) {
  Owner owner = *directory_->first_owner();
  std::string tenant = directory_->tenant_id();
  auto principal = directory_->authenticate(owner.app_id, owner.secret);
  ASSERT_TRUE(principal);
  std::string group = "/subscriptions/" + directory_->subscription_id() + "/resourceGroups/g";
  EXPECT_EQ(may(*principal, "Microsoft.KeyVault/vaults/write", group), "yes");
  auto token = directory_->issuer().issue(*principal, "https://vault.azure.net");
  reopen();
  EXPECT_FALSE(directory_->first_owner());
  EXPECT_EQ(directory_->tenant_id(), tenant);
  EXPECT_EQ(verify(token.token.reveal()), principal->object_id);
  EXPECT_EQ(may(*principal, "Microsoft.KeyVault/vaults/write", group), "yes");
}

TEST_F(DirectoryTest, RefusesWrongSecretsAndUnknownApplications) {
  Owner owner = *directory_->first_owner();
  EXPECT_EQ(directory_->authenticate(owner.app_id, Secret("wrong")).error().code, "InvalidClientSecret");
  EXPECT_EQ(directory_->authenticate(new_uuid(), owner.secret).error().code, "UnknownApplication");
}

TEST_F(DirectoryTest, VerifiesSignatureAudienceAndTime) {
  Principal who = new_principal();
  std::string token = directory_->issuer().issue(who, "https://vault.azure.net/").token.reveal();
  EXPECT_EQ(verify(token), who.object_id);
  EXPECT_EQ(verify(token, "https://management.azure.com"), "InvalidAuthenticationTokenAudience");
  std::string forged = token;
  forged[token.find('.') + 10] ^= 1;
  EXPECT_EQ(verify(forged), "InvalidAuthenticationToken");
  clock_.advance(std::chrono::hours(2));
  EXPECT_EQ(verify(token), "ExpiredAuthenticationToken");
}

TEST_F(DirectoryTest, RefusesTokensOfOtherIssuersAndWithoutSignature) {
  std::string claims = text::base64url_encode(R"({"aud":"https://vault.azure.net","tid":")" + directory_->tenant_id() + R"(","oid":"x","nbf":0,"exp":99999999999})");
  EXPECT_EQ(verify(text::base64url_encode(R"({"alg":"none"})") + "." + claims + "."), "InvalidAuthenticationToken");
  EXPECT_EQ(verify("a.b"), "InvalidAuthenticationToken");
  EXPECT_EQ(verify(std::string(20'000, 'a')), "InvalidAuthenticationToken");
  auto other_path = path_ / "other";
  std::filesystem::create_directories(other_path);
  auto other = *Directory::open(other_path, clock_);
  std::string foreign = other->issuer().issue(new_principal(), "https://vault.azure.net").token.reveal();
  EXPECT_EQ(verify(foreign), "InvalidAuthenticationToken");
  TokenIssuer wrong_tenant(directory_->signing_key(), new_uuid(), clock_);
  EXPECT_EQ(verify(wrong_tenant.issue(new_principal(), "https://vault.azure.net").token.reveal()), "InvalidAuthenticationTokenTenant");
}

// Nanoseconds in 64 bits do not reach every second that a claim can name.
TEST_F(DirectoryTest, RefusesTimesThatNoClockReaches) {
  const SigningKey& key = directory_->signing_key();
  std::string header = text::base64url_encode(R"({"alg":"RS256","kid":")" + key.key_id() + R"("})");
  auto expiring = [&](std::string_view seconds) {
    std::string claims = R"({"aud":"https://vault.azure.net","tid":")" + directory_->tenant_id() + R"(","oid":"x","nbf":0,"exp":)" + std::string(seconds) + "}";
    std::string body = header + "." + text::base64url_encode(claims);
    return body + "." + text::base64url_encode(key.sign(body));
  };
  EXPECT_EQ(verify(expiring("8999999999")), "x");
  EXPECT_EQ(verify(expiring("41002444800")), "InvalidAuthenticationToken");
  EXPECT_EQ(verify(expiring("9223372036854775807")), "InvalidAuthenticationToken");
}

TEST_F(DirectoryTest, RolesCountAtTheirScopeAndBelow) {
  Principal who = new_principal();
  std::string group = "/subscriptions/s/resourceGroups/g";
  auto assigned = directory_->roles().assign({.id = new_uuid(), .scope = group, .role_id = "acdd72a7-3385-48ef-bd42-f606fba81ae7", .principal_id = who.object_id});
  ASSERT_TRUE(assigned);
  EXPECT_EQ(may(who, "Microsoft.KeyVault/vaults/read", group + "/providers/Microsoft.KeyVault/vaults/v"), "yes");
  EXPECT_EQ(may(who, "microsoft.keyvault/vaults/READ", "/SUBSCRIPTIONS/s/resourcegroups/G"), "yes");
  EXPECT_EQ(may(who, "Microsoft.KeyVault/vaults/write", group), "AuthorizationFailed");
  EXPECT_EQ(may(who, "Microsoft.KeyVault/vaults/read", "/subscriptions/s"), "AuthorizationFailed");
  EXPECT_EQ(may(who, "Microsoft.KeyVault/vaults/read", "/subscriptions/s/resourceGroups/g2"), "AuthorizationFailed");
  ASSERT_TRUE(directory_->roles().remove(RoleSystem::azure, assigned->id));
  EXPECT_EQ(may(who, "Microsoft.KeyVault/vaults/read", group), "AuthorizationFailed");
}

TEST_F(DirectoryTest, NotActionsAndDataActionsAreTheirOwn) {
  Principal who = new_principal();
  directory_->roles().assign({.id = new_uuid(), .scope = "/subscriptions/s", .role_id = "b24988ac-6180-42a0-ab88-20f7382dd24c", .principal_id = who.object_id});
  EXPECT_EQ(may(who, "Microsoft.Storage/storageAccounts/write", "/subscriptions/s"), "yes");
  EXPECT_EQ(may(who, "Microsoft.Authorization/roleAssignments/write", "/subscriptions/s"), "AuthorizationFailed");
  EXPECT_FALSE(directory_->roles().authorize_data(who, "Microsoft.KeyVault/vaults/secrets/getSecret/action", "/subscriptions/s"));
}

TEST_F(DirectoryTest, TheSameAssignmentTwiceIsOne) {
  Principal who = new_principal();
  RoleAssignment wanted{.id = new_uuid(), .scope = "/subscriptions/s", .role_id = "acdd72a7-3385-48ef-bd42-f606fba81ae7", .principal_id = who.object_id};
  EXPECT_TRUE(directory_->roles().assign(wanted));
  EXPECT_TRUE(directory_->roles().assign(wanted));
  wanted.id = new_uuid();
  EXPECT_EQ(directory_->roles().assign(wanted).error().code, "RoleAssignmentExists");
  wanted.role_id = new_uuid();
  EXPECT_EQ(directory_->roles().assign(wanted).error().code, "RoleDefinitionDoesNotExist");
}

TEST_F(DirectoryTest, ManagedIdentitiesBelongToTheirResource) {
  auto one = directory_->ensure_managed_identity("/subscriptions/s/resourceGroups/g/providers/p/t/N", "N");
  EXPECT_EQ(directory_->ensure_managed_identity("/subscriptions/s/resourcegroups/g/providers/p/t/n", "n")->object_id, one->object_id);
  directory_->roles().assign({.id = new_uuid(), .scope = "/subscriptions/s", .role_id = "acdd72a7-3385-48ef-bd42-f606fba81ae7", .principal_id = one->object_id});
  ASSERT_TRUE(directory_->remove_managed_identity("/subscriptions/s/resourceGroups/g/providers/p/t/n"));
  EXPECT_EQ(may(*one, "a/read", "/subscriptions/s"), "AuthorizationFailed");
  EXPECT_FALSE(directory_->managed_identity("/subscriptions/s/resourceGroups/g/providers/p/t/n"));
}

TEST_F(DirectoryTest, SqlLoginsAreVerifiedAndForgotten) {
  ASSERT_TRUE(directory_->set_sql_login("ws", "Admin", Secret("p1")));
  EXPECT_TRUE(directory_->verify_sql_login("WS", "admin", Secret("p1")));
  EXPECT_EQ(directory_->verify_sql_login("ws", "admin", Secret("p2")).error().code, "SqlLoginFailed");
  EXPECT_EQ(directory_->verify_sql_login("ws", "nobody", Secret("p1")).error().code, "SqlLoginFailed");
  ASSERT_TRUE(directory_->set_sql_login("ws", "admin", Secret("p2")));
  EXPECT_FALSE(directory_->verify_sql_login("ws", "admin", Secret("p1")));
}

TEST(ActionPatternTest, StarsStandForAnyText) {
  EXPECT_TRUE(action_matches("*", "a/b/c"));
  EXPECT_TRUE(action_matches("*/read", "A/b/Read"));
  EXPECT_TRUE(action_matches("a/*/write", "a/b/c/write"));
  EXPECT_FALSE(action_matches("a/*/write", "a/write"));
  EXPECT_FALSE(action_matches("a/b", "a/b/c"));
}

}  // namespace
}  // namespace axonite::identity
