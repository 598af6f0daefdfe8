#pragma once
// Files that belong together seen as one asset: Purview's default resource-set rules (two complex and eleven regex
// replacers in their order, as an account's default configuration gives them), applied segment by segment.
#include <string>
#include <string_view>

namespace axonite::catalog {

// The path below a container with what varies replaced: "in/2024-05-01/part7.csv" → "in/{Year}-{Month}-{Day}/part{N}.csv",
// "t/year=2013/part-00000-….snappy.parquet" → "t/{SparkPartitions}". Unchanged when it belongs to no resource set.
// `path` names a file; for a folder pass is_file = false, so that rules for file names rest.
std::string path_pattern(std::string_view path, bool is_file = true);

// The same for a whole name, "https://acct.dfs.core.windows.net/container/path".
std::string name_pattern(std::string_view qualified_name, bool is_file = true);

}  // namespace axonite::catalog
