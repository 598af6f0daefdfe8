#include "service/storage/accounts.h"

#include <boost/json.hpp>

#include "arm/arm.h"
#include "base/json.h"
#include "base/text.h"

namespace axonite::service::storage {
namespace {

using Answer = Result<http::Response>;
constexpr std::string_view kType = "Microsoft.Storage/storageAccounts";
#define ACCOUNTS "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts"
#define ACCOUNT ACCOUNTS "/{account}"
#define CONTAINERS ACCOUNT "/blobServices/default/containers"

Result<resource::ResourceId> account_id(const front::Call& call) {
  return resource::ResourceId::parse("/subscriptions/" + std::string(call.path("subscription")) + "/resourceGroups/" + std::string(call.path("group")) +
                                     "/providers/" + std::string(kType) + "/" + std::string(call.path("account")));
}

Answer respond(const resource::Document& document) { return arm::resource_response(200, document); }

// Settings that would change what the data plane does, and do not here.
Result<void> check_properties(const json::Value& properties) {
  for (std::string_view member : {"isSftpEnabled", "isNfsV3Enabled", "allowBlobPublicAccess", "isLocalUserEnabled"})
    if (const json::Value* found = json::find(properties, member); found && found->is_bool() && found->get_bool())
      return std::unexpected(unsupported("AccountPropertyNotSupported", "The account property '" + std::string(member) + "' is not supported by Axonite."));
  return ok();
}

json::Value stamped(json::Value properties, const std::string& name, const json::Value* before) {
  json::Object& object = properties.get_object();
  object["provisioningState"] = "Succeeded";
  object["statusOfPrimary"] = "available";
  object["primaryLocation"] = "local";
  object["supportsHttpsTrafficOnly"] = true;
  object["primaryEndpoints"] = json::Object{{"blob", "https://" + name + ".blob.core.windows.net/"}, {"dfs", "https://" + name + ".dfs.core.windows.net/"}};
  std::string created = before ? json::string_or(*before, "properties.creationTime") : "";
  object["creationTime"] = created.empty() ? format_iso(system_clock().now()) : created;
  return properties;
}

Answer put_account(AccountRooms& rooms, front::Call& call) {
  TRY(auto id, account_id(call));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  CHECK_OK(check_properties(properties));
  CHECK_OK(rooms.documents.get(id.group_id()));
  auto existing = rooms.documents.get(id);
  json::Value before;
  if (existing) {
    TRY(before, arm::body_of(*existing));
  }
  const json::Value* given = json::find(properties, "isHnsEnabled");
  bool hierarchical = given && given->is_bool() && given->get_bool();
  if (existing && !given) hierarchical = rooms.lake.account(id.name()) ? (*rooms.lake.account(id.name()))->is_hierarchical : hierarchical;
  TRY(lake::Account account, rooms.lake.create_account(id.name(), id.text(), hierarchical));
  if (account.is_hierarchical != hierarchical)
    return std::unexpected(conflict("AccountPropertyCannotBeUpdated", "The property 'isHnsEnabled' was specified in the input, but it cannot be updated."));
  properties.get_object()["isHnsEnabled"] = hierarchical;
  json::Value body = arm::resource_body(request, stamped(std::move(properties), account.name, existing ? &before : nullptr));
  if (!json::find(body, "kind")) body.get_object()["kind"] = "StorageV2";
  TRY(auto document, rooms.documents.put(id, json::write(body), arm::condition(call), arm::author(call, "Microsoft.Storage/storageAccounts/write")));
  return respond(document);
}

Answer patch_account(AccountRooms& rooms, front::Call& call) {
  TRY(auto id, account_id(call));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  CHECK_OK(check_properties(properties));
  auto change = [&](const resource::Document& document) -> Result<std::string> {
    TRY(json::Value body, arm::body_of(document));
    if (const json::Value* tags = json::find(request, "tags")) body.get_object()["tags"] = *tags;
    for (const auto& member : properties.get_object())
      if (member.key() != "isHnsEnabled") body.get_object()["properties"].get_object()[member.key()] = member.value();
    return json::write(body);
  };
  TRY(auto document, rooms.documents.update(id, change, arm::condition(call), arm::author(call, "Microsoft.Storage/storageAccounts/write")));
  return respond(document);
}

Answer get_account(AccountRooms& rooms, front::Call& call) {
  TRY(auto id, account_id(call));
  TRY(auto document, rooms.documents.get(id));
  return respond(document);
}

Answer delete_account(AccountRooms& rooms, front::Call& call) {
  TRY(auto id, account_id(call));
  auto existing = rooms.documents.get(id);
  if (!existing) return http::empty_response(204);
  CHECK_OK(rooms.lake.remove_account(id.name()));
  CHECK_OK(rooms.documents.remove(id, arm::condition(call), arm::author(call, "Microsoft.Storage/storageAccounts/delete")));
  return http::empty_response(200);
}

Answer list_accounts(AccountRooms& rooms, front::Call& call) {
  TRY(auto scope, arm::target(call));
  return arm::list_children(call, rooms.documents, scope, kType, [](const resource::Document& document) { return arm::envelope(document); });
}

http::Response keys_response(const lake::Account& account) {
  json::Array keys;
  for (int i = 0; i < 2; ++i)
    keys.push_back(json::Object{{"keyName", i == 0 ? "key1" : "key2"}, {"value", account.keys[i].reveal()}, {"permissions", "FULL"}, {"creationTime", format_iso(account.created)}});
  return arm::json_response(200, json::Object{{"keys", std::move(keys)}});
}

Answer list_keys(AccountRooms& rooms, front::Call& call) {
  TRY(auto id, account_id(call));
  CHECK_OK(rooms.documents.get(id));
  return map(rooms.lake.account(id.name()), [](std::shared_ptr<const lake::Account> account) { return keys_response(*account); });
}

Answer regenerate_key(AccountRooms& rooms, front::Call& call) {
  TRY(auto id, account_id(call));
  CHECK_OK(rooms.documents.get(id));
  TRY(json::Value request, call.body_json());
  TRY(std::string name, json::required_string(request, "keyName"));
  if (name != "key1" && name != "key2") return std::unexpected(invalid("InvalidKeyName", "The key name must be key1 or key2.", "keyName"));
  return map(rooms.lake.regenerate_key(id.name(), name == "key1" ? 0 : 1), keys_response);
}

Answer check_name(AccountRooms& rooms, front::Call& call) {
  TRY(json::Value request, call.body_json());
  TRY(std::string name, json::required_string(request, "name"));
  bool taken = rooms.lake.account(name).has_value();
  json::Object answer{{"nameAvailable", !taken}};
  if (taken) {
    answer["reason"] = "AlreadyExists";
    answer["message"] = "The storage account named " + name + " is already taken.";
  }
  return arm::json_response(200, answer);
}

json::Value container_body(const resource::ResourceId& account, const lake::Node& node, const std::string& name) {
  return json::Object{{"id", account.text() + "/blobServices/default/containers/" + name}, {"name", name},
                      {"type", "Microsoft.Storage/storageAccounts/blobServices/containers"}, {"etag", "\"" + node.etag() + "\""},
                      {"properties", json::Object{{"publicAccess", "None"}, {"leaseStatus", "Unlocked"}, {"leaseState", "Available"},
                                                  {"lastModifiedTime", format_iso(node.modified)}, {"hasImmutabilityPolicy", false}, {"hasLegalHold", false}}}};
}

lake::Location container_at(const resource::ResourceId& account, const front::Call& call) {
  return {std::string(account.name()), std::string(call.path("container")), ""};
}

Answer put_container(AccountRooms& rooms, front::Call& call) {
  TRY(auto id, account_id(call));
  CHECK_OK(rooms.documents.get(id));
  lake::Location at = container_at(id, call);
  auto node = rooms.lake.create_filesystem(at, {}, call.principal.object_id);
  bool existed = !node && node.error().code == "FilesystemAlreadyExists";
  if (existed) node = rooms.lake.stat(at);
  if (!node) return std::unexpected(std::move(node.error()));
  return arm::json_response(existed ? 200 : 201, container_body(id, *node, at.filesystem));
}

Answer get_container_resource(AccountRooms& rooms, front::Call& call) {
  TRY(auto id, account_id(call));
  lake::Location at = container_at(id, call);
  TRY(lake::Node node, rooms.lake.stat(at));
  return arm::json_response(200, container_body(id, node, at.filesystem));
}

Answer delete_container_resource(AccountRooms& rooms, front::Call& call) {
  TRY(auto id, account_id(call));
  auto removed = rooms.lake.remove_filesystem(container_at(id, call), {});
  if (!removed && removed.error().kind != Error::Kind::not_found) return std::unexpected(std::move(removed.error()));
  return http::empty_response(removed ? 200 : 204);
}

Answer list_container_resources(AccountRooms& rooms, front::Call& call) {
  TRY(auto id, account_id(call));
  CHECK_OK(rooms.documents.get(id));
  json::Array values;
  lake::ListOptions options;
  do {
    TRY(auto page, rooms.lake.list_filesystems(id.name(), options));
    for (const lake::Node& node : page.nodes) values.push_back(container_body(id, node, node.name));
    options.from = page.next;
  } while (!options.from.empty());
  return arm::json_response(200, json::Object{{"value", std::move(values)}});
}

}  // namespace

front::Service storage_accounts_service(AccountRooms& rooms, arm::Removers& removers) {
  using front::action;
  removers.add(kType, [&rooms](const resource::Document& document, const resource::Author&) { return rooms.lake.remove_account(document.id.name()); });
  constexpr std::string_view read = "Microsoft.Storage/storageAccounts/read", write = "Microsoft.Storage/storageAccounts/write";
  constexpr std::string_view list_of_group = ACCOUNTS, list_of_subscription = "/subscriptions/{subscription}/providers/Microsoft.Storage/storageAccounts";
  return arm::management_service("storage_accounts", front::bind(rooms, std::vector<front::OperationOf<AccountRooms>>{
      {"PutAccount", "PUT", ACCOUNT, &put_account, action(write)},
      {"UpdateAccount", "PATCH", ACCOUNT, &patch_account, action(write)},
      {"GetAccount", "GET", ACCOUNT, &get_account, action(read)},
      {"DeleteAccount", "DELETE", ACCOUNT, &delete_account, action("Microsoft.Storage/storageAccounts/delete")},
      {"ListAccountsOfGroup", "GET", list_of_group, &list_accounts, action(read)},
      {"ListAccounts", "GET", list_of_subscription, &list_accounts, action(read)},
      {"ListKeys", "POST", ACCOUNT "/listKeys", &list_keys, action("Microsoft.Storage/storageAccounts/listkeys/action")},
      {"RegenerateKey", "POST", ACCOUNT "/regenerateKey", &regenerate_key, action("Microsoft.Storage/storageAccounts/regeneratekey/action")},
      {"CheckNameAvailability", "POST", "/subscriptions/{subscription}/providers/Microsoft.Storage/checkNameAvailability", &check_name,
       action("Microsoft.Storage/checknameavailability/read")},
      {"PutContainer", "PUT", CONTAINERS "/{container}", &put_container, action("Microsoft.Storage/storageAccounts/blobServices/containers/write")},
      {"GetContainer", "GET", CONTAINERS "/{container}", &get_container_resource, action("Microsoft.Storage/storageAccounts/blobServices/containers/read")},
      {"DeleteContainer", "DELETE", CONTAINERS "/{container}", &delete_container_resource, action("Microsoft.Storage/storageAccounts/blobServices/containers/delete")},
      {"ListContainers", "GET", CONTAINERS, &list_container_resources, action("Microsoft.Storage/storageAccounts/blobServices/containers/read")},
  }));
}

}  // namespace axonite::service::storage
