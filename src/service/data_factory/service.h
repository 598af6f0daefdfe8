#pragma once
// Microsoft.DataFactory on management.azure.com (2018-06-01): factories and what they are made of. Runs and triggers'
// start and stop are a service of their own beside this one, over the pipeline room.
#include "arm/managed_identity.h"
#include "arm/providers.h"
#include "artifact/artifacts.h"
#include "front/operation.h"
#include "resource/documents.h"

namespace axonite::service::data_factory {

struct Rooms {
  resource::Documents& documents;
  artifact::Artifacts& artifacts;
  arm::ManagedIdentities& identities;
};

// `rooms` outlives the service. Adds the remover of factories.
front::Service data_factory_service(Rooms& rooms, arm::Removers& removers);

}  // namespace axonite::service::data_factory
