#pragma once
// Microsoft.Authorization on management.azure.com: built-in role definitions and role assignments, at the root, a
// subscription, a resource group, or a resource with its children.
#include "arm/arm.h"
#include "identity/directory.h"

namespace axonite::service::authorization {

struct Rooms {
  identity::Directory& directory;
};

// `rooms` outlives the service.
front::Service authorization_service(Rooms& rooms);

}  // namespace axonite::service::authorization
