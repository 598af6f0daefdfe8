#include "resource/resource_id.h"

#include <gtest/gtest.h>

namespace axonite::resource {
namespace {

ResourceId id(std::string_view path) {
  auto parsed = ResourceId::parse(path);
  EXPECT_TRUE(parsed) << path;
  return parsed ? *parsed : ResourceId();
}

TEST(ResourceIdTest, ReadsEveryLevel) {
  auto pipeline = id("/subscriptions/S/resourceGroups/G/providers/Microsoft.DataFactory/factories/F/pipelines/Copy data/");
  EXPECT_EQ(pipeline.subscription(), "S");
  EXPECT_EQ(pipeline.resource_group(), "G");
  EXPECT_EQ(pipeline.provider(), "Microsoft.DataFactory");
  EXPECT_EQ(pipeline.type(), "Microsoft.DataFactory/factories/pipelines");
  EXPECT_EQ(pipeline.name(), "Copy data");
  EXPECT_EQ(pipeline.group_id().text(), "/subscriptions/S/resourceGroups/G");
  EXPECT_EQ(id("/subscriptions/S").type(), "Microsoft.Resources/subscriptions");
  EXPECT_EQ(id("/subscriptions/S/resourceGroups/G").type(), "Microsoft.Resources/resourceGroups");
}

TEST(ResourceIdTest, ClimbsToTheSubscription) {
  auto at = id("/subscriptions/s/resourceGroups/g/providers/Microsoft.DataFactory/factories/f/pipelines/p");
  std::vector<std::string> types;
  for (std::optional<ResourceId> up = at; up; up = up->parent()) types.push_back(up->type());
  EXPECT_EQ(types, (std::vector<std::string>{"Microsoft.DataFactory/factories/pipelines", "Microsoft.DataFactory/factories",
                                             "Microsoft.Resources/resourceGroups", "Microsoft.Resources/subscriptions"}));
  EXPECT_EQ(id("/subscriptions/s/providers/Microsoft.X/things/t").parent()->type(), "Microsoft.Resources/subscriptions");
}

TEST(ResourceIdTest, AnExtensionBelongsToItsResource) {
  auto setting = id("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/providers/Microsoft.Insights/diagnosticSettings/d");
  EXPECT_EQ(setting.type(), "Microsoft.Insights/diagnosticSettings");
  EXPECT_EQ(setting.parent()->type(), "Microsoft.KeyVault/vaults");
}

TEST(ResourceIdTest, ComparesWithoutCaseAndKeepsIt) {
  auto a = id("/subscriptions/s/resourceGroups/My-Group"), b = id("/SUBSCRIPTIONS/S/resourcegroups/MY-GROUP");
  EXPECT_EQ(a, b);
  EXPECT_EQ(a.text(), "/subscriptions/s/resourceGroups/My-Group");
}

TEST(ResourceIdTest, CoversWhatLiesBelowAndNotItsNeighbours) {
  auto group = id("/subscriptions/s/resourceGroups/g");
  EXPECT_TRUE(group.covers(group));
  EXPECT_TRUE(group.covers(id("/subscriptions/s/resourceGroups/G/providers/A.B/c/d")));
  EXPECT_FALSE(group.covers(id("/subscriptions/s/resourceGroups/g2")));
  EXPECT_EQ(id("/subscriptions/s/resourceGroups/g/providers/A.B/c/d").child("e", "f").type(), "A.B/c/e");
}

TEST(ResourceIdTest, RefusesWhatIsNoId) {
  for (std::string_view path :
       {"", "/", "subscriptions/s", "/subscriptions", "/subscriptions/s/", "/subscriptions//resourceGroups/g",
        "/subscriptions/s/resourceGroups", "/subscriptions/s/resourceGroups/g/providers/A.B",
        "/subscriptions/s/resourceGroups/g/providers/A.B/c", "/subscriptions/s/resourceGroups/g/c/d",
        "/tenants/t", "/subscriptions/s/resourceGroups/a\nb"}) {
    if (path == "/subscriptions/s/") continue;  // a trailing slash is dropped
    auto parsed = ResourceId::parse(path);
    ASSERT_FALSE(parsed) << path;
    EXPECT_EQ(parsed.error().code, "InvalidResourceId");
  }
  EXPECT_FALSE(ResourceId::parse("/subscriptions/" + std::string(3000, 'x')));
}

}  // namespace
}  // namespace axonite::resource
