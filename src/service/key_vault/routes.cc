#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "service/key_vault/handlers.h"

namespace axonite::service::key_vault {
namespace {

using front::action;
using front::data_action;

// "7.0" and later sevens, and versions that are dates; previews too.
bool is_api_version(std::string_view version) {
  version = version.substr(0, version.find("-preview"));
  if (version.starts_with("7.")) return text::parse_int<unsigned>(version.substr(2)).has_value();
  auto parts = text::split(version, '-');
  return parts.size() == 3 && parts[0].size() == 4 && std::ranges::all_of(parts, [](std::string_view part) { return text::parse_int<unsigned>(part).has_value(); });
}

Result<void> check_api_version(const front::Call& call) {
  std::string_view version = call.query("api-version");
  if (version.empty()) return std::unexpected(invalid("BadParameter", "api-version must be specified"));
  if (!is_api_version(version)) return std::unexpected(invalid("BadParameter", "The specified version (" + std::string(version) + ") is not recognized."));
  return ok();
}

// The vault, or the one secret that the path names.
Result<std::string> scope_of(const Rooms& rooms, const front::Call& call) {
  TRY(auto vault, vault_of(rooms, call));
  std::string_view name = call.path("name");
  return name.empty() ? vault.id.text() : vault.id.text() + "/secrets/" + std::string(name);
}

#define SECRETS "Microsoft.KeyVault/vaults/secrets/"

std::vector<front::Operation> secret_operations(Rooms& rooms) {
  auto operations = front::bind<Rooms>(rooms, {
      {"SetSecret", "PUT", "/secrets/{name}", &set_secret, data_action(SECRETS "setSecret/action"), {}, {.body_bytes_max = 256u << 10}},
      {"GetSecret", "GET", "/secrets/{name}", &get_secret, data_action(SECRETS "getSecret/action")},
      {"GetSecret", "GET", "/secrets/{name}/{version}", &get_secret, data_action(SECRETS "getSecret/action")},
      {"UpdateSecret", "PATCH", "/secrets/{name}", &update_secret, data_action(SECRETS "update/action"), {}, {.body_bytes_max = 64u << 10}},
      {"UpdateSecret", "PATCH", "/secrets/{name}/{version}", &update_secret, data_action(SECRETS "update/action"), {}, {.body_bytes_max = 64u << 10}},
      {"ListSecrets", "GET", "/secrets", &list_secrets, data_action(SECRETS "readMetadata/action")},
      {"ListSecretVersions", "GET", "/secrets/{name}/versions", &list_versions, data_action(SECRETS "readMetadata/action")},
      {"DeleteSecret", "DELETE", "/secrets/{name}", &delete_secret, data_action(SECRETS "delete")},
      {"GetDeletedSecret", "GET", "/deletedsecrets/{name}", &get_deleted_secret, data_action(SECRETS "readMetadata/action")},
      {"ListDeletedSecrets", "GET", "/deletedsecrets", &list_deleted_secrets, data_action(SECRETS "readMetadata/action")},
      {"RecoverSecret", "POST", "/deletedsecrets/{name}/recover", &recover_secret, data_action(SECRETS "recover/action")},
      {"PurgeSecret", "DELETE", "/deletedsecrets/{name}", &purge_secret, data_action(SECRETS "purge/action")},
      {"BackupSecret", "POST", "/secrets/{name}/backup", &refuse_backup, data_action(SECRETS "backup/action")},
      {"RestoreSecret", "POST", "/secrets/restore", &refuse_backup, data_action(SECRETS "restore/action")},
  });
  for (front::Operation& operation : operations)
    operation.handler = [inner = std::move(operation.handler)](front::Call& call) -> Answer {
      CHECK_OK(check_api_version(call));
      return inner(call);
    };
  return operations;
}

#define VAULTS "/providers/Microsoft.KeyVault/vaults"
#define GROUP "/subscriptions/{subscription}/resourceGroups/{group}"
#define DELETED "/subscriptions/{subscription}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{vault}"

}  // namespace

front::Service secret_service(Rooms& rooms) {
  return {.name = "key_vault",
          .hosts = {"*.vault.azure.net"},
          .audiences = {"https://vault.azure.net"},
          .operations = secret_operations(rooms),
          .ignore_path_case = true,
          .scope = [&rooms](const front::Call& call) { return scope_of(rooms, call); },
          .shape_error = [&rooms](const Error& error, const front::Call& call) { return shape_error(rooms, error, call); },
          .finish = [](http::Response& response, const front::Call& call) {
            response.headers.set("x-ms-request-id", call.request_id);
            response.headers.set("Cache-Control", "no-cache");
          }};
}

front::Service vault_management_service(Rooms& rooms) {
  rooms.removers.add(kVaultType, [&rooms](const resource::Document& document, const resource::Author&) { return bury(rooms, document); });
  return arm::management_service("key_vault", front::bind<Rooms>(rooms, {
      {"PutVault", "PUT", GROUP VAULTS "/{vault}", &put_vault, action("Microsoft.KeyVault/vaults/write")},
      {"UpdateVault", "PATCH", GROUP VAULTS "/{vault}", &patch_vault, action("Microsoft.KeyVault/vaults/write")},
      {"GetVault", "GET", GROUP VAULTS "/{vault}", &get_vault, action("Microsoft.KeyVault/vaults/read")},
      {"DeleteVault", "DELETE", GROUP VAULTS "/{vault}", &delete_vault, action("Microsoft.KeyVault/vaults/delete")},
      {"ListVaultsOfGroup", "GET", GROUP VAULTS, &list_vaults, action("Microsoft.KeyVault/vaults/read")},
      {"ListVaults", "GET", "/subscriptions/{subscription}" VAULTS, &list_vaults, action("Microsoft.KeyVault/vaults/read")},
      {"CheckNameAvailability", "POST", "/subscriptions/{subscription}/providers/Microsoft.KeyVault/checkNameAvailability",
       &check_name_availability, action("Microsoft.KeyVault/checkNameAvailability/read")},
      {"GetDeletedVault", "GET", DELETED, &get_deleted_vault, action("Microsoft.KeyVault/locations/deletedVaults/read")},
      {"ListDeletedVaults", "GET", "/subscriptions/{subscription}/providers/Microsoft.KeyVault/deletedVaults", &list_deleted_vaults,
       action("Microsoft.KeyVault/deletedVaults/read")},
      {"PurgeDeletedVault", "POST", DELETED "/purge", &purge_deleted_vault, action("Microsoft.KeyVault/locations/deletedVaults/purge/action")},
  }));
}

}  // namespace axonite::service::key_vault
