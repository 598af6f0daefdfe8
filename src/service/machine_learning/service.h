#pragma once
// Microsoft.MachineLearningServices: workspaces on management.azure.com, and the discovery of a region's data-plane
// hosts, from which the SDKs learn where history, models and MLflow are.
#include <functional>

#include "arm/arm.h"
#include "arm/managed_identity.h"
#include "arm/providers.h"
#include "front/operation.h"
#include "lake/namespace.h"
#include "resource/documents.h"

namespace axonite::service::machine_learning {

struct Rooms {
  resource::Documents& documents;
  arm::ManagedIdentities& identities;
  lake::Lake& lake;
  // Makes the storage account that a workspace gets when its request names none; its resource id. Implemented by server.
  std::function<Result<std::string>(const resource::ResourceId& workspace, std::string_view guid)> make_account;
};

inline constexpr std::string_view kWorkspaceType = "Microsoft.MachineLearningServices/workspaces";

// Properties of a new workspace whose account is there; also makes the containers that SDKs expect in it.
Result<json::Value> workspace_properties(lake::Lake& lake, const resource::ResourceId& id, std::string_view location, std::string_view guid, const resource::ResourceId& account);

// `rooms` outlives the services.
front::Service workspace_service(Rooms& rooms, arm::Removers& removers);
front::Service discovery_service();

}  // namespace axonite::service::machine_learning
