#pragma once
// Where one room must call another that it may not know, it asks for an interface; here they meet.
#include <mutex>
#include <string>

#include "arm/managed_identity.h"
#include "engine/session.h"
#include "identity/directory.h"
#include "service/synapse/service.h"

namespace axonite::server {

// Managed identities of ARM resources, kept by identity.
class DirectoryIdentities : public arm::ManagedIdentities {
 public:
  explicit DirectoryIdentities(identity::Directory& directory) : directory_(directory) {}
  Result<arm::ManagedIdentity> ensure(const resource::ResourceId& resource) override;
  Result<void> remove(const resource::ResourceId& resource) override;

 private:
  identity::Directory& directory_;
};

// Logins and roles of Synapse workspaces, kept by identity.
class DirectoryWorkspaceAccess : public service::synapse::WorkspaceAccess {
 public:
  explicit DirectoryWorkspaceAccess(identity::Directory& directory) : directory_(directory) {}
  Result<void> set_sql_administrator(std::string_view workspace, std::string_view login, const Secret& password) override;
  Result<void> set_entra_administrator(std::string_view workspace, std::string_view object_id, std::string_view login) override;
  Result<void> grant_creator(std::string_view workspace, const identity::Principal& creator) override;
  Result<void> forget(std::string_view workspace) override;

 private:
  identity::Directory& directory_;
};

}  // namespace axonite::server
