#include "service/monitor/service.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "arm/service_fixture.h"

namespace axonite::service::monitor {
namespace {

constexpr std::string_view kInsights = "/subscriptions/s/resourceGroups/g/providers/microsoft.insights/";
constexpr std::string_view kGroup = R"({"location":"Global","properties":{"groupShortName":"team","webhookReceivers":[{"name":"w","serviceUri":"http://localhost:1/x"}]}})";
constexpr std::string_view kRule =
    R"({"properties":{"scopes":["/subscriptions/s"],"condition":{"allOf":[{"field":"category","equals":"Administrative"}]},"actions":{"actionGroups":[{"actionGroupId":"/subscriptions/s/resourceGroups/g/providers/microsoft.insights/actionGroups/team"}]}}})";

class MonitorTest : public testing::Test {
 protected:
  arm::ServiceFixture at_;
  Rooms rooms_{*at_.documents, *at_.events};
  void SetUp() override { at_.front->add(monitor_service(rooms_)); }
  arm::Answered call(std::string_view method, std::string_view path, std::string_view body = {}) {
    return at_.call(method, std::string(kInsights) + std::string(path), std::string(body));
  }
  static std::string code(const arm::Answered& answer) { return json::string_or(json::parse(answer.text).value_or(json::Value()), "error.code"); }
};

TEST_F(MonitorTest, RulesAndGroupsAreKeptAndRead) {
  EXPECT_EQ(call("PUT", "actionGroups/team", kGroup).status, 201);
  EXPECT_EQ(call("PUT", "actionGroups/team", kGroup).status, 200);
  EXPECT_EQ(call("PUT", "activityLogAlerts/failures", kRule).status, 201);
  StoredAlertRules stored(*at_.documents);
  auto rules = *stored.rules();
  ASSERT_EQ(rules.size(), 1u);
  EXPECT_TRUE(rules[0].enabled);
  EXPECT_EQ(stored.action_group(rules[0].actions[0].action_group_id)->webhooks.size(), 1u);
  EXPECT_EQ(call("PATCH", "activityLogAlerts/failures", R"({"properties":{"enabled":false}})").status, 200);
  EXPECT_FALSE((*stored.rules())[0].enabled);
  EXPECT_EQ(call("DELETE", "activityLogAlerts/failures").status, 200);
  EXPECT_EQ(call("DELETE", "activityLogAlerts/failures").status, 204);
  EXPECT_EQ(call("GET", "activityLogAlerts/failures").status, 404);
}

TEST_F(MonitorTest, RefusesWhatCannotWork) {
  EXPECT_EQ(code(call("PUT", "activityLogAlerts/x", R"({"properties":{"scopes":[]}})")), "BadRequest");
  EXPECT_EQ(code(call("PUT", "actionGroups/x", R"({"properties":{"groupShortName":"t","smsReceivers":[{"name":"s"}]}})")), "ReceiverNotSupported");
  at_.caller = "guest";
  EXPECT_EQ(call("GET", "actionGroups").status, 403);
}

TEST_F(MonitorTest, TheActivityLogShowsWhatChanged) {
  call("PUT", "actionGroups/team", kGroup);
  auto log = at_.call("GET", "/subscriptions/s/providers/microsoft.insights/eventtypes/management/values?api-version=2015-04-01&$filter=eventTimestamp ge '2020-01-01T00:00:00Z' and resourceGroupName eq 'g'");
  auto body = *json::parse(log.text);
  ASSERT_EQ(body.at("value").as_array().size(), 1u) << log.text;
  const json::Value& event = body.at("value").as_array()[0];
  EXPECT_EQ(json::string_or(event, "operationName.value"), "Microsoft.Insights/actionGroups/write");
  EXPECT_EQ(json::string_or(event, "caller"), "owner");
  EXPECT_EQ(code(at_.call("GET", "/subscriptions/s/providers/microsoft.insights/eventtypes/management/values?api-version=2015-04-01")), "BadRequest");
}

}  // namespace
}  // namespace axonite::service::monitor
