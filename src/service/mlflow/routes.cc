#include <deque>

#include "base/text.h"
#include "service/mlflow/handlers.h"

namespace axonite::service::mlflow {
namespace {

using front::action;

#define WS "Microsoft.MachineLearningServices/workspaces/"
#define EXPERIMENT_READ action(WS "experiments/read")
#define EXPERIMENT_WRITE action(WS "experiments/write")
#define RUN_READ action(WS "experiments/runs/read")
#define RUN_WRITE action(WS "experiments/runs/write")
#define MODEL_READ action(WS "models/read")
#define MODEL_WRITE action(WS "models/write")
#define MODEL_DELETE action(WS "models/delete")
#define ARTIFACT_READ action(WS "metadata/artifacts/read")
#define ARTIFACT_WRITE action(WS "metadata/artifacts/write")

// log-batch takes 1 MB; the others' documents are smaller.
constexpr front::Limits kBody{.body_bytes_max = 1u << 20};
using Rows = std::vector<front::OperationOf<Rooms>>;

Rows tracking_rows() {
  return {
      {"CreateExperiment", "POST", "/experiments/create", &create_experiment, EXPERIMENT_WRITE, {}, kBody},
      {"SearchExperiments", "POST", "/experiments/search", &search_experiments, EXPERIMENT_READ, {}, kBody},
      {"SearchExperiments", "GET", "/experiments/search", &search_experiments, EXPERIMENT_READ},
      {"GetExperiment", "GET", "/experiments/get", &get_experiment, EXPERIMENT_READ},
      {"GetExperimentByName", "GET", "/experiments/get-by-name", &get_experiment_by_name, EXPERIMENT_READ},
      {"UpdateExperiment", "POST", "/experiments/update", &update_experiment, EXPERIMENT_WRITE, {}, kBody},
      {"DeleteExperiment", "POST", "/experiments/delete", &delete_experiment, action(WS "experiments/delete"), {}, kBody},
      {"RestoreExperiment", "POST", "/experiments/restore", &restore_experiment, EXPERIMENT_WRITE, {}, kBody},
      {"SetExperimentTag", "POST", "/experiments/set-experiment-tag", &set_experiment_tag, EXPERIMENT_WRITE, {}, kBody},
      {"DeleteExperimentTag", "POST", "/experiments/delete-experiment-tag", &delete_experiment_tag, EXPERIMENT_WRITE, {}, kBody},
      {"CreateRun", "POST", "/runs/create", &create_run, RUN_WRITE, {}, kBody},
      {"GetRun", "GET", "/runs/get", &get_run, RUN_READ},
      {"UpdateRun", "POST", "/runs/update", &update_run, RUN_WRITE, {}, kBody},
      {"DeleteRun", "POST", "/runs/delete", &delete_run, RUN_WRITE, {}, kBody},
      {"RestoreRun", "POST", "/runs/restore", &restore_run, RUN_WRITE, {}, kBody},
      {"SearchRuns", "POST", "/runs/search", &search_runs, RUN_READ, {}, kBody},
      {"SetTag", "POST", "/runs/set-tag", &set_tag, RUN_WRITE, {}, kBody},
      {"DeleteTag", "POST", "/runs/delete-tag", &delete_tag, RUN_WRITE, {}, kBody},
      {"LogMetric", "POST", "/runs/log-metric", &log_metric, RUN_WRITE, {}, kBody},
      {"LogParam", "POST", "/runs/log-parameter", &log_param, RUN_WRITE, {}, kBody},
      {"LogBatch", "POST", "/runs/log-batch", &log_batch, RUN_WRITE, {}, kBody},
      {"LogBatchAsync", "POST", "/runs/log-batch-async", &log_batch_async, RUN_WRITE, {}, kBody},
      {"GetRunDataStatus", "GET", "/runs/get-run-data-status", &run_data_status, RUN_READ},
      {"LogModel", "POST", "/runs/log-model", &log_model, RUN_WRITE, {}, kBody},
      {"LogInputs", "POST", "/runs/log-inputs", &log_inputs, RUN_WRITE, {}, kBody},
      {"GetMetricHistory", "GET", "/metrics/get-history", &metric_history, RUN_READ},
      {"ListArtifacts", "GET", "/artifacts/list", &list_artifacts, ARTIFACT_READ},
      {"CreateLoggedModel", "POST", "/logged-models", &create_logged_model, RUN_WRITE, {}, kBody},
      {"SearchLoggedModels", "POST", "/logged-models/search", &search_logged_models, RUN_READ, {}, kBody},
      {"GetLoggedModel", "GET", "/logged-models/{model_id}", &get_logged_model, RUN_READ},
      {"FinalizeLoggedModel", "PATCH", "/logged-models/{model_id}", &finalize_logged_model, RUN_WRITE, {}, kBody},
      {"TagLoggedModel", "PATCH", "/logged-models/{model_id}/tags", &tag_logged_model, RUN_WRITE, {}, kBody},
  };
}

Rows registry_rows() {
  return {
      {"CreateRegisteredModel", "POST", "/registered-models/create", &create_model, MODEL_WRITE, {}, kBody},
      {"GetRegisteredModel", "GET", "/registered-models/get", &get_model, MODEL_READ},
      {"RenameRegisteredModel", "POST", "/registered-models/rename", &rename_model, MODEL_WRITE, {}, kBody},
      {"UpdateRegisteredModel", "PATCH", "/registered-models/update", &update_model, MODEL_WRITE, {}, kBody},
      {"DeleteRegisteredModel", "DELETE", "/registered-models/delete", &delete_model, MODEL_DELETE, {}, kBody},
      {"SearchRegisteredModels", "GET", "/registered-models/search", &search_models, MODEL_READ},
      {"GetLatestVersions", "POST", "/registered-models/get-latest-versions", &latest_versions, MODEL_READ, {}, kBody},
      {"GetLatestVersions", "GET", "/registered-models/get-latest-versions", &latest_versions, MODEL_READ},
      {"SetRegisteredModelTag", "POST", "/registered-models/set-tag", &set_model_tag, MODEL_WRITE, {}, kBody},
      {"DeleteRegisteredModelTag", "DELETE", "/registered-models/delete-tag", &delete_model_tag, MODEL_WRITE, {}, kBody},
      {"SetRegisteredModelAlias", "POST", "/registered-models/alias", &set_alias, MODEL_WRITE, {}, kBody},
      {"GetModelVersionByAlias", "GET", "/registered-models/alias", &get_alias, MODEL_READ},
      {"DeleteRegisteredModelAlias", "DELETE", "/registered-models/alias", &delete_alias, MODEL_WRITE, {}, kBody},
      {"CreateModelVersion", "POST", "/model-versions/create", &create_version, MODEL_WRITE, {}, kBody},
      {"GetModelVersion", "GET", "/model-versions/get", &get_version, MODEL_READ},
      {"UpdateModelVersion", "PATCH", "/model-versions/update", &update_version, MODEL_WRITE, {}, kBody},
      {"DeleteModelVersion", "DELETE", "/model-versions/delete", &delete_version, MODEL_DELETE, {}, kBody},
      {"SearchModelVersions", "GET", "/model-versions/search", &search_versions, MODEL_READ},
      {"GetModelVersionDownloadUri", "GET", "/model-versions/get-download-uri", &version_download_uri, MODEL_READ},
      {"TransitionModelVersionStage", "POST", "/model-versions/transition-stage", &transition_stage, MODEL_WRITE, {}, kBody},
      {"SetModelVersionTag", "POST", "/model-versions/set-tag", &set_version_tag, MODEL_WRITE, {}, kBody},
      {"DeleteModelVersionTag", "DELETE", "/model-versions/delete-tag", &delete_version_tag, MODEL_WRITE, {}, kBody},
  };
}

Rows proxy_rows() {
  return {
      {"ListProxiedArtifacts", "GET", "/api/2.0/mlflow-artifacts/artifacts", &list_proxied, ARTIFACT_READ},
      {"GetArtifact", "GET", "/api/2.0/mlflow-artifacts/artifacts/{*artifact}", &get_artifact, ARTIFACT_READ},
      {"PutArtifact", "PUT", "/api/2.0/mlflow-artifacts/artifacts/{*artifact}", &put_artifact, ARTIFACT_WRITE},
      {"DeleteArtifact", "DELETE", "/api/2.0/mlflow-artifacts/artifacts/{*artifact}", &delete_artifact, ARTIFACT_WRITE},
      {"ServerInfo", "GET", "/api/3.0/mlflow/server-info", &server_info, front::anonymous()},
  };
}

#define WORKSPACE "/mlflow/{api}/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.MachineLearningServices/workspaces/{workspace}"

// At the root and below a workspace. Rows keep views of their paths, which are made once for the program's life.
Rows all_rows() {
  static std::deque<std::string> paths;
  Rows rows;
  for (std::string_view prefix : {"", WORKSPACE}) {
    auto add = [&](const Rows& given, std::string_view base) {
      for (front::OperationOf<Rooms> row : given) {
        row.path = paths.emplace_back(std::string(prefix) + std::string(base) + std::string(row.path));
        rows.push_back(row);
      }
    };
    add(tracking_rows(), "/api/2.0/mlflow");
    add(registry_rows(), "/api/2.0/mlflow");
    add(proxy_rows(), "");
  }
  return rows;
}

constexpr std::string_view kAudiences[] = {"https://ml.azure.com", "https://management.azure.com", "https://management.core.windows.net"};

// A bearer token, or an application's id and secret as user name and password (RFC 7617).
Result<identity::Principal> authenticate(const Rooms& rooms, const front::Call& call) {
  std::string_view header = call.request.headers.get("Authorization");
  if (header.size() > (16u << 10)) return std::unexpected(unauthenticated("UNAUTHENTICATED", "The Authorization header is too long."));
  if (text::starts_with_ignoring_case(header, "Bearer ")) return rooms.tokens.verify(text::trim(header.substr(7)), {std::begin(kAudiences), std::end(kAudiences)});
  if (!text::starts_with_ignoring_case(header, "Basic ")) return std::unexpected(unauthenticated("UNAUTHENTICATED", "Give a token for https://ml.azure.com (MLFLOW_TRACKING_TOKEN), or an application's id and secret (MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD)."));
  auto plain = text::base64_decode(text::trim(header.substr(6)));
  std::size_t colon = plain ? plain->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::unexpected(unauthenticated("UNAUTHENTICATED", "The Authorization header is not valid."));
  return rooms.password(std::string_view(*plain).substr(0, colon), Secret(plain->substr(colon + 1)));
}

}  // namespace

std::string workspace_id(const Rooms& rooms, const front::Call& call) {
  if (call.path("workspace").empty()) return rooms.workspaces.default_id();
  return "/subscriptions/" + std::string(call.path("subscription")) + "/resourceGroups/" + std::string(call.path("group")) +
         "/providers/Microsoft.MachineLearningServices/workspaces/" + std::string(call.path("workspace"));
}

Result<ml::Workspace> workspace_of(Rooms& rooms, const front::Call& call) {
  if (call.path("workspace").empty()) return rooms.workspaces.ensure_default();
  return rooms.workspaces.find(workspace_id(rooms, call));
}

front::Service mlflow_service(Rooms& rooms) {
  return {.name = "mlflow",
          .hosts = {"localhost", "*.api.azureml.ms"},
          .operations = front::bind(rooms, all_rows()),
          .ignore_path_case = true,
          .audited = false,
          .authenticate = [&rooms](front::Call& call) { return authenticate(rooms, call); },
          .scope = [&rooms](const front::Call& call) -> Result<std::string> { return workspace_id(rooms, call); },
          .shape_error = &shape_error};
}

}  // namespace axonite::service::mlflow
