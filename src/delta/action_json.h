#pragma once
// Commit files: one JSON object per line.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "delta/action.h"

namespace axonite::delta {

// Actions of a commit file in order. Unknown action names are skipped, as the protocol asks of readers; "cdc" and
// "sidecar" too. Errors: invalid("DeltaLogCorrupt") naming the line.
Result<std::vector<Action>> parse_commit(std::string_view text);
// One line without its newline.
std::string write_action(const Action& action);
std::string write_commit(const std::vector<Action>& actions);

}  // namespace axonite::delta
