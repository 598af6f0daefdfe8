#include "front/stages.h"

#include <boost/json.hpp>

#include "base/text.h"

namespace axonite::front {
namespace {

constexpr std::size_t kTokenBytesMax = 16u << 10;

}  // namespace

Result<http::Response> Stages::run(const Operation& operation, Call& call) const {
  call.limits = operation.limits;
  if (operation.permission.kind() != Permission::Kind::anonymous) {
    TRY(call.principal, service.authenticate ? service.authenticate(call) : authenticate(call));
    CHECK_OK(authorize(operation.permission, call));
  }
  return operation.handler(call);
}

Result<identity::Principal> Stages::authenticate(Call& call) const {
  std::string_view header = call.request.headers.get("Authorization");
  if (header.empty())
    return std::unexpected(unauthenticated("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."));
  if (!text::starts_with_ignoring_case(header, "Bearer ") || header.size() > kTokenBytesMax)
    return std::unexpected(unauthenticated("AuthenticationFailedInvalidHeader",
                                           "Authentication failed. The 'Authorization' header is provided in an invalid format."));
  return tokens.verify(text::trim(header.substr(7)), service.audiences);
}

Result<void> Stages::authorize(const Permission& permission, Call& call) const {
  if (service.scope) {
    TRY(call.scope, service.scope(call));
  } else {
    call.scope = call.request.path;
  }
  switch (permission.kind()) {
    case Permission::Kind::anonymous:
    case Permission::Kind::authenticated:
    case Permission::Kind::domain_check: return ok();
    case Permission::Kind::action: return authorizer.authorize(call.principal, permission.name(), call.scope);
    case Permission::Kind::data_action: return authorizer.authorize_data(call.principal, permission.name(), call.scope);
    case Permission::Kind::synapse_action:
      return authorizer.authorize(call.principal, permission.name(), call.scope, identity::RoleSystem::synapse);
  }
  return std::unexpected(internal("a permission outside its enum"));
}

void audit(event::Stream& events, const Call& call, const http::Response& response, Time begin, Time end) {
  json::Object body{{"operation", call.operation},
                    {"host", call.request.host},
                    {"method", call.request.method},
                    {"principal", call.principal.object_id},
                    {"from", call.request.client_address},
                    {"status", response.status},
                    {"duration_us", std::chrono::duration_cast<std::chrono::microseconds>(end - begin).count()}};
  events.append_async({.time = end, .category = "request", .correlation_id = call.correlation_id, .body = json::write(body)});
}

}  // namespace axonite::front
