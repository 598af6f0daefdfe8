#pragma once
// Blob and DFS of storage accounts: the data plane over the lake. Which API a request speaks is decided per request,
// never by its host, since clients send both to one host. Facts: reference of the 2021-12-02…2026-06-06 REST versions
// and of azure-storage-blob, azure-storage-file-datalake, object_store, Hadoop ABFS.
#include "front/operation.h"
#include "lake/namespace.h"

namespace axonite::service::storage {

struct Rooms {
  lake::Lake& lake;
  const identity::TokenVerifier& tokens;
  Clock& clock;
};

// *.blob.core.windows.net and *.dfs.core.windows.net. `rooms` outlives the service.
front::Service storage_service(Rooms& rooms);
// The same for clients that address an account by path, as emulators are: http://127.0.0.1:PORT/acct/container/blob. It
// takes nearly any path, so it is to be added after all other services of local addresses.
front::Service local_storage_service(Rooms& rooms);

}  // namespace axonite::service::storage
