#include "linked_service/target.h"

#include <boost/json.hpp>
#include <map>

#include "base/text.h"

namespace axonite::linked_service {
namespace {

Error missing(std::string_view property) {
  return invalid("InvalidLinkedService", "The linked service must have '" + std::string(property) + "'.", std::string(property));
}

std::string text_of(const json::Value& properties, std::string_view key) {
  const json::Value* found = json::find_ignoring_case(properties, key);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

Result<Credential> credential(const json::Value& properties, std::string_view key) {
  const json::Value* value = json::find_ignoring_case(properties, key);
  if (!value || value->is_null()) return Credential();
  if (value->is_string()) return Credential(Secret(std::string(value->get_string())));
  std::string type = json::string_or(*value, "type");
  if (text::equals_ignoring_case(type, "SecureString")) return Credential(Secret(json::string_or(*value, "value")));
  if (!text::equals_ignoring_case(type, "AzureKeyVaultSecret"))
    return std::unexpected(invalid("InvalidLinkedService", "A secret must be a SecureString or an AzureKeyVaultSecret.", std::string(key)));
  SecretReference reference{json::string_or(*value, "store.referenceName"), json::string_or(*value, "secretName"),
                            json::string_or(*value, "secretVersion")};
  if (reference.store.empty()) return std::unexpected(missing(std::string(key) + ".store.referenceName"));
  if (reference.name.empty()) return std::unexpected(missing(std::string(key) + ".secretName"));
  return Credential(std::move(reference));
}

// "Data Source=tcp:host,1433;Initial Catalog=db;…" with keys in lower case without blanks.
std::map<std::string, std::string> connection_string(std::string_view text) {
  std::map<std::string, std::string> parts;
  for (std::string_view part : text::split(text, ';')) {
    auto equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    std::string key = text::replace_all(text::to_lower(text::trim(part.substr(0, equals))), " ", "");
    parts[key] = text::trim(part.substr(equals + 1));
  }
  return parts;
}

std::string first_of(const std::map<std::string, std::string>& parts, std::initializer_list<const char*> keys) {
  for (const char* key : keys)
    if (auto found = parts.find(key); found != parts.end()) return found->second;
  return {};
}

Result<void> read_sql(Target& target, const json::Value& properties) {
  target.kind = Target::Kind::sql;
  auto parts = connection_string(text_of(properties, "connectionString"));
  auto either = [&](std::string_view property, std::initializer_list<const char*> keys) {
    std::string direct = text_of(properties, property);
    return direct.empty() ? first_of(parts, keys) : direct;
  };
  target.server = either("server", {"datasource", "server", "address", "addr"});
  target.database = either("database", {"initialcatalog", "database"});
  target.user = either("userName", {"userid", "uid", "user"});
  if (target.server.starts_with("tcp:")) target.server.erase(0, 4);
  target.server = text::to_lower(target.server.substr(0, target.server.find(',')));
  if (target.server.empty()) return std::unexpected(missing("server"));
  if (target.database.empty()) return std::unexpected(missing("database"));
  TRY(target.credential, credential(properties, "password"));
  std::string password = first_of(parts, {"password", "pwd"});
  if (std::holds_alternative<std::monostate>(target.credential) && !password.empty()) target.credential = Secret(std::move(password));
  return ok();
}

Result<void> read_lake(Target& target, const json::Value& properties) {
  target.kind = Target::Kind::lake;
  target.endpoint = without_slash(text_of(properties, "url"));
  if (target.endpoint.empty()) target.endpoint = without_slash(text_of(properties, "serviceEndpoint"));
  auto parts = connection_string(text_of(properties, "connectionString"));
  target.account = first_of(parts, {"accountname"});
  if (target.account.empty()) {
    std::string_view host = target.endpoint;
    if (auto scheme = host.find("://"); scheme != std::string_view::npos) host.remove_prefix(scheme + 3);
    target.account = host.substr(0, host.find('.'));
  }
  if (target.account.empty()) return std::unexpected(missing("url"));
  TRY(target.credential, credential(properties, "accountKey"));
  return ok();
}

Result<void> read_endpoint(Target& target, Target::Kind kind, const json::Value& properties, std::string_view key) {
  target.kind = kind;
  target.endpoint = without_slash(text_of(properties, key));
  if (target.endpoint.empty()) return std::unexpected(missing(key));
  return ok();
}

}  // namespace

Result<Target> read_target(const json::Value& definition) {
  const json::Value* properties = json::find_ignoring_case(definition, "properties");
  if (!properties) properties = &definition;
  static const json::Value kNone = json::Object();
  const json::Value* found = json::find_ignoring_case(*properties, "typeProperties");
  const json::Value& type_properties = found && found->is_object() ? *found : kNone;
  Target target{.type = text_of(*properties, "type"), .runtime = json::string_or(*properties, "connectVia.referenceName")};
  auto is = [&](std::string_view type) { return text::equals_ignoring_case(target.type, type); };
  Result<void> read;
  if (is("AzureBlobFS") || is("AzureBlobStorage")) read = read_lake(target, type_properties);
  else if (is("AzureSqlDW") || is("AzureSynapseAnalytics")) read = read_sql(target, type_properties);
  else if (is("AzureKeyVault")) read = read_endpoint(target, Target::Kind::key_vault, type_properties, "baseUrl");
  else if (is("AzureSynapseArtifacts")) read = read_endpoint(target, Target::Kind::synapse_artifacts, type_properties, "endpoint");
  else
    return std::unexpected(unsupported("UnsupportedLinkedServiceType", "The linked service type '" + target.type + "' is not supported."));
  if (!read) return std::unexpected(std::move(read.error()));
  if (is("AzureSynapseAnalytics")) target.warning = "The service knows no linked service type 'AzureSynapseAnalytics'; use 'AzureSqlDW'.";
  return target;
}

}  // namespace axonite::linked_service
