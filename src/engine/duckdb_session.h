#pragma once
#include <memory>

#include "engine/instance.h"
#include "engine/native.h"
#include "engine/session.h"

namespace axonite::engine {

Result<std::unique_ptr<Session>> open_duckdb_session(std::shared_ptr<Instance> instance, const SessionOptions& options,
                                                     std::shared_ptr<Caller> caller);

}  // namespace axonite::engine
