#include "engine/native.h"

#include "base/text.h"
#include "duckdb.hpp"
#include "duckdb/main/capi/capi_internal.hpp"

namespace axonite::engine {

bool in_explicit_transaction(_duckdb_connection* connection) {
  return !reinterpret_cast<duckdb::Connection*>(connection)->context->transaction.IsAutoCommit();
}

std::string foreign_database(_duckdb_prepared_statement* statement, std::string_view own) {
  auto& prepared = *reinterpret_cast<duckdb::PreparedStatementWrapper*>(statement)->statement;
  auto properties = prepared.GetStatementProperties();
  auto is_foreign = [&](const std::string& name) {
    return name != "system" && name != "temp" && !text::equals_ignoring_case(name, own);
  };
  for (auto& [name, identity] : properties.read_databases) {
    if (is_foreign(name)) return name;
  }
  for (auto& [name, change] : properties.modified_databases) {
    if (is_foreign(name)) return name;
  }
  return {};
}

}  // namespace axonite::engine
