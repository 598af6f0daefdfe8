#pragma once
// Pipeline runs of factories on management.azure.com: make, watch, cancel. The runs themselves are the pipeline room's.
#include "front/operation.h"
#include "artifact/artifacts.h"
#include "pipeline/runner.h"
#include "pipeline/triggers/triggers.h"
#include "resource/documents.h"

namespace axonite::service::data_factory {

struct RunRooms {
  pipeline::Runner& runner;
  pipeline::Definitions& definitions;
  pipeline::triggers::Triggers& triggers;
  artifact::Artifacts& artifacts;
};

// `rooms` outlives the service.
front::Service data_factory_run_service(RunRooms& rooms);
// Start, stop, subscribe, and the runs of triggers.
std::vector<front::Operation> trigger_operations(RunRooms& rooms);
// The factory that the path names, as who runs things for it.
Result<std::string> factory_id(const front::Call& call);
Result<pipeline::Owner> factory(RunRooms& rooms, const front::Call& call);

}  // namespace axonite::service::data_factory
