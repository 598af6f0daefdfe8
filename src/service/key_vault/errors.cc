#include <boost/json.hpp>

#include "base/json.h"
#include "service/key_vault/handlers.h"

namespace axonite::service::key_vault {
namespace {

// The service has few codes of its own and says the rest in "innererror".
struct Named {
  std::string code, inner;
};

Named named(const Error& error) {
  std::string inner = error.details.empty() ? "" : error.details.front().code;
  switch (error.kind) {
    case Error::Kind::unauthenticated: return {"Unauthorized", ""};
    case Error::Kind::forbidden: return {"Forbidden", error.code == "AuthorizationFailed" ? "ForbiddenByRbac" : inner};
    case Error::Kind::invalid:
    case Error::Kind::too_large: return {"BadParameter", inner};
    case Error::Kind::conflict: return {"Conflict", inner};
    case Error::Kind::throttled: return {"Throttled", inner};
    case Error::Kind::internal: return {"InternalError", ""};
    case Error::Kind::not_found:
    case Error::Kind::precondition:
    case Error::Kind::unsupported:
    case Error::Kind::unavailable:
    case Error::Kind::cancelled: return {error.code, inner};
  }
  return {error.code, inner};
}

// Numbers as the service prints them before its sentence.
std::string sentence(const Error& error) {
  if (error.kind != Error::Kind::unauthenticated) return error.message;
  if (error.code == "AuthenticationFailed") return "AKV10000: Request is missing a Bearer or PoP token.";
  if (error.code == "InvalidAuthenticationTokenAudience") return "AKV10022: Invalid audience. " + error.message;
  if (error.code == "InvalidAuthenticationTokenTenant") return "AKV10032: Invalid issuer. " + error.message;
  return "Error validating token: " + error.message;
}

// One header whose resource is the parent domain with the client's port: SDKs compare it with the host they called.
std::string challenge(const Rooms& rooms, const front::Call& call) {
  std::string domain = vault_url(call).substr(std::string_view("https://").size());
  if (std::size_t dot = domain.find('.'); dot != std::string::npos) domain.erase(0, dot + 1);
  return "Bearer authorization=\"https://login.microsoftonline.com/" + rooms.tenant_id + "\", resource=\"https://" + domain + "\"";
}

}  // namespace

http::Response shape_error(const Rooms& rooms, const Error& error, const front::Call& call) {
  Named name = named(error);
  json::Object body{{"code", name.code}, {"message", sentence(error)}};
  if (!name.inner.empty()) body["innererror"] = json::Object{{"code", name.inner}};
  int status = error.kind == Error::Kind::too_large ? 413 : arm::http_status(error.kind);
  http::Response response = http::json_response(status, json::write(json::Object{{"error", std::move(body)}}));
  if (error.kind == Error::Kind::unauthenticated) response.headers.set("WWW-Authenticate", challenge(rooms, call));
  if (error.kind == Error::Kind::throttled || error.kind == Error::Kind::unavailable) response.headers.set("Retry-After", "1");
  return response;
}

}  // namespace axonite::service::key_vault
