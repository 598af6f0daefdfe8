#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "service/key_vault/handlers.h"

namespace axonite::service::key_vault {
namespace {

std::string deleted_id(const front::Call& call, const vault::DeletedVault& vault) {
  return "/subscriptions/" + std::string(call.path("subscription")) + "/providers/Microsoft.KeyVault/locations/" + vault.location + "/deletedVaults/" + vault.name;
}

json::Object shape(const front::Call& call, const vault::DeletedVault& vault) {
  auto body = json::parse(vault.body);
  const json::Value* tags = body ? json::find(*body, "tags") : nullptr;
  json::Object properties{{"vaultId", vault.id},
                          {"location", vault.location},
                          {"tags", tags ? *tags : json::Value(json::Object{})},
                          {"deletionDate", format_iso_seconds(vault.deleted)},
                          {"scheduledPurgeDate", format_iso_seconds(vault.purge_scheduled)}};
  if (vault.purge_protected) properties["purgeProtectionEnabled"] = true;
  return {{"id", deleted_id(call, vault)}, {"name", vault.name}, {"type", "Microsoft.KeyVault/deletedVaults"}, {"properties", std::move(properties)}};
}

Result<vault::DeletedVault> named(const Rooms& rooms, const front::Call& call) {
  TRY(vault::DeletedVault vault, rooms.vaults.deleted_vault(call.path("vault")));
  if (!text::equals_ignoring_case(vault.location, call.path("location")))
    return std::unexpected(not_found("DeletedVaultNotFound", "The specified deleted vault '" + vault.name + "' does not exist in this location."));
  return vault;
}

}  // namespace

Answer get_deleted_vault(Rooms& rooms, front::Call& call) {
  TRY(vault::DeletedVault vault, named(rooms, call));
  return arm::json_response(200, shape(call, vault));
}

Answer list_deleted_vaults(Rooms& rooms, front::Call& call) {
  TRY(auto vaults, rooms.vaults.deleted_vaults());
  json::Array values;
  for (const auto& vault : vaults) values.push_back(shape(call, vault));
  return arm::json_response(200, json::Object{{"value", std::move(values)}});
}

Answer purge_deleted_vault(Rooms& rooms, front::Call& call) {
  TRY(vault::DeletedVault vault, named(rooms, call));
  if (vault.purge_protected)
    return std::unexpected(conflict("MethodNotAllowed", "Operation 'DeletedVaultPurge' is not allowed: purge protection is enabled for the vault '" + vault.name + "'."));
  CHECK_OK(rooms.vaults.purge_vault(vault.name));
  return http::empty_response(200);
}

}  // namespace axonite::service::key_vault
