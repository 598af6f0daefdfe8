#pragma once
// The MLflow REST API (mlflow/protos/service.proto, model_registry.proto; api 2.0): tracking, registry and proxied
// artifacts. The same routes stand at the server's own root, for plain MLflow clients, and below
// /mlflow/{version}{workspace} on {region}.api.azureml.ms, where azureml-mlflow looks for them.
#include <functional>

#include "base/secret.h"
#include "front/operation.h"
#include "identity/access.h"
#include "lake/namespace.h"
#include "ml/assets.h"
#include "ml/registry.h"
#include "ml/tracking.h"
#include "ml/workspace.h"

namespace axonite::service::mlflow {

struct Rooms {
  ml::Tracking& tracking;
  ml::Registry& registry;
  ml::Assets& assets;
  ml::Workspaces& workspaces;
  lake::Lake& lake;
  const identity::TokenVerifier& tokens;
  // Application id and secret, for clients that know no tokens (MLFLOW_TRACKING_USERNAME and _PASSWORD).
  std::function<Result<identity::Principal>(std::string_view, const Secret&)> password;
};

// `rooms` outlives the service.
front::Service mlflow_service(Rooms& rooms);

}  // namespace axonite::service::mlflow
