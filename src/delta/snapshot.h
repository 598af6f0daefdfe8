#pragma once
// The state of a table at a version: the fold over its log.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "delta/action.h"
#include "delta/log.h"
#include "delta/schema.h"
#include "engine/session.h"

namespace axonite::delta {

struct Snapshot {
  std::int64_t version = -1;
  Protocol protocol;
  Metadata metadata;
  Schema schema;
  std::vector<Add> files;  // live ones
  std::map<std::string, std::int64_t> transactions;  // app id → version
  std::vector<Remove> tombstones;                    // still within retention when a checkpoint is written
};

// Pure: applies actions in order. What a later action of the same file or kind says wins.
class Replay {
 public:
  void apply(std::vector<Action> actions);
  // invalid("DeltaLogCorrupt") when protocol or metadata never came.
  Result<Snapshot> finish(std::int64_t version) &&;

 private:
  std::optional<Protocol> protocol_;
  std::optional<Metadata> metadata_;
  std::map<std::string, Add> files_;  // by path and deletion vector
  std::map<std::string, Remove> tombstones_;
  std::map<std::string, std::int64_t> transactions_;
};

// The newest version, or `version`. `session` reads checkpoints (Parquet).
// Errors: not_found("DeltaTableNotFound"), not_found("DeltaVersionNotFound"), unsupported("DeltaFeatureUnsupported").
Result<Snapshot> load_snapshot(const Log& log, engine::Session& session, std::optional<std::int64_t> version = std::nullopt);

// unsupported("DeltaFeatureUnsupported") naming the features that a reader (or writer) here lacks.
Result<void> check_readable(const Protocol& protocol, const Metadata& metadata);
Result<void> check_writable(const Protocol& protocol, const Metadata& metadata);

}  // namespace axonite::delta
