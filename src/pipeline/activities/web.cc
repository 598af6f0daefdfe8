#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "pipeline/activities/data.h"
#include "pipeline/model_json.h"

namespace axonite::pipeline::activities {
namespace {

using definition::member;

constexpr std::size_t kBytesMax = 4u << 20;
constexpr int kPollsMax = 10'000;

std::string body_text(const json::Value* body) {
  if (!body) return {};
  return body->is_string() ? std::string(body->get_string()) : json::write(*body);
}

Result<std::string> audience_of(const json::Value& properties) {
  const json::Value* authentication = member(properties, "authentication");
  if (!authentication) return std::string();
  std::string type = json::string_or(*authentication, "type");
  if (!text::equals_ignoring_case(type, "MSI"))
    return std::unexpected(unsupported("UnsupportedAuthentication", "The authentication '" + type + "' of a WebActivity is not supported here."));
  return json::string_or(*authentication, "resource");
}

Result<json::Value> answer_of(const http::Incoming& answer) {
  if (answer.body.size() > kBytesMax) return std::unexpected(too_large("ResponseTooLarge", "The answer is larger than 4 MB."));
  json::Value parsed = json::parse(answer.body).value_or(json::Value());
  if (answer.status >= 400) {
    std::string code = json::string_or(parsed, "error.code", std::to_string(answer.status));
    return std::unexpected(invalid(code, "Invoking Web Activity failed with HTTP status code - '" + std::to_string(answer.status) +
                                             "', message - '" + answer.body.substr(0, 2000) + "'"));
  }
  json::Object output;
  if (parsed.is_object()) output = parsed.get_object();
  else output["Response"] = answer.body;
  json::Object headers;
  for (const auto& [name, value] : answer.headers) headers[name] = value;
  output["ADFWebActivityResponseHeaders"] = std::move(headers);
  return output;
}

Result<json::Value> run(const DataPorts& ports, const Work& work) {
  const json::Value& properties = *work.properties;
  http::Outgoing request{.method = text::to_upper(json::string_or(properties, "method")), .url = json::string_or(properties, "url")};
  constexpr std::string_view kMethods[] = {"GET", "POST", "PUT", "DELETE", "PATCH"};
  if (std::find(std::begin(kMethods), std::end(kMethods), request.method) == std::end(kMethods))
    return std::unexpected(invalid("BadRequest", "The method '" + request.method + "' of a WebActivity does not exist.", "method"));
  request.body = body_text(member(properties, "body"));
  request.headers.set("Content-Type", "application/json");
  if (const json::Value* headers = member(properties, "headers"); headers && headers->is_object())
    for (const auto& header : headers->get_object()) request.headers.set(header.key(), body_text(&header.value()));
  TRY(std::string audience, audience_of(properties));
  TRY(bool sync_only, definition::boolean_or(properties, "turnOffAsync", false, "$.typeProperties"));
  auto context = call_context(work, "WebActivity", audience);
  TRY(http::Incoming answer, ports.caller.call(context, request));
  for (int poll = 0; answer.status == 202 && !sync_only && !answer.headers.get("Location").empty(); ++poll) {
    if (poll >= kPollsMax) return std::unexpected(unavailable("PollingTimedOut", "The operation did not end."));
    auto seconds = text::parse_int<int>(answer.headers.get("Retry-After")).value_or(10);
    if (!ports.clock.wait_until(ports.clock.now() + std::chrono::seconds(std::clamp(seconds, 1, 3600)), work.stop))
      return std::unexpected(cancelled("Cancelled", "The activity was cancelled."));
    http::Outgoing next{.method = "GET", .url = std::string(answer.headers.get("Location"))};
    TRY(answer, ports.caller.call(context, next));
  }
  return answer_of(answer);
}

}  // namespace

ActivityResult web(const DataPorts& ports, const Work& work) { return finish(run(ports, work)); }

}  // namespace axonite::pipeline::activities
