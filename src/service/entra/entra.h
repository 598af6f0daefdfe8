#pragma once
// login.microsoftonline.com: discovery, keys and tokens for applications (client credentials, v1 and v2 endpoints); the
// managed-identity endpoint for programs that the server started; and the few calls of Microsoft Graph by which a second
// service principal is made. Errors in Entra's own shape with its AADSTS numbers.
#include "base/clock.h"
#include "front/operation.h"
#include "identity/directory.h"

namespace axonite::service::entra {

struct Rooms {
  identity::Directory& directory;
  Clock& clock;
};

// `rooms` outlives the services.
front::Service token_service(Rooms& rooms);
front::Service managed_identity_service(Rooms& rooms);  // on local addresses: /msi/token
front::Service graph_service(Rooms& rooms);

// Whether tokens may be asked for this resource: the services served here and their aliases.
bool is_known_audience(std::string_view resource);

}  // namespace axonite::service::entra
