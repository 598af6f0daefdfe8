#pragma once
// Microsoft.Synapse: workspaces, pools and settings on management.azure.com (2021-03-01, 2021-06-01), and the artifacts
// of a workspace on {workspace}.dev.azuresynapse.net (2020-12-01). Runs and role assignments are services beside these.
#include "arm/managed_identity.h"
#include "arm/operations.h"
#include "arm/providers.h"
#include "artifact/artifacts.h"
#include "base/secret.h"
#include "front/operation.h"
#include "resource/documents.h"

namespace axonite::service::synapse {

// Dedicated SQL pools as databases; implemented by server over engine. All calls are repeatable.
class PoolDatabases {
 public:
  virtual ~PoolDatabases() = default;
  virtual Result<void> create(std::string_view workspace, std::string_view pool) = 0;
  virtual Result<void> drop(std::string_view workspace, std::string_view pool) = 0;
};

// Who may log in to a workspace; implemented by server over identity. All calls are repeatable.
class WorkspaceAccess {
 public:
  virtual ~WorkspaceAccess() = default;
  virtual Result<void> set_sql_administrator(std::string_view workspace, std::string_view login, const Secret& password) = 0;
  // Nothing for an empty object id: the workspace has none any more.
  virtual Result<void> set_entra_administrator(std::string_view workspace, std::string_view object_id, std::string_view login) = 0;
  // Synapse Administrator for who made the workspace, as the service gives it.
  virtual Result<void> grant_creator(std::string_view workspace, const identity::Principal& creator) = 0;
  virtual Result<void> forget(std::string_view workspace) = 0;
};

struct Rooms {
  resource::Documents& documents;
  artifact::Artifacts& artifacts;
  arm::Operations& operations;
  arm::Removers& removers;
  arm::ManagedIdentities& identities;
  PoolDatabases& databases;
  WorkspaceAccess& access;
  std::string tenant_id;
};

// Both define nothing twice; `rooms` outlives the services. Call before Operations::start().
front::Service synapse_management_service(Rooms& rooms);
front::Service synapse_artifact_service(Rooms& rooms);

}  // namespace axonite::service::synapse
