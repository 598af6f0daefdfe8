#include <boost/json.hpp>

#include "base/text.h"
#include "service/entra/entra.h"

namespace axonite::service::entra {
namespace {

using front::Call;

http::Response shape_error(const Error& error, const Call& call) {
  int status = error.kind == Error::Kind::unauthenticated ? 401 : error.kind == Error::Kind::not_found ? 404 : error.kind == Error::Kind::internal ? 500 : 400;
  return http::json_response(status, json::write(json::Object{{"statusCode", status}, {"message", error.message}, {"correlationId", call.correlation_id}}));
}

Result<http::Response> issue(Rooms& rooms, Call& call, std::string_view header) {
  TRY(identity::Principal principal, rooms.directory.principal_of_header(header));
  std::string resource(call.query("resource"));
  TRY(identity::IssuedToken issued, issue_token(rooms, principal, resource));
  // expires_on is text with Unix seconds in both versions of the endpoint that clients here use.
  json::Object body{{"access_token", issued.token.reveal()},
                    {"client_id", principal.app_id},
                    {"expires_on", std::to_string(to_unix_seconds(issued.expires))},
                    {"resource", resource},
                    {"token_type", "Bearer"}};
  return http::json_response(200, json::write(body));
}

Result<http::Response> app_service_token(Rooms& rooms, Call& call) { return issue(rooms, call, call.request.headers.get("X-IDENTITY-HEADER")); }
Result<http::Response> machine_learning_token(Rooms& rooms, Call& call) { return issue(rooms, call, call.request.headers.get("secret")); }

}  // namespace

front::Service managed_identity_service(Rooms& rooms) {
  return {.name = "managed_identity",
          .hosts = {"localhost"},
          // The header is the credential: it names the principal, and the handler looks it up.
          .operations = front::bind<Rooms>(rooms, {{"Token", "GET", "/msi/token", &app_service_token, front::anonymous(), {.headers = {{"X-IDENTITY-HEADER", "*"}}}},
                                                   {"TokenForJobs", "GET", "/msi/token", &machine_learning_token, front::anonymous(), {.headers = {{"secret", "*"}}}}}),
          .shape_error = shape_error};
}

}  // namespace axonite::service::entra
