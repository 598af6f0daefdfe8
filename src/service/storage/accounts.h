#pragma once
// Microsoft.Storage on management.azure.com (2024-01-01): accounts, their keys and their containers. An account's
// document and the lake's account are made and removed together.
#include "arm/providers.h"
#include "front/operation.h"
#include "lake/namespace.h"
#include "resource/documents.h"

namespace axonite::service::storage {

struct AccountRooms {
  resource::Documents& documents;
  lake::Lake& lake;
};

// `rooms` outlives the service. Adds the remover of accounts.
front::Service storage_accounts_service(AccountRooms& rooms, arm::Removers& removers);

}  // namespace axonite::service::storage
