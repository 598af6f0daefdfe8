#pragma once
// Runs as the REST API shows them (Azure/azure-rest-api-specs, datafactory 2018-06-01, examples of PipelineRuns and
// ActivityRuns). Times have seven fraction digits and Z.
#include "pipeline/run_log.h"

namespace axonite::pipeline {

// One item of queryPipelineRuns, also the answer of pipelineruns/{id}.
json::Value pipeline_run_json(const RunRecord& run);

// {"value":[…],"continuationToken"?}. `body` is RunFilterParameters: lastUpdatedAfter, lastUpdatedBefore,
// continuationToken, filters, orderBy. Errors: invalid("BadRequest") naming the member.
Result<json::Value> query_pipeline_runs(const RunLog& log, std::string_view owner, const json::Value& body);
// The same for the activities of one run; secure inputs and outputs are left out. not_found for an unknown run.
Result<json::Value> query_activity_runs(const RunLog& log, std::string_view owner, std::string_view run_id,
                                        const json::Value& body);

}  // namespace axonite::pipeline
