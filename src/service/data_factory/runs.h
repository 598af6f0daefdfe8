#pragma once
// Pipeline runs of factories on management.azure.com: make, watch, cancel. The runs themselves are the pipeline room's.
#include "front/operation.h"
#include "pipeline/runner.h"
#include "resource/documents.h"

namespace axonite::service::data_factory {

struct RunRooms {
  pipeline::Runner& runner;
  pipeline::Definitions& definitions;
};

// `rooms` outlives the service.
front::Service data_factory_run_service(RunRooms& rooms);

}  // namespace axonite::service::data_factory
