#pragma once
// The _delta_log folder of one table: listing versions, reading commits, putting a commit only if its version is
// free. The truth of a table is here and nowhere else; the lake makes the put one atomic step whatever API competes.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "lake/lake.h"

namespace axonite::delta {

struct CheckpointFile {
  std::int64_t version = 0;
  std::vector<std::string> files;  // names in _delta_log; several for multi-part checkpoints
};

struct LogListing {
  std::vector<std::int64_t> commits;  // ascending, those after the checkpoint (or all)
  std::optional<CheckpointFile> checkpoint;
  std::int64_t latest = -1;  // -1: no table here
};

class Log {
 public:
  Log(lake::View& view, lake::Location table);

  const lake::Location& table() const { return table_; }
  // A file of the table or its log; `name` relative, already decoded.
  lake::Location file(std::string_view name) const;
  lake::Location commit_file(std::int64_t version) const;

  // Up to `at_most` when given. Errors: those of the lake; a missing folder is an empty listing.
  Result<LogListing> list(std::optional<std::int64_t> at_most = std::nullopt) const;
  Result<std::string> read_commit(std::int64_t version) const;
  // conflict("DeltaVersionExists") when another writer was first.
  Result<void> put_commit(std::int64_t version, std::string_view content);
  // Replaces _last_checkpoint (a hint; losing it costs only a listing).
  Result<void> put_last_checkpoint(std::int64_t version, std::int64_t size);
  // Whether the folder is a Delta table: COPY INTO refuses such folders as PARQUET.
  static bool is_table(const lake::View& view, const lake::Location& folder);

 private:
  lake::View& view_;
  lake::Location table_;
};

// "00000000000000000010"
std::string version_text(std::int64_t version);

}  // namespace axonite::delta
