#include <boost/json.hpp>
#include <cmath>

#include "service/mlflow/handlers.h"

namespace axonite::service::mlflow {
namespace {

void write_text(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

// Protobuf's JSON has words for what JSON has no numbers for.
void write_number(std::string& out, double value) {
  if (std::isnan(value)) out += "\"NaN\"";
  else if (std::isinf(value)) out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  else out += json::write_double(value);
}

void write_pairs(std::string& out, const std::vector<ml::Pair>& pairs) {
  out += '[';
  for (const ml::Pair& pair : pairs) {
    if (out.back() != '[') out += ',';
    out += "{\"key\":";
    write_text(out, pair.key);
    out += ",\"value\":";
    write_text(out, pair.value);
    out += '}';
  }
  out += ']';
}

void write_metrics(std::string& out, const std::vector<ml::Metric>& metrics) {
  out += '[';
  for (const ml::Metric& metric : metrics) {
    if (out.back() != '[') out += ',';
    out += "{\"key\":";
    write_text(out, metric.key);
    out += ",\"value\":";
    write_number(out, metric.value);
    out += ",\"timestamp\":" + std::to_string(metric.timestamp_ms) + ",\"step\":" + std::to_string(metric.step) + "}";
  }
  out += ']';
}

void member(std::string& out, std::string_view name, std::string_view value) {
  if (out.back() != '{') out += ',';
  write_text(out, name);
  out += ':';
  write_text(out, value);
}

json::Object stamps(std::int64_t created_ms, std::int64_t updated_ms) { return {{"creation_timestamp", created_ms}, {"last_updated_timestamp", updated_ms}}; }

int http_status(Error::Kind kind) {
  switch (kind) {
    case Error::Kind::invalid:
    case Error::Kind::precondition:
    case Error::Kind::conflict: return 400;
    case Error::Kind::unauthenticated: return 401;
    case Error::Kind::forbidden: return 403;
    case Error::Kind::not_found: return 404;
    case Error::Kind::too_large: return 413;
    case Error::Kind::throttled: return 429;
    case Error::Kind::unsupported: return 501;
    case Error::Kind::unavailable:
    case Error::Kind::cancelled: return 503;
    case Error::Kind::internal: return 500;
  }
  return 500;
}

std::string_view error_code(const Error& error) {
  switch (error.kind) {
    case Error::Kind::invalid:
    case Error::Kind::precondition: return error.code == "BAD_REQUEST" ? "BAD_REQUEST" : "INVALID_PARAMETER_VALUE";
    case Error::Kind::conflict: return "RESOURCE_ALREADY_EXISTS";
    case Error::Kind::unauthenticated: return "UNAUTHENTICATED";
    case Error::Kind::forbidden: return "PERMISSION_DENIED";
    case Error::Kind::not_found: return error.code == "ResourceNotFound" && error.target.empty() ? "ENDPOINT_NOT_FOUND" : "RESOURCE_DOES_NOT_EXIST";
    case Error::Kind::too_large: return "BAD_REQUEST";
    case Error::Kind::throttled: return "REQUEST_LIMIT_EXCEEDED";
    case Error::Kind::unsupported: return "NOT_IMPLEMENTED";
    case Error::Kind::unavailable:
    case Error::Kind::cancelled: return "TEMPORARILY_UNAVAILABLE";
    case Error::Kind::internal: return "INTERNAL_ERROR";
  }
  return "INTERNAL_ERROR";
}

}  // namespace

http::Response json_answer(const json::Value& body) { return http::json_response(200, json::write(body)); }

http::Response page_answer(std::string_view name, json::Array items, const std::string& next_page_token) {
  json::Object body{{name, std::move(items)}};
  if (!next_page_token.empty()) body["next_page_token"] = next_page_token;
  return json_answer(body);
}

Answer done(const Result<void>& result) {
  if (!result) return std::unexpected(result.error());
  return json_answer(json::Object{});
}

http::Response shape_error(const Error& error, const front::Call& call) {
  http::Response response = http::json_response(http_status(error.kind), json::write(json::Object{{"error_code", error_code(error)}, {"message", error.message}}));
  if (error.kind == Error::Kind::unauthenticated) response.headers.set("WWW-Authenticate", "Bearer realm=\"mlflow\"");
  response.headers.set("x-ms-request-id", call.request_id);
  return response;
}

std::string artifact_uri(const ml::Workspace& workspace, const front::Call& call, const ml::Place& place, std::string_view experiment_id, std::string_view run_id) {
  if (!call.request.host.ends_with(".api.azureml.ms") || run_id.empty()) return ml::proxy_uri(workspace, place);
  return "azureml://" + call.request.host + "/mlflow/v2.0" + workspace.id + "/experiments/" + std::string(experiment_id) + "/runs/" + std::string(run_id) + "/artifacts";
}

void write_run_info(std::string& out, const ml::Run& run, std::string_view uri) {
  out += '{';
  member(out, "run_uuid", run.id);
  member(out, "run_id", run.id);
  member(out, "run_name", run.name);
  member(out, "experiment_id", run.experiment_id);
  member(out, "user_id", run.user);
  member(out, "status", run.status);
  out += ",\"start_time\":" + std::to_string(run.start_ms);
  if (run.end_ms) out += ",\"end_time\":" + std::to_string(*run.end_ms);
  member(out, "artifact_uri", uri);
  member(out, "lifecycle_stage", run.stage);
  out += '}';
}

void write_run(std::string& out, const ml::Run& run, std::string_view uri) {
  out += "{\"info\":";
  write_run_info(out, run, uri);
  out += ",\"data\":{\"metrics\":";
  write_metrics(out, run.metrics);
  out += ",\"params\":";
  write_pairs(out, run.params);
  out += ",\"tags\":";
  write_pairs(out, run.tags);
  out += "},\"inputs\":{\"dataset_inputs\":[";
  for (const std::string& input : run.inputs) out += (out.back() == '[' ? "" : ",") + input;
  out += "]}}";
}

json::Array pairs_json(const std::vector<ml::Pair>& pairs) {
  json::Array all;
  for (const ml::Pair& pair : pairs) all.push_back(json::Object{{"key", pair.key}, {"value", pair.value}});
  return all;
}

json::Value experiment_json(const ml::Experiment& one, std::string_view artifact_location) {
  return json::Object{{"experiment_id", one.id}, {"name", one.name}, {"artifact_location", artifact_location}, {"lifecycle_stage", one.stage},
                      {"creation_time", one.created_ms}, {"last_update_time", one.updated_ms}, {"tags", pairs_json(one.tags)}};
}

json::Value version_json(const ml::ModelVersion& one) {
  json::Object shape = stamps(one.created_ms, one.updated_ms);
  shape["name"] = one.name;
  shape["version"] = one.version;
  shape["current_stage"] = one.stage;
  shape["description"] = one.description;
  shape["user_id"] = one.user;
  shape["source"] = one.source;
  shape["run_id"] = one.run_id;
  shape["status"] = "READY";
  shape["tags"] = pairs_json(one.tags);
  json::Array aliases;
  for (const std::string& alias : one.aliases) aliases.emplace_back(alias);
  shape["aliases"] = std::move(aliases);
  return shape;
}

json::Value model_json(const ml::Model& one) {
  json::Object shape = stamps(one.created_ms, one.updated_ms);
  shape["name"] = one.name;
  shape["description"] = one.description;
  shape["tags"] = pairs_json(one.tags);
  json::Array aliases, latest;
  for (const ml::Alias& alias : one.aliases) aliases.push_back(json::Object{{"alias", alias.alias}, {"version", alias.version}});
  for (const ml::ModelVersion& version : one.latest) latest.push_back(version_json(version));
  shape["aliases"] = std::move(aliases);
  shape["latest_versions"] = std::move(latest);
  return shape;
}

}  // namespace axonite::service::mlflow
