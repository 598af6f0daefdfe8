#pragma once
#include <memory>

#include "engine/native.h"
#include "engine/session.h"

struct _duckdb_pending_result;

namespace axonite::engine {

// Executes `pending` (taken over, also on error) and streams its result.
Result<std::unique_ptr<Rows>> rows_of(_duckdb_pending_result* pending, std::shared_ptr<Caller> caller);
// DuckDB's message, or the lake's own error behind it.
Error error_behind(const char* message, Caller& caller);

}  // namespace axonite::engine
