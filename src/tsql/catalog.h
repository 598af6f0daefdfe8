#pragma once
// Declared types and definitions of a database's objects, kept in its schema "axonite" so that DDL and its
// description are one transaction. DuckDB's own catalog knows neither nvarchar(50) nor DISTRIBUTION.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "engine/session.h"
#include "tsql/type.h"

namespace axonite::tsql {

struct TableColumn {
  std::string name;
  Type type;
  bool identity = false;
  std::string default_text;  // T-SQL, "" = none
};

struct Key {
  std::string name;
  bool primary = false;
  std::vector<std::string> columns;  // as the table spells them
};

struct Object {
  enum class Kind { table, view, procedure, external_table };
  std::int64_t id = 0;
  Kind kind = Kind::table;
  std::string schema, name;
  std::vector<TableColumn> columns;
  std::string definition;  // T-SQL of views and procedures; JSON of external tables
  std::string distribution = "ROUND_ROBIN", index = "CLUSTERED COLUMNSTORE INDEX", partition;
  std::string distribution_column;
  std::string qualified() const { return schema + "." + name; }
  bool temporary() const { return name.starts_with('#'); }
  // As emitted SQL: "dbo"."t", temp."#t".
  std::string sql_name() const;
};

class Catalog {
 public:
  // Creates schema "axonite" with its tables, views and macros where missing.
  static Result<void> prepare(engine::Session& engine);

  explicit Catalog(engine::Session& engine, Clock& clock) : engine_(engine), clock_(clock) {}
  Result<std::optional<Object>> find(std::string_view schema, std::string_view name);
  Result<bool> schema_exists(std::string_view name);
  Result<void> create_schema(std::string_view name, std::string_view owner);
  Result<void> drop_schema(std::string_view name);
  Result<Object> add(Object object);  // the same with its id
  Result<void> replace_definition(const Object& object);
  Result<void> replace_columns(const Object& object);
  Result<void> remove(const Object& object);
  Result<void> rename(const Object& object, std::string_view name);
  // An extended property of the object itself, not of its columns.
  Result<bool> has_property(const Object& object, std::string_view name);

  // Keys that nobody enforces: sys.key_constraints and what stands on it.
  Result<void> add_key(const Object& table, const Key& key);
  Result<bool> remove_key(const Object& table, std::string_view name);
  Result<bool> key_exists(std::string_view schema, std::string_view name);
  Result<bool> has_primary_key(const Object& table);
  Result<bool> in_key(const Object& table, std::string_view column);

  // External data sources, file formats, statistics, credentials: options as JSON.
  Result<void> add_item(std::string_view kind, std::string_view name, std::string_view on, std::string_view json);
  Result<bool> remove_item(std::string_view kind, std::string_view name);
  Result<std::optional<std::string>> item(std::string_view kind, std::string_view name);

  // Principals and permissions.
  Result<bool> principal_exists(std::string_view name);
  Result<void> create_principal(std::string_view name, std::string_view type, std::string_view sid);
  Result<void> drop_principal(std::string_view name);
  Result<void> set_member(std::string_view role, std::string_view member, bool in);
  Result<bool> is_member(std::string_view role, std::string_view member);
  // The principal and all roles it is in, lower case, "public" included.
  Result<std::vector<std::string>> memberships(std::string_view name);
  Result<void> set_permission(std::string_view principal, std::string_view permission, std::string_view securable_class,
                              std::string_view securable, char state);  // 'G', 'D'; 'R' removes

 private:
  Result<std::vector<std::vector<engine::Value>>> rows(std::string_view sql, std::span<const engine::Value> parameters);
  engine::Session& engine_;
  Clock& clock_;
};

// "dbo.t" as axonite stores names of schemas and objects: lower-case comparison happens in SQL.
std::string text_of(const engine::Value& value);
std::int64_t integer_of(const engine::Value& value);

}  // namespace axonite::tsql
