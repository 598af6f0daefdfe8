#include <boost/json.hpp>

#include "service/purview/handlers.h"

namespace axonite::service::purview {

// What the data map refuses has Atlas's shape; what stands before it (tokens, rights) has the gateway's.
http::Response shape_error(const Error& error, const front::Call& call) {
  if (error.kind == Error::Kind::unauthenticated || error.kind == Error::Kind::forbidden)
    return http::json_response(arm::http_status(error.kind), json::write(json::Object{{"error", json::Object{{"code", error.kind == Error::Kind::forbidden ? "Unauthorized" : error.code}, {"message", error.message}}}}));
  bool is_data_map = call.request.path.starts_with("/catalog/") || call.request.path.starts_with("/datamap/") || call.request.path.starts_with("/api/");
  if (!is_data_map) return arm::error_response(error, call);
  std::string code = error.code.starts_with("ATLAS-") ? error.code : error.kind == Error::Kind::invalid ? "ATLAS-400-00-01A" : error.code;
  return http::json_response(arm::http_status(error.kind), json::write(json::Object{{"requestId", call.request_id}, {"errorCode", code}, {"errorMessage", error.message}}));
}

}  // namespace axonite::service::purview
