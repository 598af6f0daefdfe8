#include "service/authorization/service.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "arm/service_fixture.h"
#include "base/text.h"
#include "service/authorization/handlers.h"

namespace axonite::service::authorization {
namespace {

constexpr std::string_view kReader = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
constexpr std::string_view kVault = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv1";

class AuthorizationTest : public testing::Test {
 protected:
  arm::ServiceFixture at_;
  std::unique_ptr<identity::Directory> directory_ = std::move(*identity::Directory::open(at_.directory(), at_.clock));
  Rooms rooms_{*directory_};
  std::string principal_ = directory_->create_service_principal(directory_->applications().create("app")->app_id)->object_id;

  void SetUp() override { at_.front->add(authorization_service(rooms_)); }

  static std::string assignment_url(std::string_view scope, std::string_view name) {
    return std::string(scope) + "/providers/Microsoft.Authorization/roleAssignments/" + std::string(name);
  }
  arm::Answered assign(std::string_view scope, std::string_view name, std::string_view role = kReader) {
    return at_.call("PUT", assignment_url(scope, name),
                    R"({"properties":{"roleDefinitionId":"/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/)" + std::string(role) +
                        R"(","principalId":")" + principal_ + R"(","principalType":"ServicePrincipal"}})");
  }
  static std::string at(const arm::Answered& answer, std::string_view path) { return json::string_or(json::parse(answer.text).value_or(json::Value()), path); }
  std::size_t count(std::string_view scope, std::string_view filter = {}) {
    auto answer = at_.call("GET", std::string(scope) + "/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=" + text::percent_encode(filter));
    auto body = json::parse(answer.text);
    const json::Value* value = body ? json::find(*body, "value") : nullptr;
    return value ? value->as_array().size() : 999;
  }
};

TEST_F(AuthorizationTest, AssignsReadsAndDeletesAtAnyScope) {
  for (std::string_view scope : {std::string_view("/subscriptions/s"), std::string_view("/subscriptions/s/resourceGroups/g"), kVault}) {
    std::string name = new_uuid();
    auto made = assign(scope, name);
    EXPECT_EQ(made.status, 201) << made.text;
    EXPECT_EQ(at(made, "properties.scope"), scope);
    EXPECT_EQ(assign(scope, name).status, 200);
    EXPECT_EQ(at(at_.call("GET", assignment_url(scope, name)), "properties.principalId"), principal_);
    EXPECT_EQ(at_.call("DELETE", assignment_url(scope, name)).status, 200);
    EXPECT_EQ(at_.call("DELETE", assignment_url(scope, name)).status, 204);
    EXPECT_EQ(at(at_.call("GET", assignment_url(scope, name)), "error.code"), "RoleAssignmentNotFound");
  }
}

TEST_F(AuthorizationTest, WhatIsAssignedCounts) {
  identity::Principal who = *directory_->principal(principal_);
  EXPECT_FALSE(directory_->roles().authorize(who, "Microsoft.KeyVault/vaults/read", kVault));
  assign("/subscriptions/s/resourceGroups/g", new_uuid());
  EXPECT_TRUE(directory_->roles().authorize(who, "Microsoft.KeyVault/vaults/read", kVault));
  EXPECT_FALSE(directory_->roles().authorize(who, "Microsoft.KeyVault/vaults/write", kVault));
}

TEST_F(AuthorizationTest, ListsByScopeAndPrincipal) {
  assign("/subscriptions/s", new_uuid());
  assign(kVault, new_uuid());
  EXPECT_EQ(count("/subscriptions/s", "principalId eq '" + principal_ + "'"), 2u);
  EXPECT_EQ(count("/subscriptions/s", "atScope() and principalId eq '" + principal_ + "'"), 1u);
  EXPECT_EQ(count(kVault, "atScope() and assignedTo('" + principal_ + "')"), 2u);
  EXPECT_EQ(count("/subscriptions/s", "principalId eq '" + new_uuid() + "'"), 0u);
  EXPECT_EQ(count("/subscriptions/s", "colour eq 'red'"), 999u);
}

TEST_F(AuthorizationTest, RefusesWhatIsWrong) {
  EXPECT_EQ(at(assign("/subscriptions/s", "no-guid"), "error.code"), "InvalidRoleAssignmentId");
  EXPECT_EQ(at(assign("/subscriptions/s", new_uuid(), "no-guid"), "error.code"), "BadRequestFormat");
  EXPECT_EQ(at(assign("/subscriptions/s", new_uuid(), new_uuid()), "error.code"), "RoleDefinitionDoesNotExist");
  assign("/subscriptions/s", new_uuid());
  EXPECT_EQ(at(assign("/subscriptions/s", new_uuid()), "error.code"), "RoleAssignmentExists");
  principal_ = new_uuid();
  EXPECT_EQ(at(assign("/subscriptions/s", new_uuid()), "error.code"), "PrincipalNotFound");
  at_.caller = "guest";
  EXPECT_EQ(at(assign("/subscriptions/s", new_uuid()), "error.code"), "AuthorizationFailed");
}

TEST_F(AuthorizationTest, ListsTheBuiltInRoles) {
  auto found = at_.call("GET", "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01&$filter=roleName%20eq%20'Key%20Vault%20Secrets%20User'");
  auto body = json::parse(found.text);
  ASSERT_EQ(json::find(*body, "value")->as_array().size(), 1u);
  EXPECT_EQ(json::string_or(json::find(*body, "value")->as_array()[0], "name"), "4633458b-17de-408a-b874-0445c86b69e6");
  EXPECT_EQ(at(at_.call("GET", "/providers/Microsoft.Authorization/roleDefinitions/" + std::string(kReader)), "properties.roleName"), "Reader");
  EXPECT_EQ(at(at_.call("GET", "/providers/Microsoft.Authorization/roleDefinitions/" + new_uuid()), "error.code"), "RoleDefinitionDoesNotExist");
}

}  // namespace
}  // namespace axonite::service::authorization
