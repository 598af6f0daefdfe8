#pragma once
#include "delta/snapshot.h"

namespace axonite::delta {

// A classic single-file checkpoint of `version`, and the hint that points at it.
Result<void> write_checkpoint(Log& log, engine::Session& session, std::int64_t version);

}  // namespace axonite::delta
