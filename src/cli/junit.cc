#include "cli/junit.h"

#include <fmt/format.h>

#include <algorithm>

namespace axonite::cli {
namespace {

// XML 1.0 has no way to write most control characters.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      case '\t': out += "&#9;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  return out;
}

std::string test_case(std::string_view suite, std::string_view name, double seconds, std::string_view inner) {
  std::string open = fmt::format("  <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"", escaped(suite), escaped(name), seconds);
  return inner.empty() ? open + "/>\n" : open + ">" + std::string(inner) + "</testcase>\n";
}

std::string failure(std::string_view type, std::string_view message) {
  return fmt::format("<failure type=\"{}\" message=\"{}\"/>", escaped(type), escaped(message));
}

std::string inner(const ActivityReport& activity, bool run_failed) {
  if (activity.status == "Skipped") return "<skipped/>";
  if (activity.status == "Succeeded") return {};
  if (run_failed) return failure(activity.status, activity.error);
  return "<system-out>" + escaped(activity.status + ": " + activity.error) + "</system-out>";
}

}  // namespace

std::string junit_xml(const RunReport& run) {
  bool run_failed = run.status != "Succeeded";
  auto is_skipped = [](const ActivityReport& activity) { return activity.status == "Skipped"; };
  auto is_failed = [](const ActivityReport& activity) { return activity.status != "Succeeded" && activity.status != "Skipped"; };
  auto failures = run_failed ? std::ranges::count_if(run.activities, is_failed) + 1 : 0;
  std::string suite = fmt::format("<testsuite name=\"{}\" id=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{:.3f}\">\n",
                                  escaped(run.pipeline), escaped(run.run_id), run.activities.size() + 1, failures,
                                  std::ranges::count_if(run.activities, is_skipped), run.seconds);
  for (const ActivityReport& activity : run.activities)
    suite += test_case(run.pipeline, activity.name + " (" + activity.type + ")", activity.seconds, inner(activity, run_failed));
  suite += test_case(run.pipeline, run.pipeline, run.seconds, run_failed ? failure(run.status, run.message) : "");
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n" + suite + "</testsuite>\n</testsuites>\n";
}

}  // namespace axonite::cli
