#include "pipeline/activities/notebook.h"

#include <boost/json.hpp>

#include "base/log.h"
#include "base/text.h"
#include "pipeline/model_json.h"

namespace axonite::pipeline::activities {
namespace {

using definition::member;

constexpr std::string_view kAudience = "https://dev.azuresynapse.net";

// Properties of references are texts, or {"referenceName":…} as the schema has them.
std::string reference_name(const json::Value* reference) {
  if (!reference) return {};
  if (reference->is_string()) return std::string(reference->get_string());
  return json::string_or(*reference, "referenceName");
}

Result<std::string> notebook_name(const json::Value& properties) {
  std::string name = reference_name(member(properties, "notebook"));
  if (!name.empty()) return name;
  std::string path = reference_name(member(properties, "notebookPath"));
  if (path.empty()) return std::unexpected(invalid("BadRequest", "A SynapseNotebook activity needs 'notebook' with a 'referenceName'.", "notebook"));
  log::warning("pipeline", "The service knows no 'notebookPath' of a SynapseNotebook activity; use 'notebook'.");
  std::string_view last = path;
  last = last.substr(last.rfind('/') + 1);  // folders are only how Studio shows notebooks
  if (text::ends_with_ignoring_case(last, ".ipynb")) last.remove_suffix(6);
  return std::string(last);
}

Result<std::string> endpoint_of(const DataPorts& ports, const Work& work) {
  if (!work.linked_service) {
    if (work.owner.id.find("/workspaces/") != std::string::npos) return "https://" + work.owner.name + ".dev.azuresynapse.net";
    return std::unexpected(invalid("BadRequest", "In a factory, a SynapseNotebook activity needs a linked service of type AzureSynapseArtifacts.", "linkedServiceName"));
  }
  TRY(auto target, resolve_linked_service(ports, work, *work.linked_service));
  if (target.kind != linked_service::Target::Kind::synapse_artifacts)
    return std::unexpected(invalid("InvalidLinkedService", "'" + target.type + "' has no notebooks; use AzureSynapseArtifacts."));
  return target.endpoint;
}

Error wrong_parameter(std::string_view name, std::string_view type) {
  return invalid("BadRequest", "The value of the notebook's parameter '" + std::string(name) + "' is no " + std::string(type) + ".", std::string(name));
}

Result<json::Value> to_number(const json::Value& value, std::string_view name, std::string_view type) {
  if (value.is_double() ? type == "float" : value.is_number()) return value;
  auto parsed = value.is_string() ? json::parse(value.get_string()) : Result<json::Value>(value);
  if (!parsed || !parsed->is_number() || (type == "int" && parsed->is_double())) return std::unexpected(wrong_parameter(name, type));
  return *parsed;
}

// {"value","type":"string"|"int"|"float"|"bool"} as the schema has it; a plain value keeps its type.
Result<json::Value> parameter_value(std::string_view name, const json::Value& given) {
  const json::Value* value = given.is_object() ? member(given, "value") : nullptr;
  if (!value) return given;
  std::string type = text::to_lower(json::string_or(given, "type"));
  if (type == "int" || type == "float") return to_number(*value, name, type);
  if (type == "bool") {
    if (value->is_bool()) return *value;
    std::string text = value->is_string() ? text::to_lower(std::string_view(value->get_string())) : "";
    if (text != "true" && text != "false") return std::unexpected(wrong_parameter(name, type));
    return json::Value(text == "true");
  }
  if (type == "string" && !value->is_string()) return json::Value(json::write(*value));
  return *value;
}

Result<JsonPointer> parameters_of(const json::Value& properties) {
  json::Object values;
  if (const json::Value* given = member(properties, "parameters"); given && given->is_object())
    for (const auto& parameter : given->get_object()) {
      TRY(values[parameter.key()], parameter_value(parameter.key(), parameter.value()));
    }
  return std::make_shared<const json::Value>(std::move(values));
}

// By the endpoint that everybody uses, so that the caller's Synapse roles decide.
Result<std::string> read_notebook(const DataPorts& ports, const Work& work, const std::string& endpoint, const std::string& name) {
  std::string url = endpoint + "/notebooks/" + text::percent_encode(name) + "?api-version=2020-12-01";
  TRY(auto answer, ports.caller.call(call_context(work, "GetNotebook", std::string(kAudience)), {.url = url}));
  if (answer.status == 200) return std::move(answer.body);
  json::Value body = json::parse(answer.body).value_or(json::Value());
  std::string code = json::string_or(body, "error.code", json::string_or(body, "code", answer.status == 404 ? "NotebookNotFound" : "NotebookNotReadable"));
  std::string message = json::string_or(body, "error.message", json::string_or(body, "message"));
  return std::unexpected(invalid(code, "The notebook '" + name + "' could not be read from '" + endpoint + "': status " + std::to_string(answer.status) + ", " + message));
}

json::Value output_of(const NotebookOutcome& outcome, std::chrono::seconds duration) {
  bool failed = !outcome.error_name.empty();
  json::Object result{{"runId", outcome.run_id},
                      {"runStatus", failed ? "Failed" : "Succeed"},
                      {"message", failed ? "Notebook execution is in Failed state" : "Notebook execution is in Succeeded state"},
                      {"lastCheckedOn", format_iso(outcome.ended)},
                      {"errors", json::Object{{"ename", outcome.error_name}, {"evalue", outcome.error_value}}},
                      {"sessionId", outcome.session_id},
                      {"sparkpool", outcome.spark_pool},
                      {"snapshotUrl", outcome.snapshot_url},
                      // The service's text and its sample disagree about the name, so both are given.
                      {"exitCode", outcome.exit_value},
                      {"exitValue", outcome.exit_value}};
  json::Object billed{{"meterType", "SynapseNotebook"}, {"duration", 0}, {"unit", "Hours"}};
  return json::Object{
      {"status", json::Object{{"Status", 1}, {"Output", json::Object{{"status", nullptr}, {"result", std::move(result)}}}, {"Error", nullptr}, {"ExecutionDetails", json::Object()}}},
      {"effectiveIntegrationRuntime", "AutoResolveIntegrationRuntime"},
      {"executionDuration", duration.count()},
      {"durationInQueue", json::Object{{"integrationRuntimeQueue", 0}}},
      {"billingReference", json::Object{{"activityType", "ExternalActivity"}, {"billableDuration", json::Array{std::move(billed)}}}}};
}

Result<NotebookOutcome> run(const DataPorts& ports, NotebookPort& notebooks, const Work& work) {
  const json::Value& properties = *work.properties;
  TRY(std::string name, notebook_name(properties));
  TRY(std::string endpoint, endpoint_of(ports, work));
  TRY(JsonPointer parameters, parameters_of(properties));
  TRY(std::string document, read_notebook(ports, work, endpoint, name));
  return notebooks.run({.endpoint = endpoint, .document = std::move(document), .spark_pool = reference_name(member(properties, "sparkPool")),
                        .parameters = std::move(parameters), .principal = work.owner.principal, .run_id = work.run_id,
                        .activity_run_id = work.activity_run_id},
                       work.stop);
}

}  // namespace

ActivityResult notebook(const DataPorts& ports, NotebookPort& notebooks, const Work& work) {
  Time began = ports.clock.now();
  auto outcome = run(ports, notebooks, work);
  if (!outcome) return failed(outcome.error());
  json::Value output = output_of(*outcome, std::chrono::ceil<std::chrono::seconds>(ports.clock.now() - began));
  if (outcome->error_name.empty()) return succeeded(std::move(output));
  ActivityResult result = failed(outcome->error_name, outcome->error_name + ": " + outcome->error_value);
  result.output = std::make_shared<const json::Value>(std::move(output));
  return result;
}

}  // namespace axonite::pipeline::activities
