#include "catalog/scan/rule_sets.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "base/text.h"

namespace axonite::catalog::scan {
namespace {

struct Row {
  std::string_view kind, name;
  int version;
};

constexpr Row kRuleSets[] = {{"AzureSynapseWorkspace", "AzureSynapseSQL", 2}, {"AdlsGen2", "AdlsGen2", 5}, {"AzureStorage", "AzureStorage", 5}};
constexpr std::string_view kExtensions[] = {"CSV", "JSON", "PSV", "SSV", "TSV", "TXT", "PARQUET"};

json::Value shape(const Row& row) {
  json::Object properties{{"createdAt", "2020-01-01T00:00:00Z"}, {"excludedSystemClassifications", json::Array{}}, {"includedCustomClassificationRuleNames", json::Array{}}};
  if (row.kind != "AzureSynapseWorkspace") {
    json::Array extensions;
    for (std::string_view one : kExtensions) extensions.emplace_back(one);
    properties["scanningRule"] = json::Object{{"fileExtensions", std::move(extensions)}, {"customFileExtensions", nullptr}};
  }
  return json::Object{{"id", "systemscanrulesets/" + std::string(row.kind)}, {"name", row.name}, {"kind", row.kind}, {"scanRulesetType", "System"}, {"status", "Enabled"}, {"version", row.version}, {"properties", std::move(properties)}};
}

std::vector<std::string> texts(const json::Value& value, std::string_view path) {
  std::vector<std::string> all;
  const json::Value* found = json::find_path(value, path);
  if (found && found->is_array())
    for (const json::Value& one : found->get_array())
      if (one.is_string()) all.emplace_back(one.get_string());
  return all;
}

// Custom rules that are named take part, or all that are enabled under a system rule set.
Result<void> add_custom(const Store& store, std::string_view account, const std::vector<std::string>* wanted, std::vector<ColumnRule>& custom) {
  TRY(auto rules, store.list(account, "classificationrules"));
  for (const Definition& one : rules) {
    std::string name = json::string_or(one.body, "name");
    bool named = !wanted || std::ranges::any_of(*wanted, [&](const std::string& rule) { return text::equals_ignoring_case(rule, name); });
    if (!named || json::string_or(one.body, "properties.ruleStatus", "Enabled") != "Enabled" || json::string_or(one.body, "properties.classificationAction", "Keep") != "Keep") continue;
    TRY(ColumnRule rule, custom_rule(name, one.body));
    custom.push_back(std::move(rule));
  }
  return ok();
}

}  // namespace

std::vector<json::Value> system_rule_sets() {
  std::vector<json::Value> all;
  for (const Row& row : kRuleSets) all.push_back(shape(row));
  return all;
}

json::Value system_rule_set(std::string_view wanted) {
  for (const Row& row : kRuleSets)
    if (text::equals_ignoring_case(row.kind, wanted) || text::equals_ignoring_case(row.name, wanted)) return shape(row);
  return nullptr;
}

Result<Settings> settings_of(const Store& store, std::string_view account, std::string_view source, std::string_view scan_name, const json::Value& scan, std::vector<ColumnRule>& custom) {
  std::string path = "datasources/" + std::string(source) + "/scans/" + std::string(scan_name), name = json::string_or(scan, "properties.scanRulesetName");
  Settings settings{.rules = {}, .include = {}, .exclude = {}, .before = {}, .scan_id = path};
  std::set<std::string> excluded;
  if (json::string_or(scan, "properties.scanRulesetType", "System") == "Custom") {
    TRY(auto rule_set, store.get(account, "scanrulesets/" + name));
    if (!rule_set) return std::unexpected(not_found("ScanRuleset_NotFound", "The scan rule set '" + name + "' does not exist."));
    for (std::string& one : texts(*rule_set, "properties.excludedSystemClassifications")) excluded.insert(std::move(one));
    auto wanted = texts(*rule_set, "properties.includedCustomClassificationRuleNames");
    CHECK_OK(add_custom(store, account, &wanted, custom));
  } else {
    if (system_rule_set(name).is_null()) return std::unexpected(not_found("ScanRuleset_NotFound", "The system scan rule set '" + name + "' does not exist."));
    CHECK_OK(add_custom(store, account, nullptr, custom));
  }
  for (const ColumnRule& rule : system_rules())
    if (!excluded.contains(rule.classification)) settings.rules.push_back(&rule);
  for (const ColumnRule& rule : custom) settings.rules.push_back(&rule);
  settings.classifies = !settings.rules.empty();
  TRY(auto filter, store.get(account, path + "/filters/custom"));
  if (filter) {
    settings.include = texts(*filter, "properties.includeUriPrefixes");
    settings.exclude = texts(*filter, "properties.excludeUriPrefixes");
  }
  return settings;
}

}  // namespace axonite::catalog::scan
