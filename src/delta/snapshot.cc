#include "delta/snapshot.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "delta/action_json.h"
#include "delta/engine_path.h"

namespace axonite::delta {
namespace {

// What this implementation understands of a table's features, for reading and for writing.
constexpr std::array<std::string_view, 2> kReaderFeatures{"timestampNtz", "vacuumProtocolCheck"};
constexpr std::array<std::string_view, 4> kWriterFeatures{"appendOnly", "timestampNtz", "vacuumProtocolCheck", "domainMetadata"};
// Writer features that legacy protocol versions imply and that matter only when the table uses them.
constexpr int kReaderVersionMax = 3, kWriterVersionMax = 7;

std::string logical_file(std::string_view path, const std::optional<DeletionVector>& vector) {
  return std::string(path) + (vector ? "\n" + vector->unique_id() : "");
}

template <std::size_t N>
Result<void> check_features(const std::vector<std::string>& wanted, const std::array<std::string_view, N>& known, std::string_view what) {
  for (const std::string& feature : wanted)
    if (std::ranges::find(known, feature) == known.end())
      return std::unexpected(unsupported("DeltaFeatureUnsupported",
                                         "The table needs the " + std::string(what) + " feature '" + feature + "', which is not supported."));
  return ok();
}

bool mapped(const Metadata& metadata) {
  auto mode = metadata.configuration.find("delta.columnMapping.mode");
  return mode != metadata.configuration.end() && mode->second != "none";
}

Error feature(std::string_view name) {
  return unsupported("DeltaFeatureUnsupported", "The table uses " + std::string(name) + ", which is not supported.");
}

// Every row of a checkpoint as one line of JSON, so that the readers of commits serve here too.
Result<void> apply_checkpoint(const Log& log, const CheckpointFile& checkpoint, engine::Session& session, Replay& replay) {
  std::string files;
  for (const std::string& name : checkpoint.files)
    files += (files.empty() ? "" : ", ") + engine::quote_literal(engine_path(log.file("_delta_log/" + name)));
  TRY(auto rows, session.query("SELECT CAST(to_json(c) AS VARCHAR) FROM read_parquet([" + files + "]) AS c"));
  while (true) {
    TRY(bool more, rows->next());
    if (!more) return ok();
    for (std::size_t row = 0; row < rows->size(); ++row) {
      engine::Value line = rows->value(0, row);
      const std::string* text = std::get_if<std::string>(&line);
      if (!text) continue;
      TRY(auto actions, parse_commit(*text));
      replay.apply(std::move(actions));
    }
  }
}

Result<LogListing> listing_for(const Log& log, std::optional<std::int64_t> version) {
  TRY(auto listing, log.list(version));
  if (listing.latest < 0) {
    if (version) {
      TRY(auto whole, log.list());
      if (whole.latest >= 0)
        return std::unexpected(not_found("DeltaVersionNotFound", "The table has no version " + std::to_string(*version) + "."));
    }
    return std::unexpected(not_found("DeltaTableNotFound", "There is no Delta table at " + log.table().abfss() + "."));
  }
  if (version && listing.latest != *version)
    return std::unexpected(not_found("DeltaVersionNotFound", "The table has no version " + std::to_string(*version) + "."));
  return listing;
}

// Commits must follow the checkpoint (or 0) without a gap: a hole would be a silently wrong table.
Result<void> check_gapless(const LogListing& listing) {
  std::int64_t expected = listing.checkpoint ? listing.checkpoint->version + 1 : 0;
  for (std::int64_t version : listing.commits)
    if (version != expected++)
      return std::unexpected(invalid("DeltaLogCorrupt", "The table's log lacks version " + std::to_string(expected - 1) + "."));
  return ok();
}

}  // namespace

void Replay::apply(std::vector<Action> actions) {
  for (Action& action : actions) {
    if (auto* add = std::get_if<Add>(&action)) {
      std::string key = logical_file(add->path, add->deletion_vector);
      tombstones_.erase(key);
      files_[std::move(key)] = std::move(*add);
    } else if (auto* remove = std::get_if<Remove>(&action)) {
      std::string key = logical_file(remove->path, remove->deletion_vector);
      files_.erase(key);
      tombstones_[std::move(key)] = std::move(*remove);
    } else if (auto* metadata = std::get_if<Metadata>(&action)) {
      metadata_ = std::move(*metadata);
    } else if (auto* protocol = std::get_if<Protocol>(&action)) {
      protocol_ = std::move(*protocol);
    } else if (auto* txn = std::get_if<Txn>(&action)) {
      transactions_[txn->app_id] = txn->version;
    }
  }
}

Result<Snapshot> Replay::finish(std::int64_t version) && {
  if (!protocol_ || !metadata_)
    return std::unexpected(invalid("DeltaLogCorrupt", "The table's log has no protocol or no metadata."));
  TRY(Schema schema, parse_schema(metadata_->schema_string));
  Snapshot snapshot{.version = version, .protocol = std::move(*protocol_), .metadata = std::move(*metadata_), .schema = std::move(schema),
                    .transactions = std::move(transactions_)};
  for (auto& [key, add] : files_) snapshot.files.push_back(std::move(add));
  for (auto& [key, remove] : tombstones_) snapshot.tombstones.push_back(std::move(remove));
  return snapshot;
}

Result<void> check_readable(const Protocol& protocol, const Metadata& metadata) {
  if (protocol.min_reader_version > kReaderVersionMax)
    return std::unexpected(feature("reader version " + std::to_string(protocol.min_reader_version)));
  CHECK_OK(check_features(protocol.reader_features, kReaderFeatures, "reader"));
  if (mapped(metadata)) return std::unexpected(feature("column mapping"));
  return ok();
}

Result<void> check_writable(const Protocol& protocol, const Metadata& metadata) {
  CHECK_OK(check_readable(protocol, metadata));
  if (protocol.min_writer_version > kWriterVersionMax)
    return std::unexpected(feature("writer version " + std::to_string(protocol.min_writer_version)));
  if (protocol.min_writer_version == 7) {
    // Legacy features that are listed but unused change nothing for a writer.
    std::vector<std::string> needed;
    for (const std::string& name : protocol.writer_features)
      if (name != "invariants" && name != "checkConstraints" && name != "changeDataFeed" && name != "generatedColumns") needed.push_back(name);
    CHECK_OK(check_features(needed, kWriterFeatures, "writer"));
  }
  for (const auto& [key, value] : metadata.configuration) {
    if (key.starts_with("delta.constraints.")) return std::unexpected(feature("check constraints"));
    if (key == "delta.enableChangeDataFeed" && value == "true") return std::unexpected(feature("change data feed"));
  }
  for (std::string_view mark : {"delta.invariants", "delta.generationExpression", "delta.identity."})
    if (metadata.schema_string.find(mark) != std::string::npos) return std::unexpected(feature(mark));
  return ok();
}

Result<Snapshot> load_snapshot(const Log& log, engine::Session& session, std::optional<std::int64_t> version) {
  TRY(LogListing listing, listing_for(log, version));
  CHECK_OK(check_gapless(listing));
  Replay replay;
  if (listing.checkpoint) CHECK_OK(apply_checkpoint(log, *listing.checkpoint, session, replay));
  for (std::int64_t commit : listing.commits) {
    TRY(std::string text, log.read_commit(commit));
    TRY(auto actions, parse_commit(text));
    replay.apply(std::move(actions));
  }
  TRY(Snapshot snapshot, std::move(replay).finish(listing.latest));
  CHECK_OK(check_readable(snapshot.protocol, snapshot.metadata));
  return snapshot;
}

}  // namespace axonite::delta
