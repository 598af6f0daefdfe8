#include "service/purview/scanning.h"

namespace axonite::service::purview {

using front::action;

#define READ action("Microsoft.Purview/accounts/scan/read")
#define WRITE action("Microsoft.Purview/accounts/scan/write")
#define SOURCE "/datasources/{source}"
#define SCAN SOURCE "/scans/{scan}"

std::vector<front::OperationOf<Rooms>> scan_rows() {
  return {
      {"ListDataSources", "GET", "/datasources", &list_definitions, READ},
      {"PutDataSource", "PUT", SOURCE, &put_data_source, WRITE},
      {"GetDataSource", "GET", SOURCE, &get_definition, READ},
      {"DeleteDataSource", "DELETE", SOURCE, &delete_definition, WRITE},
      {"ListScans", "GET", SOURCE "/scans", &list_definitions, READ},
      {"PutScan", "PUT", SCAN, &put_scan, WRITE},
      {"GetScan", "GET", SCAN, &get_definition, READ},
      {"DeleteScan", "DELETE", SCAN, &delete_definition, WRITE},
      {"PutScanFilter", "PUT", SCAN "/filters/custom", &put_filter, WRITE},
      {"GetScanFilter", "GET", SCAN "/filters/custom", &get_definition, READ},
      {"PutScanTrigger", "PUT", SCAN "/triggers/default", &put_trigger, WRITE},
      {"GetScanTrigger", "GET", SCAN "/triggers/default", &get_definition, READ},
      {"DeleteScanTrigger", "DELETE", SCAN "/triggers/default", &delete_trigger, WRITE},
      {"RunScan", "PUT", SCAN "/runs/{run}", &run_scan, WRITE},
      {"RunScan", "POST", SCAN "/run", &post_run, WRITE},
      {"RunScan", "POST", SCAN "/:run", &post_run, WRITE},
      {"ListScanRuns", "GET", SCAN "/runs", &list_runs, READ},
      {"GetScanRun", "GET", SCAN "/runs/{run}", &get_run, READ},
      {"CancelScanRun", "POST", SCAN "/runs/{run}/:cancel", &cancel_run, WRITE},
      {"ListSystemRulesets", "GET", "/systemScanRulesets", &list_system_rule_sets, READ},
      {"GetSystemRuleset", "GET", "/systemScanRulesets/datasources/{kind}", &get_system_rule_set, READ},
      {"ListSystemRulesetVersions", "GET", "/systemScanRulesets/versions", &list_rule_set_versions, READ},
      {"GetSystemRulesetLatest", "GET", "/systemScanRulesets/versions/latest", &get_system_rule_set, READ},
      {"GetSystemRulesetVersion", "GET", "/systemScanRulesets/versions/{version}", &get_system_rule_set, READ},
      {"ListScanRulesets", "GET", "/scanrulesets", &list_definitions, READ},
      {"PutScanRuleset", "PUT", "/scanrulesets/{name}", &put_rule_set, WRITE},
      {"GetScanRuleset", "GET", "/scanrulesets/{name}", &get_definition, READ},
      {"DeleteScanRuleset", "DELETE", "/scanrulesets/{name}", &delete_definition, WRITE},
      {"ListClassificationRules", "GET", "/classificationrules", &list_definitions, READ},
      {"PutClassificationRule", "PUT", "/classificationrules/{name}", &put_classification_rule, WRITE},
      {"GetClassificationRule", "GET", "/classificationrules/{name}", &get_definition, READ},
      {"DeleteClassificationRule", "DELETE", "/classificationrules/{name}", &delete_definition, WRITE},
      {"ListKeyVaultConnections", "GET", "/azureKeyVaults", &list_definitions, READ},
      {"PutKeyVaultConnection", "PUT", "/azureKeyVaults/{name}", &put_named, WRITE},
      {"GetKeyVaultConnection", "GET", "/azureKeyVaults/{name}", &get_definition, READ},
      {"DeleteKeyVaultConnection", "DELETE", "/azureKeyVaults/{name}", &delete_definition, WRITE},
      {"ListCredentials", "GET", "/credentials", &list_definitions, READ},
      {"PutCredential", "PUT", "/credentials/{name}", &put_named, WRITE},
      {"GetCredential", "GET", "/credentials/{name}", &get_definition, READ},
      {"DeleteCredential", "DELETE", "/credentials/{name}", &delete_definition, WRITE},
  };
}

}  // namespace axonite::service::purview
