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

// A token for the resource as the client named it: one of the services served here (version 1.0), or an application of the
// tenant (the version of its registration). invalid("UnknownResource").
Result<identity::IssuedToken> issue_token(Rooms& rooms, const identity::Principal& principal, const std::string& resource);

}  // namespace axonite::service::entra
