#pragma once
// Files of the lake as tables: what OPENROWSET, external tables and COPY INTO share.
#include <map>
#include <string>

#include "base/result.h"
#include "tsql/state.h"

namespace axonite::tsql {

struct FileSource {
  std::string url;      // as the user wrote it
  std::string format;   // "PARQUET", "CSV", "DELTA"
  std::string field_terminator = ",", row_terminator, quote = "\"", encoding;
  int first_row = 1;
  bool header = false;
  std::string null_text;
};

struct FileScan {
  std::string sql;  // a table function call: "read_parquet('lake://…', filename=true)"
  std::vector<engine::Column> columns;  // without "filename"
};

// "https://acct.dfs.core.windows.net/c/p/*.parquet" → "lake://acct/c/p/*.parquet". Error 13807 for other hosts.
Result<std::string> lake_url(std::string_view url, int line);
// Finds the columns by opening the files under the session's lake rights.
Result<FileScan> scan_files(State& state, const FileSource& source, int line);
// What a column of a file is in T-SQL.
Type type_of_engine(const engine::Type& type);

}  // namespace axonite::tsql
