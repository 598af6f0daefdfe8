#include "server/adapters.h"

#include "base/id.h"

namespace axonite::server {
namespace {

constexpr std::string_view kSynapseAdministrator = "6e4bf58a-b8e1-4cc3-bbf9-d73143322b78";

std::string workspace_scope(std::string_view workspace) { return "workspaces/" + std::string(workspace); }

}  // namespace

Result<arm::ManagedIdentity> DirectoryIdentities::ensure(const resource::ResourceId& resource) {
  return map(directory_.ensure_managed_identity(resource.text(), resource.name()), [](const identity::Principal& principal) {
    return arm::ManagedIdentity{principal.object_id, principal.tenant_id};
  });
}

Result<void> DirectoryIdentities::remove(const resource::ResourceId& resource) { return directory_.remove_managed_identity(resource.text()); }

Result<void> DirectoryWorkspaceAccess::set_sql_administrator(std::string_view workspace, std::string_view login, const Secret& password) {
  return directory_.set_sql_login(workspace, login, password);
}

Result<void> DirectoryWorkspaceAccess::set_entra_administrator(std::string_view workspace, std::string_view object_id, std::string_view) {
  return directory_.set_sql_entra_administrator(workspace, object_id);
}

Result<void> DirectoryWorkspaceAccess::grant_creator(std::string_view workspace, const identity::Principal& creator) {
  auto granted = directory_.roles().assign({.system = identity::RoleSystem::synapse,
                                            .id = new_uuid(),
                                            .scope = workspace_scope(workspace),
                                            .role_id = std::string(kSynapseAdministrator),
                                            .principal_id = creator.object_id,
                                            .created_by = creator.object_id});
  if (!granted && granted.error().code == "RoleAssignmentExists") return ok();
  if (!granted) return std::unexpected(std::move(granted.error()));
  return ok();
}

Result<void> DirectoryWorkspaceAccess::forget(std::string_view workspace) {
  CHECK_OK(directory_.remove_sql_logins(workspace));
  for (const auto& assignment : directory_.roles().list(identity::RoleSystem::synapse, workspace_scope(workspace)))
    CHECK_OK(directory_.roles().remove(identity::RoleSystem::synapse, assignment.id));
  return ok();
}

}  // namespace axonite::server
