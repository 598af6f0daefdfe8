#pragma once
// The activities that move or read data, by type. Outputs have the shapes of the service (docs of each activity).
#include "pipeline/references.h"

namespace axonite::pipeline::activities {

ActivityResult lookup(const DataPorts& ports, const Work& work);
// Appends a "lineage" event: {"process":{"type":"adf_copy_activity","name","factory","pipeline","runId"},
// "inputs":[{"type","qualifiedName"}],"outputs":[…],"columns":[{"source","sink"}]}.
ActivityResult copy(const DataPorts& ports, const Work& work);
ActivityResult script(const DataPorts& ports, const Work& work);
ActivityResult get_metadata(const DataPorts& ports, const Work& work);
ActivityResult remove(const DataPorts& ports, const Work& work);
ActivityResult web(const DataPorts& ports, const Work& work);

// All of them; `ports` outlives what is returned.
Activities data_activities(const DataPorts& ports);

// An engine session with the owner's rights that ends with the work.
Result<std::unique_ptr<engine::Session>> open_session(const DataPorts& ports, const Work& work);
// The current row of a result as JSON, typed as Lookup answers.
json::Value row_json(const engine::Rows& rows, std::size_t row, bool decimals_as_text);

ActivityResult finish(Result<json::Value> output);

}  // namespace axonite::pipeline::activities
