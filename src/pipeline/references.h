#pragma once
// What activities reach the world through, and how the names in a definition become things: dataset → linked service
// → target, each with its own parameters; secrets fetched from the vault with the owner's identity.
#include <functional>

#include "base/clock.h"
#include "engine/session.h"
#include "event/stream.h"
#include "linked_service/caller.h"
#include "linked_service/connection.h"
#include "linked_service/target.h"
#include "pipeline/activity.h"

namespace axonite::pipeline {

// All outlive the runner. `sql` may be null: then SQL targets answer unsupported.
struct DataPorts {
  Definitions& definitions;
  linked_service::Caller& caller;
  linked_service::SqlPort* sql = nullptr;
  std::function<Result<engine::Engine*>()> engine;  // opened when first asked for
  engine::ViewOf view_of;
  event::Stream* events = nullptr;
  Clock& clock;
};

struct Dataset {
  std::string name, type;
  JsonPointer document;    // typeProperties, evaluated
  std::string linked_service;
  linked_service::Target target;
  const json::Value& properties() const { return *document; }
};

// `reference` = {"referenceName","type","parameters"?}, evaluated. Errors: not_found, invalid, unsupported.
Result<Dataset> resolve_dataset(const DataPorts& ports, const Work& work, const json::Value& reference);
Result<linked_service::Target> resolve_linked_service(const DataPorts& ports, const Work& work, const json::Value& reference);
// With the password, which may come from the vault.
Result<linked_service::SqlTarget> resolve_sql(const DataPorts& ports, const Work& work, const linked_service::Target& target);
linked_service::CallContext call_context(const Work& work, std::string operation, std::string audience);

}  // namespace axonite::pipeline
