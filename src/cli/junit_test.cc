#include "cli/junit.h"

#include <gtest/gtest.h>

namespace axonite::cli {
namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

RunReport report(std::string status) {
  return {.pipeline = "Load", .run_id = "r-1", .status = std::move(status), .message = "a < b & \"c\"", .seconds = 1.5,
          .activities = {{"Copy", "Copy", "Succeeded", "", 0.25}, {"Check", "Lookup", "Failed", "no\nrow", 0.5}, {"Rest", "Wait", "Skipped", "", 0}}};
}

TEST(JUnit, AFailedRunCountsItsFailedActivitiesAndItself) {
  std::string xml = junit_xml(report("Failed"));
  EXPECT_TRUE(holds(xml, "<testsuite name=\"Load\" id=\"r-1\" tests=\"4\" failures=\"2\" errors=\"0\" skipped=\"1\" time=\"1.500\">")) << xml;
  EXPECT_TRUE(holds(xml, "<testcase classname=\"Load\" name=\"Copy (Copy)\" time=\"0.250\"/>")) << xml;
  EXPECT_TRUE(holds(xml, "<failure type=\"Failed\" message=\"no&#10;row\"/>")) << xml;
  EXPECT_TRUE(holds(xml, "message=\"a &lt; b &amp; &quot;c&quot;\"")) << xml;
  EXPECT_TRUE(holds(xml, "<skipped/>")) << xml;
}

TEST(JUnit, AFailureThatThePipelineHandledIsNone) {
  std::string xml = junit_xml(report("Succeeded"));
  EXPECT_TRUE(holds(xml, "failures=\"0\"")) << xml;
  EXPECT_FALSE(holds(xml, "<failure")) << xml;
  EXPECT_TRUE(holds(xml, "<system-out>Failed: no&#10;row</system-out>")) << xml;
}

TEST(JUnit, ControlCharactersDoNotBreakTheFile) {
  RunReport run{.pipeline = std::string("a\x01") + "b", .status = "Succeeded"};
  EXPECT_TRUE(holds(junit_xml(run), "name=\"a b\""));
}

}  // namespace
}  // namespace axonite::cli
