#pragma once
// Datasets on AzureBlobFS and AzureBlobStorage: which files they are, and how the engine reads and writes them.
#include <string>
#include <vector>

#include "lake/lake.h"
#include "pipeline/references.h"

namespace axonite::pipeline::connectors {

struct FileSet {
  std::vector<lake::Entry> files;
  std::uint64_t bytes = 0;
};

// Where the dataset points, without wildcards.
Result<lake::Location> location_of(const Dataset& dataset);
// The files of a source; `store_settings` may be null: recursive (true), wildcardFolderPath, wildcardFileName.
// not_found("UserErrorSourceFileNotFound") when there is none.
Result<FileSet> list_files(const lake::View& view, const Dataset& dataset, const json::Value* store_settings);
// A table expression over the files. Text formats give text columns: mappings convert them.
Result<std::string> scan_sql(const Dataset& dataset, const FileSet& set);
// "(FORMAT parquet, …)" for COPY TO.
Result<std::string> write_options(const Dataset& dataset);
std::string extension(const Dataset& dataset);
std::string lake_url(const lake::Location& location);
bool is_text(const Dataset& dataset);
bool matches_wildcard(std::string_view name, std::string_view pattern);

}  // namespace axonite::pipeline::connectors
