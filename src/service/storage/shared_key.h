#pragma once
// SharedKey authorization (Azure documentation, "Authorize with Shared Key").
#include "http/message.h"
#include "lake/namespace.h"

namespace axonite::service::storage {

// Forbidden("AuthenticationFailed") when neither key of the account made the signature.
Result<void> verify_shared_key(const http::Request& request, const lake::Account& account, std::string_view signature);

}  // namespace axonite::service::storage
