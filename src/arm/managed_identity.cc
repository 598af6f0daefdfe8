#include "arm/managed_identity.h"

#include <boost/json.hpp>

#include "base/text.h"

namespace axonite::arm {

Result<json::Value> resolve_identity(const json::Value* wanted, const json::Value* before,
                                     const resource::ResourceId& resource, ManagedIdentities& identities) {
  if (!wanted || wanted->is_null()) return before ? *before : json::Value();
  std::string type = json::string_or(*wanted, "type");
  if (text::equals_ignoring_case(type, "None")) {
    CHECK_OK(identities.remove(resource));
    return json::Value();
  }
  const json::Value* assigned = json::find(*wanted, "userAssignedIdentities");
  if (text::to_lower(type).find("userassigned") != std::string::npos || (assigned && !assigned->is_null()))
    return std::unexpected(unsupported("UserAssignedIdentityNotSupported",
                                       "User-assigned identities are not supported by Axonite; use 'SystemAssigned'."));
  if (!text::equals_ignoring_case(type, "SystemAssigned"))
    return std::unexpected(invalid("InvalidIdentity", "The identity type '" + type + "' is not valid.", "identity.type"));
  TRY(ManagedIdentity identity, identities.ensure(resource));
  return json::Object{
      {"type", "SystemAssigned"}, {"principalId", identity.principal_id}, {"tenantId", identity.tenant_id}};
}

}  // namespace axonite::arm
