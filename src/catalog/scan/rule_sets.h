#pragma once
// Scan rule sets: the system's own per kind of data source, and custom ones.
#include <string_view>
#include <vector>

#include "catalog/scan/store.h"
#include "catalog/scan/survey.h"

namespace axonite::catalog::scan {

std::vector<json::Value> system_rule_sets();
// By kind of data source ("AzureSynapseWorkspace") or name ("AzureSynapseSQL"); null when there is none.
json::Value system_rule_set(std::string_view kind_or_name);

// What a scan takes and how it classifies: its rule set, its filter, the account's custom rules. Custom rules live in `custom`,
// which outlives the settings. Errors: not_found("ScanRuleset_NotFound"), invalid("ClassificationRule_Invalid").
Result<Settings> settings_of(const Store& store, std::string_view account, std::string_view source, std::string_view scan_name, const json::Value& scan, std::vector<ColumnRule>& custom);

}  // namespace axonite::catalog::scan
