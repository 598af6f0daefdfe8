#include <boost/json.hpp>

#include "base/json.h"
#include "service/storage/handlers.h"

namespace axonite::service::storage {
namespace {

int status_of(const Error& error) {
  if (error.code == "NotModified") return 304;
  if (error.code == "InvalidRange") return 416;
  switch (error.kind) {
    case Error::Kind::invalid: return 400;
    case Error::Kind::unauthenticated: return 401;
    case Error::Kind::forbidden: return 403;
    case Error::Kind::not_found: return 404;
    case Error::Kind::conflict: return 409;
    case Error::Kind::precondition: return 412;
    case Error::Kind::too_large: return 413;
    case Error::Kind::throttled: return 503;
    case Error::Kind::unsupported: return 501;
    case Error::Kind::unavailable: return 503;
    case Error::Kind::cancelled: return 500;
    case Error::Kind::internal: return 500;
  }
  return 500;
}

// The lake speaks DFS; Blob has older names for the same things.
std::string code_of(const Error& error, bool dfs) {
  static const std::map<std::string, std::string> blob{{"FilesystemNotFound", "ContainerNotFound"}, {"PathNotFound", "BlobNotFound"},
      {"SourcePathNotFound", "BlobNotFound"}, {"PathAlreadyExists", "BlobAlreadyExists"}, {"FilesystemAlreadyExists", "ContainerAlreadyExists"},
      {"DirectoryNotEmpty", "DirectoryIsNotEmpty"}, {"PathConflict", "ResourceTypeMismatch"}};
  if (error.kind == Error::Kind::throttled) return "ServerBusy";
  if (error.kind == Error::Kind::internal) return "InternalError";
  if (dfs) return error.code == "PathConflict" ? "ResourceTypeMismatch" : error.code;
  auto found = blob.find(error.code);
  return found == blob.end() ? error.code : found->second;
}

}  // namespace

http::Response shape_error(const Error& error, const front::Call& call) {
  int status = status_of(error);
  bool dfs = is_dfs(call);
  std::string code = code_of(error, dfs);
  std::string message = error.message + "\nRequestId:" + call.request_id + "\nTime:" + format_iso(system_clock().now());
  http::Response response = http::empty_response(status);
  // A body would not go out, and its type makes clients try to parse it.
  if (call.request.method != "HEAD" && status != 304)
    response = dfs ? http::json_response(status, json::write(json::Object{{"error", json::Object{{"code", code}, {"message", message}}}}))
                   : xml_response(status, "<Error><Code>" + escape_xml(code) + "</Code><Message>" + escape_xml(message) + "</Message></Error>");
  response.headers.set("x-ms-error-code", code == "NotModified" ? "ConditionNotMet" : code);
  if (status == 401)
    response.headers.set("WWW-Authenticate", "Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize resource_id=https://storage.azure.com");
  if (status == 503) response.headers.set("Retry-After", "1");
  if (error.code == "PathAlreadyExists" && error.target == "directory") response.headers.set("x-ms-existing-resource-type", "directory");
  return response;
}

void finish(http::Response& response, const front::Call& call) {
  response.headers.set("x-ms-request-id", call.request_id);
  std::string_view client = call.request.headers.get("x-ms-client-request-id");
  if (!client.empty() && client.size() <= 1024) response.headers.set("x-ms-client-request-id", std::string(client));
  std::string_view version = call.request.headers.get("x-ms-version");
  if (version.empty()) version = call.request.query.get("sv");
  response.headers.set("x-ms-version", version.empty() || version.size() > 32 ? "2021-12-02" : std::string(version));
  response.headers.set("Server", "Axonite-Storage");
  if (!response.headers.contains("Date")) response.headers.set("Date", format_http_date(system_clock().now()));
}

}  // namespace axonite::service::storage
