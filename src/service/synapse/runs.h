#pragma once
// Pipeline runs of workspaces on {workspace}.dev.azuresynapse.net (2020-12-01).
#include "front/operation.h"
#include "pipeline/runner.h"
#include "resource/documents.h"

namespace axonite::service::synapse {

struct RunRooms {
  resource::Documents& documents;
  pipeline::Runner& runner;
  pipeline::Definitions& definitions;
};

// `rooms` outlives the service.
front::Service synapse_run_service(RunRooms& rooms);

}  // namespace axonite::service::synapse
