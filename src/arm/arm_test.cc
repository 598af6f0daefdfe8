#include "arm/arm.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace axonite::arm {
namespace {

std::string target_of(std::string path) {
  http::Request request;
  request.path = std::move(path);
  front::Call call(request);
  auto id = target(call);
  return id ? id->text() : id.error().code;
}

TEST(TargetTest, DropsCollectionsAndActions) {
  const std::string group = "/subscriptions/s/resourceGroups/g", vault = group + "/providers/Microsoft.KeyVault/vaults/v";
  EXPECT_EQ(target_of(vault), vault);
  EXPECT_EQ(target_of(vault + "/"), vault);
  EXPECT_EQ(target_of(vault + "/purge"), vault);
  EXPECT_EQ(target_of(group + "/providers/Microsoft.KeyVault/vaults"), group);
  EXPECT_EQ(target_of("/subscriptions/s/providers/Microsoft.KeyVault/vaults"), "/subscriptions/s");
  EXPECT_EQ(target_of("/subscriptions/s/resourcegroups"), "/subscriptions/s");
  EXPECT_EQ(target_of(vault + "/secrets/a%20b"), vault + "/secrets/a b");
  EXPECT_EQ(target_of(vault + "/secrets/a%2Fb"), "InvalidResourceId");
  EXPECT_EQ(target_of("/tenants/t/x"), "InvalidResourceId");
  EXPECT_EQ(target_of("/"), "InvalidResourceId");
}

TEST(ConditionTest, ReadsEtagsInEverySpelling) {
  for (const char* spelled : {"\"e\"", "W/\"e\"", "e", " \"e\" "}) {
    http::Request request;
    request.headers.add("If-Match", spelled);
    EXPECT_EQ(condition(front::Call(request)).if_match, "e") << spelled;
  }
  http::Request request;
  request.headers.add("if-none-match", "*");
  EXPECT_TRUE(condition(front::Call(request)).if_none_match_any);
  EXPECT_FALSE(condition(front::Call(request)).if_match);
}

TEST(ErrorTest, EveryKindHasItsStatusAndDetailsNest) {
  Error error = invalid("Outer", "o", "t");
  error.details.push_back(invalid("Inner", "i"));
  EXPECT_EQ(json::write(error_body(error)), R"({"code":"Outer","message":"o","target":"t","details":[{"code":"Inner","message":"i"}]})");
  EXPECT_EQ(http_status(Error::Kind::precondition), 412);
  EXPECT_EQ(http_status(Error::Kind::unsupported), 501);
}

TEST(PropertiesTest, MustBeAnObject) {
  EXPECT_TRUE(properties_of(*json::parse("{}"))->is_object());
  EXPECT_FALSE(properties_of(*json::parse("[]")));
  EXPECT_FALSE(properties_of(*json::parse(R"({"properties":1})")));
}

}  // namespace
}  // namespace axonite::arm
