#include "event/administrative.h"

#include <boost/json.hpp>

#include "base/id.h"
#include "base/json.h"

namespace axonite::event {

std::string write_body(const Administrative& event) {
  json::Object properties;
  for (const auto& [name, value] : event.properties) properties[name] = value;
  return json::write(json::Object{{"eventDataId", event.id},
                                  {"eventTimestamp", format_iso(event.time)},
                                  {"caller", event.caller},
                                  {"callerObjectId", event.caller_object_id},
                                  {"operationName", event.operation},
                                  {"resourceId", event.resource_id},
                                  {"resourceType", event.resource_type},
                                  {"resourceGroupName", event.resource_group},
                                  {"subscriptionId", event.subscription},
                                  {"status", event.status},
                                  {"subStatus", event.sub_status},
                                  {"level", event.level},
                                  {"correlationId", event.correlation_id},
                                  {"description", event.description},
                                  {"properties", std::move(properties)}});
}

Result<std::uint64_t> append(Stream& stream, Administrative event) {
  if (event.id.empty()) event.id = new_uuid();
  if (event.time == Time{}) event.time = system_clock().now();
  return stream.append({.time = event.time,
                        .category = std::string(kAdministrative),
                        .correlation_id = event.correlation_id,
                        .body = write_body(event),
                        .key = event.id});
}

}  // namespace axonite::event
