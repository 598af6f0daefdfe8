#pragma once
// Tables over their log: reading a snapshot as SQL, writing the rows of a query as a new version.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "delta/snapshot.h"
#include "delta/transaction.h"

namespace axonite::delta {

// A relation for DuckDB with the snapshot's columns in the schema's order, partition columns included; columns that older
// files lack are null. It reads through the engine's lake, so the session's caller needs the rights.
Result<std::string> scan_sql(const Snapshot& snapshot, const lake::Location& table);

enum class WriteMode { append, overwrite, error_if_exists, ignore };

struct WriteOptions {
  WriteMode mode = WriteMode::append;
  std::vector<std::string> partition_by;  // of a new table, or with overwrite_schema; else those of the table
  bool overwrite_schema = false;          // overwrite may change the columns
  bool merge_schema = false;              // new columns are added to the table
  // Idempotent writes (Delta's txnAppId and txnVersion): a version that was committed already is not written again.
  std::string application;
  std::int64_t application_version = 0;
};

struct Written {
  std::int64_t version = -1;  // -1: nothing was written (ignore, or an application's version that is there)
  std::int64_t rows = 0, files = 0, bytes = 0;
};

// Runs `select` in `session` and commits its rows. Files are written first and become part of the table with the commit;
// what a failed write leaves behind is in no version. Errors: conflict("DeltaTableExists"), invalid("DeltaSchemaMismatch")
// naming the columns, those of the engine and of commit().
Result<Written> write(engine::Session& session, lake::View& view, const lake::Location& table, std::string_view select,
                      const WriteOptions& options, Clock& clock);

}  // namespace axonite::delta
