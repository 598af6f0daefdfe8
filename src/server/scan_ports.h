#pragma once
// What scans read, reached as any client of the same credential would: SQL through the pools' own logins, the lake through
// its rights, secrets through the vault's roles.
#include "catalog/scan/ports.h"
#include "identity/directory.h"
#include "lake/namespace.h"
#include "resource/documents.h"
#include "server/sql.h"
#include "vault/vault.h"

namespace axonite::server {

class ScanPorts : public catalog::scan::Ports {
 public:
  struct Needs {
    identity::Directory& directory;
    const resource::Documents& documents;
    lake::Lake& lake;
    const vault::Vaults& vaults;
    Sql& sql;
  };
  explicit ScanPorts(Needs needs) : needs_(needs) {}

  Result<std::vector<json::Value>> query(const catalog::scan::Login& login, std::string_view server, std::string_view database, std::string_view sql, std::stop_token stop) override;
  Result<std::vector<std::string>> pools(std::string_view workspace) override;
  Result<std::vector<catalog::scan::File>> files(const catalog::scan::Login& login, std::string_view storage_account, std::size_t count_max) override;
  Result<catalog::scan::Sample> sample(const catalog::scan::Login& login, std::string_view url, std::size_t rows_max) override;
  Result<catalog::scan::DeltaTable> delta(const catalog::scan::Login& login, std::string_view url, std::size_t rows_max) override;
  Result<Secret> secret(std::string_view account, std::string_view vault_url, std::string_view name, std::string_view version) override;

 private:
  // unauthenticated("ScanLoginFailed") naming what is wrong.
  Result<identity::Principal> principal(const catalog::scan::Login& login, std::string_view storage_account) const;
  Result<identity::Principal> account_identity(std::string_view account) const;
  Result<catalog::scan::Sample> read(engine::Session& session, std::string_view relation, std::size_t rows_max) const;

  Needs needs_;
};

}  // namespace axonite::server
