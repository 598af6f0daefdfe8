#include "server/notebooks.h"

#include <boost/json.hpp>

#include "base/log.h"
#include "base/text.h"
#include "http/client.h"
#include "server/python.h"

namespace axonite::server {
namespace {

worker::PoolOptions pool_options(const std::filesystem::path& data_dir, const std::filesystem::path& python) {
  worker::PoolOptions options{.directory = data_dir / "workers"};
  if (python.empty()) return options;
  std::filesystem::path code = python_folder();
  if (code.empty()) {
    log::warning("server", "notebooks are off: the folder with Axonite's Python code is not there");
    return options;
  }
  options.command = {python.string(), "-m", "axonite_worker"};
  options.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"LANG", "C.UTF-8"}, {"PYTHONPATH", code.string() + ":" + (code / "guide_spelling").string()}, {"PYTHONDONTWRITEBYTECODE", "1"}};
  return options;
}

Result<std::string> workspace_of(const std::string& endpoint) {
  TRY(auto url, http::parse_url(endpoint));
  return url.host.substr(0, url.host.find('.'));
}

}  // namespace

Result<std::unique_ptr<Notebooks>> Notebooks::open(const std::filesystem::path& data_dir, const std::filesystem::path& python, identity::Directory& directory, Clock& clock) {
  auto notebooks = std::unique_ptr<Notebooks>(new Notebooks(data_dir, pool_options(data_dir, python), directory));
  auto environment = [raw = notebooks.get()](std::stop_token stop) { return raw->environment(std::move(stop)); };
  TRY(notebooks->runs_, notebook::Runs::open({.directory = data_dir / "notebook_runs"}, notebooks->pool_, notebooks->headers_, environment, clock));
  return notebooks;
}

void Notebooks::set_ports(const Ports& ports) {
  std::lock_guard lock(mutex_);
  ports_ = ports;
  changed_.notify_all();
}

Result<std::map<std::string, std::string>> Notebooks::environment(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, stop, [this] { return ports_.has_value(); })) return std::unexpected(cancelled("WorkerCancelled", "The run was cancelled."));
  std::string front = "http://127.0.0.1:" + std::to_string(ports_->front), bundle = (data_dir_ / "ca/bundle.pem").string();
  std::map<std::string, std::string> variables{{"HTTPS_PROXY", front}, {"NO_PROXY", "localhost,127.0.0.1,::1"}, {"REQUESTS_CA_BUNDLE", bundle},
                                               {"SSL_CERT_FILE", bundle}, {"CURL_CA_BUNDLE", bundle}, {"IDENTITY_ENDPOINT", front + "/msi/token"},
                                               {"AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential"}, {"AZURE_TENANT_ID", directory_.tenant_id()}};
  if (ports_->spark) variables["AXONITE_SPARK"] = "sc://localhost:" + std::to_string(ports_->spark);
  return variables;
}

Result<pipeline::NotebookOutcome> Notebooks::run(const pipeline::NotebookRequest& request, std::stop_token stop) {
  TRY(auto notebook, notebook::parse_notebook(request.document));
  TRY(std::string workspace, workspace_of(request.endpoint));
  std::string pool = request.spark_pool.empty() ? notebook.spark_pool : request.spark_pool;
  std::string scope = "workspaces/" + workspace + (pool.empty() ? "" : "/bigDataPools/" + pool);
  CHECK_OK(directory_.roles().authorize(request.principal, "workspaces/bigDataPools/useCompute/action", scope, identity::RoleSystem::synapse));
  notebook::Context context{.principal = request.principal, .workspace = workspace, .endpoint = request.endpoint, .spark_pool = pool,
                            .pipeline_run_id = request.run_id, .activity_run_id = request.activity_run_id};
  auto run = runs_->run(notebook, *request.parameters, context, stop);
  if (!run) {
    if (!run.error().log.empty()) log::error("server", "notebook '" + notebook.name + "': " + run.error().message + " " + run.error().log);
    return std::unexpected(std::move(run.error()));
  }
  const notebook::Run& ended = *run;
  pipeline::NotebookOutcome outcome{.run_id = ended.id, .session_id = ended.session_id, .spark_pool = pool, .exit_value = ended.exit_value,
                                    .snapshot_url = request.endpoint + "/notebooksnapshot/" + ended.id, .ended = ended.ended};
  if (ended.failure) {
    outcome.error_name = ended.failure->name.empty() ? "Error" : ended.failure->name;
    outcome.error_value = ended.failure->value;
  }
  return outcome;
}

Result<std::string> Notebooks::snapshot(std::string_view workspace, std::string_view run_id) const {
  TRY(std::string text, runs_->record(run_id));
  TRY(auto record, json::parse(text, {.bytes_max = 64u << 20}));
  if (!text::equals_ignoring_case(json::string_or(record, "workspace"), workspace))
    return std::unexpected(not_found("NotebookRunNotFound", "There is no record of the notebook run '" + std::string(run_id) + "'."));
  return text;
}

}  // namespace axonite::server
