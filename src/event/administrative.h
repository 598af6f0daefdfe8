#pragma once
// Events of the category "administrative": what the activity log shows and its alerts look at. Every change of a
// resource is one; who runs things for users appends their failures too, so that an alert can see them (a failed
// pipeline run: status "Failed", level "Error", the factory as resource, the run in properties).
#include <string>
#include <utility>
#include <vector>

#include "event/stream.h"

namespace axonite::event {

inline constexpr std::string_view kAdministrative = "administrative";

struct Administrative {
  std::string id;  // of the event itself; new when empty
  Time time{};     // now when zero
  std::string caller, caller_object_id;
  std::string operation;  // "Microsoft.DataFactory/factories/write"
  std::string resource_id, resource_type, resource_group, subscription;
  std::string status = "Succeeded";  // "Started", "Succeeded", "Failed"
  std::string sub_status;
  std::string level = "Informational";  // "Warning", "Error", "Critical"
  std::string correlation_id;
  std::string description;
  std::vector<std::pair<std::string, std::string>> properties;  // no secrets
};

// The event's body: {"eventDataId","eventTimestamp","caller","callerObjectId","operationName","resourceId",
// "resourceType","resourceGroupName","subscriptionId","status","subStatus","level","correlationId","description",
// "properties":{…}}.
std::string write_body(const Administrative& event);
// Durable when it returns; an event with the same id is appended once.
Result<std::uint64_t> append(Stream& stream, Administrative event);

}  // namespace axonite::event
