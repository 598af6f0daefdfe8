#include <boost/json.hpp>

#include "service/mlflow/handlers.h"

namespace axonite::service::mlflow {
namespace {

struct Asked {
  ml::Workspace workspace;
  Arguments arguments;
  std::string run;
};

Result<Asked> asked(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string run, run_id_of(arguments));
  return Asked{std::move(workspace), std::move(arguments), std::move(run)};
}

std::string uri_of(const ml::Workspace& workspace, const front::Call& call, const ml::Run& run) {
  return artifact_uri(workspace, call, ml::run_artifacts(workspace, run.id), run.experiment_id, run.id);
}

http::Response one(const ml::Workspace& workspace, const front::Call& call, const ml::Run& run) {
  std::string out = "{\"run\":";
  write_run(out, run, uri_of(workspace, call, run));
  return http::json_response(200, out + "}");
}

// Protobuf clients may send an enum as a word or a number.
std::string status_of(std::string status) {
  static constexpr std::string_view words[] = {"", "RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"};
  if (status.size() == 1 && status[0] >= '1' && status[0] <= '5') return std::string(words[status[0] - '0']);
  return status;
}

}  // namespace

Result<std::string> run_id_of(const Arguments& arguments) {
  std::string run = arguments.text_or("run_id", arguments.text_or("run_uuid"));
  if (run.empty()) return std::unexpected(ml::bad_value("Missing value for required parameter 'run_id'."));
  return run;
}

Answer create_run(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  ml::NewRun run{.experiment_id = arguments.text_or("experiment_id"), .name = arguments.text_or("run_name"), .user = arguments.text_or("user_id"), .start_ms = arguments.integer("start_time").value_or(0)};
  TRY(run.tags, arguments.pairs("tags"));
  bool named = false;
  for (const ml::Pair& tag : run.tags) named |= tag.key == "mlflow.runName";
  if (!named && !run.name.empty()) run.tags.push_back({"mlflow.runName", run.name});
  TRY(ml::RunPointer made, rooms.tracking.create_run(workspace.key, run));
  return one(workspace, call, *made);
}

Answer get_run(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(ml::RunPointer run, rooms.tracking.run(asked.workspace.key, asked.run));
  return one(asked.workspace, call, *run);
}

Answer update_run(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  ml::RunUpdate update{.status = asked.arguments.optional("status"), .name = asked.arguments.optional("run_name"), .end_ms = asked.arguments.integer("end_time")};
  if (update.status) update.status = status_of(*update.status);
  TRY(ml::RunPointer run, rooms.tracking.update_run(asked.workspace.key, asked.run, update));
  std::string out = "{\"run_info\":";
  write_run_info(out, *run, uri_of(asked.workspace, call, *run));
  return http::json_response(200, out + "}");
}

Answer delete_run(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  return done(rooms.tracking.set_run_stage(asked.workspace.key, asked.run, ml::kDeleted));
}

Answer restore_run(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  return done(rooms.tracking.set_run_stage(asked.workspace.key, asked.run, ml::kActive));
}

Answer search_runs(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(ml::Search search, arguments.search(1000, 50'000, "run_view_type"));
  search.experiment_ids = arguments.list("experiment_ids");
  TRY(auto found, rooms.tracking.search_runs(workspace.key, search));
  std::string out = "{\"runs\":[";
  for (const ml::RunPointer& run : found.items) {
    if (out.back() != '[') out += ',';
    write_run(out, *run, uri_of(workspace, call, *run));
  }
  out += "]";
  if (!found.next_page_token.empty()) out += ",\"next_page_token\":\"" + found.next_page_token + "\"";
  return http::json_response(200, out + "}");
}

Answer set_tag(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(std::string key, asked.arguments.text("key"));
  return done(rooms.tracking.log_batch(asked.workspace.key, asked.run, {.tags = {{key, asked.arguments.text_or("value")}}}));
}

Answer delete_tag(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  TRY(std::string key, asked.arguments.text("key"));
  return done(rooms.tracking.delete_tag(asked.workspace.key, asked.run, key));
}

Answer log_inputs(Rooms& rooms, front::Call& call) {
  TRY(Asked asked, mlflow::asked(rooms, call));
  std::vector<std::string> inputs;
  if (const json::Value* datasets = json::find(asked.arguments.body(), "datasets"); datasets && datasets->is_array())
    for (const json::Value& one : datasets->get_array()) inputs.push_back(json::write(one));
  return done(rooms.tracking.log_inputs(asked.workspace.key, asked.run, inputs));
}

}  // namespace axonite::service::mlflow
