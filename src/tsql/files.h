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
  std::string field_terminator = ",", quote = "\"";
  int first_row = 1;
  bool header = false;
  std::string compression;  // "gzip", "none"; empty: by the name's ending
};

struct FileScan {
  std::string sql;  // a table function call: "read_parquet('lake://…', filename=true)"
  std::vector<engine::Column> columns;  // without "filename"
};

// "https://acct.dfs.core.windows.net/c/p/*.parquet" → "lake://acct/c/p/*.parquet". Error 13807 for other hosts.
Result<std::string> lake_url(std::string_view url, int line);
// A row ends with \n or \r\n here, whichever the file has; another terminator is refused.
Result<void> check_row_terminator(std::string_view terminator, int line);
// "UTF8" and its code page; others are refused.
Result<void> check_encoding(std::string_view encoding, int line);
// What an EXTERNAL FILE FORMAT's options (JSON) say of files.
Result<FileSource> file_format(std::string_view options, int line);
// Finds the columns by opening the files under the session's lake rights.
Result<FileScan> scan_files(State& state, const FileSource& source, int line);
// What a column of a file is in T-SQL.
Type type_of_engine(const engine::Type& type);

}  // namespace axonite::tsql
