#pragma once
// A service is a table of operations. A row carries everything the front enforces before the handler runs:
// method, path, what the request must look like, the permission, limits. A handler parses, makes one domain call
// and shapes the answer; it never authenticates, authorizes, audits or writes error bodies.
//
//   Service key_vault_service(Rooms& rooms) {
//     return {.name = "key_vault", .hosts = {"*.vault.azure.net"}, .audiences = {"https://vault.azure.net"},
//             .operations = bind(rooms, {
//       {"SetSecret", "PUT", "/secrets/{name}", &set_secret, data_action("Microsoft.KeyVault/vaults/secrets/setSecret/action")},
//     }), .scope = …, .shape_error = …};
//   }
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "http/message.h"
#include "identity/access.h"

namespace axonite::front {

// Who may call an operation. There is no default: a row without one does not compile.
class Permission {
 public:
  enum class Kind { anonymous, authenticated, action, data_action, synapse_action, domain_check };
  Kind kind() const { return kind_; }
  // The action, or for domain_check the name of the check that the handler runs.
  std::string_view name() const { return name_; }

 private:
  Permission(Kind kind, std::string_view name) : kind_(kind), name_(name) {}
  friend Permission anonymous();
  friend Permission authenticated();
  friend Permission action(std::string_view);
  friend Permission data_action(std::string_view);
  friend Permission synapse_action(std::string_view);
  friend Permission domain_check(std::string_view);
  Kind kind_;
  std::string_view name_;
};
inline Permission anonymous() { return {Permission::Kind::anonymous, {}}; }
// Any valid token for the service's audience.
inline Permission authenticated() { return {Permission::Kind::authenticated, {}}; }
inline Permission action(std::string_view name) { return {Permission::Kind::action, name}; }
inline Permission data_action(std::string_view name) { return {Permission::Kind::data_action, name}; }
inline Permission synapse_action(std::string_view name) { return {Permission::Kind::synapse_action, name}; }
// Rights depend on the object (ACLs, two paths): the handler passes call.principal to this check of its room.
inline Permission domain_check(std::string_view name) { return {Permission::Kind::domain_check, name}; }

struct Limits {
  std::size_t body_bytes_max = 4u << 20;  // for body_text() and body_json(); streamed bodies are the handler's
};

// What else a request must carry for a row to be the one; the row with the most conditions wins.
// The value "*" means present with any value.
struct Match {
  std::vector<std::pair<std::string_view, std::string_view>> query;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
};

// One request on its way through the stages. It ends at the service's folder: rooms take plain arguments.
class Call {
 public:
  explicit Call(http::Request& request) : request(request) {}

  http::Request& request;
  identity::Principal principal;
  std::string operation;       // "key_vault.SetSecret"
  std::string scope;           // resource id the permission was checked at
  std::string correlation_id;  // x-ms-correlation-request-id, or new
  std::string request_id;      // new per request; x-ms-request-id of the answer

  // A parameter of the path template, percent-decoded; "" when the template has none of that name.
  std::string_view path(std::string_view name) const;
  // A query value, keys compared without case (ARM and storage clients differ); "" when absent.
  std::string_view query(std::string_view key) const { return request.query.get_ignoring_case(key); }
  // The body, read once and kept. Errors: too_large("RequestBodyTooLarge"), invalid("InvalidJson").
  Result<std::string> body_text();
  Result<json::Value> body_json();

  // Set by the front.
  std::vector<std::pair<std::string, std::string>> path_parameters;
  Limits limits;

 private:
  std::optional<std::string> body_;
};

using OperationHandler = std::function<Result<http::Response>(Call&)>;

struct Operation {
  std::string_view name;    // "SetSecret": audit, metrics and the parity table use "<service>.<name>"
  std::string_view method;  // "PUT"
  // Segments: literal, {parameter}, or {*rest} as the last. Literals compare as Service::ignore_path_case says.
  std::string_view path;
  OperationHandler handler;
  Permission permission;
  Match match = {};
  Limits limits = {};
};

struct Service {
  std::string name;                // the folder under service/
  std::vector<std::string> hosts;  // exact, or "*.suffix" for one or more labels; "localhost" = local addresses
  std::vector<std::string_view> audiences;
  std::vector<Operation> operations;
  bool ignore_path_case = false;
  // Whether every request becomes an event; services with very many small requests are only counted.
  bool audited = true;
  // Who calls. Left empty: a bearer token for one of `audiences`. Runs only where the permission needs a caller.
  std::function<Result<identity::Principal>(Call&)> authenticate;
  // The resource id that actions are checked at. Left empty: the request path itself (ARM).
  std::function<Result<std::string>(const Call&)> scope;
  // The service's error body, in one place. Also for requests that match no row: not_found("…").
  std::function<http::Response(const Error&, const Call&)> shape_error;
  // Headers that every answer of the service carries. May be empty.
  std::function<void(http::Response&, const Call&)> finish;
};

// Rows with handlers of the form Result<Response> f(Rooms&, Call&), bound to one `rooms` that outlives the service.
template <class Rooms>
struct OperationOf {
  std::string_view name, method, path;
  Result<http::Response> (*handler)(Rooms&, Call&);
  Permission permission;
  Match match = {};
  Limits limits = {};
};

template <class Rooms>
std::vector<Operation> bind(Rooms& rooms, const std::vector<OperationOf<Rooms>>& rows) {
  std::vector<Operation> bound;
  for (const auto& row : rows)
    bound.push_back({row.name, row.method, row.path, [&rooms, f = row.handler](Call& call) { return f(rooms, call); },
                     row.permission, row.match, row.limits});
  return bound;
}

}  // namespace axonite::front
