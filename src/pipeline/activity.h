#pragma once
// What an activity is to the runner: a function from its evaluated input to a result. The runner has made `started`
// durable before it calls one, on a thread of its pool, and calls it again after a restart that interrupted it.
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>

#include "identity/principal.h"
#include "pipeline/model.h"
#include "pipeline/run_event.h"

namespace axonite::pipeline {

// The factory or workspace that a run belongs to; its identity calls whatever the run calls.
struct Owner {
  std::string id;    // resource id
  std::string name;  // pipeline().DataFactory
  identity::Principal principal;
  JsonPointer global_parameters;  // name → value; null for none
};

// What definitions a factory or workspace has, as they are when asked. Handed in by server.
class Definitions {
 public:
  virtual ~Definitions() = default;
  // not_found when it is gone.
  virtual Result<Owner> owner(std::string_view owner_id) = 0;
  // {"properties":{…}} with its secrets opened. `kind` as in resource ids: "pipelines", "datasets", "linkedservices".
  virtual Result<std::string> definition(std::string_view owner_id, std::string_view kind, std::string_view name) = 0;
};

struct Work {
  Owner owner;
  std::shared_ptr<const Pipeline> pipeline;  // keeps `activity` alive
  const Activity* activity = nullptr;
  std::string run_id, instance, activity_run_id;
  int attempt = 1;
  JsonPointer properties;      // typeProperties, evaluated
  JsonPointer inputs, outputs; // dataset references, evaluated; null where absent
  JsonPointer linked_service;  // the reference, evaluated; null where absent
  std::stop_token stop;        // cancelled, timed out, or the server ends

  // Names this piece of work whatever the attempt is interrupted by: for sinks that commit it with their data.
  std::string idempotency_key() const { return run_id + "/" + instance + "#" + std::to_string(attempt); }
};

struct ActivityResult {
  Outcome outcome = Outcome::succeeded;
  JsonPointer output;
  std::optional<ActivityError> error;
  Effect effect;
};

ActivityResult succeeded(json::Value output);
// `error.target` is set by the runner.
ActivityResult failed(std::string code, std::string message);
// The service's code where the error carries one. Cancelled errors give a cancelled result.
ActivityResult failed(const Error& error);

using ActivityFunction = std::function<ActivityResult(const Work&)>;
// By type, in the schema's spelling. A type without a function fails with UnsupportedActivityType.
using Activities = std::map<std::string, ActivityFunction, std::less<>>;

}  // namespace axonite::pipeline
