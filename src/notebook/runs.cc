#include "notebook/runs.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/file.h"
#include "base/id.h"
#include "base/log.h"

namespace axonite::notebook {
namespace {

constexpr std::chrono::hours kCellTimeMax{24 * 7};  // the activity's own limit comes before
constexpr std::size_t kOutputsMax = 1000;           // of one cell

struct Answer {
  json::Value done;
  json::Array outputs;
};

// One message to the worker and all it says to it.
class Kernel {
 public:
  Kernel(worker::Pool::Lease lease, std::stop_token stop, std::size_t bytes_max) : lease_(std::move(lease)), stop_(std::move(stop)), bytes_left_(bytes_max) {}

  Result<void> wait_until_ready(std::chrono::seconds time_max) {
    TRY(std::string line, lease_->receive(std::chrono::steady_clock::now() + time_max, stop_));
    return ok();
  }

  Result<Answer> ask(const json::Value& message) {
    auto deadline = std::chrono::steady_clock::now() + kCellTimeMax;
    CHECK_OK(lease_->send(json::write(message), deadline, stop_));
    Answer answer;
    while (true) {
      TRY(std::string line, lease_->receive(deadline, stop_));
      auto parsed = json::parse(line, {.bytes_max = 64u << 20});
      if (!parsed || !parsed->is_object()) return std::unexpected(unavailable("WorkerDied", "The worker process sent something that is no message."));
      if (json::string_or(*parsed, "type") == "done") {
        answer.done = std::move(*parsed);
        return answer;
      }
      if (const json::Value* output = json::find(*parsed, "output")) keep(answer.outputs, *output, line.size());
    }
  }

  bool truncated() const { return truncated_; }

 private:
  void keep(json::Array& outputs, const json::Value& output, std::size_t bytes) {
    if (outputs.size() >= kOutputsMax || bytes > bytes_left_) {
      truncated_ = true;
      return;
    }
    bytes_left_ -= bytes;
    outputs.push_back(output);
  }

  worker::Pool::Lease lease_;
  std::stop_token stop_;
  std::size_t bytes_left_;
  bool truncated_ = false;
};

// Revokes the header however the run ends.
struct HeaderGuard {
  IdentityHeaders& headers;
  std::string header;
  ~HeaderGuard() { headers.revoke(header); }
};

Failure failure_of(const json::Value& done) {
  Failure failure{.name = json::string_or(done, "ename"), .value = json::string_or(done, "evalue")};
  if (const json::Value* lines = json::find(done, "traceback"); lines && lines->is_array())
    for (const json::Value& line : lines->get_array())
      if (line.is_string()) failure.traceback.emplace_back(line.get_string());
  return failure;
}

json::Value session_message(const std::map<std::string, std::string>& environment, const Context& context, const Notebook& notebook, std::int64_t session_id) {
  json::Object variables;
  for (const auto& [name, value] : environment) variables[name] = value;
  return json::Object{{"type", "session"},
                      {"environment", std::move(variables)},
                      {"context", json::Object{{"workspace", context.workspace},
                                               {"endpoint", context.endpoint},
                                               {"sparkPool", context.spark_pool},
                                               {"notebook", notebook.name},
                                               {"sessionId", std::to_string(session_id)},
                                               {"userId", context.principal.object_id},
                                               {"userName", context.principal.name},
                                               {"pipelineRunId", context.pipeline_run_id},
                                               {"activityRunId", context.activity_run_id}}}};
}

// The index of the cell that the given values come before: after the parameters cell, or the first where there is none.
std::size_t place_of_parameters(const Notebook& notebook) {
  auto found = std::ranges::find_if(notebook.cells, &Cell::is_parameters);
  return found == notebook.cells.end() ? 0 : static_cast<std::size_t>(found - notebook.cells.begin()) + 1;
}

// Runs the cells until one ends the notebook.
Result<void> run_cells(Kernel& kernel, const Notebook& notebook, const json::Value& parameters, Run& run, json::Array& record) {
  std::size_t place = parameters.is_object() && !parameters.get_object().empty() ? place_of_parameters(notebook) : notebook.cells.size() + 1;
  for (std::size_t index = 0; index <= notebook.cells.size(); ++index) {
    if (index == place) CHECK_OK(kernel.ask(json::Object{{"type", "parameters"}, {"values", parameters}}));
    if (index == notebook.cells.size()) break;
    TRY(Answer answer, kernel.ask(json::Object{{"type", "cell"}, {"source", notebook.cells[index].source}}));
    std::string status = json::string_or(answer.done, "status");
    if (status == "exit") run.exit_value = json::string_or(answer.done, "value");
    if (status == "error") {
      run.failure = failure_of(answer.done);
      json::Array lines;
      for (const std::string& line : run.failure->traceback) lines.push_back(json::Value(line));
      answer.outputs.push_back(json::Object{{"output_type", "error"}, {"ename", run.failure->name}, {"evalue", run.failure->value}, {"traceback", std::move(lines)}});
    }
    record.push_back(json::Object{{"cell_type", "code"}, {"source", notebook.cells[index].source}, {"outputs", std::move(answer.outputs)}});
    if (status != "ok") break;
  }
  return ok();
}

}  // namespace

Result<std::unique_ptr<Runs>> Runs::open(RunsOptions options, worker::Pool& pool, IdentityHeaders& headers, Environment environment, Clock& clock) {
  std::error_code failed;
  std::filesystem::create_directories(options.directory, failed);
  if (failed) return std::unexpected(internal("the folder of notebook runs cannot be made: " + failed.message()));
  return std::unique_ptr<Runs>(new Runs(std::move(options), pool, headers, std::move(environment), clock));
}

Result<Run> Runs::run(const Notebook& notebook, const json::Value& parameters, const Context& context, std::stop_token stop) {
  Run run{.id = new_uuid(), .session_id = ++sessions_, .started = clock_.now()};
  TRY(worker::Pool::Lease lease, pool_.take(stop));
  Kernel kernel(std::move(lease), stop, options_.record_bytes_max);
  TRY(auto environment, environment_(stop));
  HeaderGuard guard{headers_, headers_.mint(context.principal)};
  environment["IDENTITY_HEADER"] = guard.header;
  CHECK_OK(kernel.wait_until_ready(options_.start_time_max));
  json::Array cells;
  CHECK_OK(kernel.ask(session_message(environment, context, notebook, run.session_id)));
  CHECK_OK(run_cells(kernel, notebook, parameters, run, cells));
  run.ended = clock_.now();
  if (kernel.truncated()) cells.push_back(json::Object{{"cell_type", "raw"}, {"source", "[more outputs were left out]"}});
  if (auto kept = keep(run, notebook, context, std::move(cells)); !kept)
    log::error("notebook", "the record of run " + run.id + " could not be kept: " + kept.error().message + " " + kept.error().log);
  return run;
}

Result<void> Runs::keep(const Run& run, const Notebook& notebook, const Context& context, json::Value cells) {
  json::Object record{{"runId", run.id},
                      {"notebook", notebook.name},
                      {"workspace", context.workspace},
                      {"sparkPool", context.spark_pool},
                      {"pipelineRunId", context.pipeline_run_id},
                      {"status", run.failure ? "Failed" : "Succeed"},
                      {"startTime", format_iso(run.started)},
                      {"endTime", format_iso(run.ended)},
                      {"exitValue", run.exit_value}};
  if (run.failure) record["error"] = json::Object{{"ename", run.failure->name}, {"evalue", run.failure->value}};
  record["cells"] = std::move(cells);
  CHECK_OK(write_file_durably(options_.directory / (run.id + ".json"), json::write(record), 0600));
  sweep();
  return ok();
}

void Runs::sweep() {
  std::vector<std::pair<std::filesystem::file_time_type, std::filesystem::path>> files;
  std::error_code ignored;  // another run's sweep may have been first
  for (const auto& entry : std::filesystem::directory_iterator(options_.directory, ignored)) files.emplace_back(entry.last_write_time(ignored), entry.path());
  if (files.size() <= options_.records_max) return;
  std::ranges::sort(files);
  for (std::size_t index = 0; index < files.size() - options_.records_max; ++index) std::filesystem::remove(files[index].second, ignored);
}

Result<std::string> Runs::record(std::string_view run_id) const {
  Error none = not_found("NotebookRunNotFound", "There is no record of the notebook run '" + std::string(run_id) + "'.");
  if (!is_uuid(run_id)) return std::unexpected(none);
  auto text = read_file(options_.directory / (std::string(run_id) + ".json"));
  if (!text) return std::unexpected(none);
  return text;
}

}  // namespace axonite::notebook
