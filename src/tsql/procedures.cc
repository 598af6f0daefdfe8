// EXEC: procedures of users, sp_executesql, and the system procedures that clients send.
#include <fmt/format.h>

#include <algorithm>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "event/declared_lineage.h"
#include "tsql/convert.h"
#include "tsql/failure.h"
#include "tsql/interpreter.h"
#include "tsql/parser.h"

namespace axonite::tsql {
namespace {

constexpr std::size_t kNestedProceduresMax = 32;

std::string argument(const std::vector<Parameter>& parameters, std::string_view name, std::size_t position) {
  for (const Parameter& parameter : parameters)
    if (text::equals_ignoring_case(parameter.name, name)) return text_of(parameter.value);
  if (position < parameters.size() && parameters[position].name.empty()) return text_of(parameters[position].value);
  return {};
}

// ODBC's catalog patterns become LIKE on the column; nothing where the argument is missing.
std::string filter(std::string_view column, const std::string& pattern) {
  if (pattern.empty() || pattern == "%") return "";
  return fmt::format(" AND {} LIKE N'{}' ESCAPE '\\'", column, text::replace_all(pattern, "'", "''"));
}

std::string tables_sql(const std::vector<Parameter>& p) {
  return "SELECT TABLE_CATALOG AS TABLE_QUALIFIER, TABLE_SCHEMA AS TABLE_OWNER, TABLE_NAME, CAST(CASE TABLE_TYPE WHEN 'BASE TABLE' THEN 'TABLE' ELSE 'VIEW' END AS varchar(32)) AS TABLE_TYPE, "
         "CAST(NULL AS varchar(254)) AS REMARKS FROM INFORMATION_SCHEMA.TABLES WHERE 1 = 1" +
         filter("TABLE_NAME", argument(p, "@table_name", 0)) + filter("TABLE_SCHEMA", argument(p, "@table_owner", 1)) + " ORDER BY 4, 1, 2, 3";
}

std::string keys_sql(const std::vector<Parameter>& p) {
  return "SELECT k.TABLE_CATALOG AS TABLE_QUALIFIER, k.TABLE_SCHEMA AS TABLE_OWNER, k.TABLE_NAME, k.COLUMN_NAME, CAST(k.ORDINAL_POSITION AS smallint) AS KEY_SEQ, k.CONSTRAINT_NAME AS PK_NAME "
         "FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE k JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS c ON c.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = k.CONSTRAINT_NAME "
         "WHERE c.CONSTRAINT_TYPE = 'PRIMARY KEY'" +
         filter("k.TABLE_NAME", argument(p, "@table_name", 0)) + filter("k.TABLE_SCHEMA", argument(p, "@table_owner", 1)) + " ORDER BY 2, 3, 5";
}

// ODBC's type codes by T-SQL type name.
constexpr std::string_view kOdbcType =
    "CASE DATA_TYPE WHEN 'bit' THEN -7 WHEN 'tinyint' THEN -6 WHEN 'smallint' THEN 5 WHEN 'int' THEN 4 WHEN 'bigint' THEN -5 WHEN 'decimal' THEN 3 WHEN 'money' THEN 3 WHEN 'smallmoney' THEN 3 "
    "WHEN 'real' THEN 7 WHEN 'float' THEN 6 WHEN 'char' THEN 1 WHEN 'varchar' THEN 12 WHEN 'nchar' THEN -8 WHEN 'nvarchar' THEN -9 WHEN 'binary' THEN -2 WHEN 'varbinary' THEN -3 WHEN 'date' THEN 91 "
    "WHEN 'time' THEN -154 WHEN 'datetimeoffset' THEN -155 WHEN 'uniqueidentifier' THEN -11 ELSE 93 END";

std::string columns_sql(const std::vector<Parameter>& p) {
  return fmt::format(
             "SELECT TABLE_CATALOG AS TABLE_QUALIFIER, TABLE_SCHEMA AS TABLE_OWNER, TABLE_NAME, COLUMN_NAME, CAST({0} AS smallint) AS DATA_TYPE, CAST(DATA_TYPE AS nvarchar(128)) AS TYPE_NAME, "
             "COALESCE(CAST(NUMERIC_PRECISION AS int), CHARACTER_MAXIMUM_LENGTH, 23) AS [PRECISION], COALESCE(CHARACTER_OCTET_LENGTH, CAST(NUMERIC_PRECISION AS int), 8) AS LENGTH, CAST(NUMERIC_SCALE AS smallint) AS SCALE, "
             "NUMERIC_PRECISION_RADIX AS RADIX, CAST(CASE IS_NULLABLE WHEN 'YES' THEN 1 ELSE 0 END AS smallint) AS NULLABLE, CAST(NULL AS varchar(254)) AS REMARKS, COLUMN_DEFAULT AS COLUMN_DEF, CAST({0} AS smallint) AS SQL_DATA_TYPE, "
             "CAST(NULL AS smallint) AS SQL_DATETIME_SUB, CHARACTER_OCTET_LENGTH AS CHAR_OCTET_LENGTH, ORDINAL_POSITION, CAST(IS_NULLABLE AS varchar(254)) AS IS_NULLABLE, CAST(0 AS tinyint) AS SS_DATA_TYPE "
             "FROM INFORMATION_SCHEMA.COLUMNS WHERE 1 = 1",
             kOdbcType) +
         filter("TABLE_NAME", argument(p, "@table_name", 0)) + filter("TABLE_SCHEMA", argument(p, "@table_owner", 1)) + filter("COLUMN_NAME", argument(p, "@column_name", 3)) + " ORDER BY 2, 3, 17";
}

constexpr std::string_view kTypeInfo =
    "SELECT CAST(t.name AS nvarchar(128)) AS TYPE_NAME, CAST(CASE t.name WHEN 'bit' THEN -7 WHEN 'tinyint' THEN -6 WHEN 'smallint' THEN 5 WHEN 'int' THEN 4 WHEN 'bigint' THEN -5 WHEN 'decimal' THEN 3 WHEN 'numeric' THEN 2 "
    "WHEN 'money' THEN 3 WHEN 'smallmoney' THEN 3 WHEN 'real' THEN 7 WHEN 'float' THEN 6 WHEN 'char' THEN 1 WHEN 'varchar' THEN 12 WHEN 'nchar' THEN -8 WHEN 'nvarchar' THEN -9 WHEN 'binary' THEN -2 WHEN 'varbinary' THEN -3 "
    "WHEN 'date' THEN 91 WHEN 'time' THEN -154 WHEN 'datetimeoffset' THEN -155 WHEN 'uniqueidentifier' THEN -11 ELSE 93 END AS smallint) AS DATA_TYPE, "
    "CAST(CASE WHEN t.precision > 0 THEN t.precision WHEN t.max_length > 0 THEN t.max_length ELSE 8000 END AS int) AS [PRECISION], CAST(CASE WHEN t.name LIKE '%char' OR t.name LIKE '%date%' OR t.name = 'uniqueidentifier' THEN '''' END AS varchar(32)) AS LITERAL_PREFIX, "
    "CAST(CASE WHEN t.name LIKE '%char' OR t.name LIKE '%date%' OR t.name = 'uniqueidentifier' THEN '''' END AS varchar(32)) AS LITERAL_SUFFIX, CAST(NULL AS varchar(32)) AS CREATE_PARAMS, CAST(1 AS smallint) AS NULLABLE, "
    "CAST(0 AS smallint) AS CASE_SENSITIVE, CAST(3 AS smallint) AS SEARCHABLE, CAST(0 AS smallint) AS UNSIGNED_ATTRIBUTE, CAST(0 AS smallint) AS MONEY, CAST(0 AS smallint) AS AUTO_INCREMENT, CAST(t.name AS nvarchar(128)) AS LOCAL_TYPE_NAME, "
    "CAST(0 AS smallint) AS MINIMUM_SCALE, CAST(t.scale AS smallint) AS MAXIMUM_SCALE, CAST(0 AS smallint) AS SQL_DATA_TYPE, CAST(NULL AS smallint) AS SQL_DATETIME_SUB, CAST(10 AS int) AS NUM_PREC_RADIX, CAST(NULL AS smallint) AS INTERVAL_PRECISION, CAST(0 AS smallint) AS USERTYPE "
    "FROM sys.types t WHERE t.name <> 'sysname'";

struct EmptySet {
  std::string_view procedure, sql;
};
constexpr EmptySet kEmptySets[] = {
    {"sp_fkeys", "SELECT CAST('' AS nvarchar(128)) AS PKTABLE_QUALIFIER, CAST('' AS nvarchar(128)) AS PKTABLE_OWNER, CAST('' AS nvarchar(128)) AS PKTABLE_NAME, CAST('' AS nvarchar(128)) AS PKCOLUMN_NAME, CAST('' AS nvarchar(128)) AS FKTABLE_QUALIFIER, CAST('' AS nvarchar(128)) AS FKTABLE_OWNER, CAST('' AS nvarchar(128)) AS FKTABLE_NAME, CAST('' AS nvarchar(128)) AS FKCOLUMN_NAME, CAST(0 AS smallint) AS KEY_SEQ, CAST(0 AS smallint) AS UPDATE_RULE, CAST(0 AS smallint) AS DELETE_RULE, CAST('' AS nvarchar(128)) AS FK_NAME, CAST('' AS nvarchar(128)) AS PK_NAME, CAST(7 AS smallint) AS DEFERRABILITY WHERE 1 = 0"},
    {"sp_statistics_100", "SELECT CAST('' AS nvarchar(128)) AS TABLE_QUALIFIER, CAST('' AS nvarchar(128)) AS TABLE_OWNER, CAST('' AS nvarchar(128)) AS TABLE_NAME, CAST(1 AS smallint) AS NON_UNIQUE, CAST('' AS nvarchar(128)) AS INDEX_QUALIFIER, CAST('' AS nvarchar(128)) AS INDEX_NAME, CAST(0 AS smallint) AS TYPE, CAST(0 AS smallint) AS SEQ_IN_INDEX, CAST('' AS nvarchar(128)) AS COLUMN_NAME, CAST('A' AS char(1)) AS COLLATION, CAST(0 AS int) AS CARDINALITY, CAST(0 AS int) AS PAGES, CAST('' AS varchar(128)) AS FILTER_CONDITION WHERE 1 = 0"},
    {"sp_special_columns_100", "SELECT CAST(0 AS smallint) AS SCOPE, CAST('' AS nvarchar(128)) AS COLUMN_NAME, CAST(0 AS smallint) AS DATA_TYPE, CAST('' AS nvarchar(128)) AS TYPE_NAME, CAST(0 AS int) AS [PRECISION], CAST(0 AS int) AS LENGTH, CAST(0 AS smallint) AS SCALE, CAST(0 AS smallint) AS PSEUDO_COLUMN WHERE 1 = 0"},
    {"sp_stored_procedures", "SELECT ROUTINE_CATALOG AS PROCEDURE_QUALIFIER, ROUTINE_SCHEMA AS PROCEDURE_OWNER, ROUTINE_NAME AS PROCEDURE_NAME, -1 AS NUM_INPUT_PARAMS, -1 AS NUM_OUTPUT_PARAMS, -1 AS NUM_RESULT_SETS, CAST(NULL AS varchar(254)) AS REMARKS, CAST(2 AS smallint) AS PROCEDURE_TYPE FROM INFORMATION_SCHEMA.ROUTINES ORDER BY 3"},
    {"sp_describe_undeclared_parameters", "SELECT CAST(0 AS int) AS parameter_ordinal, CAST('' AS nvarchar(128)) AS name, CAST(0 AS int) AS suggested_system_type_id WHERE 1 = 0"},
};

std::string unicode_literal(std::string_view text) { return "N'" + text::replace_all(std::string(text), "'", "''") + "'"; }

std::string described(const std::vector<Column>& columns) {
  std::string sql;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Column& c = columns[i];
    sql += fmt::format("{}SELECT CAST(0 AS bit) AS is_hidden, CAST({} AS int) AS column_ordinal, CAST({} AS nvarchar(128)) AS name, CAST({} AS bit) AS is_nullable, CAST({} AS int) AS system_type_id, CAST({} AS nvarchar(256)) AS system_type_name, "
                       "CAST({} AS smallint) AS max_length, CAST({} AS tinyint) AS precision, CAST({} AS tinyint) AS scale",
                       i ? " UNION ALL " : "", i + 1, c.name.empty() ? std::string("NULL") : unicode_literal(c.name), c.type.nullable ? 1 : 0, system_type_id(c.type.id), unicode_literal(type_name(c.type)), max_length_bytes(c.type), display_precision(c.type), display_scale(c.type));
  }
  return sql + (columns.size() > 1 ? " ORDER BY column_ordinal" : "");
}

}  // namespace

Result<void> Interpreter::execute_statement(const ExecuteStatement& statement, int line) {
  if (statement.text) {
    TRY(auto text, evaluate_as(*statement.text, {.id = TypeId::nvarchar, .length = -1}, line));
    auto saved = std::exchange(state_.variables, {});
    auto ran = run_text(text_of(text));
    state_.variables = std::move(saved);
    return ran;
  }
  Binder binder(state_);
  std::vector<Parameter> parameters;
  for (const CallArgument& argument : statement.arguments) {
    Parameter parameter{.name = argument.name, .output = argument.output};
    if (argument.value->kind != Expression::Kind::default_) {
      TRY(Bound bound, binder.standalone(*argument.value));
      parameter.type = bound.type;
      TRY(parameter.value, evaluate(bound));
    }
    parameters.push_back(std::move(parameter));
  }
  TRY(int status, call_procedure(statement.procedure, parameters, line));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Expression& target = *statement.arguments[i].value;
    if (!statement.arguments[i].output || target.kind != Expression::Kind::variable) continue;
    auto found = state_.variables.find(text::to_lower(target.text));
    if (found != state_.variables.end()) found->second.value = parameters[i].value;
  }
  if (!statement.result_variable.empty()) {
    auto found = state_.variables.find(text::to_lower(statement.result_variable));
    if (found == state_.variables.end()) return std::unexpected(failure(137, fmt::format("Must declare the scalar variable \"{}\".", statement.result_variable), line, 15));
    found->second.value = std::int64_t{status};
  }
  return done(Command::other, std::nullopt);
}

Result<void> Interpreter::call(std::string_view procedure, std::span<Parameter> parameters, Sink& sink) {
  return guarded(sink, fmt::format("EXEC {}", procedure), [&]() -> Result<void> {
    TRY(ExpressionPtr parsed, parse_expression_text(procedure));
    if (parsed->kind != Expression::Kind::column) return std::unexpected(failure(2812, fmt::format("Could not find stored procedure '{}'.", procedure)));
    state_.variables.clear();
    std::vector<Parameter> list(parameters.begin(), parameters.end());
    TRY(int status, call_procedure(parsed->name, list, 1));
    std::copy(list.begin(), list.end(), parameters.begin());
    return sink.return_status(status);
  });
}

Result<int> Interpreter::call_procedure(const Name& name, std::vector<Parameter>& parameters, int line) {
  TRY(auto status, system_procedure(text::to_lower(name.back()), parameters, line));
  if (status) return *status;
  Binder binder(state_);
  TRY(auto object, binder.find_object(name));
  if (!object || object->kind != Object::Kind::procedure)
    return std::unexpected(failure(2812, fmt::format("Could not find stored procedure '{}'.", text::join(name, ".")), line, 16, 62));
  CHECK_OK(binder.check_permission(*object, "EXECUTE", line));
  return user_procedure(*object, parameters, line);
}

Result<int> Interpreter::user_procedure(const Object& object, std::vector<Parameter>& parameters, int line) {
  if (state_.procedures.size() >= kNestedProceduresMax)
    return std::unexpected(failure(217, "Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).", line));
  TRY(Block block, parse_batch(object.definition));
  auto* definition = block.empty() ? nullptr : std::get_if<CreateProcedureStatement>(&block.front().node);
  if (!definition) return std::unexpected(internal("a procedure's stored text is no procedure"));
  Binder binder(state_);
  std::map<std::string, Variable> variables;
  std::vector<int> given(definition->parameters.size(), -1);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    std::size_t at = i;
    if (!parameters[i].name.empty()) {
      at = 0;
      while (at < given.size() && !text::equals_ignoring_case(definition->parameters[at].name, parameters[i].name)) ++at;
      if (at == given.size()) return std::unexpected(failure(8145, fmt::format("{} is not a parameter for procedure {}.", parameters[i].name, object.name), line, 16, 2));
    }
    if (at >= given.size()) return std::unexpected(failure(8144, fmt::format("Procedure or function {} has too many arguments specified.", object.name), line, 16, 2));
    given[at] = static_cast<int>(i);
  }
  for (std::size_t at = 0; at < given.size(); ++at) {
    const DeclaredVariable& declared = definition->parameters[at];
    TRY(Type type, binder.type(declared.type, declared.line));
    engine::Value value;
    if (given[at] >= 0) {
      const Parameter& parameter = parameters[static_cast<std::size_t>(given[at])];
      TRY(Bound bound, convert(literal_bound(parameter.type, parameter.value), type, Conversion::explicit_, {}, {}, line));
      TRY(value, evaluate(bound));
    } else if (declared.value) {
      TRY(value, evaluate_as(*declared.value, type, line));
    } else {
      return std::unexpected(failure(201, fmt::format("Procedure or function '{}' expects parameter '{}', which was not supplied.", object.name, declared.name), line, 16, 4));
    }
    variables[text::to_lower(declared.name)] = {type, std::move(value)};
  }
  auto saved = std::exchange(state_.variables, std::move(variables));
  bool nocount = state_.set.nocount;
  state_.procedures.push_back(object.name);
  auto flow = run(definition->body);
  if (!flow && !fatal_) {  // the error names the procedure it came from
    Message message = message_of(flow.error());
    if (message.procedure.empty()) message.procedure = object.name;
    if (flow.error().kind != Error::Kind::cancelled) flow = std::unexpected(failure_of(message));
  }
  state_.procedures.pop_back();
  state_.set.nocount = nocount;
  auto inner = std::exchange(state_.variables, std::move(saved));
  if (!flow) return std::unexpected(std::move(flow.error()));
  for (std::size_t at = 0; at < given.size(); ++at)
    if (given[at] >= 0 && definition->parameters[at].output) {
      Parameter& parameter = parameters[static_cast<std::size_t>(given[at])];
      const Variable& variable = inner[text::to_lower(definition->parameters[at].name)];
      parameter.value = variable.value;
      parameter.type = variable.type;
    }
  return static_cast<int>(integer_of(inner["@@return"].value));
}

Result<std::optional<int>> Interpreter::system_procedure(const std::string& name, std::vector<Parameter>& p, int line) {
  auto query = [&](std::string_view sql) -> Result<std::optional<int>> {
    CHECK_OK(run_text(sql));
    return 0;
  };
  if (name == "sp_executesql") {
    std::string text = argument(p, "@stmt", 0);
    auto saved = std::exchange(state_.variables, {});
    std::vector<Parameter> declared;
    Result<void> ran = ok();
    if (p.size() > 1) {
      auto parsed = parse_declarations(argument(p, "@params", 1));
      if (parsed) declared = std::move(*parsed);
      else ran = std::unexpected(std::move(parsed.error()));
    }
    for (std::size_t i = 0; ran && i < declared.size(); ++i) {
      Parameter* given = i + 2 < p.size() && p[i + 2].name.empty() ? &p[i + 2] : nullptr;
      for (std::size_t k = 2; k < p.size(); ++k)
        if (text::equals_ignoring_case(p[k].name, declared[i].name)) given = &p[k];
      if (!given) {
        ran = std::unexpected(failure(8178, fmt::format("The parameterized query expects the parameter '{}', which was not supplied.", declared[i].name), line));
        break;
      }
      state_.variables[text::to_lower(declared[i].name)] = {declared[i].type, given->value};
    }
    if (ran) ran = run_text(text);
    for (std::size_t i = 0; i < declared.size(); ++i)
      for (std::size_t k = 2; k < p.size(); ++k)
        if (p[k].output && (text::equals_ignoring_case(p[k].name, declared[i].name) || (p[k].name.empty() && k == i + 2))) p[k].value = state_.variables[text::to_lower(declared[i].name)].value;
    state_.variables = std::move(saved);
    if (!ran) return std::unexpected(std::move(ran.error()));
    return 0;
  }
  if (name == "sp_tables") return query(tables_sql(p));
  if (name == "sp_pkeys") return query(keys_sql(p));
  if (name == "sp_columns" || name == "sp_columns_100") return query(columns_sql(p));
  if (name == "sp_datatype_info" || name == "sp_datatype_info_100") {
    std::string type = argument(p, "@data_type", 0);
    std::string only = type.empty() || type == "0" ? "" : fmt::format(" WHERE x.DATA_TYPE = {}", text::parse_int<int>(type).value_or(0));
    return query(fmt::format("SELECT * FROM ({}) AS x{} ORDER BY x.DATA_TYPE", kTypeInfo, only));
  }
  if (name == "sp_describe_first_result_set") {
    TRY(auto declared, parse_declarations(argument(p, "@params", 1)));
    TRY(auto columns, describe(argument(p, "@tsql", 0), declared));
    if (columns.empty()) return 0;
    return query(described(columns));
  }
  for (const EmptySet& row : kEmptySets)
    if (row.procedure == name) return query(row.sql);
  if (name == "sp_addrolemember" || name == "sp_droprolemember") {
    PrincipalStatement statement{.kind = name == "sp_addrolemember" ? PrincipalStatement::Kind::add_member : PrincipalStatement::Kind::drop_member, .name = argument(p, "@rolename", 0), .member = argument(p, "@membername", 1)};
    CHECK_OK(atomically([&] { return principal(statement, line); }));
    return 0;
  }
  if (name == "sp_addextendedproperty" || name == "sp_updateextendedproperty" || name == "sp_dropextendedproperty") {
    CHECK_OK(atomically([&] { return extended_property(name, p, line); }));
    return 0;
  }
  return std::optional<int>();
}

Result<void> Interpreter::extended_property(const std::string& procedure, const std::vector<Parameter>& p, int line) {
  CHECK_OK(owner_only("ALTER", line));
  bool drops = procedure == "sp_dropextendedproperty";
  std::size_t first = drops ? 1 : 2;  // position of @level0type
  std::string property = argument(p, "@name", 0), value = drops ? "" : argument(p, "@value", 1);
  std::string schema = argument(p, "@level0name", first + 1), object_name = argument(p, "@level1name", first + 3), column = argument(p, "@level2name", first + 5);
  auto wrong_target = [&](const std::string& what) {
    return std::unexpected(failure(15135, fmt::format("Object is invalid. Extended properties are not permitted on '{}', or the object does not exist.", what), line, 16, 8));
  };
  if (property.empty()) return std::unexpected(failure(15600, fmt::format("An invalid parameter or option was specified for procedure '{}'.", procedure), line, 15));
  std::int64_t property_class = 0, major = 0, minor = 0;
  std::optional<Object> declares;  // whose lineage this is
  if (!schema.empty()) {
    if (!text::equals_ignoring_case(argument(p, "@level0type", first), "SCHEMA")) return std::unexpected(not_supported(procedure + " for level 0 other than SCHEMA", line));
    engine::Value key[] = {schema};
    TRY(auto rows, engine_->query("SELECT schema_id FROM axonite.schemas WHERE lower(name) = lower($1)", key));
    TRY(bool any, rows->next());
    if (!any || rows->size() == 0) return wrong_target(schema);
    property_class = 3;
    major = integer_of(rows->value(0, 0));
  }
  if (!object_name.empty()) {
    TRY(auto object, catalog_.find(schema, object_name));
    if (!object) return wrong_target(schema + "." + object_name);
    property_class = 1;
    major = object->id;
    for (std::size_t i = 0; i < object->columns.size() && !column.empty(); ++i)
      if (text::equals_ignoring_case(object->columns[i].name, column)) minor = static_cast<std::int64_t>(i) + 1;
    if (!column.empty() && minor == 0) return wrong_target(schema + "." + object_name + "." + column);
    if (minor == 0 && object->kind != Object::Kind::procedure && text::equals_ignoring_case(property, event::kDataLineageProperty)) declares = std::move(*object);
  }
  engine::Value key[] = {property_class, major, minor, property};
  constexpr std::string_view where = " FROM axonite.extended_properties WHERE class = $1 AND major_id = $2 AND minor_id = $3 AND lower(name) = lower($4)";
  TRY(auto removed, engine_->execute(fmt::format("DELETE{}", where), key));
  std::string target = object_name.empty() ? schema : schema + "." + object_name;
  if (procedure == "sp_addextendedproperty" && removed > 0) return std::unexpected(failure(15233, fmt::format("Property cannot be added. Property '{}' already exists for '{}'.", property, target), line));
  if (procedure != "sp_addextendedproperty" && removed == 0) return std::unexpected(failure(15217, fmt::format("Property cannot be updated or deleted. Property '{}' does not exist for '{}'.", property, target), line));
  if (declares) CHECK_OK(declared_lineage(*declares, value, line));
  if (drops) return ok();
  engine::Value row[] = {property_class, major, minor, property, value};
  CHECK_OK(engine_->execute("INSERT INTO axonite.extended_properties VALUES ($1, $2, $3, $4, $5)", row));
  return ok();
}

// The property is any text; what the catalog can make nothing of is a warning.
Result<void> Interpreter::declared_lineage(const Object& object, std::string value, int line) {
  Result<json::Value> parsed = json::Value(json::Object{});
  if (!value.empty()) parsed = json::parse(value);
  if (!parsed || !parsed->is_object()) {
    value.clear();
    CHECK_OK(message(0, 10, "The value of DATA_LINEAGE is no JSON object; it is kept, but it declares no lineage.", 1, line));
  }
  event::DeclaredLineage declared{.server = options_.server, .database = state_.database, .object = object.qualified(), .is_view = object.kind == Object::Kind::view, .value = std::move(value), .user = options_.login.name};
  pending_lineage_.push_back(event::write_body(declared));
  return ok();
}

}  // namespace axonite::tsql
