#pragma once
// ml.db: what the tracking, registry, asset and job stores of one server keep. One file, one schema, so that a model
// registered through one API is the same row for the others.
#include <filesystem>
#include <memory>

#include "store/database.h"

namespace axonite::ml {

Result<std::unique_ptr<store::Database>> open_database(const std::filesystem::path& file);

}  // namespace axonite::ml
