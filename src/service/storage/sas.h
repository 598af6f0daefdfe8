#pragma once
// Shared access signatures: account, service and user-delegation (Azure documentation, "Create a … SAS").
#include "lake/namespace.h"
#include "service/storage/service.h"

namespace axonite::service::storage {

// Times, protocol and signature. The principal is the account's key or, of a user-delegation SAS, the delegator, whose
// own rights then count too. Errors: forbidden("AuthenticationFailed" | "AuthorizationProtocolMismatch" …).
Result<identity::Principal> verify_sas(const http::Request& request, const lake::Account& account, Time now);
// Whether `at` lies within what the request's SAS (if any) is for.
Result<void> check_sas_scope(const http::Request& request, const lake::Location& at);

struct DelegationKey {
  std::string object_id, tenant_id, start, expiry, service = "b", version;
  // base64; derived from the account's first key, so that regenerating that revokes it.
  Secret value(const lake::Account& account) const;
};

}  // namespace axonite::service::storage
