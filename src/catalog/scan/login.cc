#include "catalog/scan/login.h"

#include <boost/json.hpp>

#include "base/text.h"

namespace axonite::catalog::scan {
namespace {

Error bad(std::string message) { return invalid("Credential_Invalid", std::move(message)); }

Result<Secret> secret_of(const Store& store, Ports& ports, std::string_view account, const json::Value& properties, std::string_view member) {
  const json::Value* secret = json::find(properties, member);
  std::string name = secret ? json::string_or(*secret, "secretName") : "";
  if (name.empty()) return std::unexpected(bad("The credential's '" + std::string(member) + "' is no AzureKeyVaultSecret."));
  std::string reference = json::string_or(*secret, "store.referenceName");
  TRY(auto vault, store.get(account, "azureKeyVaults/" + reference));
  if (!vault) return std::unexpected(not_found("AzureKeyVault_NotFound", "The Key Vault connection '" + reference + "' does not exist."));
  return ports.secret(account, json::string_or(*vault, "properties.baseUrl"), name, json::string_or(*secret, "secretVersion"));
}

}  // namespace

Result<Login> login_of(const Store& store, Ports& ports, std::string_view account, const json::Value& scan) {
  Login login{.account = std::string(account), .user = {}, .secret = {}};
  std::string reference = json::string_or(scan, "properties.credential.referenceName"), kind = json::string_or(scan, "kind");
  if (reference.empty()) {
    if (kind.ends_with("Msi")) return login;
    return std::unexpected(bad("A scan of kind '" + kind + "' names its credential."));
  }
  TRY(auto credential, store.get(account, "credentials/" + reference));
  if (!credential) return std::unexpected(not_found("Credential_NotFound", "The credential '" + reference + "' does not exist."));
  const json::Value* properties = json::find_path(*credential, "properties.typeProperties");
  if (!properties) return std::unexpected(bad("The credential '" + reference + "' has no typeProperties."));
  std::string type = json::string_or(*credential, "kind");
  if (type == "ManagedIdentity") return login;
  if (type == "SqlAuth" || type == "BasicAuth") {
    login.kind = Login::Kind::sql;
    login.user = json::string_or(*properties, "user", json::string_or(*properties, "userName"));
    TRY(login.secret, secret_of(store, ports, account, *properties, "password"));
  } else if (type == "ServicePrincipal") {
    login.kind = Login::Kind::service_principal;
    login.user = json::string_or(*properties, "servicePrincipalId");
    TRY(login.secret, secret_of(store, ports, account, *properties, "servicePrincipalKey"));
  } else if (type == "AccountKey") {
    login.kind = Login::Kind::account_key;
    TRY(login.secret, secret_of(store, ports, account, *properties, "accountKey"));
  } else {
    return std::unexpected(unsupported("CredentialNotSupported", "Credentials of kind '" + type + "' are not supported by Axonite."));
  }
  return login;
}

}  // namespace axonite::catalog::scan
