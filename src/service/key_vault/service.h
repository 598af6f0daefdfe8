#pragma once
// Key Vault: secrets on {vault}.vault.azure.net (api-versions 7.x and dated ones), and vaults on management.azure.com.
// Rights are role assignments at the vault or at one secret (enableRbacAuthorization); access policies are refused.
#include "arm/arm.h"
#include "arm/providers.h"
#include "base/clock.h"
#include "front/operation.h"
#include "resource/documents.h"
#include "vault/vault.h"

namespace axonite::service::key_vault {

struct Rooms {
  resource::Documents& documents;
  vault::Vaults& vaults;
  arm::Removers& removers;
  std::string tenant_id;
  Clock& clock;
};

// `rooms` outlives the services.
front::Service secret_service(Rooms& rooms);
front::Service vault_management_service(Rooms& rooms);

}  // namespace axonite::service::key_vault
