#include "service/data_factory/service.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "arm/service_fixture.h"

namespace axonite::service::data_factory {
namespace {

constexpr std::string_view kFactories = "/subscriptions/s/resourceGroups/g/providers/Microsoft.DataFactory/factories";

class DataFactoryTest : public testing::Test {
 protected:
  arm::ServiceFixture at_;
  std::unique_ptr<linked_service::Sealer> sealer_ = std::move(*linked_service::Sealer::open(at_.directory() / "key"));
  artifact::Artifacts artifacts_{*at_.documents, *sealer_, {}};
  Rooms rooms_{*at_.documents, artifacts_, at_.identities};
  std::string factory_ = std::string(kFactories) + "/adf1";

  void SetUp() override {
    at_.front->add(data_factory_service(rooms_, at_.removers));
    ASSERT_EQ(at_.call("PUT", factory_, R"({"location":"East US","identity":{"type":"SystemAssigned"},"properties":{}})").status, 200);
  }
  static std::string code(const arm::Answered& answer) { return json::string_or(json::parse(answer.text).value_or(json::Value()), "error.code"); }
  static std::string at(const arm::Answered& answer, std::string_view path) { return json::string_or(json::parse(answer.text).value_or(json::Value()), path); }
};

TEST_F(DataFactoryTest, AFactoryHasAnIdentityOfItsOwn) {
  auto factory = at_.call("GET", factory_);
  EXPECT_EQ(at(factory, "identity.principalId"), "identity-of-adf1");
  EXPECT_EQ(at(factory, "properties.provisioningState"), "Succeeded");
  EXPECT_EQ(at(factory, "location"), "eastus");
  EXPECT_FALSE(at(factory, "eTag").empty());
  EXPECT_EQ(at_.call("DELETE", factory_).status, 200);
  EXPECT_EQ(at_.identities.removed, std::vector<std::string>{"adf1"});
  EXPECT_EQ(at_.call("DELETE", factory_).status, 204);
}

TEST_F(DataFactoryTest, RefusesWhatIsWrongWithAFactory) {
  EXPECT_EQ(code(at_.call("PUT", std::string(kFactories) + "/a_b", R"({"location":"x"})")), "BadRequest");
  EXPECT_EQ(code(at_.call("PUT", std::string(kFactories) + "/abc", "{}")), "LocationRequired");
  EXPECT_EQ(code(at_.call("PUT", factory_, R"({"location":"x","identity":{"type":"UserAssigned"}})")), "UserAssignedIdentityNotSupported");
  EXPECT_EQ(code(at_.call("PUT", factory_, R"({"location":"x","properties":{"repoConfiguration":{"type":"FactoryGitHubConfiguration"}}})")), "FactoryPropertyNotSupported");
  EXPECT_EQ(code(at_.call("PUT", "/subscriptions/s/resourceGroups/none/providers/Microsoft.DataFactory/factories/abc", R"({"location":"x"})")), "ResourceGroupNotFound");
  (void)at_.documents->put(*resource::ResourceId::parse("/subscriptions/s/resourceGroups/h"), "{}", {}, {});
  EXPECT_EQ(code(at_.call("PUT", "/subscriptions/s/resourceGroups/h/providers/Microsoft.DataFactory/factories/ADF1", R"({"location":"x"})")), "FactoryNameInUse");
  at_.caller = "guest";
  EXPECT_EQ(at_.call("GET", factory_).status, 403);
}

TEST_F(DataFactoryTest, EntitiesKeepEtagsAndConditions) {
  std::string path = factory_ + "/linkedservices/lake";
  auto made = at_.call("PUT", path, R"({"properties":{"type":"AzureBlobFS","typeProperties":{"accountKey":"hush"}}})");
  ASSERT_EQ(made.status, 200);
  EXPECT_EQ(at(made, "type"), "Microsoft.DataFactory/factories/linkedservices");
  EXPECT_EQ(made.text.find("hush"), std::string::npos);
  std::string etag = at(made, "etag");
  EXPECT_EQ(at_.call("GET", path, {}, {{"If-None-Match", etag}}).status, 304);
  EXPECT_EQ(at_.call("GET", path, {}, {{"If-None-Match", "\"other\""}}).status, 200);
  auto stale = at_.call("PUT", path, R"({"properties":{"type":"AzureBlobFS"}})", {{"If-Match", "\"other\""}});
  EXPECT_EQ(stale.status, 412);
  EXPECT_EQ(at_.call("PUT", path, R"({"properties":{"type":"AzureBlobFS"}})", {{"If-Match", "\"" + etag + "\""}}).status, 200);
  EXPECT_EQ(at_.call("DELETE", path).status, 200);
  EXPECT_EQ(at_.call("DELETE", path).status, 204);
  EXPECT_EQ(at_.call("GET", path).status, 404);
}

TEST_F(DataFactoryTest, ReferencesAreChecked) {
  auto refused = at_.call("PUT", factory_ + "/datasets/d", R"({"properties":{"type":"Parquet","linkedServiceName":{"referenceName":"no","type":"LinkedServiceReference"}}})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(code(refused), "BadRequest");
  EXPECT_EQ(at_.call("PUT", factory_ + "/pipelines/p%20one", R"({"properties":{"activities":[]}})").status, 200);
  EXPECT_EQ(at(at_.call("GET", factory_ + "/pipelines/p%20one"), "name"), "p one");
}

TEST_F(DataFactoryTest, TheImplicitRuntimeIsThere) {
  EXPECT_EQ(at(at_.call("GET", factory_ + "/integrationRuntimes/AutoResolveIntegrationRuntime"), "properties.type"), "Managed");
  EXPECT_EQ(at(at_.call("POST", factory_ + "/integrationRuntimes/AutoResolveIntegrationRuntime/getStatus"), "properties.state"), "Online");
  EXPECT_EQ(at_.call("GET", factory_ + "/integrationRuntimes/other").status, 404);
  EXPECT_EQ(at_.call("POST", factory_ + "/integrationRuntimes/other/getStatus").status, 404);
}

}  // namespace
}  // namespace axonite::service::data_factory
