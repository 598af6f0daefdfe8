#include <boost/json.hpp>

#include "base/id.h"
#include "base/text.h"
#include "catalog/scan/rule_sets.h"
#include "service/purview/scanning.h"

namespace axonite::service::purview {
namespace {

using catalog::scan::Run;

json::Object accepted(const Run& run) {
  return {{"scanResultId", run.id}, {"startTime", json::string_or(run.body, "startTime")}, {"endTime", nullptr}, {"status", run.status}, {"error", nullptr}};
}

Answer start(Rooms& rooms, const front::Call& call, std::string_view id, std::string_view level) {
  TRY(Run run, rooms.scanner.run(account_of(call), call.path("source"), call.path("scan"), id, level.empty() ? "Full" : level));
  return http::json_response(202, json::write(accepted(run)));
}

// The body is optional: {"scanLevel"} or {"properties":{"scanLevel"}}.
Result<std::string> level_of(front::Call& call) {
  TRY(std::string text, call.body_text());
  if (text.empty()) return std::string(call.query("scanLevel"));
  TRY(json::Value body, call.body_json());
  return json::string_or(body, "scanLevel", json::string_or(body, "properties.scanLevel"));
}

}  // namespace

Answer run_scan(Rooms& rooms, front::Call& call) {
  if (!is_uuid(call.path("run"))) return std::unexpected(invalid("Scan_InvalidRunId", "The run's id is no UUID."));
  return start(rooms, call, call.path("run"), call.query("scanLevel"));
}

Answer post_run(Rooms& rooms, front::Call& call) {
  TRY(std::string level, level_of(call));
  std::string id(call.query("runId"));
  return start(rooms, call, id.empty() ? new_uuid() : id, level);
}

Answer list_runs(Rooms& rooms, front::Call& call) {
  std::string account = account_of(call);
  TRY(auto scan, rooms.scans.get(account, "datasources/" + std::string(call.path("source")) + "/scans/" + std::string(call.path("scan"))));
  if (!scan) return std::unexpected(not_found("Scan_NotFound", "The scan '" + std::string(call.path("scan")) + "' does not exist."));
  TRY(auto runs, rooms.scans.runs(account, call.path("source"), call.path("scan")));
  json::Array values;
  for (Run& run : runs) values.push_back(std::move(run.body));
  std::size_t count = values.size();
  return json_answer(json::Object{{"value", std::move(values)}, {"count", count}, {"nextLink", nullptr}});
}

Answer get_run(Rooms& rooms, front::Call& call) {
  TRY(auto run, rooms.scans.run(account_of(call), call.path("source"), call.path("scan"), call.path("run")));
  if (!run) return std::unexpected(not_found("ScanRun_NotFound", "The run '" + std::string(call.path("run")) + "' does not exist."));
  return json_answer(run->body);
}

Answer cancel_run(Rooms& rooms, front::Call& call) {
  TRY(Run run, rooms.scanner.cancel(account_of(call), call.path("source"), call.path("scan"), call.path("run")));
  return http::json_response(202, json::write(accepted(run)));
}

Answer list_system_rule_sets(Rooms&, front::Call&) {
  json::Array values;
  for (json::Value& one : catalog::scan::system_rule_sets()) values.push_back(std::move(one));
  std::size_t count = values.size();
  return json_answer(json::Object{{"value", std::move(values)}, {"count", count}, {"nextLink", nullptr}});
}

Answer get_system_rule_set(Rooms&, front::Call& call) {
  std::string kind(call.path("kind").empty() ? call.query("dataSourceType") : call.path("kind"));
  json::Value found = catalog::scan::system_rule_set(kind);
  if (found.is_null()) return std::unexpected(not_found("SystemScanRuleset_NotFound", "There is no system scan rule set for '" + kind + "'."));
  std::string_view version = call.path("version");
  if (!version.empty() && version != std::to_string(json::find(found, "version")->to_number<int>()))
    return std::unexpected(not_found("SystemScanRuleset_NotFound", "The system scan rule set for '" + kind + "' has no version " + std::string(version) + "."));
  return json_answer(found);
}

Answer list_rule_set_versions(Rooms& rooms, front::Call& call) {
  if (call.query("dataSourceType").empty()) return list_system_rule_sets(rooms, call);
  json::Array values;
  if (json::Value found = catalog::scan::system_rule_set(call.query("dataSourceType")); !found.is_null()) values.push_back(std::move(found));
  std::size_t count = values.size();
  return json_answer(json::Object{{"value", std::move(values)}, {"count", count}, {"nextLink", nullptr}});
}

}  // namespace axonite::service::purview
