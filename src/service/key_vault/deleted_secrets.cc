#include <boost/json.hpp>

#include "base/json.h"
#include "service/key_vault/handlers.h"

namespace axonite::service::key_vault {

Answer delete_secret(Rooms& rooms, front::Call& call) {
  TRY(auto vault, vault_of(rooms, call));
  Retention retention = retention_of(vault);
  TRY(vault::DeletedSecret deleted, rooms.vaults.remove(vault_name(call), call.path("name"), retention.days));
  return http::json_response(200, json::write(shape_deleted(call, deleted, retention, true)));
}

Answer get_deleted_secret(Rooms& rooms, front::Call& call) {
  TRY(auto vault, vault_of(rooms, call));
  TRY(vault::DeletedSecret deleted, rooms.vaults.get_deleted(vault_name(call), call.path("name")));
  return http::json_response(200, json::write(shape_deleted(call, deleted, retention_of(vault), true)));
}

Answer list_deleted_secrets(Rooms& rooms, front::Call& call) {
  TRY(auto vault, vault_of(rooms, call));
  TRY(std::size_t count, page_size(call));
  TRY(std::string start, page_start(call));
  TRY(auto page, rooms.vaults.list_deleted(vault_name(call), start, count));
  json::Array items;
  for (const auto& deleted : page.items) items.push_back(shape_deleted(call, deleted, retention_of(vault), false));
  return page_response(call, std::move(items), page.continuation, count);
}

Answer recover_secret(Rooms& rooms, front::Call& call) {
  TRY(auto vault, vault_of(rooms, call));
  TRY(vault::SecretVersion recovered, rooms.vaults.recover(vault_name(call), call.path("name")));
  return http::json_response(200, json::write(shape_version(call, recovered, retention_of(vault), true)));
}

Answer purge_secret(Rooms& rooms, front::Call& call) {
  TRY(auto vault, vault_of(rooms, call));
  if (retention_of(vault).purge_protected)
    return std::unexpected(forbidden("Forbidden", "Operation \"purge\" is not allowed because purge protection is enabled for this vault."));
  CHECK_OK(rooms.vaults.purge(vault_name(call), call.path("name")));
  return http::empty_response(204);
}

}  // namespace axonite::service::key_vault
