#include <fmt/format.h>

#include <boost/json.hpp>
#include <iostream>
#include <set>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/deployment.h"
#include "cli/junit.h"
#include "cli/target.h"

namespace axonite::cli {
namespace {

constexpr std::chrono::milliseconds kPause{200};

double number(const json::Value& value, std::string_view path) {
  const json::Value* found = json::find_path(value, path);
  return found && found->is_number() ? found->to_number<double>() : 0;
}

bool is_over(std::string_view status) { return status != "Queued" && status != "InProgress" && status != "Canceling"; }

// Iterations share a name; what the team wrote as user properties tells them apart.
std::string name_of(const json::Value& activity) {
  std::string name = json::string_or(activity, "activityName");
  if (const json::Value* properties = json::find(activity, "userProperties"); properties && properties->is_object())
    for (const auto& property : properties->get_object())
      if (property.value().is_string()) name += " " + std::string(property.value().get_string());
  return name;
}

ActivityReport report_of(const json::Value& activity) {
  std::string code = json::string_or(activity, "error.errorCode"), message = json::string_or(activity, "error.message");
  return {.name = name_of(activity),
          .type = json::string_or(activity, "activityType"),
          .status = json::string_or(activity, "status"),
          .error = code.empty() ? message : code + ": " + message,
          .seconds = number(activity, "durationInMs") / 1000};
}

void show(const json::Value& activity) {
  ActivityReport report = report_of(activity);
  const json::Value* copied = json::find_path(activity, "output.rowsCopied");
  std::string rows = copied && copied->is_number() ? fmt::format("{:>12.0f} rows", copied->to_number<double>()) : "";
  std::cout << fmt::format("{:<32} {:<10} {:>9.3f} s{}\n", report.name, report.status, report.seconds, rows);
  if (!report.error.empty()) std::cout << "    " << report.error << "\n";
  std::cout << std::flush;
}

// Shows each activity as it ends; returns when the run has.
Result<RunReport> follow(Deployment& deployment, const std::string& pipeline, const std::string& run_id) {
  std::set<std::string> shown;
  while (true) {
    TRY(json::Value run, deployment.run(run_id));  // before the activities: what a run that is over did is then whole
    TRY(json::Array activities, deployment.activities(pipeline, run_id));
    for (const json::Value& activity : activities)
      if (is_over(json::string_or(activity, "status")) && shown.insert(json::string_or(activity, "activityRunId")).second) show(activity);
    if (std::string status = json::string_or(run, "status"); is_over(status)) {
      RunReport report{.pipeline = pipeline, .run_id = run_id, .status = status, .message = json::string_or(run, "message"), .seconds = number(run, "durationInMs") / 1000};
      for (const json::Value& activity : activities) report.activities.push_back(report_of(activity));
      return report;
    }
    system_clock().wait_until(system_clock().now() + kPause, {});
  }
}

// The text itself, or the file it names: @parameters.json
Result<std::string> parameters_of(const std::string& given) {
  if (given.empty()) return std::string("{}");
  if (given.front() != '@') return given;
  return read_file(given.substr(1));
}

Result<bool> run_pipeline(const RunOptions& options) {
  TRY(std::string parameters, parameters_of(options.parameters));
  CHECK_OK(json::parse(parameters));
  TRY(Target target, nearest(options.apply.data_dir));
  Client client(target.environment);
  TRY(Deployment deployment, Deployment::open(client, options.apply.place));
  if (!options.apply.folder.empty()) CHECK_OK(deployment.apply(options.apply.folder));
  TRY(std::string run_id, deployment.start(options.pipeline, parameters));
  std::cout << "\nrun " << run_id << " of " << options.pipeline << std::endl;
  TRY(RunReport report, follow(deployment, options.pipeline, run_id));
  std::cout << fmt::format("{} in {:.3f} s{}{}\n", report.status, report.seconds, report.message.empty() ? "" : ": ", report.message);
  if (!options.junit.empty()) CHECK_OK(write_file_durably(options.junit, junit_xml(report), 0644));
  return report.status == "Succeeded";
}

}  // namespace

int run(const RunOptions& options) {
  auto succeeded = run_pipeline(options);
  if (!succeeded) std::cerr << "axonite: " << succeeded.error().message << "\n";
  return succeeded && *succeeded ? 0 : 1;
}

}  // namespace axonite::cli
