#pragma once
// What others are told of a run, through the event stream.
#include <vector>

#include "base/clock.h"
#include "event/stream.h"
#include "pipeline/run.h"

namespace axonite::pipeline {

// The events of the categories "run" and "administrative" that one event of a run calls for; often none. That of a failed run carries a key
// made of the run, so that what a restart tells again is kept once. A failed run's administrative event has the operation
// "Microsoft.DataFactory/factories/pipelines/createRun/action" (Synapse: workspaces), status "Failed", level "Error", the
// factory or workspace as resource, the run's id as correlation id, and pipelineName, runId, errorMessage as properties.
std::vector<event::Event> announcements(const Run& run, const Event& event, Time now);

}  // namespace axonite::pipeline
