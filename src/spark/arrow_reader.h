#pragma once
// Local data of a client: Arrow IPC streams, one after another, into a table of the engine.
#include <string>
#include <string_view>
#include <vector>

#include "engine/session.h"
#include "spark/type.h"

namespace axonite::spark {

// The columns of the first stream. Errors: invalid("INVALID_ARROW") when it is none.
Result<std::vector<Field>> arrow_schema(std::string_view streams);
// Appends every record batch to `table`, whose columns have the types of arrow_schema().
Result<void> append_arrow(std::string_view streams, engine::Session& session, std::string_view table);

}  // namespace axonite::spark
