#include "pipeline/announcement.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/json.h"
#include "event/administrative.h"
#include "pipeline/model_json.h"

namespace axonite::pipeline {
namespace {

constexpr const char* kFactory = "/subscriptions/s-1/resourceGroups/rg/providers/Microsoft.DataFactory/factories/adf";

Run run() {
  auto pipeline = parse_pipeline("Load", std::string_view(R"({"properties":{"activities":[{"name":"W","type":"Wait","typeProperties":{"waitTimeInSeconds":1}}]}})"));
  EXPECT_TRUE(pipeline);
  RunRecord record{.id = "r-1", .owner = kFactory, .pipeline = "Load"};
  return Run(record, {.id = kFactory, .name = "adf"}, *pipeline, system_clock());
}

Event ended(Outcome outcome) {
  Event event{.kind = Event::Kind::run_finished};
  event.outcome = outcome;
  if (outcome == Outcome::failed) event.error = ActivityError{"TooFew", "Only 3 rows.", "UserError", "Check"};
  return event;
}

TEST(Announcement, AFailedRunIsAnAdministrativeFailureOfItsFactory) {
  auto told = announcements(run(), ended(Outcome::failed), system_clock().now());
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].category, "run");
  EXPECT_EQ(told[1].category, event::kAdministrative);
  EXPECT_EQ(told[1].key, "r-1/failed");
  auto body = json::parse(told[1].body);
  ASSERT_TRUE(body);
  EXPECT_EQ(json::string_or(*body, "operationName"), "Microsoft.DataFactory/factories/pipelines/createRun/action");
  EXPECT_EQ(json::string_or(*body, "resourceId"), kFactory);
  EXPECT_EQ(json::string_or(*body, "resourceGroupName"), "rg");
  EXPECT_EQ(json::string_or(*body, "status"), "Failed");
  EXPECT_EQ(json::string_or(*body, "level"), "Error");
  EXPECT_EQ(json::string_or(*body, "properties.errorMessage"), "Only 3 rows.");
}

TEST(Announcement, ASucceededRunIsNoFailure) {
  auto told = announcements(run(), ended(Outcome::succeeded), system_clock().now());
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].category, "run");
}

}  // namespace
}  // namespace axonite::pipeline
