#pragma once
#include "service/key_vault/service.h"

namespace axonite::service::key_vault {

using Answer = Result<http::Response>;

inline constexpr std::string_view kVaultType = "Microsoft.KeyVault/vaults";

// secrets.cc
Answer set_secret(Rooms&, front::Call&);
Answer get_secret(Rooms&, front::Call&);
Answer update_secret(Rooms&, front::Call&);
Answer list_secrets(Rooms&, front::Call&);
Answer list_versions(Rooms&, front::Call&);
Answer refuse_backup(Rooms&, front::Call&);
// deleted_secrets.cc
Answer delete_secret(Rooms&, front::Call&);
Answer get_deleted_secret(Rooms&, front::Call&);
Answer list_deleted_secrets(Rooms&, front::Call&);
Answer recover_secret(Rooms&, front::Call&);
Answer purge_secret(Rooms&, front::Call&);
// vaults.cc
Answer put_vault(Rooms&, front::Call&);
Answer patch_vault(Rooms&, front::Call&);
Answer get_vault(Rooms&, front::Call&);
Answer delete_vault(Rooms&, front::Call&);
Answer list_vaults(Rooms&, front::Call&);
Answer check_name_availability(Rooms&, front::Call&);
// Keeps what is needed to recover the vault; its document goes after. Repeatable.
Result<void> bury(Rooms&, const resource::Document&);
// deleted_vaults.cc
Answer get_deleted_vault(Rooms&, front::Call&);
Answer list_deleted_vaults(Rooms&, front::Call&);
Answer purge_deleted_vault(Rooms&, front::Call&);

// secret_shape.cc
// The vault that the host names. not_found("VaultNotFound").
Result<resource::Document> vault_of(const Rooms&, const front::Call&);
struct Retention {
  std::chrono::days days{90};
  bool purge_protected = false;
};
Retention retention_of(const resource::Document& vault);
// "https://kv1.vault.azure.net", with the port the client used.
std::string vault_url(const front::Call&);
// The first label of the host.
std::string_view vault_name(const front::Call&);
json::Object shape_version(const front::Call&, const vault::SecretVersion&, const Retention&, bool with_version);
json::Object shape_deleted(const front::Call&, const vault::DeletedSecret&, const Retention&, bool with_version);
// {"value":[…],"nextLink":…|null}
http::Response page_response(const front::Call&, json::Array items, std::string_view continuation, std::size_t count);
// maxresults (1 to 25, else invalid("BadParameter")) and $skiptoken.
Result<std::size_t> page_size(const front::Call&);
Result<std::string> page_start(const front::Call&);

// errors.cc
http::Response shape_error(const Rooms&, const Error&, const front::Call&);

}  // namespace axonite::service::key_vault
