#pragma once
// Identities of resources. The identity room keeps them; ARM services only ask for them through this, and server
// hands it in.
#include <string>

#include "base/json.h"
#include "resource/resource_id.h"

namespace axonite::arm {

struct ManagedIdentity {
  std::string principal_id;  // the object id that role assignments name
  std::string tenant_id;
};

class ManagedIdentities {
 public:
  virtual ~ManagedIdentities() = default;
  // The identity of a resource; made when it has none, the same one afterwards. Named after the resource.
  virtual Result<ManagedIdentity> ensure(const resource::ResourceId& resource) = 0;
  // Repeatable. Its role assignments end with it.
  virtual Result<void> remove(const resource::ResourceId& resource) = 0;
};

// The "identity" member of a resource as it is stored and answered: {"type","principalId","tenantId"}, or null for
// none. `wanted` is the request's member (nullptr or null: what `before` has stays).
// Errors: unsupported("UserAssignedIdentityNotSupported"), invalid("InvalidIdentity").
Result<json::Value> resolve_identity(const json::Value* wanted, const json::Value* before,
                                     const resource::ResourceId& resource, ManagedIdentities& identities);

}  // namespace axonite::arm
