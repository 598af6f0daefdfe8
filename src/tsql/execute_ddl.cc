#include <fmt/format.h>

#include <algorithm>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "event/declared_lineage.h"
#include "tsql/convert.h"
#include "tsql/failure.h"
#include "tsql/files.h"
#include "tsql/interpreter.h"

namespace axonite::tsql {
namespace {

// Sets distribution, index and partition from WITH (…); an unknown option is an error.
Result<void> apply_options(Object& object, const std::vector<Option>& options, Personality personality) {
  for (const Option& option : options) {
    if (personality == Personality::serverless && (option.name == "DISTRIBUTION" || option.name == "HEAP" || option.name.starts_with("CLUSTERED") || option.name == "PARTITION"))
      return std::unexpected(failure(15868, fmt::format("'{}' is not supported in serverless pool.", option.name), option.line));
    if (option.name == "DISTRIBUTION") {
      std::string value = text::to_upper(option.value);
      object.distribution = value.substr(0, value.find_first_of(" ("));
      if (object.distribution != "HASH" && object.distribution != "ROUND_ROBIN" && object.distribution != "REPLICATE")
        return std::unexpected(syntax_error(option.value, option.line));
      if (object.distribution == "HASH") object.distribution_column = option.names.empty() ? "" : option.names.front();
    } else if (option.name == "HEAP" || option.name.starts_with("CLUSTERED")) {
      object.index = option.name + (option.value.empty() ? "" : " " + option.value);
    } else if (option.name == "PARTITION") {
      object.partition = option.value;
    } else if (option.name == "REJECT_VALUE" && option.value != "0") {
      return std::unexpected(not_supported("REJECT_VALUE above 0", option.line));
    } else if (option.name != "LOCATION" && option.name != "DATA_SOURCE" && option.name != "FILE_FORMAT" && option.name != "REJECT_TYPE" && option.name != "REJECT_VALUE" && option.name != "TABLE_OPTIONS") {
      return std::unexpected(syntax_error(option.name, option.line));
    }
  }
  if (object.distribution_column.empty()) return ok();
  return ok();
}

// "(A = ',', B = 'x')" → its members, commas in quotes kept.
void add_members(json::Object& object, std::string_view list) {
  std::string name, value;
  bool quoted = false, named = false;
  auto finish = [&] {
    std::string_view inner = text::trim(value);
    if (inner.size() >= 2 && inner.front() == '\'') inner = inner.substr(1, inner.size() - 2);
    if (named) object[text::to_upper(text::trim(name))] = text::replace_all(std::string(inner), "''", "'");
    name.clear();
    value.clear();
    named = false;
  };
  for (char c : list) {
    if (c == '\'') quoted = !quoted;
    if (c == ',' && !quoted) finish();
    else if (c == '=' && !quoted && !named) named = true;
    else (named ? value : name) += c;
  }
  finish();
}

std::string options_json(const std::vector<Option>& options) {
  json::Object object;
  for (const Option& option : options) {
    std::string_view value = option.value;
    // FORMAT_OPTIONS (FIELD_TERMINATOR = ',', …): its members are options of their own.
    if (value.starts_with('(')) add_members(object, value.substr(1, value.size() - 2));
    else if (option.name != "SECRET") object[option.name] = value;  // secrets are not kept: the lake acts by identity
  }
  return json::write(json::Value(std::move(object)));
}

Result<void> check_distribution(const Object& object, int line) {
  if (object.distribution_column.empty()) return ok();
  for (const TableColumn& column : object.columns)
    if (text::equals_ignoring_case(column.name, object.distribution_column)) return ok();
  return std::unexpected(failure(1911, fmt::format("Column name '{}' does not exist in the target table or view.", object.distribution_column), line));
}

}  // namespace

Result<void> Interpreter::ddl(const Statement& s) {
  int line = s.line;
  if (auto* node = std::get_if<CreateTableStatement>(&s.node)) return create_table(*node, line);
  auto work = [&]() -> Result<void> {
    if (auto* node = std::get_if<AlterTableStatement>(&s.node)) return alter_table(*node, line);
    if (auto* node = std::get_if<DropStatement>(&s.node)) return drop(*node, line);
    if (auto* node = std::get_if<TruncateStatement>(&s.node)) return truncate(*node, line);
    if (auto* node = std::get_if<CreateViewStatement>(&s.node)) return create_view(*node, line);
    if (auto* node = std::get_if<CreateProcedureStatement>(&s.node)) return create_procedure(*node, line);
    if (auto* node = std::get_if<RenameStatement>(&s.node)) return rename(*node, line);
    if (auto* node = std::get_if<CreateMetadataStatement>(&s.node)) return create_metadata(*node, line);
    if (auto* node = std::get_if<PermissionStatement>(&s.node)) return permission(*node, line);
    if (auto* node = std::get_if<PrincipalStatement>(&s.node)) return principal(*node, line);
    if (auto* node = std::get_if<CreateSchemaStatement>(&s.node)) {
      CHECK_OK(owner_only("CREATE SCHEMA", line));
      TRY(bool exists, catalog_.schema_exists(node->name));
      if (exists || text::equals_ignoring_case(node->name, "axonite")) return std::unexpected(failure(2714, fmt::format("There is already an object named '{}' in the database.", node->name), line, 16, 6));
      return catalog_.create_schema(node->name, node->owner);
    }
    return std::unexpected(not_supported("this statement", line));
  };
  CHECK_OK(atomically(work));
  return done(Command::other, std::nullopt);
}

Result<void> Interpreter::owner_only(std::string_view what, int line) {
  if (options_.is_owner) return ok();
  TRY(auto names, catalog_.memberships(options_.login.name));
  for (const std::string& name : names)
    if (name == "db_owner" || (name == "db_ddladmin" && what.find("USER") == std::string_view::npos && what.find("GRANT") == std::string_view::npos)) return ok();
  return std::unexpected(failure(262, fmt::format("{} permission denied in database '{}'.", what, state_.database), line));
}

Result<Object> Interpreter::new_object(const Name& name, Object::Kind kind, int line) {
  Binder binder(state_);
  Object object{.kind = kind, .schema = name.size() > 1 && !name[name.size() - 2].empty() ? name[name.size() - 2] : "dbo", .name = name.back()};
  TRY(auto existing, binder.find_object(name));
  if (existing) return std::unexpected(failure(2714, fmt::format("There is already an object named '{}' in the database.", object.name), line, 16, 6));
  if (object.temporary()) return object;
  CHECK_OK(owner_only(kind == Object::Kind::view ? "CREATE VIEW" : kind == Object::Kind::procedure ? "CREATE PROCEDURE" : "CREATE TABLE", line));
  TRY(bool schema, catalog_.schema_exists(object.schema));
  if (!schema) return std::unexpected(failure(2760, fmt::format("The specified schema name \"{}\" either does not exist or you do not have permission to use it.", object.schema), line));
  if (object.name.find('.') != std::string::npos) return std::unexpected(not_supported("object names with a dot", line));
  return object;
}

Result<void> Interpreter::create_table(const CreateTableStatement& statement, int line) {
  TRY(Object object, new_object(statement.name, statement.external ? Object::Kind::external_table : Object::Kind::table, line));
  if (options_.personality == Personality::serverless && !statement.external && !object.temporary())
    return std::unexpected(failure(15816, "CREATE TABLE is not supported in serverless pool; use CREATE EXTERNAL TABLE.", line));
  CHECK_OK(apply_options(object, statement.options, options_.personality));
  if (statement.query) {
    if (statement.external) return std::unexpected(not_supported("CREATE EXTERNAL TABLE AS SELECT", line));
    return create_as(std::move(object), *statement.query, line);
  }
  Binder binder(state_);
  for (const ColumnDefinition& definition : statement.columns) {
    for (const TableColumn& other : object.columns)
      if (text::equals_ignoring_case(other.name, definition.name))
        return std::unexpected(failure(2705, fmt::format("Column names in each table must be unique. Column name '{}' in table '{}' is specified more than once.", definition.name, object.name), definition.line));
    TableColumn column{.name = definition.name, .identity = definition.identity};
    TRY(column.type, binder.type(definition.type, definition.line));
    bool primary = std::ranges::any_of(statement.keys, [&](const KeyDefinition& key) {
      return key.primary && std::ranges::any_of(key.columns, [&](const std::string& name) { return text::equals_ignoring_case(name, definition.name); });
    });
    column.type.nullable = definition.nullable.value_or(!primary && !definition.identity);
    object.columns.push_back(std::move(column));
  }
  CHECK_OK(check_distribution(object, line));
  if (statement.external) object.definition = options_json(statement.options);
  CHECK_OK(atomically([&]() -> Result<void> {
    TRY(Object table, define(object, statement.columns));
    for (const KeyDefinition& key : statement.keys) CHECK_OK(add_key(table, key));
    return ok();
  }));
  return done(Command::other, std::nullopt);
}

Result<Object> Interpreter::define(Object object, const std::vector<ColumnDefinition>& definitions) {
  std::string columns;
  Binder binder(state_);
  for (std::size_t i = 0; i < object.columns.size(); ++i) {
    TableColumn& column = object.columns[i];
    const ColumnDefinition& definition = definitions[i];
    columns += fmt::format("{}{} {}", i ? ", " : "", engine::quote_identifier(column.name), engine_type_text(column.type));
    if (column.identity) {
      if (!is_integer(column.type.id)) return std::unexpected(failure(2749, fmt::format("Identity column '{}' must be of data type int or bigint.", column.name), definition.line));
      std::string sequence = fmt::format("axonite.{}", engine::quote_identifier(fmt::format("identity {} {}", object.qualified(), new_sequence_++)));
      CHECK_OK(execute(fmt::format("CREATE {}SEQUENCE {} START {} INCREMENT {}", object.temporary() ? "" : "", sequence, definition.identity_seed, definition.identity_step)));
      columns += fmt::format(" DEFAULT nextval({})", engine::quote_literal(sequence));
    } else if (definition.default_value) {
      TRY(Bound value, binder.standalone(*definition.default_value));
      TRY(value, convert(std::move(value), column.type, Conversion::assignment, {}, column.name, definition.line));
      columns += " DEFAULT " + value.sql;
      column.default_text = definition.default_text;
    }
    if (!column.type.nullable) columns += " NOT NULL";
  }
  if (object.kind == Object::Kind::external_table) return catalog_.add(std::move(object));
  CHECK_OK(execute(fmt::format("CREATE {}TABLE {}({})", object.temporary() ? "TEMP " : "", object.sql_name(), columns)));
  if (object.temporary()) {
    object.id = static_cast<std::int64_t>(state_.temporary.size()) + 1;
    state_.temporary[text::to_lower(object.name)] = object;
    return object;
  }
  return catalog_.add(std::move(object));
}

// CTAS and SELECT INTO: columns have the query's types and names.
Result<void> Interpreter::create_as(Object object, const Query& query, int line) {
  CHECK_OK(refuse_when_doomed(line));
  Binder binder(state_);
  TRY(BoundQuery bound, binder.query(query));
  Lineage report{.operation = "CTAS", .output = object.qualified(), .inputs = bound.inputs};
  std::string columns, values;
  for (std::size_t i = 0; i < bound.columns.size(); ++i) {
    const OutputColumn& column = bound.columns[i];
    if (column.name.empty())
      return std::unexpected(failure(1038, "An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as \"\" or [] are not allowed. Change the alias to a valid name.", line));
    for (const TableColumn& other : object.columns)
      if (text::equals_ignoring_case(other.name, column.name))
        return std::unexpected(failure(2705, fmt::format("Column names in each table must be unique. Column name '{}' in table '{}' is specified more than once.", column.name, object.name), line));
    object.columns.push_back({.name = column.name, .type = column.type});
    columns += fmt::format("{}{} {}{}", i ? ", " : "", engine::quote_identifier(column.name), engine_type_text(column.type), column.type.nullable ? "" : " NOT NULL");
    report.columns.push_back({column.name, column.origins, column.derivation});
  }
  CHECK_OK(check_distribution(object, line));
  std::int64_t count = 0;
  CHECK_OK(atomically([&]() -> Result<void> {
    CHECK_OK(execute(fmt::format("CREATE {}TABLE {}({})", object.temporary() ? "TEMP " : "", object.sql_name(), columns)));
    TRY(count, execute(fmt::format("INSERT INTO {} {}", object.sql_name(), bound.sql)));
    CHECK_OK(lineage(report));
    if (!object.temporary()) {
      CHECK_OK(catalog_.add(object));
      return ok();
    }
    object.id = static_cast<std::int64_t>(state_.temporary.size()) + 1;
    state_.temporary[text::to_lower(object.name)] = object;
    return ok();
  }));
  return done(Command::select, count);
}

Result<void> Interpreter::alter_table(const AlterTableStatement& statement, int line) {
  using Kind = AlterTableStatement::Kind;
  Binder binder(state_);
  CHECK_OK(owner_only("ALTER TABLE", line));
  TRY(Object object, binder.object(statement.name, line, "ALTER"));
  std::string table = object.sql_name();
  auto index_of = [&](const std::string& name) {
    for (std::size_t i = 0; i < object.columns.size(); ++i)
      if (text::equals_ignoring_case(object.columns[i].name, name)) return static_cast<int>(i);
    return -1;
  };
  if (statement.kind == Kind::drop_key) return drop_keys(object, statement, line);
  if (statement.kind == Kind::drop) {
    for (const std::string& name : statement.dropped) {
      int at = index_of(name);
      if (at < 0 && statement.if_exists) continue;
      if (at < 0) return std::unexpected(failure(4924, fmt::format("ALTER TABLE DROP COLUMN failed because column '{}' does not exist in table '{}'.", name, object.name), line));
      TRY(bool keyed, catalog_.in_key(object, name));
      if (keyed) return std::unexpected(failure(5074, fmt::format("The column '{}' of table '{}' is part of a key; drop its constraint first.", name, object.name), line));
      CHECK_OK(execute(fmt::format("ALTER TABLE {} DROP COLUMN {}", table, engine::quote_identifier(name))));
      object.columns.erase(object.columns.begin() + at);
    }
  }
  for (const ColumnDefinition& definition : statement.columns) {
    TRY(Type type, binder.type(definition.type, definition.line));
    type.nullable = definition.nullable.value_or(true);
    std::string column = engine::quote_identifier(definition.name);
    int at = index_of(definition.name);
    if (statement.kind == Kind::alter_column) {
      if (at < 0) return std::unexpected(failure(4924, fmt::format("ALTER TABLE ALTER COLUMN failed because column '{}' does not exist in table '{}'.", definition.name, object.name), line));
      CHECK_OK(execute(fmt::format("ALTER TABLE {} ALTER COLUMN {} SET DATA TYPE {}", table, column, engine_type_text(type))));
      CHECK_OK(execute(fmt::format("ALTER TABLE {} ALTER COLUMN {} {} NOT NULL", table, column, type.nullable ? "DROP" : "SET")));
      object.columns[static_cast<std::size_t>(at)].type = type;
      continue;
    }
    if (at >= 0) return std::unexpected(failure(2705, fmt::format("Column names in each table must be unique. Column name '{}' in table '{}' is specified more than once.", definition.name, object.name), line));
    std::string fallback;
    if (definition.default_value) {
      TRY(Bound value, binder.standalone(*definition.default_value));
      TRY(value, convert(std::move(value), type, Conversion::assignment, {}, definition.name, line));
      fallback = " DEFAULT " + value.sql;
    } else if (!type.nullable) {
      return std::unexpected(failure(4901, fmt::format("ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition specified. Column '{}' cannot be added to table '{}' because it does not satisfy these conditions.", definition.name, object.name), line));
    }
    CHECK_OK(execute(fmt::format("ALTER TABLE {} ADD COLUMN {} {}{}", table, column, engine_type_text(type), fallback)));
    object.columns.push_back({.name = definition.name, .type = type, .default_text = definition.default_text});
  }
  if (object.temporary()) {
    state_.temporary[text::to_lower(object.name)] = object;
    return ok();
  }
  CHECK_OK(catalog_.replace_columns(object));
  for (const KeyDefinition& key : statement.keys) CHECK_OK(add_key(object, key));
  return ok();
}

Result<void> Interpreter::drop(const DropStatement& statement, int line) {
  for (const Name& name : statement.names) CHECK_OK(drop_one(statement.kind, name, statement.if_exists, line));
  return ok();
}

Result<void> Interpreter::drop_one(const std::string& kind, const Name& name, bool if_exists, int line) {
  auto missing = [&]() -> Result<void> {
    if (if_exists) return ok();
    return std::unexpected(failure(3701, fmt::format("Cannot drop the {} '{}', because it does not exist or you do not have permission.", text::to_lower(kind), text::join(name, ".")), line, 11, 5));
  };
  if (!name.back().starts_with('#')) CHECK_OK(owner_only("DROP " + kind, line));
  if (kind == "TABLE" || kind == "VIEW" || kind == "PROCEDURE") {
    Binder binder(state_);
    TRY(auto found, binder.find_object(name));
    if (!found) return missing();
    bool fits = kind == "TABLE" ? found->kind == Object::Kind::table || found->kind == Object::Kind::external_table : kind == "VIEW" ? found->kind == Object::Kind::view : found->kind == Object::Kind::procedure;
    if (!fits) return std::unexpected(failure(3705, fmt::format("Cannot use DROP {} with '{}' because '{}' is another kind of object.", kind, text::join(name, "."), text::join(name, ".")), line));
    if (found->kind == Object::Kind::table) CHECK_OK(execute("DROP TABLE " + found->sql_name()));
    if (found->temporary()) {
      state_.temporary.erase(text::to_lower(found->name));
      return ok();
    }
    TRY(bool declares, catalog_.has_property(*found, event::kDataLineageProperty));
    if (declares) CHECK_OK(declared_lineage(*found, "", line));
    return catalog_.remove(*found);
  }
  if (kind == "SCHEMA") {
    TRY(bool exists, catalog_.schema_exists(name.back()));
    if (!exists) return missing();
    auto dropped = catalog_.drop_schema(name.back());
    if (!dropped) return std::unexpected(failure(3729, fmt::format("Cannot drop schema '{}' because it is being referenced by another object.", name.back()), line));
    return ok();
  }
  if (kind == "USER" || kind == "ROLE" || kind == "LOGIN") {
    TRY(bool exists, catalog_.principal_exists(name.back()));
    if (!exists) return if_exists ? ok() : Result<void>(std::unexpected(failure(15151, fmt::format("Cannot drop the {} '{}', because it does not exist or you do not have permission.", text::to_lower(kind), name.back()), line)));
    return catalog_.drop_principal(name.back());
  }
  TRY(bool removed, catalog_.remove_item(kind, name.back()));
  return removed ? ok() : missing();
}

Result<void> Interpreter::create_view(const CreateViewStatement& statement, int line) {
  Binder binder(state_);
  TRY(auto existing, binder.find_object(statement.name));
  if (statement.alter && !existing) return std::unexpected(failure(208, fmt::format("Invalid object name '{}'.", text::join(statement.name, ".")), line));
  bool replaces = existing && existing->kind == Object::Kind::view && (statement.alter || statement.replace);
  Object object;
  if (replaces) object = *existing;
  else {
    TRY(object, new_object(statement.name, Object::Kind::view, line));
  }
  CHECK_OK(owner_only("CREATE VIEW", line));
  if (!statement.query->order_by.empty() && statement.query->select && !statement.query->select->top)
    return std::unexpected(failure(1033, "The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified.", line, 15));
  TRY(BoundQuery bound, binder.query(*statement.query));
  if (!statement.columns.empty() && statement.columns.size() != bound.columns.size())
    return std::unexpected(failure(4502, fmt::format("View or function '{}' has more or fewer column names specified than columns defined.", object.qualified()), line));
  object.columns.clear();
  for (std::size_t i = 0; i < bound.columns.size(); ++i) {
    std::string name = statement.columns.empty() ? bound.columns[i].name : statement.columns[i];
    if (name.empty()) return std::unexpected(failure(4511, fmt::format("Create View or Function failed because no column name was specified for column {}.", i + 1), line));
    object.columns.push_back({.name = name, .type = bound.columns[i].type});
  }
  object.definition = statement.text;
  if (replaces) return catalog_.replace_definition(object);
  CHECK_OK(catalog_.add(std::move(object)));
  return ok();
}

Result<void> Interpreter::create_procedure(const CreateProcedureStatement& statement, int line) {
  Binder binder(state_);
  TRY(auto existing, binder.find_object(statement.name));
  bool replaces = existing && existing->kind == Object::Kind::procedure && (statement.alter || statement.replace);
  if (statement.alter && !existing) return std::unexpected(failure(208, fmt::format("Invalid object name '{}'.", text::join(statement.name, ".")), line));
  Object object;
  if (replaces) object = *existing;
  else {
    TRY(object, new_object(statement.name, Object::Kind::procedure, line));
  }
  for (const DeclaredVariable& parameter : statement.parameters) CHECK_OK(binder.type(parameter.type, parameter.line));
  object.definition = statement.text;
  if (replaces) return catalog_.replace_definition(object);
  CHECK_OK(catalog_.add(std::move(object)));
  return ok();
}

Result<void> Interpreter::rename(const RenameStatement& statement, int line) {
  Binder binder(state_);
  CHECK_OK(owner_only("RENAME OBJECT", line));
  TRY(Object object, binder.object(statement.name, line, "ALTER"));
  TRY(auto taken, catalog_.find(object.schema, statement.to));
  if (taken) return std::unexpected(failure(15335, fmt::format("Error: The new name '{}' is already in use as a object name and would cause a duplicate that is not permitted.", statement.to), line, 11));
  if (object.kind == Object::Kind::table) CHECK_OK(execute(fmt::format("ALTER TABLE {} RENAME TO {}", object.sql_name(), engine::quote_identifier(statement.to))));
  return catalog_.rename(object, statement.to);
}

Result<void> Interpreter::truncate(const TruncateStatement& statement, int line) {
  Binder binder(state_);
  TRY(Object object, binder.object(statement.name, line, "DELETE"));
  if (object.kind != Object::Kind::table) return std::unexpected(failure(4708, fmt::format("Could not truncate object '{}' because it is not a table.", object.name), line));
  CHECK_OK(execute("DELETE FROM " + object.sql_name()));
  return ok();
}

Result<void> Interpreter::create_metadata(const CreateMetadataStatement& statement, int line) {
  CHECK_OK(owner_only("CREATE " + statement.kind, line));
  std::string on;
  if (!statement.on.empty()) {
    Binder binder(state_);
    TRY(Object object, binder.object(statement.on, line, "ALTER"));
    for (const std::string& name : statement.columns) {
      bool known = false;
      for (const TableColumn& column : object.columns) known = known || text::equals_ignoring_case(column.name, name);
      if (!known) return std::unexpected(failure(1911, fmt::format("Column name '{}' does not exist in the target table or view.", name), line));
    }
    on = object.qualified();
  }
  TRY(auto existing, catalog_.item(statement.kind, statement.name.back()));
  if (existing && statement.kind != "STATISTICS" && statement.kind != "INDEX")
    return std::unexpected(failure(2714, fmt::format("There is already an object named '{}' in the database.", statement.name.back()), line, 16, 6));
  std::string options = options_json(statement.options);
  if (statement.kind == "EXTERNAL FILE FORMAT") CHECK_OK(file_format(options, line));
  return catalog_.add_item(statement.kind, statement.name.back(), on, options);
}

Result<void> Interpreter::permission(const PermissionStatement& statement, int line) {
  CHECK_OK(owner_only("GRANT", line));
  if (!statement.columns.empty()) return std::unexpected(not_supported("permissions on columns", line));
  std::string securable;
  if (statement.securable_class == "OBJECT") {
    Binder binder(state_);
    TRY(auto object, binder.find_object(statement.securable));
    if (!object) return std::unexpected(failure(15151, fmt::format("Cannot find the object '{}', because it does not exist or you do not have permission.", statement.securable.back()), line));
    securable = object->qualified();
  } else if (statement.securable_class == "SCHEMA") {
    securable = statement.securable.back();
  } else if (statement.securable_class != "DATABASE") {
    return std::unexpected(not_supported("permissions on " + statement.securable_class, line));
  }
  char state = statement.kind == PermissionStatement::Kind::grant ? 'G' : statement.kind == PermissionStatement::Kind::deny ? 'D' : 'R';
  for (const std::string& principal : statement.principals) {
    TRY(bool known, catalog_.principal_exists(principal));
    if (!known) return std::unexpected(failure(15151, fmt::format("Cannot find the user '{}', because it does not exist or you do not have permission.", principal), line));
    for (const std::string& permission : statement.permissions) CHECK_OK(catalog_.set_permission(principal, permission, statement.securable_class, securable, state));
  }
  return ok();
}

Result<void> Interpreter::principal(const PrincipalStatement& statement, int line) {
  using Kind = PrincipalStatement::Kind;
  CHECK_OK(owner_only("ALTER ANY USER", line));
  TRY(bool exists, catalog_.principal_exists(statement.name));
  if (statement.kind == Kind::create_user || statement.kind == Kind::create_role || statement.kind == Kind::create_login) {
    if (exists) return std::unexpected(failure(15023, fmt::format("User, group, or role '{}' already exists in the current database.", statement.name), line));
    return catalog_.create_principal(statement.name, statement.kind == Kind::create_role ? "R" : statement.external ? "E" : "S", statement.sid);
  }
  TRY(bool member, catalog_.principal_exists(statement.member));
  if (!exists || !member) return std::unexpected(failure(15151, fmt::format("Cannot alter the role '{}', because it does not exist or you do not have permission.", statement.name), line));
  return catalog_.set_member(statement.name, statement.member, statement.kind == Kind::add_member);
}

}  // namespace axonite::tsql
