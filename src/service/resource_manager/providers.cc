#include <algorithm>
#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "service/resource_manager/handlers.h"

namespace axonite::service::resource_manager {
namespace {

json::Value shape(const arm::Provider& provider, std::string_view subscription) {
  json::Array types;
  for (const arm::ResourceType& type : provider.types)
    types.push_back(json::Object{{"resourceType", type.name},
                                 {"locations", json::Array{}},
                                 {"apiVersions", json::Array{type.api_version}},
                                 {"capabilities", "SupportsTags, SupportsLocation"}});
  return json::Object{{"id", "/subscriptions/" + std::string(subscription) + "/providers/" + std::string(provider.name)},
                      {"namespace", provider.name},
                      {"registrationPolicy", "RegistrationRequired"},
                      {"registrationState", "Registered"},
                      {"resourceTypes", std::move(types)}};
}

Error unknown_namespace(std::string_view name) {
  return not_found("InvalidResourceNamespace", "The resource namespace '" + std::string(name) + "' is invalid.");
}

Result<void> require_subscription(const Rooms& rooms, const front::Call& call) {
  TRY(auto id, resource::ResourceId::parse("/subscriptions/" + std::string(call.path("subscription"))));
  CHECK_OK(rooms.documents.get(id));
  return ok();
}

// The namespace and the type below it that a path names: "Microsoft.X", "vaults/secrets".
struct Named {
  std::string provider, type;
};

Named named_in(std::string_view path) {
  auto parts = text::split(path, '/');
  Named named;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (!text::equals_ignoring_case(parts[i], "providers")) continue;
    named = {.provider = text::percent_decode(parts[i + 1]).value_or(""), .type = {}};
    for (std::size_t t = i + 2; t < parts.size(); t += 2)
      named.type += (named.type.empty() ? "" : "/") + text::percent_decode(parts[t]).value_or("");
  }
  return named;
}

// "…/triggers/t/start" → "…/triggers/t": what a POST acts on.
std::string_view without_action(const http::Request& request) {
  std::string_view path = request.path;
  if (request.method == "POST" && std::ranges::count(path, '/') % 2 == 1) return path.substr(0, path.rfind('/'));
  return path;
}

bool has_type(const arm::Provider& provider, std::string_view type) {
  for (const arm::ResourceType& known : provider.types)
    if (text::equals_ignoring_case(known.name, type)) return true;
  return false;
}

}  // namespace

Answer list_providers(Rooms& rooms, front::Call& call) {
  CHECK_OK(require_subscription(rooms, call));
  json::Array values;
  for (const arm::Provider& provider : arm::providers()) values.push_back(shape(provider, call.path("subscription")));
  return arm::json_response(200, json::Object{{"value", std::move(values)}});
}

Answer get_provider(Rooms& rooms, front::Call& call) {
  CHECK_OK(require_subscription(rooms, call));
  const arm::Provider* provider = arm::find_provider(call.path("namespace"));
  if (!provider) return std::unexpected(unknown_namespace(call.path("namespace")));
  return arm::json_response(200, shape(*provider, call.path("subscription")));
}

// Every provider that is served is registered from the start.
Answer register_provider(Rooms& rooms, front::Call& call) { return get_provider(rooms, call); }

// What no service knows. A resource type of the real service that is not built here looks the same as one that does
// not exist, so the message says which types are served.
Answer refuse(Rooms&, front::Call& call) {
  Named named = named_in(without_action(call.request));
  if (named.provider.empty())
    return std::unexpected(not_found("InvalidResourceId", "Axonite serves nothing at '" + call.request.method + " " +
                                                              call.request.path + "'."));
  const arm::Provider* provider = arm::find_provider(named.provider);
  if (!provider) return std::unexpected(unknown_namespace(named.provider));
  std::string version(call.query("api-version"));
  if (!has_type(*provider, named.type))
    return std::unexpected(not_found("InvalidResourceType",
                                     "The resource type '" + named.type + "' could not be found in the namespace '" +
                                         std::string(provider->name) + "' for api version '" + version +
                                         "', or is not supported by Axonite."));
  return std::unexpected(unsupported("NoRegisteredProviderFound",
                                     "Axonite does not support " + call.request.method + " " + call.request.path + "."));
}

}  // namespace axonite::service::resource_manager
