#pragma once
// Files of the lake as relations and as targets of writes.
#include <map>
#include <string>
#include <vector>

#include "engine/session.h"
#include "spark/analyzer.h"

namespace axonite::spark {

// Errors: PATH_NOT_FOUND, UNABLE_TO_INFER_SCHEMA, DATA_SOURCE_NOT_FOUND, the lake's own (forbidden).
Result<External> read_files(engine::Session& session, lake::View& view, const Relation& relation, const std::string& default_format);

enum class SaveMode { append, overwrite, error_if_exists, ignore };

struct FileWrite {
  std::string format, path;
  SaveMode mode = SaveMode::error_if_exists;
  std::vector<std::string> partition_by;
  std::map<std::string, std::string> options;
};
// Writes what `analyzed` gives. Old files of an overwrite go only after the new ones are there. False: ignored.
Result<bool> write_files(engine::Session& session, lake::View& view, Clock& clock, const Analyzed& analyzed, const FileWrite& write);

}  // namespace axonite::spark
