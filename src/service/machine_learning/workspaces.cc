#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "base/id.h"
#include "base/text.h"
#include "service/machine_learning/service.h"

namespace axonite::service::machine_learning {
namespace {

using Answer = Result<http::Response>;
constexpr std::string_view kWrite = "Microsoft.MachineLearningServices/workspaces/write";

Result<void> check_name(std::string_view name) {
  bool fits = name.size() >= 3 && name.size() <= 33 && std::isalnum(static_cast<unsigned char>(name.front())) &&
              std::ranges::all_of(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_'; });
  if (fits) return ok();
  return std::unexpected(invalid("ValidationError", "'" + std::string(name.substr(0, 100)) + "' is not a valid workspace name: 3 to 33 letters, digits, '-' and '_'.", "name"));
}

// What would need mechanisms that are not here is refused by name, never half taken.
Result<void> check_properties(const json::Value& properties) {
  if (const json::Value* hbi = json::find(properties, "hbiWorkspace"); hbi && hbi->is_bool() && hbi->get_bool())
    return std::unexpected(unsupported("HbiWorkspaceNotSupported", "High business impact workspaces are not supported by Axonite."));
  if (const json::Value* encryption = json::find(properties, "encryption"); encryption && !encryption->is_null())
    return std::unexpected(unsupported("EncryptionNotSupported", "Customer-managed keys are not supported by Axonite."));
  return ok();
}

// The account that the request names, the one that the workspace has, or a new one.
Result<resource::ResourceId> account_of(Rooms& rooms, const resource::ResourceId& id, const json::Value& properties, const json::Value* before, std::string_view guid) {
  std::string given = json::string_or(properties, "storageAccount"), had = before ? json::string_or(*before, "properties.storageAccount") : "";
  if (!had.empty() && !given.empty() && !text::equals_ignoring_case(had, given))
    return std::unexpected(invalid("ValidationError", "The storage account of a workspace cannot be changed.", "storageAccount"));
  if (given.empty()) given = had;
  if (given.empty()) {
    TRY(given, rooms.make_account(id, guid));
  }
  TRY(auto account, resource::ResourceId::parse(given));
  if (!text::equals_ignoring_case(account.type(), "Microsoft.Storage/storageAccounts") || !rooms.lake.account(account.name()))
    return std::unexpected(invalid("ValidationError", "The storage account '" + given.substr(0, 300) + "' does not exist.", "storageAccount"));
  return account;
}

Answer put_workspace(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  CHECK_OK(rooms.documents.get(id.group_id()));
  CHECK_OK(check_name(id.name()));
  CHECK_OK(check_properties(properties));
  auto there = rooms.documents.get(id);
  json::Value before;
  if (there) {
    TRY(before, arm::body_of(*there));
  }
  std::string location = text::to_lower(text::replace_all(json::string_or(request, "location", json::string_or(before, "location")), " ", ""));
  bool plain = !location.empty() && location.size() <= 40 && std::ranges::all_of(location, [](char c) { return std::isalnum(static_cast<unsigned char>(c)); });
  if (!plain) return std::unexpected(invalid("LocationRequired", "The location property is required for this definition.", "location"));
  std::string guid = there ? json::string_or(before, "properties.workspaceId") : new_uuid();
  TRY(auto account, account_of(rooms, id, properties, there ? &before : nullptr, guid));
  TRY(json::Value made, workspace_properties(rooms.lake, id, location, guid, account));
  for (const auto& member : made.get_object()) properties.get_object()[member.key()] = member.value();
  json::Value identity = json::Object{{"type", "SystemAssigned"}};
  json::Value body = arm::resource_body(request, std::move(properties));
  TRY(json::Value resolved, arm::resolve_identity(json::find(request, "identity") ? json::find(request, "identity") : &identity, there ? json::find(before, "identity") : nullptr, id, rooms.identities));
  body.get_object()["identity"] = resolved;
  body.get_object()["location"] = location;
  if (!json::find(body, "kind")) body.get_object()["kind"] = "Default";
  if (!json::find(body, "sku")) body.get_object()["sku"] = json::Object{{"name", "Basic"}, {"tier", "Basic"}};
  TRY(auto document, rooms.documents.put(id, json::write(body), arm::condition(call), arm::author(call, std::string(kWrite))));
  return arm::resource_response(there ? 200 : 201, document);
}

Answer patch_workspace(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  CHECK_OK(check_properties(properties));
  auto change = [&](const resource::Document& document) -> Result<std::string> {
    TRY(json::Value body, arm::body_of(document));
    if (const json::Value* tags = json::find(request, "tags"); tags && !tags->is_null()) body.get_object()["tags"] = *tags;
    for (std::string_view name : {"description", "friendlyName"})
      if (const json::Value* value = json::find(properties, name); value && value->is_string()) body.get_object()["properties"].get_object()[name] = *value;
    return json::write(body);
  };
  TRY(auto document, rooms.documents.update(id, change, arm::condition(call), arm::author(call, std::string(kWrite))));
  return arm::resource_response(200, document);
}

Answer get_workspace(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(auto document, rooms.documents.get(id));
  return arm::resource_response(200, document);
}

Answer list_workspaces(Rooms& rooms, front::Call& call) {
  TRY(auto scope, arm::target(call));
  return arm::list_children(call, rooms.documents, scope, kWorkspaceType, [](const resource::Document& document) { return arm::envelope(document); });
}

// The storage account stays, as with the real service.
Answer delete_workspace(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  CHECK_OK(rooms.documents.get(id.group_id()));
  TRY(bool removed, rooms.documents.remove(id, arm::condition(call), arm::author(call, "Microsoft.MachineLearningServices/workspaces/delete")));
  if (removed) CHECK_OK(rooms.identities.remove(id));
  return http::empty_response(removed ? 200 : 204);
}

Answer list_keys(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(auto document, rooms.documents.get(id));
  TRY(json::Value body, arm::body_of(document));
  std::string account_id = json::string_or(body, "properties.storageAccount");
  TRY(auto account, rooms.lake.account(account_id.substr(account_id.rfind('/') + 1)));
  return arm::json_response(200, json::Object{{"userStorageKey", account->keys[0].reveal()}, {"userStorageResourceId", account_id}, {"appInsightsInstrumentationKey", ""}});
}

Answer discovery(front::Call& call) {
  json::Object services;
  for (std::string_view name : {"api", "catalog", "experimentation", "gallery", "history", "hyperdrive", "labeling", "modelmanagement", "pipelines", "jobs", "inferencing", "services", "notebooks", "studio"})
    services[name] = "https://" + call.request.host;
  return http::json_response(200, json::write(services));
}

#define WORKSPACES "/providers/Microsoft.MachineLearningServices/workspaces"
#define GROUP "/subscriptions/{subscription}/resourceGroups/{group}"

}  // namespace

Result<json::Value> workspace_properties(lake::Lake& lake, const resource::ResourceId& id, std::string_view location, std::string_view guid, const resource::ResourceId& account) {
  for (const std::string& container : {std::string("azureml"), "azureml-blobstore-" + std::string(guid)}) {
    auto made = lake.create_filesystem({std::string(account.name()), container, ""}, {}, "");
    if (!made && made.error().code != "FilesystemAlreadyExists") return std::unexpected(std::move(made.error()));
  }
  std::string host = std::string(location) + ".api.azureml.ms";
  return json::Object{{"workspaceId", guid}, {"storageAccount", account.text()}, {"provisioningState", "Succeeded"}, {"discoveryUrl", "https://" + host + "/discovery"},
                      {"mlFlowTrackingUri", "azureml://" + host + "/mlflow/v1.0" + id.text()}, {"workspaceIdString", guid}, {"publicNetworkAccess", "Enabled"}, {"hbiWorkspace", false}};
}

front::Service workspace_service(Rooms& rooms, arm::Removers& removers) {
  using front::action;
  removers.add(kWorkspaceType, [&rooms](const resource::Document& document, const resource::Author&) { return rooms.identities.remove(document.id); });
  constexpr std::string_view read = "Microsoft.MachineLearningServices/workspaces/read";
  return arm::management_service("machine_learning", front::bind<Rooms>(rooms, {
      {"PutWorkspace", "PUT", GROUP WORKSPACES "/{workspace}", &put_workspace, action(kWrite)},
      {"UpdateWorkspace", "PATCH", GROUP WORKSPACES "/{workspace}", &patch_workspace, action(kWrite)},
      {"GetWorkspace", "GET", GROUP WORKSPACES "/{workspace}", &get_workspace, action(read)},
      {"DeleteWorkspace", "DELETE", GROUP WORKSPACES "/{workspace}", &delete_workspace, action("Microsoft.MachineLearningServices/workspaces/delete")},
      {"ListWorkspacesOfGroup", "GET", GROUP WORKSPACES, &list_workspaces, action(read)},
      {"ListWorkspaces", "GET", "/subscriptions/{subscription}" WORKSPACES, &list_workspaces, action(read)},
      {"ListKeys", "POST", GROUP WORKSPACES "/{workspace}/listKeys", &list_keys, action("Microsoft.MachineLearningServices/workspaces/listKeys/action")},
  }));
}

front::Service discovery_service() {
  return {.name = "machine_learning",
          .hosts = {"*.api.azureml.ms"},
          .operations = {{"Discover", "GET", "/discovery", &discovery, front::anonymous()}, {"Discover", "GET", "/discovery/{*rest}", &discovery, front::anonymous()}},
          .ignore_path_case = true,
          .shape_error = &arm::error_response};
}

}  // namespace axonite::service::machine_learning
