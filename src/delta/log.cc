#include "delta/log.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.h"

namespace axonite::delta {
namespace {

constexpr std::size_t kCommitBytesMax = 512u << 20;
constexpr std::size_t kVersionDigits = 20;

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// The version at the start of "00000000000000000010.json"; nothing for other names.
std::optional<std::int64_t> version_of(std::string_view name) {
  if (name.size() < kVersionDigits) return std::nullopt;
  return text::parse_int<std::int64_t>(name.substr(0, kVersionDigits));
}

bool is_commit(std::string_view name) { return name.size() == kVersionDigits + 5 && name.ends_with(".json"); }

// Parts of "V.checkpoint.0000000001.0000000003.parquet"; 1 for a classic one; 0 for others (V2 checkpoints by uuid).
std::int64_t checkpoint_parts(std::string_view name) {
  std::string_view rest = name.substr(std::min(name.size(), kVersionDigits));
  if (rest == ".checkpoint.parquet") return 1;
  auto pieces = text::split(rest, '.');
  if (pieces.size() != 5 || pieces[1] != "checkpoint" || pieces[4] != "parquet") return 0;
  return text::parse_int<std::int64_t>(pieces[3]).value_or(0);
}

// The newest checkpoint of which every part is there.
std::optional<CheckpointFile> newest_whole(const std::map<std::int64_t, std::map<std::int64_t, std::vector<std::string>>>& found) {
  for (auto version = found.rbegin(); version != found.rend(); ++version)
    for (const auto& [parts, names] : version->second)
      if (static_cast<std::int64_t>(names.size()) == parts) return CheckpointFile{version->first, names};
  return std::nullopt;
}

Result<void> put(lake::View& view, const lake::Location& location, std::string_view content, const lake::Conditions& conditions) {
  TRY(auto writer, view.create(location, conditions));
  CHECK_OK(writer->append(content));
  CHECK_OK(writer->commit());
  return ok();
}

}  // namespace

std::string version_text(std::int64_t version) { return fmt::format("{:020}", version); }

Log::Log(lake::View& view, lake::Location table) : view_(view), table_(std::move(table)) {
  while (table_.path.ends_with('/')) table_.path.pop_back();
}

lake::Location Log::file(std::string_view name) const {
  std::string path = table_.path.empty() ? std::string(name) : table_.path + "/" + std::string(name);
  return {table_.account, table_.filesystem, std::move(path)};
}

lake::Location Log::commit_file(std::int64_t version) const { return file("_delta_log/" + version_text(version) + ".json"); }

Result<LogListing> Log::list(std::optional<std::int64_t> at_most) const {
  auto entries = view_.list(file("_delta_log"), false);
  if (!entries && entries.error().kind == Error::Kind::not_found) return LogListing{};
  if (!entries) return std::unexpected(std::move(entries.error()));
  LogListing listing;
  std::map<std::int64_t, std::map<std::int64_t, std::vector<std::string>>> checkpoints;
  for (const lake::Entry& entry : *entries) {
    std::string_view name = base_name(entry.location.path);
    auto version = version_of(name);
    if (entry.is_directory || !version || (at_most && *version > *at_most)) continue;
    if (is_commit(name)) listing.commits.push_back(*version);
    else if (std::int64_t parts = checkpoint_parts(name)) checkpoints[*version][parts].emplace_back(name);
  }
  listing.checkpoint = newest_whole(checkpoints);
  std::ranges::sort(listing.commits);
  if (listing.checkpoint) std::erase_if(listing.commits, [&](std::int64_t v) { return v <= listing.checkpoint->version; });
  if (listing.checkpoint) listing.latest = listing.checkpoint->version;
  if (!listing.commits.empty()) listing.latest = listing.commits.back();
  return listing;
}

Result<std::string> Log::read_commit(std::int64_t version) const {
  TRY(auto reader, view_.open(commit_file(version)));
  if (reader->entry().size > kCommitBytesMax) return std::unexpected(too_large("DeltaCommitTooLarge", "A commit of the table is too large."));
  std::string content(reader->entry().size, '\0');
  TRY(std::size_t read, reader->read_at(0, content));
  content.resize(read);
  return content;
}

Result<void> Log::put_commit(std::int64_t version, std::string_view content) {
  auto outcome = put(view_, commit_file(version), content, {.if_none_match = "*"});
  bool lost = !outcome && (outcome.error().kind == Error::Kind::conflict || outcome.error().kind == Error::Kind::precondition);
  if (lost) return std::unexpected(conflict("DeltaVersionExists", "Another writer committed version " + std::to_string(version) + " first."));
  return outcome;
}

Result<void> Log::put_last_checkpoint(std::int64_t version, std::int64_t size) {
  return put(view_, file("_delta_log/_last_checkpoint"), fmt::format("{{\"version\":{},\"size\":{}}}", version, size), {});
}

bool Log::is_table(const lake::View& view, const lake::Location& folder) {
  lake::Location log = folder;
  while (log.path.ends_with('/')) log.path.pop_back();
  log.path += log.path.empty() ? "_delta_log" : "/_delta_log";
  auto entry = view.stat(log);
  return entry && entry->is_directory;
}

}  // namespace axonite::delta
