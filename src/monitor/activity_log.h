#pragma once
// The activity log: the administrative events of a subscription, newest first, as Microsoft.Insights answers them.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "event/stream.h"

namespace axonite::monitor {

// The patterns that $filter allows: a time range and equalities joined by "and".
struct ActivityFilter {
  Time from{};
  std::optional<Time> to;
  std::vector<std::pair<std::string, std::string>> equals;  // canonical field, value
  // Errors: invalid("BadRequest") for a filter without a start, or with anything else in it.
  static Result<ActivityFilter> parse(std::string_view text);
};

struct ActivityPage {
  std::vector<json::Value> events;  // EventData of api-version 2015-04-01
  std::string continuation;         // empty at the end
};

// Looks at no more than a few thousand events per page, so a page may be short and still have a continuation.
Result<ActivityPage> list_activity(const event::Stream& stream, std::string_view subscription, const ActivityFilter& filter,
                                   std::string_view continuation, std::size_t count_max = 200);

// A field of an administrative event's body, as filters and alert rules name it: category, level, caller, status,
// subStatus, resourceGroup, resourceId, resourceProvider, resourceType, operationName, correlationId,
// properties.{name}. Nothing when there is no such field.
std::optional<std::string> activity_field(const json::Value& body, std::string_view field);

}  // namespace axonite::monitor
