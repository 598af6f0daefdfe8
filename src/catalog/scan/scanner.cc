#include "catalog/scan/scanner.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "catalog/scan/login.h"
#include "catalog/scan/rule_sets.h"

namespace axonite::catalog::scan {
namespace {

constexpr std::size_t kQueueMax = 100, kNotesMax = 100, kUnitEntities = 1'000;
constexpr std::string_view kUser = "scan";

std::string key_of(const Run& run) { return run.account + "/" + run.source + "/" + run.scan; }

struct Outcome {
  std::size_t discovered = 0, classified = 0, gone = 0, unchanged = 0;
  std::vector<std::string> notes;
};

Result<Survey> survey_of(const json::Value& source, Ports& ports, const Login& login, const Settings& settings, std::stop_token stop) {
  std::string kind = json::string_or(source, "kind");
  const json::Value* properties = json::find(source, "properties");
  json::Value given = properties ? *properties : json::Value(json::Object{});
  if (kind == "AzureSynapseWorkspace" || kind == "AzureSynapse") return survey_workspace(ports, login, given, settings, stop);
  if (kind == "AdlsGen2" || kind == "AzureStorage") return survey_lake(ports, login, given, settings, stop);
  return std::unexpected(unsupported("DataSourceKindNotSupported", "Scans of data sources of kind '" + kind + "' are not supported by Axonite."));
}

// Small units go together: a transaction costs more than a table.
Result<void> write_units(Catalog& catalog, std::vector<std::vector<Entity>>& units, std::stop_token stop) {
  std::vector<Entity> batch;
  auto flush = [&]() -> Result<void> {
    if (!batch.empty()) CHECK_OK(catalog.upsert(std::move(batch), kUser, Provenance::observed));
    batch = {};
    return ok();
  };
  for (auto& unit : units) {
    if (stop.stop_requested()) return std::unexpected(cancelled("ScanCanceled", "The run was canceled."));
    for (Entity& one : unit) batch.push_back(std::move(one));
    if (batch.size() >= kUnitEntities) CHECK_OK(flush());
  }
  return flush();
}

// What the last pass found and this one did not.
Result<std::size_t> remove_gone(Catalog& catalog, const std::vector<FoundAsset>& before, const std::vector<FoundAsset>& now) {
  std::map<std::string, std::string> there;
  for (const FoundAsset& one : now) there[one.name] = one.type;
  std::size_t gone = 0;
  for (const FoundAsset& one : before) {
    auto found = there.find(one.name);
    if (found != there.end() && found->second == one.type) continue;
    auto guid = catalog.find(one.type, one.name);
    if (!guid) continue;
    CHECK_OK(catalog.remove({*guid}, kUser));
    ++gone;
  }
  return gone;
}

Result<Outcome> scan_once(Store& store, Catalog& catalog, Ports& ports, const Run& run, std::stop_token stop) {
  std::string path = "datasources/" + run.source;
  TRY(auto source, store.get(run.account, path));
  TRY(auto scan, store.get(run.account, path + "/scans/" + run.scan));
  if (!source || !scan) return std::unexpected(not_found("Scan_NotFound", "The scan was deleted."));
  TRY(Login login, login_of(store, ports, run.account, *scan));
  std::vector<ColumnRule> custom;
  TRY(Settings settings, settings_of(store, run.account, run.source, run.scan, *scan, custom));
  TRY(auto before, store.found(key_of(run)));
  if (json::string_or(run.body, "scanLevelType") == "Incremental")
    for (const FoundAsset& one : before) settings.before[one.name] = one.mark;
  TRY(Survey survey, survey_of(*source, ports, login, settings, stop));
  Outcome outcome{.discovered = survey.found.size(), .classified = survey.classified, .unchanged = survey.unchanged, .notes = std::move(survey.notes)};
  CHECK_OK(write_units(catalog, survey.units, stop));
  TRY(outcome.gone, remove_gone(catalog, before, survey.found));
  CHECK_OK(store.replace_found(key_of(run), survey.found));
  return outcome;
}

void write_outcome(json::Object& body, const Outcome& outcome) {
  body["assetsDiscovered"] = outcome.discovered;
  body["assetsClassified"] = outcome.classified;
  json::Array notes;
  for (std::size_t i = 0; i < std::min(outcome.notes.size(), kNotesMax); ++i) notes.push_back(json::Object{{"message", outcome.notes[i]}, {"code", 0}});
  body["diagnostics"] = json::Object{{"notifications", std::move(notes)}, {"exceptionCountMap", json::Object{}}};
  json::Object assets{{"discovered", outcome.discovered}, {"classified", outcome.classified}, {"failed", outcome.notes.size()}, {"unchanged", outcome.unchanged}, {"deleted", outcome.gone}};
  body["discoveryExecutionDetails"] = json::Object{{"statistics", json::Object{{"assets", std::move(assets)}}}};
}

}  // namespace

Result<std::unique_ptr<Scanner>> Scanner::start(Store& store, Catalog& catalog, Ports& ports, Clock& clock) {
  auto scanner = std::unique_ptr<Scanner>(new Scanner(store, catalog, ports, clock));
  TRY(auto unfinished, store.unfinished());
  for (Run& run : unfinished) {
    scanner->active_[run.id] = {};
    scanner->queue_.push_back(std::move(run));
  }
  scanner->worker_ = std::jthread([s = scanner.get()](std::stop_token stop) { s->work(stop); });
  scanner->timer_ = std::jthread([s = scanner.get()](std::stop_token stop) { s->fire(stop); });
  return scanner;
}

Scanner::~Scanner() {
  worker_.request_stop();
  timer_.request_stop();
  std::lock_guard lock(mutex_);
  for (auto& [id, source] : active_) source.request_stop();
}

Result<Run> Scanner::run(std::string_view account, std::string_view source, std::string_view scan, std::string_view id, std::string_view level, std::string_view run_type) {
  TRY(auto definition, store_.get(account, "datasources/" + std::string(source) + "/scans/" + std::string(scan)));
  if (!definition) return std::unexpected(not_found("Scan_NotFound", "The scan '" + std::string(scan) + "' of '" + std::string(source) + "' does not exist."));
  if (level != "Full" && level != "Incremental") return std::unexpected(invalid("Scan_InvalidScanLevel", "The scan level '" + std::string(level) + "' is not Full or Incremental."));
  TRY(auto there, store_.run(account, source, scan, id));
  if (there) return std::unexpected(conflict("Scan_RunExists", "There is a run '" + std::string(id) + "' already."));
  Run run{.account = std::string(account), .source = text::to_lower(source), .scan = text::to_lower(scan), .id = std::string(id), .status = "Accepted", .body = nullptr};
  std::string now = format_iso(clock_.now());
  run.body = json::Object{{"id", id}, {"scanResultId", id}, {"parentId", nullptr}, {"resourceId", "/datasources/" + std::string(source) + "/scans/" + std::string(scan)}, {"status", "Accepted"},
                          {"runType", run_type}, {"scanLevelType", level}, {"scanRulesetName", json::string_or(*definition, "properties.scanRulesetName")},
                          {"scanRulesetType", json::string_or(*definition, "properties.scanRulesetType", "System")}, {"dataSourceType", json::string_or(*definition, "kind")},
                          {"queuedTime", now}, {"startTime", now}, {"endTime", nullptr}, {"assetsDiscovered", 0}, {"assetsClassified", 0}, {"error", nullptr}, {"errorMessage", nullptr}};
  std::lock_guard lock(mutex_);
  if (queue_.size() >= kQueueMax) return std::unexpected(throttled("Scan_TooManyRuns", "Too many runs wait."));
  CHECK_OK(store_.put_run(run));
  active_[run.id] = {};
  queue_.push_back(run);
  queued_.notify_one();
  return run;
}

Result<Run> Scanner::cancel(std::string_view account, std::string_view source, std::string_view scan, std::string_view id) {
  std::lock_guard lock(mutex_);
  TRY(auto run, store_.run(account, source, scan, id));
  if (!run) return std::unexpected(not_found("ScanRun_NotFound", "The run '" + std::string(id) + "' does not exist."));
  if (auto active = active_.find(id); active != active_.end()) active->second.request_stop();
  return *run;
}

void Scanner::work(std::stop_token stop) {
  while (true) {
    Run run;
    std::stop_token canceled;
    {
      std::unique_lock lock(mutex_);
      if (!queued_.wait(lock, stop, [&] { return !queue_.empty(); })) return;
      run = std::move(queue_.front());
      queue_.pop_front();
      canceled = active_[run.id].get_token();
    }
    if (stop.stop_requested()) return;
    perform(run, canceled);
    std::lock_guard lock(mutex_);
    active_.erase(run.id);
  }
}

void Scanner::perform(Run run, std::stop_token canceled) {
  json::Object& body = run.body.get_object();
  auto keep = [&](std::string_view status) {
    run.status = status;
    body["status"] = status;
    if (auto kept = store_.put_run(run); !kept) log::error("catalog", "a scan's run was not kept: " + kept.error().message);
  };
  if (!canceled.stop_requested()) {
    body["pipelineStartTime"] = format_iso(clock_.now());
    keep("InProgress");
  }
  Result<Outcome> outcome = canceled.stop_requested() ? Result<Outcome>(std::unexpected(cancelled("ScanCanceled", "The run was canceled."))) : scan_once(store_, catalog_, ports_, run, canceled);
  // A server that ends leaves the run unfinished, for the next start.
  if (!outcome && worker_.get_stop_token().stop_requested()) return;
  body["endTime"] = format_iso(clock_.now());
  if (outcome) {
    write_outcome(body, *outcome);
    return keep("Succeeded");
  }
  bool was_canceled = outcome.error().kind == Error::Kind::cancelled;
  body["errorMessage"] = outcome.error().message;
  body["error"] = json::Object{{"code", outcome.error().code}, {"message", outcome.error().message}};
  keep(was_canceled ? "Canceled" : "Failed");
}

void Scanner::triggers_changed() {
  std::lock_guard lock(mutex_);
  triggers_.reset();
}

// A look a second: what became due since the last one fires once, however far the clock went.
void Scanner::fire(std::stop_token stop) {
  Time since = clock_.now();
  while (clock_.wait_until(since + std::chrono::seconds(1), stop)) {
    Time now = clock_.now();
    fire_due(since, now);
    since = now;
  }
}

void Scanner::fire_due(Time since, Time now) {
  std::vector<Store::Place> due;
  {
    std::lock_guard lock(mutex_);
    if (!triggers_) {
      auto read = store_.triggers();
      if (!read) return log::error("catalog", "triggers could not be read: " + read.error().message);
      triggers_ = std::move(*read);
    }
    due = *triggers_;
  }
  for (const Store::Place& place : due) {
    const json::Value* given = json::find_path(place.body, "properties.recurrence");
    auto recurrence = read_recurrence(given ? *given : json::Value());
    auto next = recurrence ? recurrence->next(since) : std::nullopt;
    if (!next || *next > now || json::string_or(place.body, "properties.state", "Enabled") == "Disabled") continue;
    auto started = run(place.account, place.source, place.scan, new_uuid(), json::string_or(place.body, "properties.scanLevel", "Full"), "Scheduled");
    if (!started) log::error("catalog", "a scan's trigger did not fire: " + started.error().message);
  }
}

}  // namespace axonite::catalog::scan
