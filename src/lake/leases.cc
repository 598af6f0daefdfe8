// Leases on files, directories and file systems (Azure documentation, "Lease Blob": its table of outcomes by state).
#include "base/id.h"
#include "base/text.h"
#include "lake/state.h"

namespace axonite::lake {
namespace {

Error lease_conflict(const char* code, const char* message) { return conflict(code, message); }

bool same(const std::string& a, const std::string& b) { return text::equals_ignoring_case(a, b); }

Error mismatch() { return lease_conflict("LeaseIdMismatchWithLeaseOperation", "The lease ID specified did not match the lease ID for the resource with the specified lease operation."); }
Error not_present() { return lease_conflict("LeaseNotPresentWithLeaseOperation", "There is currently no lease on the resource."); }

Result<void> acquire(Lease& lease, const LeaseRequest& request, Time now) {
  if (request.seconds != -1 && (request.seconds < 15 || request.seconds > 60))
    return std::unexpected(invalid("InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format.", "x-ms-lease-duration"));
  LeaseState state = lease.state(now);
  if (state == LeaseState::breaking || (state == LeaseState::leased && !same(request.proposed_id, lease.id)))
    return std::unexpected(lease_conflict("LeaseAlreadyPresent", "There is already a lease present."));
  lease = {request.proposed_id.empty() ? new_uuid() : text::to_lower(request.proposed_id), request.seconds, now + std::chrono::seconds(request.seconds), false};
  return ok();
}

Result<void> renew(Lease& lease, const LeaseRequest& request, Time now) {
  if (lease.id.empty() || !same(request.id, lease.id)) return std::unexpected(mismatch());
  if (lease.is_breaking) return std::unexpected(lease_conflict("LeaseIsBrokenAndCannotBeRenewed", "The lease ID matched, but the lease has been broken explicitly and cannot be renewed."));
  lease.end = now + std::chrono::seconds(lease.seconds);
  return ok();
}

Result<void> change(Lease& lease, const LeaseRequest& request, Time now) {
  LeaseState state = lease.state(now);
  if (state == LeaseState::breaking) return std::unexpected(lease_conflict("LeaseIsBreakingAndCannotBeChanged", "The lease ID matched, but the lease is currently in breaking state and cannot be changed."));
  if (state != LeaseState::leased) return std::unexpected(not_present());
  if (!same(request.id, lease.id) && !same(request.proposed_id, lease.id)) return std::unexpected(mismatch());
  lease.id = text::to_lower(request.proposed_id);
  return ok();
}

Result<void> release(Lease& lease, const LeaseRequest& request) {
  if (lease.id.empty() || !same(request.id, lease.id)) return std::unexpected(mismatch());
  lease = {};
  return ok();
}

Result<std::int64_t> break_lease(Lease& lease, const LeaseRequest& request, Time now) {
  LeaseState state = lease.state(now);
  if (state == LeaseState::available) return std::unexpected(not_present());
  std::int64_t left = 0;
  if (state == LeaseState::leased || state == LeaseState::breaking) {
    bool infinite = !lease.is_breaking && lease.seconds < 0;
    std::int64_t remaining = infinite ? 0 : std::max<std::int64_t>(0, to_unix_seconds(lease.end) - to_unix_seconds(now));
    left = request.break_seconds ? (infinite ? *request.break_seconds : std::min(*request.break_seconds, remaining)) : remaining;
  }
  lease.is_breaking = true;
  lease.end = now + std::chrono::seconds(left);
  return left;
}

}  // namespace

Result<LeaseAnswer> Lake::lease(const Location& location, const LeaseRequest& request, const Conditions& conditions) {
  return state_->change<LeaseAnswer>({cache_key(location)}, [&](store::Connection& c, tables::Garbage&) -> Result<LeaseAnswer> {
    TRY(Node node, tables::get(c, location));
    CHECK_OK(check_for_write(conditions, &node));
    Time now = state_->clock.now();
    std::int64_t left = 0;
    switch (request.action) {
      case LeaseRequest::Action::acquire: CHECK_OK(acquire(node.lease, request, now)); break;
      case LeaseRequest::Action::renew: CHECK_OK(renew(node.lease, request, now)); break;
      case LeaseRequest::Action::change: CHECK_OK(change(node.lease, request, now)); break;
      case LeaseRequest::Action::release: CHECK_OK(release(node.lease, request)); break;
      case LeaseRequest::Action::break_: {
        TRY(left, break_lease(node.lease, request, now));
        break;
      }
    }
    CHECK_OK(tables::update(c, node));
    return LeaseAnswer{node, node.lease.id, left};
  });
}

}  // namespace axonite::lake
