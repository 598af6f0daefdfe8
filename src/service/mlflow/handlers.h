#pragma once
#include "ml/uri.h"
#include "service/mlflow/arguments.h"
#include "service/mlflow/service.h"

namespace axonite::service::mlflow {

using Answer = Result<http::Response>;

// routes.cc. The workspace of the request's path, or the default one.
std::string workspace_id(const Rooms&, const front::Call&);
Result<ml::Workspace> workspace_of(Rooms&, const front::Call&);

// experiments.cc
Answer create_experiment(Rooms&, front::Call&);
Answer search_experiments(Rooms&, front::Call&);
Answer get_experiment(Rooms&, front::Call&);
Answer get_experiment_by_name(Rooms&, front::Call&);
Answer update_experiment(Rooms&, front::Call&);
Answer delete_experiment(Rooms&, front::Call&);
Answer restore_experiment(Rooms&, front::Call&);
Answer set_experiment_tag(Rooms&, front::Call&);
Answer delete_experiment_tag(Rooms&, front::Call&);
// runs.cc
Answer create_run(Rooms&, front::Call&);
Answer get_run(Rooms&, front::Call&);
Answer update_run(Rooms&, front::Call&);
Answer delete_run(Rooms&, front::Call&);
Answer restore_run(Rooms&, front::Call&);
Answer search_runs(Rooms&, front::Call&);
Answer set_tag(Rooms&, front::Call&);
Answer delete_tag(Rooms&, front::Call&);
Answer log_inputs(Rooms&, front::Call&);
// The run that a request names; older clients say run_uuid.
Result<std::string> run_id_of(const Arguments&);
// logging.cc
Answer log_metric(Rooms&, front::Call&);
Answer log_param(Rooms&, front::Call&);
Answer log_batch(Rooms&, front::Call&);
Answer log_batch_async(Rooms&, front::Call&);
Answer run_data_status(Rooms&, front::Call&);
Answer log_model(Rooms&, front::Call&);
Answer metric_history(Rooms&, front::Call&);
// artifacts.cc
Answer list_artifacts(Rooms&, front::Call&);
Answer put_artifact(Rooms&, front::Call&);
Answer get_artifact(Rooms&, front::Call&);
Answer delete_artifact(Rooms&, front::Call&);
Answer list_proxied(Rooms&, front::Call&);
Answer server_info(Rooms&, front::Call&);
// models.cc
Answer create_model(Rooms&, front::Call&);
Answer get_model(Rooms&, front::Call&);
Answer rename_model(Rooms&, front::Call&);
Answer update_model(Rooms&, front::Call&);
Answer delete_model(Rooms&, front::Call&);
Answer search_models(Rooms&, front::Call&);
Answer latest_versions(Rooms&, front::Call&);
Answer set_model_tag(Rooms&, front::Call&);
Answer delete_model_tag(Rooms&, front::Call&);
Answer set_alias(Rooms&, front::Call&);
Answer get_alias(Rooms&, front::Call&);
Answer delete_alias(Rooms&, front::Call&);
// versions.cc
Answer create_version(Rooms&, front::Call&);
Answer get_version(Rooms&, front::Call&);
Answer update_version(Rooms&, front::Call&);
Answer delete_version(Rooms&, front::Call&);
Answer search_versions(Rooms&, front::Call&);
Answer version_download_uri(Rooms&, front::Call&);
Answer transition_stage(Rooms&, front::Call&);
Answer set_version_tag(Rooms&, front::Call&);
Answer delete_version_tag(Rooms&, front::Call&);
// logged_models.cc
Answer create_logged_model(Rooms&, front::Call&);
Answer get_logged_model(Rooms&, front::Call&);
Answer finalize_logged_model(Rooms&, front::Call&);
Answer tag_logged_model(Rooms&, front::Call&);
Answer search_logged_models(Rooms&, front::Call&);

// shapes.cc. Where clients find a run's artifacts depends on who asks: azureml-mlflow or MLflow's own client.
std::string artifact_uri(const ml::Workspace&, const front::Call&, const ml::Place&, std::string_view experiment_id, std::string_view run_id);
// {"info":{…},"data":{…},"inputs":{…}}, and the first member's value alone.
void write_run(std::string& out, const ml::Run& run, std::string_view artifact_uri);
void write_run_info(std::string& out, const ml::Run& run, std::string_view artifact_uri);
json::Value experiment_json(const ml::Experiment&, std::string_view artifact_location);
json::Value model_json(const ml::Model&);
json::Value version_json(const ml::ModelVersion&);
json::Array pairs_json(const std::vector<ml::Pair>&);
http::Response json_answer(const json::Value& body);
// {name: […], "next_page_token"?}.
http::Response page_answer(std::string_view name, json::Array items, const std::string& next_page_token);
// {} where a change went well.
Answer done(const Result<void>& result);
http::Response shape_error(const Error&, const front::Call&);

}  // namespace axonite::service::mlflow
