#include <boost/json.hpp>

#include "arm/arm.h"
#include "base/json.h"

namespace axonite::arm {

int http_status(Error::Kind kind) {
  switch (kind) {
    case Error::Kind::invalid: return 400;
    case Error::Kind::unauthenticated: return 401;
    case Error::Kind::forbidden: return 403;
    case Error::Kind::not_found: return 404;
    case Error::Kind::conflict: return 409;
    case Error::Kind::precondition: return 412;
    case Error::Kind::too_large: return 413;
    case Error::Kind::throttled: return 429;
    case Error::Kind::unsupported: return 501;
    case Error::Kind::unavailable: return 503;
    case Error::Kind::cancelled: return 408;
    case Error::Kind::internal: return 500;
  }
  return 500;
}

json::Value error_body(const Error& error) {
  json::Object body{{"code", error.code}, {"message", error.message}};
  if (!error.target.empty()) body["target"] = error.target;
  if (!error.details.empty()) {
    json::Array details;
    for (const Error& detail : error.details) details.push_back(error_body(detail));
    body["details"] = std::move(details);
  }
  return body;
}

http::Response error_response(const Error& error, const front::Call& call) {
  http::Response response = json_response(http_status(error.kind), json::Object{{"error", error_body(error)}});
  response.headers.set("x-ms-failure-cause", "gateway");
  if (error.kind == Error::Kind::throttled || error.kind == Error::Kind::unavailable)
    response.headers.set("Retry-After", "1");
  // RFC 9110 §11.6.1; azure-core looks for claims here before it gives up.
  if (error.kind == Error::Kind::unauthenticated)
    response.headers.set("WWW-Authenticate", "Bearer authorization_uri=\"https://login.microsoftonline.com/common\", error=\"invalid_token\", error_description=\"" + error.code + "\"");
  add_standard_headers(response, call);
  return response;
}

void add_standard_headers(http::Response& response, const front::Call& call) {
  response.headers.set("x-ms-request-id", call.request_id);
  response.headers.set("x-ms-correlation-request-id", call.correlation_id);
  response.headers.set("Cache-Control", "no-cache");
}

}  // namespace axonite::arm
