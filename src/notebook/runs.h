#pragma once
// Runs of notebooks: each in a worker process of its own, cell by cell, as one identity.
#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>

#include "base/clock.h"
#include "base/json.h"
#include "identity/principal.h"
#include "notebook/notebook.h"
#include "worker/pool.h"

namespace axonite::notebook {

// What the session tells the notebook about itself (mssparkutils.env and .runtime).
struct Context {
  identity::Principal principal;
  std::string workspace, endpoint;  // "ws", "https://ws.dev.azuresynapse.net"
  std::string spark_pool;
  std::string pipeline_run_id, activity_run_id;
};

struct Failure {
  std::string name, value;  // "ZeroDivisionError", "division by zero"
  std::vector<std::string> traceback;
};

struct Run {
  std::string id;
  std::int64_t session_id = 0;
  std::string exit_value;
  std::optional<Failure> failure;
  Time started{}, ended{};
};

// For programs that the server starts; implemented by server over identity.
class IdentityHeaders {
 public:
  virtual ~IdentityHeaders() = default;
  virtual std::string mint(const identity::Principal& principal) = 0;
  virtual void revoke(std::string_view header) = 0;
};

struct RunsOptions {
  std::filesystem::path directory;  // of the run records
  std::size_t records_max = 500;    // the oldest go first
  std::size_t record_bytes_max = 8u << 20;  // outputs beyond are left out, and the record says so
  std::chrono::seconds start_time_max{120};
};

class Runs {
 public:
  // `environment` gives the variables that lead to the server: proxy, authorities, endpoints. It may wait until they are known.
  using Environment = std::function<Result<std::map<std::string, std::string>>(std::stop_token)>;
  static Result<std::unique_ptr<Runs>> open(RunsOptions options, worker::Pool& pool, IdentityHeaders& headers, Environment environment, Clock& clock);

  // `parameters` is an object; its members replace those of the parameters cell. A notebook that raises is a Run with a
  // failure; errors are what kept it from running to an end: those of worker::Pool and Process, internal.
  Result<Run> run(const Notebook& notebook, const json::Value& parameters, const Context& context, std::stop_token stop);

  // {"runId","notebook","status","exitValue","error"?,"cells":[{"source","outputs":[…]}],…}: the record of a run that ended.
  // not_found("NotebookRunNotFound").
  Result<std::string> record(std::string_view run_id) const;

 private:
  Runs(RunsOptions options, worker::Pool& pool, IdentityHeaders& headers, Environment environment, Clock& clock)
      : options_(std::move(options)), pool_(pool), headers_(headers), environment_(std::move(environment)), clock_(clock) {}
  Result<void> keep(const Run& run, const Notebook& notebook, const Context& context, json::Value cells);
  void sweep();

  RunsOptions options_;
  worker::Pool& pool_;
  IdentityHeaders& headers_;
  Environment environment_;
  Clock& clock_;
  std::atomic<std::int64_t> sessions_ = 0;
};

}  // namespace axonite::notebook
