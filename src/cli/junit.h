#pragma once
// A pipeline run as JUnit XML, which every CI system shows: a test suite per run, a test case per activity run.
#include <string>
#include <vector>

namespace axonite::cli {

struct ActivityReport {
  std::string name, type, status;  // "Succeeded", "Failed", "Cancelled", "Skipped"
  std::string error;
  double seconds = 0;
};

struct RunReport {
  std::string pipeline, run_id, status, message;
  double seconds = 0;
  std::vector<ActivityReport> activities;
};

// A failed activity is a failure only where the run failed too: a pipeline may handle it. The run itself is the last case.
std::string junit_xml(const RunReport& run);

}  // namespace axonite::cli
