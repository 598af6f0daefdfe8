#pragma once
// The scanning plane: data sources, scans, triggers, filters, rule sets, credentials, runs.
#include "service/purview/handlers.h"

namespace axonite::service::purview {

// scanning.cc
Answer put_data_source(Rooms&, front::Call&);
Answer put_scan(Rooms&, front::Call&);
Answer put_filter(Rooms&, front::Call&);
Answer put_trigger(Rooms&, front::Call&);
Answer delete_trigger(Rooms&, front::Call&);
Answer put_rule_set(Rooms&, front::Call&);
Answer put_classification_rule(Rooms&, front::Call&);
Answer put_named(Rooms&, front::Call&);       // Key Vault connections, credentials
Answer get_definition(Rooms&, front::Call&);
Answer delete_definition(Rooms&, front::Call&);
Answer list_definitions(Rooms&, front::Call&);
// scan_runs.cc
Answer run_scan(Rooms&, front::Call&);        // PUT …/runs/{run}
Answer post_run(Rooms&, front::Call&);        // POST …/run
Answer list_runs(Rooms&, front::Call&);
Answer get_run(Rooms&, front::Call&);
Answer cancel_run(Rooms&, front::Call&);
Answer list_system_rule_sets(Rooms&, front::Call&);
Answer get_system_rule_set(Rooms&, front::Call&);
Answer list_rule_set_versions(Rooms&, front::Call&);

// scan_routes.cc
std::vector<front::OperationOf<Rooms>> scan_rows();

// The account that the host names.
std::string account_of(const front::Call& call);

}  // namespace axonite::service::purview
