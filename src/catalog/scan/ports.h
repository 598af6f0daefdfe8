#pragma once
// The sources as a scan reaches them, under the rights of its credential; server hands them in.
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/clock.h"
#include "base/json.h"
#include "base/secret.h"
#include "catalog/scan/classifiers.h"

namespace axonite::catalog::scan {

// Who reads. Secrets come from the vault when the run begins and live as long as it.
struct Login {
  enum class Kind { managed_identity, sql, service_principal, account_key } kind = Kind::managed_identity;
  std::string account;  // the Purview account, whose managed identity it is
  std::string user;     // SQL user, or the application's id
  Secret secret;
};

struct File {
  std::string url;  // https://account.dfs.core.windows.net/container/path
  std::uint64_t size = 0;
  std::string etag;
  Time modified{};
};

struct Column {
  std::string name, type;
};

struct Sample {
  std::vector<Column> columns;
  std::vector<Values> values;  // per column
};

struct DeltaTable {
  std::int64_t version = 0, rows = -1;
  std::uint64_t bytes = 0, files = 0;
  std::vector<std::string> partition_columns;
  Sample sample;
};

class Ports {
 public:
  virtual ~Ports() = default;
  // Rows as objects. Errors: those of the login, and invalid("SqlError") with the server's words.
  virtual Result<std::vector<json::Value>> query(const Login& login, std::string_view server, std::string_view database, std::string_view sql, std::stop_token stop) = 0;
  // The dedicated pools of a workspace that are awake.
  virtual Result<std::vector<std::string>> pools(std::string_view workspace) = 0;
  // Every file of a storage account that the login may see, at most `count_max`.
  virtual Result<std::vector<File>> files(const Login& login, std::string_view storage_account, std::size_t count_max) = 0;
  // The first rows. not_found or unsupported("FileFormatNotSupported") for what has no columns here.
  virtual Result<Sample> sample(const Login& login, std::string_view url, std::size_t rows_max) = 0;
  virtual Result<DeltaTable> delta(const Login& login, std::string_view url, std::size_t rows_max) = 0;
  // The value of a vault's secret, read by the account's managed identity.
  virtual Result<Secret> secret(std::string_view account, std::string_view vault_url, std::string_view name, std::string_view version) = 0;
};

}  // namespace axonite::catalog::scan
