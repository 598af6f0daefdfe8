#pragma once
// Pipeline runs of workspaces on {workspace}.dev.azuresynapse.net (2020-12-01).
#include "front/operation.h"
#include "artifact/artifacts.h"
#include "pipeline/runner.h"
#include "pipeline/triggers/triggers.h"
#include "resource/documents.h"

namespace axonite::service::synapse {

struct RunRooms {
  resource::Documents& documents;
  pipeline::Runner& runner;
  pipeline::Definitions& definitions;
  pipeline::triggers::Triggers& triggers;
  artifact::Artifacts& artifacts;
};

// `rooms` outlives the service.
front::Service synapse_run_service(RunRooms& rooms);
// Start, stop, subscribe, and the runs of triggers.
std::vector<front::Operation> trigger_operations(RunRooms& rooms);
// The workspace that the host names, as who runs things for it.
Result<pipeline::Owner> workspace(RunRooms& rooms, const front::Call& call);

}  // namespace axonite::service::synapse
