// PRIMARY KEY and UNIQUE: kept for the catalog, never enforced, as in the service.
#include <fmt/format.h>

#include "base/text.h"
#include "tsql/failure.h"
#include "tsql/interpreter.h"

namespace axonite::tsql {

Result<void> Interpreter::add_key(const Object& table, const KeyDefinition& definition) {
  if (options_.personality == Personality::serverless) return std::unexpected(failure(15868, "Keys are not supported in serverless pool.", definition.line));
  Key key{.name = definition.name, .primary = definition.primary};
  for (const std::string& name : definition.columns) {
    const TableColumn* found = nullptr;
    for (const TableColumn& column : table.columns)
      if (text::equals_ignoring_case(column.name, name)) found = &column;
    if (!found) return std::unexpected(failure(1911, fmt::format("Column name '{}' does not exist in the target table or view.", name), definition.line));
    if (key.primary && found->type.nullable)
      return std::unexpected(failure(8111, fmt::format("Cannot define PRIMARY KEY constraint on nullable column in table '{}'.", table.name), definition.line));
    for (const std::string& other : key.columns)
      if (other == found->name) return std::unexpected(failure(1909, fmt::format("Cannot use duplicate column names in index. Column name '{}' listed more than once.", name), definition.line));
    key.columns.push_back(found->name);
  }
  if (table.temporary()) return ok();  // no catalog of this database describes them
  TRY(bool second, catalog_.has_primary_key(table));
  if (key.primary && second) return std::unexpected(failure(1779, fmt::format("Table '{}' already has a primary key defined on it.", table.name), definition.line));
  if (key.name.empty()) key.name = fmt::format("{}__{}__{}{}", key.primary ? "PK" : "UQ", table.name, table.id, key.primary ? "" : "_" + text::join(key.columns, "_"));
  TRY(bool taken, catalog_.key_exists(table.schema, key.name));
  if (taken) return std::unexpected(failure(2714, fmt::format("There is already an object named '{}' in the database.", key.name), definition.line, 16, 5));
  return catalog_.add_key(table, key);
}

Result<void> Interpreter::drop_keys(const Object& table, const AlterTableStatement& statement, int line) {
  for (const std::string& name : statement.dropped) {
    TRY(bool removed, catalog_.remove_key(table, name));
    if (!removed && !statement.if_exists) return std::unexpected(failure(3728, fmt::format("'{}' is not a constraint.", name), line));
  }
  return ok();
}

}  // namespace axonite::tsql
