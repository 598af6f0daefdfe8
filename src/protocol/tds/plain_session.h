#pragma once
// For tests: a tsql::Session that hands every batch to DuckDB as it is.
#include <memory>

#include "tsql/session.h"

namespace axonite::protocol::tds {

std::unique_ptr<tsql::Session> plain_session(engine::Engine& engine);

}  // namespace axonite::protocol::tds
