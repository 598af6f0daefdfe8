#include "server/scan_ports.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "delta/engine_path.h"
#include "delta/table.h"

namespace axonite::server {
namespace {

using catalog::scan::Login;
using catalog::scan::Sample;

constexpr std::size_t kRowsMax = 2'000'000;
constexpr std::string_view kPurviewType = "Microsoft.Purview/accounts";
constexpr std::string_view kSecretAction = "Microsoft.KeyVault/vaults/secrets/getSecret/action";

// How DuckDB reads a file with such a name; "" for what has no columns here.
std::string relation_of(const lake::Location& location) {
  std::string name = text::to_lower(location.path), path = engine::quote_literal(delta::engine_path(location));
  if (name.ends_with(".parquet")) return "read_parquet(" + path + ")";
  if (name.ends_with(".json")) return "read_json_auto(" + path + ")";
  std::string delimiter = name.ends_with(".psv") ? ", delim = '|'" : name.ends_with(".ssv") ? ", delim = ';'" : name.ends_with(".tsv") ? ", delim = '\t'" : "";
  for (std::string_view extension : {".csv", ".psv", ".ssv", ".tsv"})
    if (name.ends_with(extension)) return "read_csv(" + path + ", all_varchar = true" + delimiter + ")";
  return {};
}

std::optional<std::string> text_of(const engine::Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
  if (auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (auto* real = std::get_if<double>(&value)) return json::write_double(*real);
  return std::get<std::string>(value);
}

std::string_view type_name(engine::TypeId id) {
  using enum engine::TypeId;
  switch (id) {
    case boolean: return "boolean";
    case tinyint: case smallint: case integer: case utinyint: case usmallint: return "int";
    case bigint: case hugeint: case uinteger: case ubigint: return "long";
    case float_: case double_: return "double";
    case decimal: return "decimal";
    case date: return "date";
    case time: case interval: return "time";
    case timestamp: case timestamp_tz: case timestamp_s: case timestamp_ms: case timestamp_ns: return "timestamp";
    case blob: return "binary";
    case list: case array: return "array";
    case struct_: case map: return "struct";
    case varchar: case uuid: case null: case enum_: case other: return "string";
  }
  return "string";
}

Error login_failed(std::string message) { return unauthenticated("ScanLoginFailed", std::move(message)); }

}  // namespace

Result<identity::Principal> ScanPorts::account_identity(std::string_view account) const {
  TRY(auto document, needs_.documents.find_by_name(kPurviewType, account));
  auto identity = needs_.directory.managed_identity(document.id.text());
  if (!identity) return std::unexpected(login_failed("The Purview account '" + std::string(account) + "' has no system-assigned identity."));
  return identity;
}

Result<identity::Principal> ScanPorts::principal(const Login& login, std::string_view storage_account) const {
  switch (login.kind) {
    case Login::Kind::managed_identity: return account_identity(login.account);
    case Login::Kind::service_principal: return needs_.directory.authenticate(login.user, login.secret);
    case Login::Kind::account_key: {
      TRY(auto account, needs_.lake.account(storage_account));
      for (const Secret& key : account->keys)
        if (key.reveal() == login.secret.reveal()) return identity::Principal{.kind = identity::Principal::Kind::account_key, .object_id = account->name, .name = account->name};
      return std::unexpected(login_failed("The account key is none of the storage account '" + std::string(storage_account) + "'."));
    }
    case Login::Kind::sql: return std::unexpected(login_failed("A SQL login cannot read a storage account."));
  }
  return std::unexpected(login_failed("The credential is of no known kind."));
}

Result<std::vector<json::Value>> ScanPorts::query(const Login& login, std::string_view server, std::string_view database, std::string_view sql, std::stop_token stop) {
  linked_service::SqlTarget target{.server = std::string(server), .database = std::string(database)};
  if (login.kind == Login::Kind::sql) {
    target.user = login.user;
    target.password = login.secret;
  } else {
    TRY(target.principal, principal(login, {}));
  }
  TRY(auto outcome, needs_.sql.port().run(target, sql, {}, kRowsMax, stop));
  std::vector<json::Value> rows;
  if (outcome.result_sets.empty()) return rows;
  rows.reserve(outcome.result_sets.front().rows_json.size());
  for (const std::string& text : outcome.result_sets.front().rows_json) {
    TRY(json::Value row, json::parse(text));
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<std::vector<std::string>> ScanPorts::pools(std::string_view workspace) {
  TRY(auto document, needs_.documents.find_by_name("Microsoft.Synapse/workspaces", workspace));
  TRY(auto page, needs_.documents.list(document.id, "sqlPools", {}, 1'000));
  std::vector<std::string> names;
  for (const resource::Document& pool : page.documents) {
    TRY(json::Value body, json::parse(pool.body));
    if (!text::equals_ignoring_case(json::string_or(body, "properties.status"), "Paused")) names.emplace_back(pool.id.name());
  }
  return names;
}

Result<std::vector<catalog::scan::File>> ScanPorts::files(const Login& login, std::string_view storage_account, std::size_t count_max) {
  TRY(auto caller, principal(login, storage_account));
  TRY(auto account, needs_.lake.account(storage_account));
  TRY(auto containers, needs_.lake.list_filesystems(account->name, {}));
  auto view = needs_.lake.view(caller);
  std::vector<catalog::scan::File> files;
  for (const lake::Node& container : containers.nodes) {
    TRY(auto entries, view->list(lake::Location{account->name, container.name, ""}, true));
    for (const lake::Entry& entry : entries) {
      if (entry.is_directory) continue;
      if (files.size() == count_max) return std::unexpected(too_large("ScanTooManyFiles", "The storage account has more than " + std::to_string(count_max) + " files; narrow the scan with a filter."));
      files.push_back({.url = "https://" + account->name + ".dfs.core.windows.net/" + entry.location.filesystem + "/" + entry.location.path, .size = entry.size, .etag = entry.etag, .modified = entry.modified});
    }
  }
  return files;
}

Result<Sample> ScanPorts::read(engine::Session& session, std::string_view relation, std::size_t rows_max) const {
  TRY(auto rows, session.query("SELECT * FROM " + std::string(relation) + " LIMIT " + std::to_string(rows_max)));
  Sample sample;
  for (const engine::Column& column : rows->columns()) sample.columns.push_back({column.name, std::string(type_name(column.type.id))});
  sample.values.resize(sample.columns.size());
  while (true) {
    TRY(bool more, rows->next());
    if (!more) return sample;
    for (std::size_t row = 0; row < rows->size(); ++row)
      for (std::size_t column = 0; column < sample.columns.size(); ++column) sample.values[column].push_back(text_of(rows->value(column, row)));
  }
}

Result<Sample> ScanPorts::sample(const Login& login, std::string_view url, std::size_t rows_max) {
  TRY(auto location, lake::Location::parse(url));
  std::string relation = relation_of(location);
  if (relation.empty()) return Sample{};  // a file without columns is an asset all the same
  TRY(auto caller, principal(login, location.account));
  TRY(auto session, needs_.sql.engine().open_session({.principal = caller}));
  return read(*session, relation, rows_max);
}

Result<catalog::scan::DeltaTable> ScanPorts::delta(const Login& login, std::string_view url, std::size_t rows_max) {
  TRY(auto location, lake::Location::parse(url));
  TRY(auto caller, principal(login, location.account));
  auto view = needs_.lake.view(caller);
  TRY(auto session, needs_.sql.engine().open_session({.principal = caller}));
  TRY(auto snapshot, delta::load_snapshot(delta::Log(*view, location), *session));
  catalog::scan::DeltaTable table{.version = snapshot.version, .rows = 0, .files = snapshot.files.size(), .partition_columns = snapshot.metadata.partition_columns, .sample = {}};
  for (const delta::Add& file : snapshot.files) {
    table.bytes += static_cast<std::uint64_t>(file.size);
    auto stats = json::parse(file.stats.empty() ? "{}" : file.stats);
    auto rows = stats ? json::optional_integer(*stats, "numRecords") : Result<std::optional<std::int64_t>>(std::nullopt);
    table.rows = table.rows < 0 || !rows || !*rows ? -1 : table.rows + **rows;
  }
  TRY(std::string scan, delta::scan_sql(snapshot, location));
  TRY(table.sample, read(*session, "(" + scan + ")", rows_max));
  return table;
}

Result<Secret> ScanPorts::secret(std::string_view account, std::string_view vault_url, std::string_view name, std::string_view version) {
  std::string_view host = vault_url.substr(std::min(vault_url.size(), vault_url.find("://") == std::string_view::npos ? 0 : vault_url.find("://") + 3));
  std::string_view vault = host.substr(0, host.find('.'));
  TRY(auto document, needs_.documents.find_by_name("Microsoft.KeyVault/vaults", vault));
  TRY(auto caller, account_identity(account));
  CHECK_OK(needs_.directory.roles().authorize_data(caller, kSecretAction, document.id.text() + "/secrets/" + std::string(name)));
  TRY(auto value, needs_.vaults.get(document.id.name(), name, version));
  return std::move(value.value);
}

}  // namespace axonite::server
