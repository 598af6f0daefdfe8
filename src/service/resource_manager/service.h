#pragma once
// management.azure.com where no resource provider answers: subscriptions, tenants, providers, resource groups, generic
// lists, status of long-running operations, cloud metadata. Mount it last: what no other service knows ends here and
// is refused with the reason ARM would give.
#include "arm/operations.h"
#include "arm/providers.h"
#include "front/operation.h"
#include "identity/access.h"
#include "resource/documents.h"

namespace axonite::service::resource_manager {

struct Rooms {
  resource::Documents& documents;
  arm::Operations& operations;
  const arm::Removers& removers;
  const identity::Authorizer& authorizer;
  std::string tenant_id;
};

// Defines its kinds of operations too; call it before Operations::start(). `rooms` outlives the service.
front::Service resource_manager_service(Rooms& rooms);

// The subscription that everything lies in; repeatable. For the first start.
Result<void> ensure_subscription(resource::Documents& documents, std::string_view subscription_id,
                                 std::string_view tenant_id);

}  // namespace axonite::service::resource_manager
