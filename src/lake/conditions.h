#pragma once
#include <string>

#include "lake/lake.h"
#include "lake/node.h"

namespace axonite::lake {

// What must hold for a change of a path: HTTP conditions and the lease its caller holds.
struct Guard {
  Conditions conditions;
  std::string lease_id;
};

// RFC 9110 §13 as storage answers it. `node` is null when the path does not exist.
// Errors: precondition("ConditionNotMet"); for If-None-Match: * on what exists, conflict("PathAlreadyExists").
Result<void> check_for_write(const Conditions& conditions, const Node* node);
// For reads; If-None-Match or If-Modified-Since that fail give Error code "NotModified".
Result<void> check_for_read(const Conditions& conditions, const Node& node);
// precondition("LeaseIdMissing" | "LeaseIdMismatchWithBlobOperation" | "LeaseNotPresentWithBlobOperation").
Result<void> check_lease(const std::string& lease_id, const Node& node, Time now);

}  // namespace axonite::lake
