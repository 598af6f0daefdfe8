#pragma once
// The many spellings of where an artifact, an asset or a model lies, as a place in the workspace's storage.
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ml/workspace.h"

namespace axonite::ml {

struct Place {
  std::string account, container, path;  // no leading or trailing slash
  std::string https() const { return "https://" + account + ".blob.core.windows.net/" + container + "/" + path; }
};

// A datastore of the workspace by name. Nothing for one that is not built in.
std::optional<Place> built_in_datastore(const Workspace& workspace, std::string_view name);
// The folder of a run's artifacts.
Place run_artifacts(const Workspace& workspace, std::string_view run_id);
// Understands mlflow-artifacts:/P, runs:/R/P, azureml://artifacts/O/C/P, azureml://…/datastores/D/paths/P,
// azureml://…/experiments/E/runs/R/artifacts/P, azureml://jobs/J/outputs/artifacts[/paths]/P, aml://artifact/O/C/P,
// and https, abfss and wasbs URLs of storage accounts. unsupported("UnsupportedUri") for any other.
Result<Place> resolve(const Workspace& workspace, std::string_view uri);
// The place as MLflow's artifact proxy names it.
std::string proxy_uri(const Workspace& workspace, const Place& place);
// The place as the v2 API names it: azureml://subscriptions/…/datastores/D/paths/P, or the https URL of another account.
std::string datastore_uri(const Workspace& workspace, const Place& place);
// Paths below a container that the client chose. invalid("INVALID_PARAMETER_VALUE") for "..", empty segments, control bytes.
Result<std::string> checked_path(std::string_view path);

}  // namespace axonite::ml
