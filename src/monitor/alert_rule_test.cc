#include "monitor/alert_rule.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/id.h"
#include "event/administrative.h"
#include "monitor/activity_log.h"

namespace axonite::monitor {
namespace {

std::string rule_error(std::string_view text) {
  auto rule = AlertRule::parse("/subscriptions/s/r", "r", *json::parse(text));
  return rule ? "" : rule.error().target;
}

TEST(AlertRuleTest, NamesWhatIsWrong) {
  EXPECT_EQ(rule_error(R"({"condition":{"allOf":[]}})"), "properties.scopes");
  EXPECT_EQ(rule_error(R"({"scopes":["x"]})"), "properties.scopes");
  EXPECT_EQ(rule_error(R"({"scopes":["/subscriptions/s"]})"), "properties.condition.allOf");
  EXPECT_EQ(rule_error(R"({"scopes":["/subscriptions/s"],"condition":{"allOf":[{"field":"weather","equals":"x"}]}})"), "properties.condition.allOf.field");
  EXPECT_EQ(rule_error(R"({"scopes":["/subscriptions/s"],"condition":{"allOf":[{"field":"category"}]}})"), "properties.condition.allOf");
  EXPECT_EQ(rule_error(R"({"scopes":["/subscriptions/s"],"condition":{"allOf":[{"field":"status","equals":"Failed"}]}})"), "properties.condition.allOf");
  EXPECT_EQ(rule_error(R"({"scopes":["/subscriptions/s"],"condition":{"allOf":[{"field":"category","equals":"Administrative"}]}})"), "");
}

TEST(AlertRuleTest, MatchesAtOrBelowItsScopesOnly) {
  auto rule = *AlertRule::parse("/r", "r", *json::parse(
      R"({"scopes":["/subscriptions/s/resourceGroups/g"],"condition":{"allOf":[{"field":"category","equals":"administrative"},{"field":"operationName","containsAny":["WRITE","delete"]}]}})"));
  auto body = [](std::string_view resource, std::string_view operation) {
    return *json::parse(R"({"resourceId":")" + std::string(resource) + R"(","operationName":")" + std::string(operation) + R"("})");
  };
  EXPECT_TRUE(rule.matches(body("/subscriptions/s/resourcegroups/G/providers/A.B/c/d", "A.B/c/write")));
  EXPECT_FALSE(rule.matches(body("/subscriptions/s/resourceGroups/g2", "A.B/c/write")));
  EXPECT_FALSE(rule.matches(body("/subscriptions/s/resourceGroups/g", "A.B/c/read")));
  rule.enabled = false;
  EXPECT_FALSE(rule.matches(body("/subscriptions/s/resourceGroups/g", "A.B/c/write")));
}

TEST(ActionGroupTest, OnlyWhatCanBeReached) {
  auto code = [](std::string_view text) {
    auto group = ActionGroup::parse(*json::parse(text));
    return group ? std::string() : group.error().code;
  };
  EXPECT_EQ(code(R"({"groupShortName":"team","webhookReceivers":[{"name":"w","serviceUri":"http://localhost/x"}]})"), "");
  EXPECT_EQ(code(R"({"groupShortName":"team","emailReceivers":[{"name":"m","emailAddress":"a@b"}]})"), "ReceiverNotSupported");
  EXPECT_EQ(code(R"({"groupShortName":"team","webhookReceivers":[{"name":"w","serviceUri":"https://x","useAadAuth":true}]})"), "ReceiverNotSupported");
  EXPECT_EQ(code(R"({"groupShortName":"team","webhookReceivers":[{"name":"w","serviceUri":"file:///etc/passwd"}]})"), "BadRequest");
  EXPECT_EQ(code(R"({"groupShortName":"much-too-long"})"), "BadRequest");
}

class ActivityLogTest : public testing::Test {
 protected:
  std::filesystem::path file_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid() + ".db");
  VirtualClock clock_{from_unix_seconds(1'800'000'000)};
  std::unique_ptr<event::Stream> stream_ = std::move(*event::Stream::open(file_, clock_));
  void TearDown() override {
    stream_.reset();
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file_.string() + suffix);
  }
  void append(std::string_view group, std::string_view operation, std::int64_t seconds) {
    (void)event::append(*stream_, {.time = from_unix_seconds(seconds), .operation = std::string(operation), .resource_type = "A.B/c",
                                   .resource_group = std::string(group), .subscription = "s"});
  }
  std::vector<std::string> operations(std::string_view filter, std::string_view subscription = "s") {
    std::vector<std::string> found;
    auto parsed = ActivityFilter::parse(filter);
    if (!parsed) return {parsed.error().code};
    std::string continuation;
    do {
      auto page = *list_activity(*stream_, subscription, *parsed, continuation, 2);
      for (auto& event : page.events) found.push_back(json::string_or(event, "operationName.value"));
      continuation = page.continuation;
    } while (!continuation.empty());
    return found;
  }
};

TEST_F(ActivityLogTest, NewestFirstByTimeAndField) {
  append("g", "one", 1'000);
  append("g", "two", 2'000);
  append("h", "three", 3'000);
  append("g", "four", 4'000);
  using List = std::vector<std::string>;
  EXPECT_EQ(operations("eventTimestamp ge '1970-01-01T00:20:00Z'"), (List{"four", "three", "two"}));
  EXPECT_EQ(operations("eventTimestamp ge '1970-01-01T00:00:01Z' and resourceGroupName eq 'G'"), (List{"four", "two", "one"}));
  EXPECT_EQ(operations("eventTimestamp ge '1970-01-01T00:00:01Z' and eventTimestamp le '1970-01-01T00:40:00Z' and resourceProvider eq 'a.b'"), (List{"two", "one"}));
  EXPECT_EQ(operations("eventTimestamp ge '1970-01-01T00:00:01Z'", "other"), List{});
  for (std::string_view filter : {"", "status eq 'x'", "eventTimestamp gt '1970-01-01T00:00:01Z'", "eventTimestamp ge 'soon'",
                                  "eventTimestamp ge '1970-01-01T00:00:01Z' or caller eq 'x'", "eventTimestamp ge '1970-01-01T00:00:01Z' and weather eq 'x'"})
    EXPECT_EQ(operations(filter), List{"BadRequest"}) << filter;
}

}  // namespace
}  // namespace axonite::monitor
