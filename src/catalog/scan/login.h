#pragma once
// Who a scan reads as: its credential, whose secret lies in a registered Key Vault, or the account's managed identity.
#include "catalog/scan/ports.h"
#include "catalog/scan/store.h"

namespace axonite::catalog::scan {

// `scan` is the scan's body. Errors: not_found("Credential_NotFound" | "AzureKeyVault_NotFound"), invalid("Credential_Invalid"),
// unsupported for kinds that nothing here takes, and those of the vault.
Result<Login> login_of(const Store& store, Ports& ports, std::string_view account, const json::Value& scan);

}  // namespace axonite::catalog::scan
