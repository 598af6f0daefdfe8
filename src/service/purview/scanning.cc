// Definitions of the scanning plane. A definition's place is the path of its request without "/scan".
#include "service/purview/scanning.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "catalog/scan/classifiers.h"
#include "catalog/scan/recurrence.h"

namespace axonite::service::purview {
namespace {

constexpr std::string_view kSourceKinds[] = {"AzureSynapseWorkspace", "AzureSynapse", "AdlsGen2", "AzureStorage"};
constexpr std::string_view kLogins[] = {"Msi", "Credential", "AccountKey", "AccessKey", "ServicePrincipal"};
constexpr std::string_view kCredentialKinds[] = {"AccountKey", "ServicePrincipal", "BasicAuth", "SqlAuth", "ManagedIdentity"};

std::string place_of(const front::Call& call) {
  std::string_view path = call.request.path;
  if (path.starts_with("/scan/")) path.remove_prefix(5);
  if (path.ends_with('/')) path.remove_suffix(1);
  return text::percent_decode(path.substr(1)).value_or(std::string(path.substr(1)));
}

Error bad(std::string_view what, std::string message) { return invalid(std::string(what) + "_Invalid", std::move(message)); }

Error not_there(std::string_view place) {
  std::string_view name = place.substr(place.rfind('/') + 1);
  std::string_view kind = place.find("/triggers/") != std::string_view::npos ? "ScanTrigger"
                          : place.find("/filters/") != std::string_view::npos ? "ScanFilter"
                          : place.find("/scans/") != std::string_view::npos   ? "Scan"
                          : place.starts_with("datasources")                  ? "DataSource"
                          : place.starts_with("scanrulesets")                 ? "ScanRuleset"
                          : place.starts_with("classificationrules")          ? "ClassificationRule"
                          : place.starts_with("azureKeyVaults")               ? "AzureKeyVault"
                                                                              : "Credential";
  return not_found(std::string(kind) + "_NotFound", "'" + std::string(name) + "' does not exist.");
}

Result<json::Object> properties_of(const json::Value& body, std::string_view what) {
  const json::Value* properties = json::find(body, "properties");
  if (!properties || !properties->is_object()) return std::unexpected(bad(what, "The body has no properties."));
  return properties->get_object();
}

// Stores {"id","name","kind"?,"properties"} and answers it.
Answer keep(Rooms& rooms, const front::Call& call, std::string_view kind, json::Object properties) {
  std::string place = place_of(call), account = account_of(call), now = format_iso(rooms.clock.now());
  TRY(auto before, rooms.scans.get(account, place));
  properties["createdAt"] = before ? json::string_or(*before, "properties.createdAt", now) : now;
  properties["lastModifiedAt"] = now;
  json::Object body{{"id", place}, {"name", place.substr(place.rfind('/') + 1)}};
  if (!kind.empty()) body["kind"] = kind;
  body["properties"] = std::move(properties);
  json::Value whole(std::move(body));
  TRY(bool is_new, rooms.scans.put(account, place, whole));
  // Key Vault connections and filters are never 201 (azure-purview-scanning takes 200 alone).
  bool says_created = is_new && !place.starts_with("azureKeyVaults/") && !place.ends_with("/filters/custom");
  return http::json_response(says_created ? 201 : 200, json::write(whole));
}

bool one_of(std::span<const std::string_view> all, std::string_view one) { return std::ranges::find(all, one) != all.end(); }

}  // namespace

std::string account_of(const front::Call& call) { return text::to_lower(call.request.host.substr(0, call.request.host.find('.'))); }

Answer put_data_source(Rooms& rooms, front::Call& call) {
  TRY(json::Value body, call.body_json());
  std::string kind = json::string_or(body, "kind");
  if (kind.empty()) return std::unexpected(bad("DataSource", "The data source has no kind."));
  if (!one_of(kSourceKinds, kind)) return std::unexpected(unsupported("DataSourceKindNotSupported", "Data sources of kind '" + kind + "' are not supported by Axonite."));
  TRY(json::Object properties, properties_of(body, "DataSource"));
  std::string_view wanted = kind.starts_with("Adls") || kind == "AzureStorage" ? "endpoint" : "dedicatedSqlEndpoint";
  json::Value shown(properties);
  if (json::string_or(shown, wanted).empty() && json::string_or(shown, "serverlessSqlEndpoint").empty())
    return std::unexpected(bad("DataSource", "The data source's properties have no " + std::string(wanted) + "."));
  return keep(rooms, call, kind, std::move(properties));
}

Answer put_scan(Rooms& rooms, front::Call& call) {
  TRY(json::Value body, call.body_json());
  TRY(auto source, rooms.scans.get(account_of(call), "datasources/" + std::string(call.path("source"))));
  if (!source) return std::unexpected(not_there("datasources/" + std::string(call.path("source"))));
  std::string kind = json::string_or(body, "kind"), source_kind = json::string_or(*source, "kind");
  bool fits = kind.starts_with(source_kind) && one_of(kLogins, std::string_view(kind).substr(source_kind.size()));
  if (!fits) return std::unexpected(bad("Scan", "A scan of kind '" + kind + "' does not fit a data source of kind '" + source_kind + "'."));
  TRY(json::Object properties, properties_of(body, "Scan"));
  if (json::string_or(json::Value(properties), "scanRulesetName").empty()) return std::unexpected(bad("Scan", "The scan names no scanRulesetName."));
  return keep(rooms, call, kind, std::move(properties));
}

Answer put_filter(Rooms& rooms, front::Call& call) {
  TRY(json::Value body, call.body_json());
  TRY(json::Object properties, properties_of(body, "ScanFilter"));
  for (std::string_view key : {"includeRegexes", "excludeRegexes"})
    if (const json::Value* given = properties.if_contains(key); given && given->is_array() && !given->get_array().empty())
      return std::unexpected(unsupported("ScanFilterNotSupported", std::string(key) + " are not supported by Axonite; use URI prefixes."));
  return keep(rooms, call, {}, std::move(properties));
}

Answer put_trigger(Rooms& rooms, front::Call& call) {
  TRY(json::Value body, call.body_json());
  TRY(json::Object properties, properties_of(body, "ScanTrigger"));
  const json::Value* recurrence = properties.if_contains("recurrence");
  CHECK_OK(catalog::scan::read_recurrence(recurrence ? *recurrence : json::Value()));
  std::string level = json::string_or(json::Value(properties), "scanLevel", "Full");
  if (level != "Full" && level != "Incremental") return std::unexpected(bad("ScanTrigger", "The scanLevel '" + level + "' is not Full or Incremental."));
  TRY(auto answer, keep(rooms, call, {}, std::move(properties)));
  rooms.scanner.triggers_changed();
  return answer;
}

Answer delete_trigger(Rooms& rooms, front::Call& call) {
  TRY(auto answer, delete_definition(rooms, call));
  rooms.scanner.triggers_changed();
  return answer;
}

Answer put_rule_set(Rooms& rooms, front::Call& call) {
  TRY(json::Value body, call.body_json());
  std::string kind = json::string_or(body, "kind");
  if (!one_of(kSourceKinds, kind)) return std::unexpected(bad("ScanRuleset", "A scan rule set has the kind of its data sources, not '" + kind + "'."));
  TRY(json::Object properties, properties_of(body, "ScanRuleset"));
  return keep(rooms, call, kind, std::move(properties));
}

Answer put_classification_rule(Rooms& rooms, front::Call& call) {
  TRY(json::Value body, call.body_json());
  if (json::string_or(body, "kind") != "Custom") return std::unexpected(bad("ClassificationRule", "A classification rule that is written has the kind 'Custom'."));
  TRY(auto rule, catalog::scan::custom_rule(call.path("name"), body));
  const catalog::Definition* definition = rooms.catalog.types()->find(rule.classification);
  if (!definition || definition->category != "CLASSIFICATION") return std::unexpected(bad("ClassificationRule", "The classification '" + rule.classification + "' does not exist."));
  TRY(json::Object properties, properties_of(body, "ClassificationRule"));
  return keep(rooms, call, "Custom", std::move(properties));
}

Answer put_named(Rooms& rooms, front::Call& call) {
  TRY(json::Value body, call.body_json());
  bool is_credential = place_of(call).starts_with("credentials");
  std::string kind = json::string_or(body, "kind");
  if (is_credential && !one_of(kCredentialKinds, kind)) return std::unexpected(bad("Credential", "Credentials of kind '" + kind + "' are not known."));
  TRY(json::Object properties, properties_of(body, is_credential ? "Credential" : "AzureKeyVault"));
  if (!is_credential && json::string_or(json::Value(properties), "baseUrl").empty()) return std::unexpected(bad("AzureKeyVault", "The Key Vault connection has no baseUrl."));
  // Secrets come by reference only: a text in their place would lie in the database.
  if (const json::Value* typed = properties.if_contains("typeProperties"); typed && typed->is_object())
    for (std::string_view key : {"password", "servicePrincipalKey", "accountKey"})
      if (const json::Value* secret = json::find(*typed, key); secret && json::string_or(*secret, "type") != "AzureKeyVaultSecret")
        return std::unexpected(bad("Credential", "'" + std::string(key) + "' is an AzureKeyVaultSecret."));
  return keep(rooms, call, kind, std::move(properties));
}

Answer get_definition(Rooms& rooms, front::Call& call) {
  TRY(auto body, rooms.scans.get(account_of(call), place_of(call)));
  if (!body) return std::unexpected(not_there(place_of(call)));
  return json_answer(*body);
}

Answer delete_definition(Rooms& rooms, front::Call& call) {
  TRY(auto body, rooms.scans.get(account_of(call), place_of(call)));
  TRY(bool removed, rooms.scans.remove(account_of(call), place_of(call)));
  rooms.scanner.triggers_changed();
  return removed ? json_answer(*body) : http::empty_response(204);
}

Answer list_definitions(Rooms& rooms, front::Call& call) {
  std::string place = place_of(call);
  if (std::string parent = place.substr(0, std::min(place.rfind('/'), place.size())); place.find('/') != std::string::npos) {
    TRY(auto there, rooms.scans.get(account_of(call), parent));
    if (!there) return std::unexpected(not_there(parent));
  }
  TRY(auto all, rooms.scans.list(account_of(call), place));
  json::Array values;
  for (auto& one : all) values.push_back(std::move(one.body));
  std::size_t count = values.size();
  return json_answer(json::Object{{"value", std::move(values)}, {"count", count}, {"nextLink", nullptr}});
}

}  // namespace axonite::service::purview
