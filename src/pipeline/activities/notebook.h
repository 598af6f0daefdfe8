#pragma once
// SynapseNotebook: a notebook of the run's own workspace, or through an AzureSynapseArtifacts linked service of another.
#include "pipeline/references.h"

namespace axonite::pipeline {

struct NotebookRequest {
  std::string endpoint;    // "https://ws.dev.azuresynapse.net"
  std::string document;    // as GET /notebooks/{name} answered the caller
  std::string spark_pool;  // asked for by the activity; empty = the notebook's own
  JsonPointer parameters;  // an object
  identity::Principal principal;
  std::string run_id, activity_run_id;
};

struct NotebookOutcome {
  std::string run_id;
  std::int64_t session_id = 0;
  std::string spark_pool, exit_value, snapshot_url;
  std::string error_name, error_value;  // of what the notebook raised; empty = nothing
  Time ended{};
};

// Where notebooks run; implemented by server over notebook.
class NotebookPort {
 public:
  virtual ~NotebookPort() = default;
  // The caller's right to use the pool is checked here. Errors are what kept the notebook from running to an end.
  virtual Result<NotebookOutcome> run(const NotebookRequest& request, std::stop_token stop) = 0;
};

}  // namespace axonite::pipeline

namespace axonite::pipeline::activities {

// Fails with the name of the Python error as code. `notebooks` outlives the runner.
ActivityResult notebook(const DataPorts& ports, NotebookPort& notebooks, const Work& work);

}  // namespace axonite::pipeline::activities
