#include "catalog/feed.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "base/log.h"
#include "catalog/path_pattern.h"
#include "catalog/reports.h"

namespace axonite::catalog {
namespace {

constexpr std::size_t kPortion = 256;
// The place is kept at latest after so many events that were no reports.
constexpr std::uint64_t kUnkeptMax = 10'000;
constexpr std::size_t kFilesTiedMax = 1'000;
constexpr std::string_view kUser = "lineage";

// "" for what is no table.
std::string view_type(std::string_view type) {
  if (!type.ends_with("_sql_table")) return {};
  return std::string(type.substr(0, type.size() - 5)) + "view";
}

}  // namespace

Result<std::unique_ptr<Feed>> Feed::start(Catalog& catalog, const event::Stream& events, Clock& clock) {
  TRY(std::uint64_t place, catalog.feed_position());
  return std::unique_ptr<Feed>(new Feed(catalog, events, clock, place));
}

Feed::Feed(Catalog& catalog, const event::Stream& events, Clock& clock, std::uint64_t place)
    : catalog_(catalog), events_(events), clock_(clock), place_(place), kept_(place), thread_([this](std::stop_token stop) { follow(stop); }) {}

bool Feed::settle(std::uint64_t sequence, std::chrono::milliseconds limit) const {
  std::unique_lock lock(mutex_);
  return moved_.wait_for(lock, limit, [&] { return place_ >= sequence; });
}

void Feed::follow(std::stop_token stop) {
  while (!stop.stop_requested() && events_.wait_after(place_, stop)) {
    auto portion = events_.read_after(place_, kPortion);
    Result<void> taken = portion ? take(*portion) : Result<void>(std::unexpected(portion.error()));
    if (taken && !portion->empty()) continue;
    if (!taken) log::error("catalog", "the lineage feed waits: " + taken.error().code + " " + taken.error().message + " " + taken.error().log);
    clock_.wait_until(clock_.now() + std::chrono::seconds(1), stop);
  }
}

Result<void> Feed::take(const std::vector<event::Event>& portion) {
  bool reports = false;
  for (const event::Event& event : portion) {
    if (event.category != "lineage") continue;
    reports = true;
    auto taken = take_report(event);
    if (taken) continue;
    // What cannot become entities never will; what the database refuses now may be taken later.
    Error::Kind kind = taken.error().kind;
    if (kind == Error::Kind::internal || kind == Error::Kind::throttled || kind == Error::Kind::unavailable) return taken;
    log::warning("catalog", "a lineage report was left out: " + taken.error().message);
  }
  if (portion.empty()) return ok();
  std::uint64_t last = portion.back().sequence;
  if (reports || last - kept_ >= kUnkeptMax) {
    CHECK_OK(catalog_.set_feed_position(last));
    kept_ = last;
  }
  {
    std::lock_guard lock(mutex_);
    place_ = last;
  }
  moved_.notify_all();
  return ok();
}

Result<void> Feed::take_report(const event::Event& event) {
  TRY(json::Value report, json::parse(event.body));
  TRY(ReportEntities read, entities_of_report(report, event.time));
  for (const Dataset& one : read.removed)
    if (auto guid = catalog_.find(one.type, one.name)) CHECK_OK(catalog_.remove({*guid}, kUser));
  if (read.entities.empty()) return ok();
  prefer_views(read.entities);
  CHECK_OK(catalog_.upsert(std::move(read.entities), kUser, read.provenance));
  return tie_files(read.lake_inputs, read.lake_outputs);
}

// Engines say "table" of whatever they read; what a scan found to be a view stays one.
void Feed::prefer_views(std::vector<Entity>& entities) const {
  std::set<std::string> views;
  for (Entity& one : entities)
    if (std::string view = view_type(one.type); !view.empty() && catalog_.find(view, one.qualified_name())) {
      views.insert(one.qualified_name());
      one.type = view;
    }
  for (Entity& one : entities)
    for (std::string_view list : {"inputs", "outputs"})
      if (json::Value* references = one.attributes.if_contains(list); references && references->is_array())
        for (json::Value& reference : references->get_array())
          if (views.contains(json::string_or(reference, "uniqueAttributes.qualifiedName")))
            reference.get_object()["typeName"] = view_type(json::string_or(reference, "typeName"));
}

// A statement that reads a folder reads the files that others wrote into it, before and after.
Result<void> Feed::tie_files(const std::vector<Dataset>& inputs, const std::vector<Dataset>& outputs) {
  for (const Dataset& folder : inputs) {
    if (folder.type != kLakeType) continue;
    TRY(auto files, catalog_.find_below(kLakeType, folder.name + "/", kFilesTiedMax));
    CHECK_OK(tie(folder.name, kLakeType, files));
    // A set's name has patterns where the folder's may have values.
    TRY(auto sets, catalog_.find_below(kResourceSetType, name_pattern(folder.name, false) + "/", kFilesTiedMax));
    CHECK_OK(tie(folder.name, kResourceSetType, sets));
  }
  for (const Dataset& file : outputs)
    for (std::size_t slash = file.name.rfind('/'); slash != std::string::npos && slash > 8; slash = file.name.rfind('/', slash - 1)) {
      TRY(auto folders, folders_called(file.name.substr(0, slash)));
      for (const std::string& folder : folders) CHECK_OK(tie(folder, file.type, {file.name}));
    }
  return ok();
}

// The folder, or where the name has patterns the folders that it stands for.
Result<std::vector<std::string>> Feed::folders_called(const std::string& name) const {
  std::size_t brace = name.find('{');
  std::vector<std::string> folders;
  if (brace == std::string::npos) {
    if (catalog_.find(kLakeType, name)) folders.push_back(name);
    return folders;
  }
  TRY(folders, catalog_.find_below(kLakeType, name.substr(0, brace), kFilesTiedMax));
  std::erase_if(folders, [&](const std::string& folder) { return name_pattern(folder, false) != name; });
  return folders;
}

Result<void> Feed::tie(const std::string& folder, std::string_view type, const std::vector<std::string>& files) {
  if (files.empty()) return ok();
  json::Array sources;
  for (const std::string& file : files) sources.push_back(reference(type, file));
  Entity entity{.type = std::string(kLakeType), .attributes = {{"qualifiedName", folder}}, .relationship_attributes = {{"sources", std::move(sources)}}};
  CHECK_OK(catalog_.upsert({std::move(entity)}, kUser, Provenance::observed));
  return ok();
}

}  // namespace axonite::catalog
