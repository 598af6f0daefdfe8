#include "catalog/feed.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/log.h"
#include "catalog/reports.h"

namespace axonite::catalog {
namespace {

constexpr std::size_t kPortion = 256;
// The place is kept at latest after so many events that were no reports.
constexpr std::uint64_t kUnkeptMax = 10'000;
constexpr std::size_t kFilesTiedMax = 1'000;
constexpr std::string_view kUser = "lineage";

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
  if (read.entities.empty()) return ok();
  CHECK_OK(catalog_.upsert(std::move(read.entities), kUser));
  return tie_files(read.lake_inputs, read.lake_outputs);
}

// A statement that reads a folder reads the files that others wrote into it, before and after.
Result<void> Feed::tie_files(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs) {
  for (const std::string& folder : inputs) {
    TRY(auto files, catalog_.find_below(kLakeType, folder + "/", kFilesTiedMax));
    if (!files.empty()) CHECK_OK(tie(folder, files));
  }
  for (const std::string& file : outputs)
    for (std::size_t slash = file.rfind('/'); slash != std::string::npos && slash > 8; slash = file.rfind('/', slash - 1))
      if (std::string folder = file.substr(0, slash); catalog_.find(kLakeType, folder)) CHECK_OK(tie(folder, {file}));
  return ok();
}

Result<void> Feed::tie(const std::string& folder, const std::vector<std::string>& files) {
  json::Array sources;
  for (const std::string& file : files)
    sources.push_back(json::Object{{"typeName", kLakeType}, {"uniqueAttributes", json::Object{{"qualifiedName", file}}}});
  Entity entity{.type = std::string(kLakeType), .attributes = {{"qualifiedName", folder}}, .relationship_attributes = {{"sources", std::move(sources)}}};
  CHECK_OK(catalog_.upsert({std::move(entity)}, kUser));
  return ok();
}

}  // namespace axonite::catalog
