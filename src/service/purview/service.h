#pragma once
// Microsoft Purview: the Data Map on {account}.purview.azure.com under /catalog/api, /datamap/api and /api, scanning there
// under /scan and on {account}.scan.purview.azure.com, and accounts on management.azure.com. One data map per tenant; every account serves it.
// Rights are role assignments at the account, where the real service has roles of collections: who may act on
// Microsoft.Purview/accounts/data/read (Reader) is Data Reader, …/data/write (Contributor, Owner) is Data Curator.
#include <string>

#include "arm/arm.h"
#include "arm/providers.h"
#include "base/clock.h"
#include "arm/managed_identity.h"
#include "catalog/catalog.h"
#include "catalog/scan/scanner.h"
#include "front/operation.h"
#include "resource/documents.h"

namespace axonite::service::purview {

struct Rooms {
  resource::Documents& documents;
  catalog::Catalog& catalog;
  catalog::scan::Store& scans;
  catalog::scan::Scanner& scanner;
  arm::ManagedIdentities& identities;
  std::string tenant_id;
  Clock& clock;
};

// `rooms` outlives the services.
front::Service data_map_service(Rooms& rooms);
front::Service purview_account_service(Rooms& rooms);

}  // namespace axonite::service::purview
