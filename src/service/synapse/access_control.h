#pragma once
// Synapse RBAC on {workspace}.dev.azuresynapse.net (2020-12-01): role definitions, role assignments, scopes, access
// checks. Shapes as azure-synapse-accesscontrol 0.7 reads them and as the SDKs' recordings show them.
#include "arm/arm.h"
#include "identity/role_assignments.h"

namespace axonite::service::synapse {

struct AccessRooms {
  identity::RoleAssignments& roles;
};

// `rooms` outlives the service.
front::Service synapse_access_service(AccessRooms& rooms);

}  // namespace axonite::service::synapse
