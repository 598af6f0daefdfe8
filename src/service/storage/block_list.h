#pragma once
#include "lake/namespace.h"

namespace axonite::service::storage {

// The body of Put Block List: <BlockList><Latest>id</Latest>…; at most 50,000 entries.
// Errors: invalid("InvalidXmlDocument"), too_large("BlockListTooLong").
Result<std::vector<lake::BlockReference>> parse_block_list(std::string_view xml);

}  // namespace axonite::service::storage
