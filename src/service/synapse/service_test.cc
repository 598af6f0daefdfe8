#include "service/synapse/service.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "arm/service_fixture.h"

namespace axonite::service::synapse {
namespace {

class Databases : public PoolDatabases {
 public:
  Result<void> create(std::string_view workspace, std::string_view pool) override {
    if (fails) return std::unexpected(unavailable("DiskFull", "full"));
    there.insert(std::string(workspace) + "/" + std::string(pool));
    return ok();
  }
  Result<void> drop(std::string_view workspace, std::string_view pool) override {
    there.erase(std::string(workspace) + "/" + std::string(pool));
    return ok();
  }
  std::set<std::string> there;
  bool fails = false;
};

class Access : public WorkspaceAccess {
 public:
  Result<void> set_sql_administrator(std::string_view workspace, std::string_view login, const Secret& password) override {
    administrators[std::string(workspace)] = std::string(login) + ":" + password.reveal();
    return ok();
  }
  Result<void> set_entra_administrator(std::string_view workspace, std::string_view object_id, std::string_view) override {
    entra[std::string(workspace)] = object_id;
    return ok();
  }
  Result<void> grant_creator(std::string_view, const identity::Principal& creator) override {
    creators.insert(creator.name);
    return ok();
  }
  Result<void> forget(std::string_view workspace) override {
    administrators.erase(std::string(workspace));
    return ok();
  }
  std::map<std::string, std::string> administrators, entra;
  std::set<std::string> creators;
};

constexpr std::string_view kWorkspace = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Synapse/workspaces/ws1";
constexpr std::string_view kRequest =
    R"({"location":"eastus","identity":{"type":"SystemAssigned"},"properties":{"defaultDataLakeStorage":{"accountUrl":"https://l.dfs.core.windows.net","filesystem":"raw"},"sqlAdministratorLogin":"boss","sqlAdministratorLoginPassword":"Hush-hush-1"}})";

class SynapseTest : public testing::Test {
 protected:
  arm::ServiceFixture at_;
  std::unique_ptr<linked_service::Sealer> sealer_ = std::move(*linked_service::Sealer::open(at_.directory() / "key"));
  artifact::Artifacts artifacts_{*at_.documents, *sealer_, {}};
  Databases databases_;
  Access access_;
  Rooms rooms_{*at_.documents, artifacts_, *at_.operations, at_.removers, at_.identities, databases_, access_, "tenant"};
  std::string workspace_{kWorkspace};

  // The status rows that service/resource_manager serves.
  static front::Operation polling(arm::Operations& operations) {
    return {"GetOperationResult", "GET", "/subscriptions/{subscription}/providers/{namespace}/locations/{location}/operationResults/{operation}",
            [&](front::Call& call) { return arm::operation_result_response(call, operations, call.path("operation")); }, front::authenticated()};
  }
  void SetUp() override {
    at_.front->add(synapse_management_service(rooms_));
    at_.front->add(synapse_artifact_service(rooms_));
    at_.front->add(arm::management_service("polling", {polling(*at_.operations)}));
    ASSERT_TRUE(at_.operations->start());
    auto began = at_.call("PUT", workspace_, std::string(kRequest));
    ASSERT_EQ(began.status, 201) << began.text;
    ASSERT_EQ(at_.follow(began).status, 200);
  }
  static std::string code(const arm::Answered& answer) { return json::string_or(json::parse(answer.text).value_or(json::Value()), "error.code"); }
  static std::string at(const arm::Answered& answer, std::string_view path) { return json::string_or(json::parse(answer.text).value_or(json::Value()), path); }
};

TEST_F(SynapseTest, AWorkspaceIsMadeWholeAndWithoutItsPassword) {
  auto workspace = at_.call("GET", workspace_);
  EXPECT_EQ(at(workspace, "properties.provisioningState"), "Succeeded");
  EXPECT_EQ(at(workspace, "identity.principalId"), "identity-of-ws1");
  EXPECT_EQ(at(workspace, "properties.connectivityEndpoints.sqlOnDemand"), "ws1-ondemand.sql.azuresynapse.net");
  EXPECT_EQ(workspace.text.find("Hush"), std::string::npos);
  EXPECT_EQ(access_.administrators["ws1"], "boss:Hush-hush-1");
  EXPECT_TRUE(access_.creators.contains("owner"));
  std::string uid = at(workspace, "properties.workspaceUID");
  auto again = at_.call("PUT", workspace_, std::string(kRequest));
  EXPECT_EQ(again.status, 200);
  at_.follow(again);
  EXPECT_EQ(at(at_.call("GET", workspace_), "properties.workspaceUID"), uid);
}

TEST_F(SynapseTest, RefusesWhatIsWrongWithAWorkspace) {
  std::string other = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Synapse/workspaces/";
  EXPECT_EQ(code(at_.call("PUT", other + "Bad_Name", std::string(kRequest))), "ValidationFailed");
  EXPECT_EQ(code(at_.call("PUT", other + "ws2", R"({"location":"eastus","properties":{}})")), "ValidationFailed");
  std::string weak(kRequest), vnet(kRequest);
  weak.replace(weak.find("Hush-hush-1"), 11, "weak");
  EXPECT_EQ(code(at_.call("PUT", other + "ws2", weak)), "ValidationFailed");
  vnet.insert(vnet.find("\"sqlAdministratorLogin\""), R"("managedVirtualNetwork":"default",)");
  EXPECT_EQ(code(at_.call("PUT", other + "ws2", vnet)), "WorkspacePropertyNotSupported");
  EXPECT_FALSE(access_.administrators.contains("ws2"));
  at_.caller = "guest";
  EXPECT_EQ(code(at_.call("PUT", other + "ws2", std::string(kRequest))), "AuthorizationFailed");
}

TEST_F(SynapseTest, ASqlPoolIsADatabase) {
  auto began = at_.call("PUT", workspace_ + "/sqlPools/pool1", R"({"location":"eastus","sku":{"name":"DW100c"}})");
  EXPECT_EQ(began.status, 202);
  EXPECT_EQ(at(at_.follow(began), "properties.status"), "Online");
  EXPECT_TRUE(databases_.there.contains("ws1/pool1"));
  EXPECT_EQ(at(at_.follow(at_.call("POST", workspace_ + "/sqlPools/pool1/pause")), "properties.status"), "Paused");
  EXPECT_EQ(at_.call("POST", workspace_ + "/sqlPools/pool1/pause").status, 200);
  EXPECT_EQ(at(at_.follow(at_.call("POST", workspace_ + "/sqlPools/pool1/resume")), "properties.status"), "Online");
  EXPECT_EQ(at_.follow(at_.call("DELETE", workspace_ + "/sqlPools/pool1")).status, 204);
  EXPECT_TRUE(databases_.there.empty());
  EXPECT_EQ(at_.call("DELETE", workspace_ + "/sqlPools/pool1").status, 204);
}

TEST_F(SynapseTest, APoolThatCannotBeMadeFailsAndSaysSo) {
  databases_.fails = true;
  auto began = at_.call("PUT", workspace_ + "/sqlPools/pool1", R"({"location":"eastus"})");
  EXPECT_EQ(code(at_.follow(began)), "DiskFull");
  EXPECT_EQ(at(at_.call("GET", workspace_ + "/sqlPools/pool1"), "properties.provisioningState"), "Failed");
  EXPECT_EQ(code(at_.call("PUT", workspace_ + "/sqlPools/master", "{}")), "ValidationFailed");
  EXPECT_EQ(code(at_.call("PUT", workspace_ + "/sqlPools/p", R"({"sku":{"name":"DW1c"}})")), "ValidationFailed");
  EXPECT_EQ(code(at_.call("PUT", workspace_ + "/sqlPools/p", R"({"properties":{"collation":"Latin1_General_100_BIN2"}})")), "CollationNotSupported");
}

TEST_F(SynapseTest, DeletingAWorkspaceTakesItsPoolsAndLogins) {
  at_.follow(at_.call("PUT", workspace_ + "/sqlPools/pool1", "{}"));
  EXPECT_EQ(at_.follow(at_.call("DELETE", workspace_)).status, 204);
  EXPECT_TRUE(databases_.there.empty());
  EXPECT_TRUE(access_.administrators.empty());
  EXPECT_EQ(at_.identities.removed, std::vector<std::string>{"ws1"});
  EXPECT_EQ(at_.call("GET", workspace_).status, 404);
}

TEST_F(SynapseTest, SettingsAreValidated) {
  EXPECT_EQ(at_.call("PUT", workspace_ + "/firewallRules/all", R"({"properties":{"startIpAddress":"0.0.0.0","endIpAddress":"255.255.255.255"}})").status, 200);
  EXPECT_EQ(code(at_.call("PUT", workspace_ + "/firewallRules/bad", R"({"properties":{"startIpAddress":"2.0.0.0","endIpAddress":"1.0.0.0"}})")), "ValidationFailed");
  std::string administrator = workspace_ + "/administrators/activeDirectory";
  EXPECT_EQ(at_.call("PUT", administrator, R"({"properties":{"login":"me","sid":"11111111-2222-4333-8444-555555555555"}})").status, 200);
  EXPECT_EQ(access_.entra["ws1"], "11111111-2222-4333-8444-555555555555");
  EXPECT_EQ(code(at_.call("PUT", administrator, R"({"properties":{"login":"me","sid":"x"}})")), "ValidationFailed");
  EXPECT_EQ(at_.call("DELETE", administrator).status, 200);
  EXPECT_EQ(access_.entra["ws1"], "");
}

TEST_F(SynapseTest, ArtifactsLiveOnTheWorkspacesOwnHost) {
  at_.host = "ws1.dev.azuresynapse.net";
  auto made = at_.call("PUT", "/notebooks/first", R"({"name":"first","properties":{"nbformat":4,"nbformat_minor":2,"metadata":{},"cells":[{"cell_type":"code","source":["1"]}]}})");
  EXPECT_EQ(made.status, 200) << made.text;
  EXPECT_EQ(at(made, "type"), "Microsoft.Synapse/workspaces/notebooks");
  EXPECT_EQ(at_.call("POST", "/notebooks/first/rename", R"({"newName":"second"})").status, 200);
  EXPECT_EQ(at_.call("GET", "/notebooks/first").status, 404);
  EXPECT_NE(at_.call("GET", "/notebooksSummary").text.find("\"cells\":[]"), std::string::npos);
  EXPECT_EQ(at(at_.call("GET", "/workspace"), "name"), "ws1");
  EXPECT_EQ(at_.call("DELETE", "/notebooks/second").status, 200);
  at_.caller = "guest";
  EXPECT_EQ(at_.call("GET", "/notebooks").status, 403);
  at_.caller = "owner";
  at_.host = "none.dev.azuresynapse.net";
  EXPECT_EQ(code(at_.call("GET", "/notebooks")), "WorkspaceNotFound");
}

}  // namespace
}  // namespace axonite::service::synapse
