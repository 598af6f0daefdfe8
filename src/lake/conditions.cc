#include "lake/conditions.h"

#include "base/text.h"

namespace axonite::lake {
namespace {

// Lists of etags and both quoted and bare spelling occur.
bool names(std::string_view header, const Node& node) {
  for (std::string_view one : text::split(header, ',')) {
    one = text::trim(one);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one.size() >= 2 && one.front() == '"' && one.back() == '"') one = one.substr(1, one.size() - 2);
    if (one == "*" || text::equals_ignoring_case(one, node.etag())) return true;
  }
  return false;
}

Error not_met() {
  return precondition_failed("ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.");
}

// HTTP dates have whole seconds.
bool is_after(Time time, Time limit) { return to_unix_seconds(time) > to_unix_seconds(limit); }

}  // namespace

Result<void> check_for_write(const Conditions& conditions, const Node* node) {
  if (conditions.if_match && (!node || !names(*conditions.if_match, *node))) return std::unexpected(not_met());
  if (!node) return ok();
  if (conditions.if_none_match && text::trim(*conditions.if_none_match) == "*")
    return std::unexpected(conflict("PathAlreadyExists", "The specified path already exists."));
  if (conditions.if_none_match && names(*conditions.if_none_match, *node)) return std::unexpected(not_met());
  if (conditions.if_modified_since && !is_after(node->modified, *conditions.if_modified_since)) return std::unexpected(not_met());
  if (conditions.if_unmodified_since && is_after(node->modified, *conditions.if_unmodified_since)) return std::unexpected(not_met());
  return ok();
}

Result<void> check_for_read(const Conditions& conditions, const Node& node) {
  if (conditions.if_match && !names(*conditions.if_match, node)) return std::unexpected(not_met());
  if (conditions.if_unmodified_since && is_after(node.modified, *conditions.if_unmodified_since)) return std::unexpected(not_met());
  bool unchanged = conditions.if_none_match ? names(*conditions.if_none_match, node)
                                            : conditions.if_modified_since && !is_after(node.modified, *conditions.if_modified_since);
  if (unchanged) return std::unexpected(precondition_failed("NotModified", "The resource has not changed."));
  return ok();
}

Result<void> check_lease(const std::string& lease_id, const Node& node, Time now) {
  if (!node.lease.is_active(now)) {
    if (lease_id.empty()) return ok();
    return std::unexpected(precondition_failed("LeaseNotPresentWithBlobOperation", "There is currently no lease on the resource."));
  }
  if (lease_id.empty())
    return std::unexpected(precondition_failed("LeaseIdMissing", "There is currently a lease on the resource and no lease ID was specified in the request."));
  if (!text::equals_ignoring_case(lease_id, node.lease.id))
    return std::unexpected(precondition_failed("LeaseIdMismatchWithBlobOperation", "The lease ID specified did not match the lease ID for the resource."));
  return ok();
}

}  // namespace axonite::lake
