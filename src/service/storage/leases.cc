#include "base/text.h"
#include "service/storage/handlers.h"

namespace axonite::service::storage {
namespace {

using Action = lake::LeaseRequest::Action;

Error bad(const char* name) { return invalid("InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format.", name); }

Result<lake::LeaseRequest> request_of(const front::Call& call) {
  const http::Headers& headers = call.request.headers;
  static const std::map<std::string, Action> actions{{"acquire", Action::acquire}, {"renew", Action::renew}, {"change", Action::change}, {"release", Action::release}, {"break", Action::break_}};
  auto action = actions.find(text::to_lower(headers.get("x-ms-lease-action")));
  if (action == actions.end()) return std::unexpected(bad("x-ms-lease-action"));
  lake::LeaseRequest request{.action = action->second, .id = std::string(headers.get("x-ms-lease-id")), .proposed_id = std::string(headers.get("x-ms-proposed-lease-id"))};
  if (headers.contains("x-ms-lease-duration")) {
    auto seconds = text::parse_int<std::int64_t>(headers.get("x-ms-lease-duration"));
    if (!seconds) return std::unexpected(bad("x-ms-lease-duration"));
    request.seconds = *seconds;
  }
  if (headers.contains("x-ms-lease-break-period")) {
    request.break_seconds = text::parse_int<std::int64_t>(headers.get("x-ms-lease-break-period"));
    if (!request.break_seconds || *request.break_seconds < 0 || *request.break_seconds > 60) return std::unexpected(bad("x-ms-lease-break-period"));
  }
  if (request.action == Action::change && request.proposed_id.empty()) return std::unexpected(bad("x-ms-proposed-lease-id"));
  return request;
}

int status_of(Action action) { return action == Action::acquire ? 201 : action == Action::break_ ? 202 : 200; }

}  // namespace

Answer lease(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  if (at.path.empty()) CHECK_OK(allow_action(rooms, call, "Microsoft.Storage/storageAccounts/blobServices/containers/lease/action", at, "w"));
  else CHECK_OK(allow(rooms, call, lake::Right::write, at, "w"));
  TRY(auto request, request_of(call));
  TRY(auto conditions, conditions_of(call));
  TRY(lake::LeaseAnswer answer, rooms.lake.lease(at, request, conditions));
  http::Response response = http::empty_response(status_of(request.action));
  add_identity(response, answer.node);
  if (request.action == Action::break_) response.headers.set("x-ms-lease-time", std::to_string(answer.seconds_left));
  else if (!answer.id.empty()) response.headers.set("x-ms-lease-id", answer.id);
  return response;
}

}  // namespace axonite::service::storage
