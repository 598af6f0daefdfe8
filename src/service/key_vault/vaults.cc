#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "base/json.h"
#include "base/text.h"
#include "service/key_vault/handlers.h"

namespace axonite::service::key_vault {
namespace {

constexpr std::string_view kWrite = "Microsoft.KeyVault/vaults/write";

// 3 to 24 letters, digits and hyphens; a letter first, no hyphen last, none beside another.
bool is_vault_name(std::string_view name) {
  auto fits = [](unsigned char c) { return std::isalnum(c) || c == '-'; };
  return name.size() >= 3 && name.size() <= 24 && std::isalpha(static_cast<unsigned char>(name.front())) && name.back() != '-' &&
         name.find("--") == std::string_view::npos && std::ranges::all_of(name, fits);
}

bool says(const json::Value& properties, std::string_view member, bool value) {
  const json::Value* found = json::find(properties, member);
  return found && found->is_bool() && found->get_bool() == value;
}

Error bad_request(std::string message) { return invalid("BadRequest", std::move(message)); }

Result<void> check_properties(const Rooms& rooms, const json::Value& properties) {
  if (says(properties, "enableRbacAuthorization", false))
    return std::unexpected(unsupported("AccessPoliciesNotSupported", "Vault access policies are not supported by Axonite; set enableRbacAuthorization and assign roles."));
  if (says(properties, "enableSoftDelete", false))
    return std::unexpected(bad_request("The property \"enableSoftDelete\" cannot be set to false: soft delete is always on."));
  if (text::equals_ignoring_case(json::string_or(properties, "networkAcls.defaultAction"), "Deny"))
    return std::unexpected(unsupported("NetworkAclsNotSupported", "The property 'networkAcls' with the default action Deny is not supported by Axonite."));
  std::string tenant = json::string_or(properties, "tenantId");
  if (!tenant.empty() && !text::equals_ignoring_case(tenant, rooms.tenant_id))
    return std::unexpected(bad_request("The tenant ID in the payload does not match the tenant of the subscription."));
  const json::Value* days = json::find(properties, "softDeleteRetentionInDays");
  if (days && !days->is_null() && (!days->is_int64() || days->get_int64() < 7 || days->get_int64() > 90))
    return std::unexpected(bad_request("The property \"softDeleteRetentionInDays\" must be between 7 and 90."));
  return ok();
}

Result<void> check_new(const Rooms& rooms, const resource::ResourceId& id, const json::Value& request, const json::Value& properties) {
  if (!is_vault_name(id.name()))
    return std::unexpected(invalid("VaultNameNotValid", "The vault name '" + std::string(id.name()) + "' is invalid. A vault's name must be between 3-24 alphanumeric characters, begin with a letter and end with a letter or digit."));
  if (json::string_or(request, "location").empty())
    return std::unexpected(invalid("LocationRequired", "The location property is required for this definition.", "location"));
  if (!text::equals_ignoring_case(json::string_or(properties, "sku.family"), "A") || json::string_or(properties, "sku.name").empty())
    return std::unexpected(bad_request("The property 'sku' must have the family 'A' and a name."));
  if (json::string_or(properties, "tenantId").empty()) return std::unexpected(bad_request("The property 'tenantId' is required."));
  if (auto other = rooms.documents.find_by_name(kVaultType, id.name()); other && other->id != id)
    return std::unexpected(conflict("VaultAlreadyExists", "The vault name '" + std::string(id.name()) + "' is already in use. Vault names are globally unique."));
  return ok();
}

// What is stored: the request, completed with what the service adds.
json::Value stored_properties(const Rooms& rooms, const resource::ResourceId& id, json::Value properties) {
  json::Object& object = properties.get_object();
  auto set_default = [&](std::string_view member, json::Value value) {
    if (const json::Value* there = json::find(properties, member); !there || there->is_null()) object[member] = std::move(value);
  };
  object.erase("createMode");
  object["tenantId"] = rooms.tenant_id;
  set_default("accessPolicies", json::Array{});
  set_default("enabledForDeployment", false);
  set_default("enableSoftDelete", true);
  set_default("softDeleteRetentionInDays", 90);
  set_default("enableRbacAuthorization", true);
  set_default("publicNetworkAccess", "Enabled");
  object["vaultUri"] = "https://" + text::to_lower(id.name()) + ".vault.azure.net/";
  object["provisioningState"] = "Succeeded";
  return properties;
}

// A deleted vault keeps its name: it comes back by createMode, or is purged first.
Answer put_deleted(Rooms& rooms, front::Call& call, const resource::ResourceId& id, const vault::DeletedVault& deleted, bool recover) {
  if (!recover)
    return std::unexpected(conflict("ConflictError", "A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault."));
  if (!text::equals_ignoring_case(deleted.id, id.text()))
    return std::unexpected(conflict("ConflictError", "The deleted vault '" + deleted.name + "' can only be recovered in the resource group that it had."));
  TRY(auto document, rooms.documents.put(id, deleted.body, arm::condition(call), arm::author(call, std::string(kWrite))));
  CHECK_OK(rooms.vaults.unbury_vault(deleted.name));
  return arm::resource_response(200, document);
}

}  // namespace

Answer put_vault(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  CHECK_OK(rooms.documents.get(id.group_id()));
  bool exists = rooms.documents.get(id).has_value();
  bool recover = text::equals_ignoring_case(json::string_or(properties, "createMode"), "recover");
  if (auto deleted = rooms.vaults.deleted_vault(id.name()); deleted && !exists) return put_deleted(rooms, call, id, *deleted, recover);
  if (recover && !exists) return std::unexpected(not_found("VaultNotFound", "The deleted vault '" + std::string(id.name()) + "' does not exist."));
  CHECK_OK(check_new(rooms, id, request, properties));
  CHECK_OK(check_properties(rooms, properties));
  json::Value body = arm::resource_body(request, stored_properties(rooms, id, std::move(properties)));
  TRY(auto document, rooms.documents.put(id, json::write(body), arm::condition(call), arm::author(call, std::string(kWrite))));
  return arm::resource_response(exists ? 200 : 201, document);
}

Answer patch_vault(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  CHECK_OK(check_properties(rooms, properties));
  auto change = [&](const resource::Document& current) -> Result<std::string> {
    TRY(json::Value body, arm::body_of(current));
    json::Object& object = body.get_object();
    if (const json::Value* tags = json::find(request, "tags"); tags && !tags->is_null()) object["tags"] = *tags;
    if (says(*json::find(body, "properties"), "enablePurgeProtection", true) && says(properties, "enablePurgeProtection", false))
      return std::unexpected(bad_request("The property \"enablePurgeProtection\" cannot be set to false. Enabling the purge protection for a vault is an irreversible action."));
    for (const auto& [key, value] : properties.get_object())
      if (key != "vaultUri" && key != "provisioningState" && key != "createMode" && !value.is_null()) object["properties"].get_object()[key] = value;
    return json::write(body);
  };
  TRY(auto document, rooms.documents.update(id, change, arm::condition(call), arm::author(call, std::string(kWrite))));
  return arm::resource_response(200, document);
}

Answer get_vault(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(auto document, rooms.documents.get(id));
  return arm::resource_response(200, document);
}

Result<void> bury(Rooms& rooms, const resource::Document& document) {
  TRY(json::Value body, arm::body_of(document));
  Retention retention = retention_of(document);
  Time now = rooms.clock.now();
  return rooms.vaults.bury_vault({.name = std::string(document.id.name()),
                                  .id = document.id.text(),
                                  .location = json::string_or(body, "location"),
                                  .body = document.body,
                                  .purge_protected = retention.purge_protected,
                                  .deleted = now,
                                  .purge_scheduled = now + retention.days});
}

Answer delete_vault(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  CHECK_OK(rooms.documents.get(id.group_id()));
  auto document = rooms.documents.get(id);
  if (!document && document.error().kind == Error::Kind::not_found) return http::empty_response(204);
  if (!document) return std::unexpected(std::move(document.error()));
  CHECK_OK(rooms.removers.remove(rooms.documents, *document, arm::author(call, "Microsoft.KeyVault/vaults/delete")));
  return http::empty_response(200);
}

Answer list_vaults(Rooms& rooms, front::Call& call) {
  TRY(auto scope, arm::target(call));
  return arm::list_children(call, rooms.documents, scope, kVaultType, [](const resource::Document& document) { return arm::envelope(document); });
}

Answer check_name_availability(Rooms& rooms, front::Call& call) {
  TRY(json::Value request, call.body_json());
  std::string name = json::string_or(request, "name");
  if (!is_vault_name(name))
    return arm::json_response(200, json::Object{{"nameAvailable", false}, {"reason", "AccountNameInvalid"}, {"message", "The vault name '" + name + "' is invalid."}});
  if (rooms.documents.find_by_name(kVaultType, name) || rooms.vaults.deleted_vault(name))
    return arm::json_response(200, json::Object{{"nameAvailable", false}, {"reason", "AlreadyExists"}, {"message", "The vault name '" + name + "' is already in use."}});
  return arm::json_response(200, json::Object{{"nameAvailable", true}});
}

}  // namespace axonite::service::key_vault
