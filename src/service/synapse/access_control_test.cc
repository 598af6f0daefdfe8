#include "service/synapse/access_control.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "arm/service_fixture.h"
#include "identity/directory.h"

namespace axonite::service::synapse {
namespace {

constexpr std::string_view kComputeOperator = "e3844cc7-4670-42cb-9349-9bdac1ee7881";
constexpr std::string_view kArtifactUser = "53faaa0e-40b6-40c8-a2ff-e38f2d388875";

class AccessControlTest : public testing::Test {
 protected:
  arm::ServiceFixture at_;
  std::unique_ptr<identity::Directory> directory_ = std::move(*identity::Directory::open(at_.directory(), at_.clock));
  AccessRooms rooms_{directory_->roles()};
  std::string principal_ = new_uuid();

  void SetUp() override {
    at_.front->add(synapse_access_service(rooms_));
    at_.host = "ws1.dev.azuresynapse.net";
  }
  arm::Answered assign(std::string_view id, std::string_view role, std::string_view scope) {
    return at_.call("PUT", "/roleAssignments/" + std::string(id),
                    R"({"roleId":")" + std::string(role) + R"(","principalId":")" + principal_ + R"(","scope":")" + std::string(scope) + R"("})");
  }
  static std::string at(const arm::Answered& answer, std::string_view path) { return json::string_or(json::parse(answer.text).value_or(json::Value()), path); }
  std::string check(std::string_view action, std::string_view scope = "workspaces/ws1") {
    auto answer = at_.call("POST", "/checkAccessSynapseRbac",
                           R"({"subject":{"principalId":")" + principal_ + R"("},"actions":[{"id":"Microsoft.Synapse/)" + std::string(action) +
                               R"(","isDataAction":true}],"scope":")" + std::string(scope) + R"("})");
    auto body = json::parse(answer.text);
    const json::Value* decisions = body ? json::find(*body, "accessDecisions") : nullptr;
    return decisions ? json::string_or(decisions->as_array()[0], "accessDecision") : at(answer, "error.code");
  }
};

TEST_F(AccessControlTest, AssignsListsAndDeletes) {
  std::string id = new_uuid();
  EXPECT_EQ(at(assign(id, kArtifactUser, "workspaces/ws1"), "roleDefinitionId"), kArtifactUser);
  EXPECT_EQ(at(at_.call("GET", "/roleAssignments/" + id), "principalId"), principal_);
  auto listed = json::parse(at_.call("GET", "/roleAssignments?api-version=2020-12-01&principalId=" + principal_).text);
  EXPECT_EQ(json::find(*listed, "count")->as_int64(), 1);
  at_.host = "ws2.dev.azuresynapse.net";
  EXPECT_EQ(at(at_.call("GET", "/roleAssignments/" + id), "error.code"), "RoleAssignmentNotFound");
  EXPECT_EQ(at_.call("DELETE", "/roleAssignments/" + id).status, 204);
  at_.host = "ws1.dev.azuresynapse.net";
  EXPECT_EQ(at_.call("DELETE", "/roleAssignments/" + id).status, 200);
  EXPECT_EQ(at_.call("GET", "/roleAssignments/" + id).status, 404);
}

TEST_F(AccessControlTest, ChecksAtTheScopeAndBelow) {
  EXPECT_EQ(check("workspaces/read"), "NotAllowed");
  assign(new_uuid(), kComputeOperator, "workspaces/ws1/bigDataPools/spark1");
  EXPECT_EQ(check("workspaces/bigDataPools/useCompute/action", "workspaces/ws1/bigDataPools/spark1"), "Allowed");
  EXPECT_EQ(check("workspaces/bigDataPools/useCompute/action", "workspaces/ws1/bigDataPools/spark2"), "NotAllowed");
  EXPECT_EQ(check("workspaces/bigDataPools/useCompute/action"), "NotAllowed");
  EXPECT_EQ(check("workspaces/read"), "Allowed");  // whoever has a role anywhere is a Synapse User of the workspace
  EXPECT_EQ(check("workspaces/read", "workspaces/ws2"), "InvalidScope");
}

TEST_F(AccessControlTest, RefusesWhatIsWrong) {
  EXPECT_EQ(at(assign("x", kArtifactUser, "workspaces/ws1"), "error.code"), "InvalidRoleAssignmentId");
  EXPECT_EQ(at(assign(new_uuid(), new_uuid(), "workspaces/ws1"), "error.code"), "RoleNotFound");
  EXPECT_EQ(at(assign(new_uuid(), kArtifactUser, "workspaces/other"), "error.code"), "InvalidScope");
  EXPECT_EQ(at(assign(new_uuid(), kArtifactUser, "workspaces/ws1/bigDataPools/p"), "error.code"), "InvalidScope");
  assign(new_uuid(), kArtifactUser, "workspaces/ws1");
  EXPECT_EQ(at(assign(new_uuid(), kArtifactUser, "workspaces/ws1"), "error.code"), "RoleAssignmentExists");
  at_.caller = "guest";
  EXPECT_EQ(assign(new_uuid(), kArtifactUser, "workspaces/ws1").status, 403);
}

TEST_F(AccessControlTest, DescribesRolesAndScopes) {
  auto roles = json::parse(at_.call("GET", "/roleDefinitions").text);
  EXPECT_EQ(roles->as_array().size(), identity::role_definitions(identity::RoleSystem::synapse).size());
  EXPECT_EQ(at(at_.call("GET", "/roleDefinitions/6e4bf58a-b8e1-4cc3-bbf9-d73143322b78"), "name"), "Synapse Administrator");
  EXPECT_EQ(json::parse(at_.call("GET", "/rbacScopes").text)->as_array().size(), 6u);
}

}  // namespace
}  // namespace axonite::service::synapse
