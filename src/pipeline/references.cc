#include "pipeline/references.h"

#include <boost/json.hpp>

#include "base/log.h"
#include "base/text.h"
#include "expression/expression.h"
#include "pipeline/model_json.h"

namespace axonite::pipeline {
namespace {

using linked_service::Target;

constexpr std::size_t kDefinitionBytesMax = 2u << 20;

// Expressions of a definition see its own parameters and nothing else.
class DefinitionScope : public expression::Scope {
 public:
  DefinitionScope(json::Value parameters, bool is_dataset) : parameters_(std::move(parameters)), is_dataset_(is_dataset) {}
  Result<const json::Value*> dataset() const override { return is_dataset_ ? &parameters_ : expression::Scope::dataset(); }
  Result<const json::Value*> linked_service() const override {
    return is_dataset_ ? expression::Scope::linked_service() : &parameters_;
  }

 private:
  json::Value parameters_;
  bool is_dataset_;
};

Result<json::Value> values_for(const json::Value& properties, const json::Value& reference, const std::string& name) {
  json::Object bound;
  const json::Value* given = definition::member(reference, "parameters");
  const json::Value* declared = definition::member(properties, "parameters");
  if (!declared || !declared->is_object()) return bound;
  for (const auto& parameter : declared->get_object()) {
    const json::Value* value = given ? json::find_ignoring_case(*given, parameter.key()) : nullptr;
    if (!value) value = json::find_ignoring_case(parameter.value(), "defaultValue");
    if (!value)
      return std::unexpected(invalid("BadRequest", "'" + name + "' needs a value for its parameter '" + std::string(parameter.key()) + "'.",
                                     std::string(parameter.key())));
    bound[parameter.key()] = *value;
  }
  return bound;
}

// The properties of a definition with every expression evaluated.
Result<json::Value> load(const DataPorts& ports, const Work& work, std::string_view kind, const json::Value& reference) {
  std::string name = json::string_or(reference, "referenceName");
  if (name.empty()) return std::unexpected(invalid("BadRequest", "A reference needs 'referenceName'."));
  TRY(std::string text, ports.definitions.definition(work.owner.id, kind, name));
  TRY(json::Value document, json::parse(text, {.bytes_max = kDefinitionBytesMax}));
  const json::Value* found = definition::member(document, "properties");
  if (!found || !found->is_object()) return std::unexpected(invalid("BadRequest", "The definition '" + name + "' has no properties."));
  TRY(json::Value parameters, values_for(*found, reference, name));
  json::Value properties = *found;
  properties.get_object().erase("parameters");  // their defaults are no expressions of this scope
  return expression::evaluate_tree(properties, DefinitionScope(std::move(parameters), kind == "datasets"), ports.clock);
}

Result<void> check_runtime(const DataPorts& ports, const Work& work, const Target& target) {
  if (target.runtime.empty() || text::equals_ignoring_case(target.runtime, "AutoResolveIntegrationRuntime")) return ok();
  CHECK_OK(ports.definitions.definition(work.owner.id, "integrationRuntimes", target.runtime));
  return ok();
}

Result<Secret> fetch(const DataPorts& ports, const Work& work, const linked_service::SecretReference& secret) {
  json::Value reference = json::Object{{"referenceName", secret.store}};
  TRY(Target vault, resolve_linked_service(ports, work, reference));
  if (vault.kind != Target::Kind::key_vault)
    return std::unexpected(invalid("InvalidLinkedService", "'" + secret.store + "' is no Key Vault linked service."));
  std::string url = vault.endpoint + "/secrets/" + text::percent_encode(secret.name) +
                    (secret.version.empty() ? "" : "/" + text::percent_encode(secret.version)) + "?api-version=7.4";
  TRY(auto answer, ports.caller.call(call_context(work, "GetSecret", "https://vault.azure.net"), {.url = url}));
  if (answer.status != 200) {
    json::Value body = json::parse(answer.body).value_or(json::Value());
    Error error = answer.status == 403 ? forbidden("AzureKeyVaultAccessDenied", "") : not_found("AzureKeyVaultSecretNotFound", "");
    error.message = "The secret '" + secret.name + "' could not be read from '" + vault.endpoint + "': status " +
                    std::to_string(answer.status) + ", " + json::string_or(body, "error.message", json::string_or(body, "error.code"));
    return std::unexpected(std::move(error));
  }
  TRY(json::Value body, json::parse(answer.body));
  TRY(std::string value, json::required_string(body, "value"));
  return Secret(std::move(value));
}

}  // namespace

linked_service::CallContext call_context(const Work& work, std::string operation, std::string audience) {
  return {.principal = work.owner.principal, .from = work.owner.name, .operation = std::move(operation),
          .correlation_id = work.run_id, .audience = std::move(audience), .stop = work.stop};
}

Result<Target> resolve_linked_service(const DataPorts& ports, const Work& work, const json::Value& reference) {
  TRY(json::Value properties, load(ports, work, "linkedservices", reference));
  TRY(Target target, linked_service::read_target(properties));
  CHECK_OK(check_runtime(ports, work, target));
  if (!target.warning.empty()) log::warning("pipeline", target.warning);
  return target;
}

Result<Dataset> resolve_dataset(const DataPorts& ports, const Work& work, const json::Value& reference) {
  TRY(json::Value properties, load(ports, work, "datasets", reference));
  Dataset dataset{.name = json::string_or(reference, "referenceName"), .type = json::string_or(properties, "type")};
  const json::Value* type_properties = definition::member(properties, "typeProperties");
  dataset.document = std::make_shared<const json::Value>(type_properties ? *type_properties : json::Value(json::Object()));
  const json::Value* linked = definition::member(properties, "linkedServiceName");
  if (!linked) return std::unexpected(invalid("BadRequest", "The dataset '" + dataset.name + "' needs 'linkedServiceName'."));
  dataset.linked_service = json::string_or(*linked, "referenceName");
  TRY(dataset.target, resolve_linked_service(ports, work, *linked));
  return dataset;
}

Result<linked_service::SqlTarget> resolve_sql(const DataPorts& ports, const Work& work, const Target& target) {
  if (target.kind != Target::Kind::sql)
    return std::unexpected(unsupported("UnsupportedLinkedServiceType", "'" + target.type + "' is no SQL store."));
  linked_service::SqlTarget sql{.server = target.server, .database = target.database, .user = target.user, .principal = work.owner.principal};
  if (const auto* secret = std::get_if<Secret>(&target.credential)) sql.password = *secret;
  if (const auto* reference = std::get_if<linked_service::SecretReference>(&target.credential)) {
    TRY(sql.password, fetch(ports, work, *reference));
  }
  if (!ports.sql) return std::unexpected(unsupported("SqlUnavailable", "SQL pools are not part of this build."));
  return sql;
}

}  // namespace axonite::pipeline
