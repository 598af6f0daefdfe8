#include <algorithm>
#include <boost/json.hpp>

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "service/synapse/handlers.h"

namespace axonite::service::synapse {
namespace {

constexpr std::string_view kCreation = "synapse.CreateWorkspace";
constexpr std::string_view kDeletion = "synapse.DeleteWorkspace";
constexpr std::string_view kWrite = "Microsoft.Synapse/workspaces/write";

bool is_name(std::string_view name) {
  auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 50 && fits(name.front()) && fits(name.back()) && name.find("-ondemand") == std::string_view::npos &&
         std::ranges::all_of(name, [&](char c) { return fits(c) || c == '-'; });
}

Error bad(std::string message) { return validation_failed("Workspace", std::move(message)); }

// Members that would need what this server does not have; a default that is spelled out is no request for it.
Result<void> check_supported(const json::Value& properties) {
  for (std::string_view member : {"managedVirtualNetwork", "managedVirtualNetworkSettings", "encryption", "workspaceRepositoryConfiguration",
                                  "purviewConfiguration", "virtualNetworkProfile", "adlaResourceId"}) {
    const json::Value* found = json::find(properties, member);
    bool empty = !found || found->is_null() || (found->is_string() && found->get_string().empty()) ||
                 (found->is_object() && found->get_object().empty());
    if (!empty)
      return std::unexpected(unsupported("WorkspacePropertyNotSupported",
                                         "The workspace property '" + std::string(member) + "' is not supported by Axonite."));
  }
  return ok();
}

Result<void> check_request(const resource::ResourceId& id, const json::Value& request, const json::Value& properties) {
  if (!is_name(id.name()))
    return std::unexpected(bad("The workspace name '" + std::string(id.name()) +
                               "' must have 1 to 50 lower-case letters, digits and hyphens, start and end with a letter or digit and not contain '-ondemand'."));
  if (json::string_or(request, "location").empty())
    return std::unexpected(invalid("LocationRequired", "The location property is required for this definition.", "location"));
  if (json::string_or(properties, "defaultDataLakeStorage.accountUrl").empty() || json::string_or(properties, "defaultDataLakeStorage.filesystem").empty())
    return std::unexpected(bad("properties.defaultDataLakeStorage must have accountUrl and filesystem."));
  return check_supported(properties);
}

// Eight characters or more of three kinds, as SQL Server wants passwords.
Result<void> check_password(std::string_view login, const std::string& password) {
  auto has = [&](auto&& kind) { return std::ranges::any_of(password, kind); };
  auto between = [](char low, char high) { return [=](char c) { return c >= low && c <= high; }; };
  int kinds = has(between('a', 'z')) + has(between('A', 'Z')) + has(between('0', '9')) +
              has([](unsigned char c) { return c < 0x80 && !std::isalnum(c); });
  bool holds_login = !login.empty() && text::to_lower(password).find(text::to_lower(login)) != std::string::npos;
  if (password.size() >= 8 && password.size() <= 128 && kinds >= 3 && !holds_login) return ok();
  return std::unexpected(bad("The SQL administrator's password must have 8 to 128 characters of three kinds and not contain the login."));
}

json::Object endpoints(const resource::ResourceId& id) {
  std::string name(id.name());
  return {{"web", "https://web.azuresynapse.net?workspace=" + text::percent_encode(id.text())},
          {"dev", "https://" + name + ".dev.azuresynapse.net"},
          {"sqlOnDemand", name + "-ondemand.sql.azuresynapse.net"},
          {"sql", name + ".sql.azuresynapse.net"}};
}

// What is stored: the request without the password, completed with what the service adds.
json::Value stored_properties(const resource::ResourceId& id, json::Value properties, const json::Value& before) {
  json::Object& object = properties.get_object();
  object.erase("sqlAdministratorLoginPassword");
  auto keep = [&](std::string_view member, std::string fallback) {
    std::string there = json::string_or(before, "properties." + std::string(member));
    object[member] = there.empty() ? fallback : there;
  };
  if (json::string_or(properties, "sqlAdministratorLogin").empty()) keep("sqlAdministratorLogin", "sqladminuser");
  keep("workspaceUID", new_uuid());
  if (json::string_or(properties, "managedResourceGroupName").empty()) keep("managedResourceGroupName", "synapseworkspace-managedrg-" + new_uuid());
  object["connectivityEndpoints"] = endpoints(id);
  object["privateEndpointConnections"] = json::Array{};
  object["extraProperties"] = json::Object{{"WorkspaceType", "Normal"}};
  if (!object.contains("publicNetworkAccess")) object["publicNetworkAccess"] = "Enabled";
  object["provisioningState"] = "Provisioning";
  return properties;
}

Result<json::Value> create(Rooms& rooms, const arm::Input& input) {
  TRY(auto current, rooms.documents.get(input.resource));
  TRY(json::Value body, arm::body_of(current));
  TRY(json::Value identity, arm::resolve_identity(input.arguments, json::find(body, "identity"), input.resource, rooms.identities));
  CHECK_OK(rooms.access.grant_creator(input.resource.name(), input.author.principal));
  auto change = [&](const resource::Document& document) -> Result<std::string> {
    TRY(json::Value changed, arm::body_of(document));
    changed.get_object().erase("identity");
    if (!identity.is_null()) changed.get_object()["identity"] = identity;
    changed.get_object()["properties"].get_object()["provisioningState"] = "Succeeded";
    return json::write(changed);
  };
  TRY(auto document, rooms.documents.update(input.resource, change, {}, {}));
  return arm::envelope(document);
}

// Everything a workspace stands for; its document goes after.
Result<void> clear(Rooms& rooms, const resource::Document& workspace) {
  std::string continuation;
  do {
    TRY(resource::Page pools, rooms.documents.list(workspace.id, "sqlPools", continuation));
    for (const resource::Document& pool : pools.documents) CHECK_OK(rooms.databases.drop(workspace.id.name(), pool.id.name()));
    continuation = std::move(pools.continuation);
  } while (!continuation.empty());
  CHECK_OK(rooms.access.forget(workspace.id.name()));
  return rooms.identities.remove(workspace.id);
}

}  // namespace

void define_workspace_operations(Rooms& rooms) {
  rooms.operations.define(std::string(kCreation), [&rooms](const arm::Input& input, std::stop_token) {
    auto outcome = create(rooms, input);
    if (!outcome) (void)set_properties(rooms.documents, input.resource, {{"provisioningState", "Failed"}});
    return outcome;
  });
  rooms.operations.define(std::string(kDeletion), [&rooms](const arm::Input& input, std::stop_token) -> Result<json::Value> {
    auto document = rooms.documents.get(input.resource);
    if (!document && document.error().kind == Error::Kind::not_found) return json::Value();
    if (!document) return std::unexpected(std::move(document.error()));
    CHECK_OK(rooms.removers.remove(rooms.documents, *document, input.author));
    return json::Value();
  });
  rooms.removers.add(kWorkspaceType, [&rooms](const resource::Document& document, const resource::Author&) { return clear(rooms, document); });
}

Answer put_workspace(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  CHECK_OK(check_request(id, request, properties));
  CHECK_OK(rooms.documents.get(id.group_id()));
  if (auto other = rooms.documents.find_by_name(kWorkspaceType, id.name()); other && other->id != id)
    return std::unexpected(conflict("WorkspaceNameUnavailable", "The workspace name '" + std::string(id.name()) + "' is already in use."));
  auto existing = rooms.documents.get(id);
  json::Value before;
  if (existing) {
    TRY(before, arm::body_of(*existing));
  }
  Secret password(json::string_or(properties, "sqlAdministratorLoginPassword"));
  json::Value stored = stored_properties(id, std::move(properties), before);
  std::string login = json::string_or(stored, "sqlAdministratorLogin");
  if (!password.empty()) CHECK_OK(check_password(login, password.reveal()));
  json::Value body = arm::resource_body(request, std::move(stored));
  body.get_object().erase("identity");
  if (const json::Value* identity = json::find(before, "identity")) body.get_object()["identity"] = *identity;
  TRY(auto document, rooms.documents.put(id, json::write(body), arm::condition(call), arm::author(call, std::string(kWrite))));
  // At once, not in the operation: what waits there is on disk, and a password must not be.
  if (!password.empty()) CHECK_OK(rooms.access.set_sql_administrator(id.name(), login, password));
  const json::Value* identity = json::find(request, "identity");
  TRY(std::string operation, rooms.operations.begin(kCreation, document.id, identity ? *identity : json::Value(), arm::author(call, std::string(kWrite))));
  return began(call, existing ? 200 : 201, document, operation);
}

Answer patch_workspace(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  CHECK_OK(check_supported(properties));
  TRY(auto current, rooms.documents.get(id));
  TRY(json::Value body, arm::body_of(current));
  std::string login = json::string_or(body, "properties.sqlAdministratorLogin");
  if (Secret password(json::string_or(properties, "sqlAdministratorLoginPassword")); !password.empty()) {
    CHECK_OK(check_password(login, password.reveal()));
    CHECK_OK(rooms.access.set_sql_administrator(id.name(), login, password));
  }
  TRY(json::Value identity, arm::resolve_identity(json::find(request, "identity"), json::find(body, "identity"), id, rooms.identities));
  auto change = [&](const resource::Document& document) -> Result<std::string> {
    TRY(json::Value changed, arm::body_of(document));
    json::Object& object = changed.get_object();
    if (const json::Value* tags = json::find(request, "tags"); tags && !tags->is_null()) object["tags"] = *tags;
    if (const json::Value* access = json::find(properties, "publicNetworkAccess")) object["properties"].get_object()["publicNetworkAccess"] = *access;
    object.erase("identity");
    if (!identity.is_null()) object["identity"] = identity;
    return json::write(changed);
  };
  TRY(auto document, rooms.documents.update(id, change, arm::condition(call), arm::author(call, std::string(kWrite))));
  return arm::resource_response(200, document);
}

Answer get_workspace(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(auto document, rooms.documents.get(id));
  return arm::resource_response(200, document);
}

Answer delete_workspace(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  CHECK_OK(rooms.documents.get(id.group_id()));
  auto document = set_properties(rooms.documents, id, {{"provisioningState", "Deleting"}});
  if (!document && document.error().kind == Error::Kind::not_found) return http::empty_response(204);
  if (!document) return std::unexpected(std::move(document.error()));
  TRY(std::string operation, rooms.operations.begin(kDeletion, document->id, json::Object{}, arm::author(call, "Microsoft.Synapse/workspaces/delete")));
  return began(call, 202, *document, operation);
}

Answer list_workspaces(Rooms& rooms, front::Call& call) {
  TRY(auto scope, arm::target(call));
  return arm::list_children(call, rooms.documents, scope, kWorkspaceType, [](const resource::Document& document) { return arm::envelope(document); });
}

Answer check_name_availability(Rooms& rooms, front::Call& call) {
  TRY(json::Value request, call.body_json());
  std::string name = json::string_or(request, "name"), reason, message;
  if (!is_name(name)) {
    reason = "Invalid";
    message = "The name '" + name + "' is not a valid workspace name.";
  } else if (rooms.documents.find_by_name(kWorkspaceType, name)) {
    reason = "AlreadyExists";
    message = "The name '" + name + "' is already in use.";
  }
  return arm::json_response(200, json::Object{{"available", reason.empty()}, {"reason", reason}, {"message", message}, {"name", name}});
}

}  // namespace axonite::service::synapse
