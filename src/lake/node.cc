#include "lake/node.h"

#include <fmt/format.h>

namespace axonite::lake {

LeaseState Lease::state(Time now) const {
  if (id.empty()) return LeaseState::available;
  if (is_breaking) return now < end ? LeaseState::breaking : LeaseState::broken;
  return seconds < 0 || now < end ? LeaseState::leased : LeaseState::expired;
}

bool Lease::is_active(Time now) const {
  LeaseState at = state(now);
  return at == LeaseState::leased || at == LeaseState::breaking;
}

std::string Node::etag() const { return fmt::format("0x{:X}", version); }

}  // namespace axonite::lake
