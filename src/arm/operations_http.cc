#include <boost/json.hpp>

#include "arm/operations.h"
#include "base/json.h"

namespace axonite::arm {
namespace {

// azure-core polls every 30 s unless told otherwise and reads whole seconds from Retry-After first; the millisecond
// headers alone make a local operation cost what it takes.
void add_retry_headers(http::Response& response) {
  response.headers.set("retry-after-ms", "50");
  response.headers.set("x-ms-retry-after-ms", "50");
}

// A poll waits this long for the end before it answers "still running".
constexpr std::chrono::milliseconds kPollWait{200};

std::string operation_url(const front::Call& call, std::string_view operation_id, std::string_view provider,
                          std::string_view location, std::string_view collection) {
  std::string subscription(call.path("subscription"));
  if (subscription.empty())
    if (auto id = target(call)) subscription = id->subscription();
  return absolute_url(call,
                      "/subscriptions/" + subscription + "/providers/" + std::string(provider) + "/locations/" +
                          std::string(location.empty() ? "global" : location) + "/" + std::string(collection) + "/" +
                          std::string(operation_id),
                      "api-version=" + std::string(call.query("api-version")));
}

}  // namespace

void add_operation_headers(http::Response& response, const front::Call& call, std::string_view operation_id,
                           std::string_view provider, std::string_view location) {
  response.headers.set("Azure-AsyncOperation", operation_url(call, operation_id, provider, location, "operationStatuses"));
  response.headers.set("Location", operation_url(call, operation_id, provider, location, "operationResults"));
  add_retry_headers(response);
}

Result<http::Response> operation_status_response(const front::Call& call, const Operations& operations,
                                                 std::string_view id) {
  TRY(OperationStatus status, operations.wait(id, kPollWait));
  json::Object body{{"id", call.request.path},
                    {"name", status.id},
                    {"status", status.status},
                    {"startTime", format_iso(status.started)}};
  if (status.ended) body["endTime"] = format_iso(*status.ended);
  if (status.error) body["error"] = error_body(*status.error);
  if (!status.output.empty()) {
    TRY(json::Value output, json::parse(status.output));
    body["properties"] = std::move(output);
  }
  http::Response response = json_response(200, body);
  if (!status.ended) add_retry_headers(response);
  return response;
}

Result<http::Response> operation_result_response(const front::Call& call, const Operations& operations,
                                                 std::string_view id) {
  TRY(OperationStatus status, operations.wait(id, kPollWait));
  if (!status.ended) {
    http::Response response = http::empty_response(202);
    response.headers.set("Location", absolute_url(call, call.request.path, call.request.raw_query));
    add_retry_headers(response);
    return response;
  }
  if (status.error) return std::unexpected(std::move(*status.error));
  return status.output.empty() ? http::empty_response(204) : http::json_response(200, std::move(status.output));
}

}  // namespace axonite::arm
