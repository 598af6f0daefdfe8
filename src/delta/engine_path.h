#pragma once
#include <string>

#include "base/text.h"
#include "lake/lake.h"

namespace axonite::delta {

// "lake://account/filesystem/path": how the engine's file system names a location of the lake.
inline std::string engine_path(const lake::Location& location) {
  return "lake://" + location.account + "/" + location.filesystem + "/" + location.path;
}

// The location of a data file as an add action names it: percent-encoded and relative, or an absolute URL.
inline Result<lake::Location> data_file(const lake::Location& table, std::string_view path) {
  auto decoded = text::percent_decode(path);
  if (!decoded) return std::unexpected(invalid("DeltaLogCorrupt", "A file name of the table is not percent-encoded."));
  if (decoded->find("://") != std::string::npos) return lake::Location::parse(*decoded);
  return lake::Location{table.account, table.filesystem, table.path.empty() ? *decoded : table.path + "/" + *decoded};
}

}  // namespace axonite::delta
