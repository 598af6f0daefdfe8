#pragma once
// What a notebook run left behind: its cells with their outputs, at the address that a SynapseNotebook activity's output
// names (snapshotUrl). The service shows it in its own Studio; here it is JSON.
#include <functional>

#include "arm/arm.h"

namespace axonite::service::synapse {

struct SnapshotRooms {
  // By workspace and run id: a JSON text. not_found("NotebookRunNotFound"). Implemented by server over notebook.
  std::function<Result<std::string>(std::string_view workspace, std::string_view run_id)> snapshot;
};

// `rooms` outlives the service.
front::Service notebook_snapshot_service(SnapshotRooms& rooms);

}  // namespace axonite::service::synapse
