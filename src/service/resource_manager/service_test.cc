#include "service/resource_manager/service.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "arm/service_fixture.h"
#include "service/resource_manager/filter.h"

namespace axonite::service::resource_manager {
namespace {

class ResourceManagerTest : public testing::Test {
 protected:
  arm::ServiceFixture at_;
  Rooms rooms_{*at_.documents, *at_.operations, at_.removers, at_.authorizer, "tenant"};
  void SetUp() override {
    at_.front->add(resource_manager_service(rooms_));
    ASSERT_TRUE(at_.operations->start());
  }
  static std::string code(const arm::Answered& answer) { return json::string_or(json::parse(answer.text).value_or(json::Value()), "error.code"); }
  static std::vector<std::string> names(const arm::Answered& answer) {
    std::vector<std::string> found;
    auto body = json::parse(answer.text);
    if (const json::Value* values = body ? json::find(*body, "value") : nullptr)
      for (const auto& value : values->as_array()) found.push_back(json::string_or(value, "name"));
    return found;
  }
  void put_vault(std::string_view name, std::string_view group = "g") {
    auto id = resource::ResourceId::parse("/subscriptions/s/resourceGroups/" + std::string(group) + "/providers/Microsoft.KeyVault/vaults/" + std::string(name));
    ASSERT_TRUE(at_.documents->put(*id, R"({"location":"eastus","tags":{"a":"b"},"properties":{"x":1}})", {}, {}));
  }
};

TEST_F(ResourceManagerTest, GroupsAreMadeChangedReadAndListed) {
  auto made = at_.call("PUT", "/subscriptions/s/resourcegroups/Team", R"({"location":"West Europe","tags":{"a":"1"}})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.text,
            R"({"id":"/subscriptions/s/resourcegroups/Team","name":"Team","type":"Microsoft.Resources/resourceGroups","location":"westeurope","tags":{"a":"1"},"properties":{"provisioningState":"Succeeded"}})");
  EXPECT_EQ(at_.call("PUT", "/subscriptions/s/resourceGroups/team", R"({"location":"westeurope"})").status, 200);
  EXPECT_EQ(at_.call("PATCH", "/subscriptions/s/resourceGroups/team", R"({"tags":{"b":"2"}})").status, 200);
  EXPECT_EQ(at_.call("HEAD", "/subscriptions/s/resourceGroups/team").status, 204);
  EXPECT_EQ(at_.call("HEAD", "/subscriptions/s/resourceGroups/none").status, 404);
  EXPECT_EQ(names(at_.call("GET", "/subscriptions/s/resourceGroups")), (std::vector<std::string>{"g", "Team"}));
}

TEST_F(ResourceManagerTest, RefusesWhatIsWrongWithAGroup) {
  EXPECT_EQ(code(at_.call("PUT", "/subscriptions/s/resourceGroups/a$b", R"({"location":"x"})")), "InvalidResourceGroup");
  EXPECT_EQ(code(at_.call("PUT", "/subscriptions/s/resourceGroups/a.", R"({"location":"x"})")), "InvalidResourceGroup");
  EXPECT_EQ(code(at_.call("PUT", "/subscriptions/s/resourceGroups/a", "{}")), "LocationRequired");
  EXPECT_EQ(code(at_.call("PUT", "/subscriptions/s/resourceGroups/a", "[]")), "InvalidRequestContent");
  EXPECT_EQ(code(at_.call("PUT", "/subscriptions/s/resourceGroups/a", R"({"location":"x","tags":{"a":1}})")), "InvalidTagValue");
  EXPECT_EQ(code(at_.call("PUT", "/subscriptions/s/resourceGroups/g", R"({"location":"westus"})")), "InvalidResourceGroupLocation");
  EXPECT_EQ(code(at_.call("PUT", "/subscriptions/other/resourceGroups/g", R"({"location":"westus"})")), "SubscriptionNotFound");
  EXPECT_EQ(code(at_.call("GET", "/subscriptions/s/resourceGroups/none")), "ResourceGroupNotFound");
  EXPECT_EQ(code(at_.call("DELETE", "/subscriptions/s/resourceGroups/none")), "ResourceGroupNotFound");
  at_.caller = "guest";
  EXPECT_EQ(code(at_.call("GET", "/subscriptions/s/resourceGroups/g")), "AuthorizationFailed");
  EXPECT_TRUE(names(at_.call("GET", "/subscriptions/s/resourceGroups")).empty());
}

TEST_F(ResourceManagerTest, DeletingAGroupReachesWhatItsResourcesStandFor) {
  put_vault("kv1");
  put_vault("kv2");
  std::vector<std::string> removed;
  at_.removers.add("microsoft.keyvault/VAULTS", [&](const resource::Document& document, const resource::Author& author) -> Result<void> {
    EXPECT_EQ(author.principal.name, "owner");
    removed.emplace_back(document.id.name());
    return ok();
  });
  auto began = at_.call("DELETE", "/subscriptions/s/resourceGroups/g");
  EXPECT_EQ(began.status, 202);
  EXPECT_TRUE(began.headers.contains("Azure-AsyncOperation"));
  EXPECT_EQ(at_.follow(began).status, 204);
  EXPECT_EQ(removed, (std::vector<std::string>{"kv1", "kv2"}));
  EXPECT_EQ(code(at_.call("GET", "/subscriptions/s/resourceGroups/g")), "ResourceGroupNotFound");
}

TEST_F(ResourceManagerTest, AFailedDeletionSaysWhy) {
  put_vault("kv1");
  at_.removers.add("Microsoft.KeyVault/vaults", [](const auto&, const auto&) -> Result<void> { return std::unexpected(conflict("VaultLocked", "It is locked.")); });
  auto began = at_.call("DELETE", "/subscriptions/s/resourceGroups/g");
  EXPECT_EQ(code(at_.follow(began)), "VaultLocked");
  std::string url(began.headers.get("Azure-AsyncOperation"));
  auto status = at_.call("GET", url.substr(url.find('/', 8)));
  EXPECT_EQ(json::string_or(*json::parse(status.text), "status"), "Failed");
  EXPECT_EQ(code(status), "VaultLocked");
}

TEST_F(ResourceManagerTest, ListsResourcesByFilterAndPage) {
  for (const char* name : {"kv1", "kv2", "kv3"}) put_vault(name);
  EXPECT_EQ(names(at_.call("GET", "/subscriptions/s/resources")).size(), 3u);
  EXPECT_EQ(names(at_.call("GET", "/subscriptions/s/resources?api-version=2021-04-01&$filter=resourceType eq 'Microsoft.KeyVault/vaults' and name eq 'KV2'")),
            (std::vector<std::string>{"kv2"}));
  EXPECT_TRUE(names(at_.call("GET", "/subscriptions/s/resources?api-version=2021-04-01&$filter=tagName eq 'z'")).empty());
  EXPECT_EQ(code(at_.call("GET", "/subscriptions/s/resources?api-version=2021-04-01&$filter=size gt 3")), "InvalidFilterInQueryString");
  auto first = at_.call("GET", "/subscriptions/s/resourceGroups/g/resources?api-version=2021-04-01&$top=2");
  EXPECT_EQ(names(first), (std::vector<std::string>{"kv1", "kv2"}));
  EXPECT_EQ(first.text.find("\"x\""), std::string::npos);  // no properties in lists
  std::string next = json::string_or(*json::parse(first.text), "nextLink");
  EXPECT_TRUE(next.starts_with("https://management.azure.com/subscriptions/s/resourceGroups/g/resources?"));
  EXPECT_EQ(names(at_.call("GET", next.substr(next.find('/', 8)))), (std::vector<std::string>{"kv3"}));
}

TEST_F(ResourceManagerTest, ProvidersAndSubscriptions) {
  EXPECT_EQ(at_.call("GET", "/subscriptions/s").status, 200);
  EXPECT_EQ(code(at_.call("GET", "/subscriptions/none")), "SubscriptionNotFound");
  EXPECT_EQ(at_.call("GET", "/tenants").status, 200);
  EXPECT_EQ(json::string_or(*json::parse(at_.call("POST", "/subscriptions/s/providers/microsoft.synapse/register").text), "registrationState"), "Registered");
  EXPECT_EQ(code(at_.call("GET", "/subscriptions/s/providers/Microsoft.Nothing")), "InvalidResourceNamespace");
}

TEST_F(ResourceManagerTest, SaysWhyAPathIsNotServed) {
  std::string group = "/subscriptions/s/resourceGroups/g/providers/";
  EXPECT_EQ(code(at_.call("GET", group + "Microsoft.Nothing/things/t")), "InvalidResourceNamespace");
  EXPECT_EQ(code(at_.call("PUT", group + "Microsoft.KeyVault/things/t", "{}")), "InvalidResourceType");
  auto action = at_.call("POST", group + "Microsoft.DataFactory/factories/f/triggers/t/start");
  EXPECT_EQ(action.status, 501);
  EXPECT_NE(action.text.find("triggers/t/start"), std::string::npos);
}

TEST_F(ResourceManagerTest, EveryRequestNeedsAVersionAndACaller) {
  EXPECT_EQ(code(at_.call("GET", "/subscriptions?x=1")), "MissingApiVersionParameter");
  EXPECT_EQ(code(at_.call("GET", "/subscriptions?api-version=now")), "InvalidApiVersionParameter");
  at_.caller = "expired";
  auto refused = at_.call("GET", "/subscriptions");
  EXPECT_EQ(refused.status, 401);
  EXPECT_TRUE(refused.headers.contains("x-ms-request-id"));
}

TEST_F(ResourceManagerTest, MetadataForEachGenerationOfClients) {
  auto now = json::parse(at_.call("GET", "/metadata/endpoints?api-version=2022-09-01").text);
  EXPECT_EQ(json::string_or(*now, "resourceManager"), "https://management.azure.com");
  EXPECT_TRUE(json::parse(at_.call("GET", "/metadata/endpoints?api-version=2019-05-01").text)->is_array());
}

TEST(FilterTest, ReadsQuotedTexts) {
  auto filter = Filter::parse("name eq 'it''s' AND location eq 'x'");
  ASSERT_TRUE(filter);
  auto id = *resource::ResourceId::parse("/subscriptions/s/resourceGroups/g/providers/A.B/c/it's");
  EXPECT_TRUE(filter->matches(id, *json::parse(R"({"location":"X"})")));
  EXPECT_FALSE(filter->matches(id, *json::parse("{}")));
  for (std::string_view text : {"name", "name eq", "name eq x", "name eq 'x", "name eq 'x' or name eq 'y'", "name eq 'x' and"})
    EXPECT_FALSE(Filter::parse(text)) << text;
}

}  // namespace
}  // namespace axonite::service::resource_manager
