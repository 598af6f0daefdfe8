#include "pipeline/triggers/recurrence.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace axonite::pipeline::triggers {
namespace {

// The first `count` occurrences after `after`, as text.
std::vector<std::string> occurrences(const std::string& recurrence, const std::string& after, int count) {
  auto parsed = parse_recurrence(*json::parse(recurrence), "$");
  EXPECT_TRUE(parsed) << parsed.error().message;
  std::vector<std::string> found;
  std::optional<Time> at = parse_iso(after);
  for (int i = 0; parsed && at && i < count; ++i)
    if ((at = next_occurrence(*parsed, *at))) found.push_back(format_iso_seconds(*at));
  return found;
}

using Times = std::vector<std::string>;

TEST(Recurrence, CountsFromTheStartNotFromNow) {
  EXPECT_EQ(occurrences(R"({"frequency":"Minute","interval":15,"startTime":"2024-01-01T00:07:00Z"})", "2024-03-01T10:00:00Z", 2),
            (Times{"2024-03-01T10:07:00Z", "2024-03-01T10:22:00Z"}));
  EXPECT_EQ(occurrences(R"({"frequency":"Day","interval":2,"startTime":"2024-01-01T06:00:00Z"})", "2024-01-02T00:00:00Z", 2),
            (Times{"2024-01-03T06:00:00Z", "2024-01-05T06:00:00Z"}));
  EXPECT_EQ(occurrences(R"({"frequency":"Day","interval":1,"startTime":"2030-01-01T06:00:00Z"})", "2024-01-02T00:00:00Z", 1),
            (Times{"2030-01-01T06:00:00Z"}));
}

TEST(Recurrence, EndsAtItsEnd) {
  EXPECT_EQ(occurrences(R"({"frequency":"Hour","interval":1,"startTime":"2024-01-01T00:00:00Z","endTime":"2024-01-01T02:00:00Z"})", "2023-12-31T00:00:00Z", 9),
            (Times{"2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z", "2024-01-01T02:00:00Z"}));
}

TEST(Recurrence, FollowsTheClocksOfItsZone) {
  std::string berlin = R"({"frequency":"Day","interval":1,"startTime":"2024-03-29T02:30:00","timeZone":"W. Europe Standard Time"})";
  // 31 March has no 02:30 there; from then on the same wall clock is an hour earlier in UTC.
  EXPECT_EQ(occurrences(berlin, "2024-03-29T12:00:00Z", 3), (Times{"2024-03-30T01:30:00Z", "2024-03-31T01:30:00Z", "2024-04-01T00:30:00Z"}));
}

TEST(Recurrence, WeeksExpandByDaysHoursAndMinutes) {
  EXPECT_EQ(occurrences(R"({"frequency":"Week","interval":1,"startTime":"2024-01-01T00:00:00Z","schedule":{"weekDays":["Sunday"],"hours":[3],"minutes":[0]}})",
                        "2024-01-01T00:00:00Z", 2),
            (Times{"2024-01-07T03:00:00Z", "2024-01-14T03:00:00Z"}));
  EXPECT_EQ(occurrences(R"({"frequency":"Week","interval":2,"startTime":"2024-01-01T00:00:00Z","schedule":{"weekDays":["Monday","Friday"],"hours":[5,17],"minutes":[15]}})",
                        "2024-01-05T06:00:00Z", 3),
            (Times{"2024-01-05T17:15:00Z", "2024-01-15T05:15:00Z", "2024-01-15T17:15:00Z"}));
}

TEST(Recurrence, MonthsTakeDaysFromTheEndAndWeekdaysByNumber) {
  EXPECT_EQ(occurrences(R"({"frequency":"Month","interval":1,"startTime":"2024-01-01T08:00:00Z","schedule":{"monthDays":[-1]}})", "2024-01-15T00:00:00Z", 3),
            (Times{"2024-01-31T08:00:00Z", "2024-02-29T08:00:00Z", "2024-03-31T08:00:00Z"}));
  EXPECT_EQ(occurrences(R"({"frequency":"Month","interval":1,"startTime":"2024-01-01T08:00:00Z","schedule":{"monthlyOccurrences":[{"day":"Friday","occurrence":-1},{"day":"Monday","occurrence":1}]}})",
                        "2024-01-02T00:00:00Z", 3),
            (Times{"2024-01-26T08:00:00Z", "2024-02-05T08:00:00Z", "2024-02-23T08:00:00Z"}));
  EXPECT_EQ(occurrences(R"({"frequency":"Month","interval":1,"startTime":"2024-01-31T08:00:00Z"})", "2024-02-01T00:00:00Z", 1), (Times{"2024-03-31T08:00:00Z"}));
}

TEST(Recurrence, ShorterFrequenciesAreLimitedBySchedules) {
  EXPECT_EQ(occurrences(R"({"frequency":"Hour","interval":1,"startTime":"2024-01-01T00:30:00Z","schedule":{"hours":[9],"weekDays":["Tuesday"],"minutes":[0,45]}})",
                        "2024-01-01T12:00:00Z", 3),
            (Times{"2024-01-02T09:00:00Z", "2024-01-02T09:45:00Z", "2024-01-09T09:00:00Z"}));
  EXPECT_EQ(occurrences(R"({"frequency":"Day","interval":1,"startTime":"2024-01-01T00:00:00Z","schedule":{"weekDays":["Saturday"],"hours":[6]}})", "2024-01-01T00:00:00Z", 1),
            (Times{"2024-01-06T06:00:00Z"}));
}

TEST(Recurrence, ADayThatNeverComesEndsTheSearch) {
  EXPECT_EQ(occurrences(R"({"frequency":"Month","interval":12,"startTime":"2024-02-01T00:00:00Z","schedule":{"monthDays":[31]}})", "2024-02-01T00:00:00Z", 1), Times{});
}

TEST(Recurrence, RefusesWhatItDoesNotKnow) {
  for (const char* text : {R"({"frequency":"Fortnight","interval":1,"startTime":"2024-01-01T00:00:00Z"})", R"({"frequency":"Day","interval":0,"startTime":"2024-01-01T00:00:00Z"})",
                           R"({"frequency":"Day","interval":1001,"startTime":"2024-01-01T00:00:00Z"})", R"({"frequency":"Day","interval":1})",
                           R"({"frequency":"Day","interval":1,"startTime":"soon"})", R"({"frequency":"Day","interval":1,"startTime":"2024-01-01T00:00:00Z","timeZone":"Mars"})",
                           R"({"frequency":"Day","interval":1,"startTime":"2024-01-01T00:00:00Z","schedule":{"hours":[24]}})",
                           R"({"frequency":"Day","interval":1,"startTime":"2024-01-01T00:00:00Z","schedule":{"weekDays":["Someday"]}})", R"({"frequency":"Year","interval":1,"startTime":"2024-01-01T00:00:00Z"})"})
    EXPECT_FALSE(parse_recurrence(*json::parse(text), "$")) << text;
}

}  // namespace
}  // namespace axonite::pipeline::triggers
