#include "monitor/alerts.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <mutex>

#include "base/id.h"
#include "event/administrative.h"

namespace axonite::monitor {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kFactory = "/subscriptions/s/resourceGroups/g/providers/Microsoft.DataFactory/factories/f";
constexpr std::string_view kRule =
    R"({"description":"runs fail","scopes":["/subscriptions/s/resourceGroups/G"],"condition":{"allOf":[{"field":"category","equals":"Administrative"},
        {"field":"status","equals":"failed"},{"anyOf":[{"field":"resourceProvider","equals":"Microsoft.DataFactory"},{"field":"resourceProvider","equals":"Microsoft.Synapse"}]}]},
        "actions":{"actionGroups":[{"actionGroupId":"/team","webhookProperties":{"who":"me"}}]}})";

event::Administrative failed_run() {
  return {.caller = "me", .operation = "Microsoft.DataFactory/factories/pipelineruns/write", .resource_id = std::string(kFactory),
          .resource_type = "Microsoft.DataFactory/factories", .resource_group = "g", .subscription = "s", .status = "Failed", .level = "Error",
          .properties = {{"pipelineName", "load"}}};
}

class Rules : public AlertRules {
 public:
  Result<std::vector<AlertRule>> rules() const override { return std::vector{*AlertRule::parse("/subscriptions/s/alert", "alert", *json::parse(kRule))}; }
  Result<ActionGroup> action_group(std::string_view id) const override {
    if (id != "/team") return std::unexpected(not_found("ResourceNotFound", "gone"));
    return ActionGroup{.webhooks = {{.name = "w", .url = "http://127.0.0.1:1/hook", .use_common_alert_schema = true}}};
  }
};

class Receiver : public http::Transport {
 public:
  Result<http::Incoming> send(const http::Outgoing& outgoing, std::stop_token) override {
    std::lock_guard lock(mutex_);
    attempts++;
    if (failures > 0) {
      --failures;
      return http::Incoming{.status = 503, .headers = {}, .body = {}};
    }
    bodies.push_back(outgoing.body);
    return http::Incoming{.status = refuse ? 404 : 200, .headers = {}, .body = {}};
  }
  int failures = 0, attempts = 0;
  bool refuse = false;
  std::vector<std::string> bodies;

 private:
  std::mutex mutex_;
};

class AlertsTest : public testing::Test {
 protected:
  std::filesystem::path directory_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  std::unique_ptr<event::Stream> events_;
  Rules rules_;
  Receiver receiver_;
  void SetUp() override {
    std::filesystem::create_directories(directory_);
    events_ = std::move(*event::Stream::open(directory_ / "events.db", system_clock()));
  }
  void TearDown() override {
    events_.reset();
    std::filesystem::remove_all(directory_);
  }
  std::unique_ptr<Alerts> start() {
    return std::move(*Alerts::start(directory_ / "monitor.db", *events_, rules_, receiver_, system_clock(), {.request_time_max = 1s, .retry_after = {1ms, 1ms}}));
  }
  std::uint64_t append(event::Administrative event) { return *event::append(*events_, std::move(event)); }
};

TEST_F(AlertsTest, AFailedRunReachesTheWebhookInTheCommonSchema) {
  append(failed_run());  // before anybody watched
  auto alerts = start();
  auto other = failed_run();
  other.status = "Succeeded";
  append(other);
  ASSERT_TRUE(alerts->settle(append(failed_run()), 5s));
  ASSERT_EQ(receiver_.bodies.size(), 1u);
  auto body = *json::parse(receiver_.bodies[0]);
  EXPECT_EQ(json::string_or(body, "schemaId"), "azureMonitorCommonAlertSchema");
  EXPECT_EQ(json::string_or(body, "data.essentials.alertRule"), "alert");
  EXPECT_EQ(json::string_or(body, "data.essentials.signalType"), "Activity Log");
  EXPECT_EQ(json::string_or(body, "data.alertContext.status"), "Failed");
  EXPECT_EQ(json::string_or(body, "data.alertContext.properties.pipelineName"), "load");
  EXPECT_EQ(json::string_or(body, "data.customProperties.who"), "me");
}

TEST_F(AlertsTest, RetriesWhatMayPassAndGivesUpOnTheRest) {
  auto alerts = start();
  receiver_.failures = 2;
  ASSERT_TRUE(alerts->settle(append(failed_run()), 5s));
  EXPECT_EQ(receiver_.bodies.size(), 1u);
  receiver_.refuse = true;
  receiver_.attempts = 0;
  ASSERT_TRUE(alerts->settle(append(failed_run()), 5s));
  EXPECT_EQ(receiver_.attempts, 1);
  receiver_.failures = 1000;
  receiver_.attempts = 0;
  ASSERT_TRUE(alerts->settle(append(failed_run()), 5s));
  EXPECT_EQ(receiver_.attempts, 3);
}

TEST_F(AlertsTest, ARestartGoesOnWhereItWas) {
  start();
  append(failed_run());
  auto last = append(failed_run());
  ASSERT_TRUE(start()->settle(last, 5s));
  EXPECT_EQ(receiver_.bodies.size(), 2u);
  ASSERT_TRUE(start()->settle(last, 5s));
  EXPECT_EQ(receiver_.bodies.size(), 2u);
}

TEST(TargetTest, LinkLocalIsRefused) {
  for (std::string_view host : {"169.254.169.254", "[fe80::1]", "::ffff:169.254.1.1", "0.0.0.0"}) EXPECT_FALSE(may_deliver_to(host)) << host;
  for (std::string_view host : {"127.0.0.1", "localhost", "8.8.8.8", "[::1]"}) EXPECT_TRUE(may_deliver_to(host)) << host;
}

}  // namespace
}  // namespace axonite::monitor
