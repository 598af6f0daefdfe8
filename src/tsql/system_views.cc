#include "tsql/system_views.h"

#include <fmt/format.h>

#include "base/text.h"
#include "tsql/activity_rows.h"
#include "tsql/convert.h"

namespace axonite::tsql {
namespace {

struct Row {
  std::string_view schema, name;
  std::string_view columns;  // "name type, …"; sysname is nvarchar(128)
  std::string_view sql;      // the FROM and values: a SELECT in the order of `columns`
};

#define OBJECT_COLUMNS "name sysname, object_id int, principal_id int, schema_id int, parent_object_id int, type char(2), type_desc nvarchar(60), create_date datetime, modify_date datetime, is_ms_shipped bit"
#define OBJECT_VALUES "o.name, o.object_id, NULL, s.schema_id, 0, CASE o.kind WHEN 'E' THEN 'U ' ELSE o.kind || ' ' END, CASE o.kind WHEN 'V' THEN 'VIEW' WHEN 'P' THEN 'SQL_STORED_PROCEDURE' ELSE 'USER_TABLE' END, o.create_date, o.modify_date, false"
#define OBJECT_FROM " FROM axonite.objects o JOIN axonite.schemas s ON lower(s.name) = lower(o.schema_name)"

#define KEY_FROM " FROM axonite.keys k JOIN axonite.objects o ON o.object_id = k.table_id JOIN axonite.schemas s ON lower(s.name) = lower(o.schema_name)"
// Index 1 is the table's own.
#define KEY_INDEX "1 + (SELECT count(*) FROM axonite.keys other WHERE other.table_id = k.table_id AND other.key_id <= k.key_id)"

#define ELAPSED "date_diff('millisecond', r.started, coalesce(r.ended, $now))"

constexpr Row kViews[] = {
    {"sys", "schemas", "name sysname, schema_id int, principal_id int", "SELECT name, schema_id, 1 FROM axonite.schemas"},
    {"sys", "objects", OBJECT_COLUMNS, "SELECT " OBJECT_VALUES OBJECT_FROM},
    {"sys", "all_objects", OBJECT_COLUMNS, "SELECT " OBJECT_VALUES OBJECT_FROM},
    {"sys", "tables", OBJECT_COLUMNS ", is_external bit, temporal_type tinyint, is_filetable bit, is_memory_optimized bit, lock_escalation_desc nvarchar(60)",
     "SELECT " OBJECT_VALUES ", o.kind = 'E', 0, false, false, 'TABLE'" OBJECT_FROM " WHERE o.kind IN ('U', 'E')"},
    {"sys", "external_tables", OBJECT_COLUMNS, "SELECT " OBJECT_VALUES OBJECT_FROM " WHERE o.kind = 'E'"},
    {"sys", "views", OBJECT_COLUMNS ", is_replicated bit, with_check_option bit", "SELECT " OBJECT_VALUES ", false, false" OBJECT_FROM " WHERE o.kind = 'V'"},
    {"sys", "all_views", OBJECT_COLUMNS, "SELECT " OBJECT_VALUES OBJECT_FROM " WHERE o.kind = 'V'"},
    {"sys", "procedures", OBJECT_COLUMNS, "SELECT " OBJECT_VALUES OBJECT_FROM " WHERE o.kind = 'P'"},
    {"sys", "columns", "object_id int, name sysname, column_id int, system_type_id tinyint, user_type_id int, max_length smallint, precision tinyint, scale tinyint, collation_name sysname, is_nullable bit, is_identity bit, is_computed bit, default_object_id int, is_masked bit, is_hidden bit",
     "SELECT object_id, name, column_id, system_type_id, system_type_id, max_length, display_precision, display_scale, CASE WHEN type_name LIKE '%char' THEN 'SQL_Latin1_General_CP1_CI_AS' END, nullable, identity, false, 0, false, false FROM axonite.columns"},
    {"sys", "all_columns", "object_id int, name sysname, column_id int, system_type_id tinyint, user_type_id int, max_length smallint, precision tinyint, scale tinyint, is_nullable bit, is_identity bit",
     "SELECT object_id, name, column_id, system_type_id, system_type_id, max_length, display_precision, display_scale, nullable, identity FROM axonite.columns"},
    {"sys", "databases", "name sysname, database_id int, create_date datetime, compatibility_level tinyint, collation_name sysname, state tinyint, state_desc nvarchar(60), is_read_only bit, user_access_desc nvarchar(60), owner_sid varbinary(85), recovery_model_desc nvarchar(60)",
     "SELECT * FROM (VALUES ('master', 1, TIMESTAMP '2020-01-01', 130, 'SQL_Latin1_General_CP1_CI_AS', 0, 'ONLINE', false, 'MULTI_USER', from_hex('01'), 'SIMPLE'), ($database, 5, TIMESTAMP '2020-01-01', 130, 'SQL_Latin1_General_CP1_CI_AS', 0, 'ONLINE', false, 'MULTI_USER', from_hex('01'), 'SIMPLE'))"},
    {"sys", "extended_properties", "class tinyint, class_desc nvarchar(60), major_id int, minor_id int, name sysname, value nvarchar(4000)",
     "SELECT class, CASE class WHEN 0 THEN 'DATABASE' WHEN 3 THEN 'SCHEMA' ELSE 'OBJECT_OR_COLUMN' END, major_id, minor_id, name, value FROM axonite.extended_properties"},
    {"sys", "fn_listextendedproperty", "objtype sysname, objname sysname, name sysname, value nvarchar(4000)",
     "SELECT CASE WHEN p.class = 0 THEN NULL WHEN p.class = 3 THEN 'SCHEMA' WHEN p.minor_id > 0 THEN 'COLUMN' WHEN o.kind = 'V' THEN 'VIEW' ELSE 'TABLE' END, coalesce(c.name, o.name, s.name), p.name, p.value "
     "FROM axonite.extended_properties p LEFT JOIN axonite.objects o ON p.class = 1 AND o.object_id = p.major_id LEFT JOIN axonite.columns c ON p.class = 1 AND c.object_id = p.major_id AND c.column_id = p.minor_id LEFT JOIN axonite.schemas s ON p.class = 3 AND s.schema_id = p.major_id"},
    {"sys", "database_principals", "name sysname, principal_id int, type char(1), type_desc nvarchar(60), default_schema_name sysname, create_date datetime, modify_date datetime, owning_principal_id int, sid varbinary(85), is_fixed_role bit, authentication_type_desc nvarchar(60)",
     "SELECT name, principal_id, type, CASE type WHEN 'R' THEN 'DATABASE_ROLE' WHEN 'E' THEN 'EXTERNAL_USER' ELSE 'SQL_USER' END, 'dbo', create_date, create_date, 1, NULL, principal_id >= 16384, CASE type WHEN 'E' THEN 'EXTERNAL' ELSE 'INSTANCE' END FROM axonite.principals"},
    {"sys", "database_role_members", "role_principal_id int, member_principal_id int",
     "SELECT r.principal_id, m.principal_id FROM axonite.role_members x JOIN axonite.principals r ON lower(r.name) = lower(x.role) JOIN axonite.principals m ON lower(m.name) = lower(x.member)"},
    {"sys", "database_permissions", "class tinyint, class_desc nvarchar(60), major_id int, minor_id int, grantee_principal_id int, permission_name nvarchar(128), state char(1), state_desc nvarchar(60)",
     "SELECT CASE p.class WHEN 'DATABASE' THEN 0 WHEN 'SCHEMA' THEN 3 ELSE 1 END, CASE p.class WHEN 'OBJECT' THEN 'OBJECT_OR_COLUMN' ELSE p.class END, coalesce(o.object_id, 0), 0, u.principal_id, p.permission, p.state, CASE p.state WHEN 'G' THEN 'GRANT' ELSE 'DENY' END "
     "FROM axonite.permissions p JOIN axonite.principals u ON lower(u.name) = lower(p.principal) LEFT JOIN axonite.objects o ON lower(o.schema_name || '.' || o.name) = lower(p.securable)"},
    {"sys", "indexes", "object_id int, name sysname, index_id int, type tinyint, type_desc nvarchar(60), is_unique bit, is_primary_key bit, is_unique_constraint bit",
     "SELECT object_id, CASE WHEN index_kind = 'HEAP' THEN NULL ELSE 'ClusteredIndex_' || object_id END, CASE WHEN index_kind = 'HEAP' THEN 0 ELSE 1 END, CASE WHEN index_kind = 'HEAP' THEN 0 WHEN index_kind LIKE 'CLUSTERED COLUMNSTORE%' THEN 5 ELSE 1 END, CASE WHEN index_kind = 'HEAP' THEN 'HEAP' WHEN index_kind LIKE 'CLUSTERED COLUMNSTORE%' THEN 'CLUSTERED COLUMNSTORE' ELSE 'CLUSTERED' END, false, false, false FROM axonite.objects WHERE kind = 'U' "
     "UNION ALL SELECT k.table_id, k.name, " KEY_INDEX ", 2, 'NONCLUSTERED', true, k.kind = 'PK', k.kind = 'UQ' FROM axonite.keys k"},
    {"sys", "index_columns", "object_id int, index_id int, index_column_id int, column_id int, key_ordinal tinyint, is_descending_key bit, is_included_column bit", 
     "SELECT k.table_id, " KEY_INDEX ", x.ordinal, c.column_id, x.ordinal, false, false FROM axonite.keys k JOIN axonite.key_columns x ON x.key_id = k.key_id JOIN axonite.columns c ON c.object_id = k.table_id AND c.name = x.column_name"},
    {"sys", "key_constraints", "name sysname, object_id int, principal_id int, schema_id int, parent_object_id int, type char(2), type_desc nvarchar(60), create_date datetime, unique_index_id int, is_enforced bit",
     "SELECT k.name, k.key_id, NULL, s.schema_id, k.table_id, k.kind, CASE k.kind WHEN 'PK' THEN 'PRIMARY_KEY_CONSTRAINT' ELSE 'UNIQUE_CONSTRAINT' END, k.create_date, " KEY_INDEX ", false" KEY_FROM},
    {"sys", "foreign_keys", "name sysname, object_id int, parent_object_id int, referenced_object_id int", "SELECT '', 0, 0, 0 WHERE false"},
    {"sys", "default_constraints", "name sysname, object_id int, parent_object_id int, parent_column_id int, definition nvarchar(max)",
     "SELECT 'Df_' || object_id || '_' || column_id, 0, object_id, column_id, default_text FROM axonite.columns WHERE default_text <> ''"},
    {"sys", "identity_columns", "object_id int, name sysname, column_id int, seed_value bigint, increment_value bigint", "SELECT object_id, name, column_id, 1, 1 FROM axonite.columns WHERE identity"},
    {"sys", "stats", "object_id int, name sysname, stats_id int, auto_created bit, user_created bit", "SELECT o.object_id, i.name, 2, false, true FROM axonite.items i JOIN axonite.objects o ON lower(o.schema_name || '.' || o.name) = lower(i.on_name) WHERE i.kind = 'STATISTICS'"},
    {"sys", "sql_modules", "object_id int, definition nvarchar(max), uses_ansi_nulls bit, uses_quoted_identifier bit", "SELECT object_id, CASE kind WHEN 'V' THEN 'CREATE VIEW [' || schema_name || '].[' || name || '] AS ' ELSE '' END || definition, true, true FROM axonite.objects WHERE kind IN ('V', 'P')"},
    {"sys", "external_data_sources", "data_source_id int, name sysname, location nvarchar(4000), type_desc nvarchar(255)", "SELECT item_id, name, json_extract_string(options, '$.LOCATION'), 'HADOOP' FROM axonite.items WHERE kind = 'EXTERNAL DATA SOURCE'"},
    {"sys", "external_file_formats", "file_format_id int, name sysname, format_type nvarchar(100)", "SELECT item_id, name, json_extract_string(options, '$.FORMAT_TYPE') FROM axonite.items WHERE kind = 'EXTERNAL FILE FORMAT'"},
    {"sys", "database_scoped_credentials", "name sysname, credential_id int, credential_identity nvarchar(4000)", "SELECT name, item_id, json_extract_string(options, '$.IDENTITY') FROM axonite.items WHERE kind = 'CREDENTIAL'"},
    {"sys", "workload_management_workload_groups", "group_id int, name sysname", "SELECT item_id, name FROM axonite.items WHERE kind = 'WORKLOAD GROUP'"},
    {"sys", "workload_management_workload_classifiers", "classifier_id int, name sysname", "SELECT item_id, name FROM axonite.items WHERE kind = 'WORKLOAD CLASSIFIER'"},
    {"sys", "pdw_table_distribution_properties", "object_id int, distribution_policy tinyint, distribution_policy_desc nvarchar(60)",
     "SELECT object_id, CASE distribution WHEN 'HASH' THEN 2 WHEN 'REPLICATE' THEN 3 ELSE 4 END, distribution FROM axonite.objects WHERE kind = 'U'"},
    {"sys", "pdw_column_distribution_properties", "object_id int, column_id int, distribution_ordinal tinyint",
     "SELECT c.object_id, c.column_id, CASE WHEN o.distribution = 'HASH' AND lower(c.name) = lower(o.distribution_column) THEN 1 ELSE 0 END FROM axonite.columns c JOIN axonite.objects o ON o.object_id = c.object_id"},
    {"sys", "pdw_table_mappings", "physical_name nvarchar(36), object_id int", "SELECT 'Table_' || object_id, object_id FROM axonite.objects WHERE kind = 'U'"},
    {"sys", "dm_exec_sessions", "session_id smallint, login_time datetime, host_name nvarchar(128), program_name nvarchar(128), login_name nvarchar(128), status nvarchar(30), transaction_isolation_level smallint, is_user_process bit, database_id smallint, original_login_name nvarchar(128)",
     "SELECT spid, connected, host, application, login, CASE WHEN running THEN 'running' ELSE 'sleeping' END, 1, true, 5, login FROM $sessions"},
    {"sys", "dm_exec_requests", "session_id smallint, request_id int, start_time datetime, status nvarchar(30), command nvarchar(32), database_id smallint, total_elapsed_time int",
     "SELECT r.spid, r.number, r.started, 'running', upper(split_part(ltrim(r.command), ' ', 1)), 5, " ELAPSED " FROM $requests WHERE r.ended IS NULL"},
    {"sys", "dm_pdw_exec_sessions", "session_id nvarchar(32), status nvarchar(10), request_id nvarchar(32), login_name nvarchar(128), login_time datetime, query_count int, is_transactional bit, client_id nvarchar(255), app_name nvarchar(255), sql_spid int",
     "SELECT 'SID' || s.spid, CASE WHEN s.running THEN 'Active' ELSE 'Idle' END, CASE WHEN s.request > 0 THEN 'QID' || s.request END, s.login, s.connected, (SELECT count(*) FROM $requests WHERE r.spid = s.spid), false, s.host, s.application, s.spid FROM $sessions"},
    {"sys", "dm_pdw_exec_requests", "request_id nvarchar(32), session_id nvarchar(32), status nvarchar(32), submit_time datetime, start_time datetime, end_compile_time datetime, end_time datetime, total_elapsed_time int, label nvarchar(255), error_id nvarchar(36), database_id int, command nvarchar(4000), resource_class nvarchar(20), importance nvarchar(128), group_name sysname, classifier_name sysname, result_cache_hit int",
     "SELECT 'QID' || r.number, 'SID' || r.spid, r.status, r.started, r.started, r.started, r.ended, " ELAPSED ", r.label, CASE WHEN r.error <> 0 THEN 'E' || r.error || '-QID' || r.number END, 5, r.command, 'smallrc', 'normal', 'smallrc', NULL, 0 FROM $requests"},
    // Here a request is one step: DuckDB runs its statements whole.
    {"sys", "dm_pdw_request_steps", "request_id nvarchar(32), step_index int, operation_type nvarchar(35), distribution_type nvarchar(32), location_type nvarchar(32), status nvarchar(32), error_id nvarchar(36), start_time datetime, end_time datetime, total_elapsed_time int, row_count bigint, command nvarchar(4000)",
     "SELECT 'QID' || r.number, 0, 'OnOperation', 'Unspecified', 'Compute', CASE WHEN r.status = 'Completed' THEN 'Complete' ELSE r.status END, CASE WHEN r.error <> 0 THEN 'E' || r.error || '-QID' || r.number END, r.started, r.ended, " ELAPSED ", -1, r.command FROM $requests"},
    {"sys", "dm_pdw_errors", "error_id nvarchar(36), source nvarchar(64), type nvarchar(4000), create_time datetime, pdw_node_id int, session_id nvarchar(32), request_id nvarchar(32), spid int, details nvarchar(4000)",
     "SELECT 'E' || r.error || '-QID' || r.number, 'Axonite', 'Error', r.ended, 1, 'SID' || r.spid, 'QID' || r.number, r.spid, 'Msg ' || r.error FROM $requests WHERE r.error <> 0"},
    {"sys", "dm_pdw_waits", "wait_id bigint, session_id nvarchar(32), type nvarchar(255), object_type nvarchar(255), object_name nvarchar(386), request_id nvarchar(32), request_time datetime, acquire_time datetime, state nvarchar(50), priority int", "SELECT 0, '', '', '', '', '', NULL, NULL, '', 0 WHERE false"},
    {"sys", "dm_pdw_nodes", "pdw_node_id int, type nvarchar(32), name sysname, address nvarchar(32), is_passive bit, region nvarchar(32)",
     "SELECT * FROM (VALUES (1, 'CONTROL', 'Axonite', '127.0.0.1', false, 'local'), (2, 'COMPUTE', 'Axonite', '127.0.0.1', false, 'local'))"},
    {"sys", "dm_exec_connections", "session_id int, net_transport nvarchar(40), protocol_type nvarchar(40), encrypt_option nvarchar(40)", "SELECT $spid, 'TCP', 'TSQL', 'TRUE'"},
    {"sys", "dm_os_host_info", "host_platform nvarchar(256), host_distribution nvarchar(256), host_release nvarchar(256)", "SELECT 'Linux', '', ''"},
    {"sys", "system_views", "name sysname, object_id int, schema_id int", "SELECT name, -id, 4 FROM (VALUES ('dm_exec_sessions', 1), ('dm_pdw_exec_sessions', 2), ('dm_pdw_exec_requests', 3), ('databases', 4)) v(name, id)"},
    {"sys", "configurations", "name nvarchar(35), value int", "SELECT '', 0 WHERE false"},
    {"sys", "synonyms", OBJECT_COLUMNS, "SELECT " OBJECT_VALUES OBJECT_FROM " WHERE false"},
    {"sys", "types", "name sysname, system_type_id tinyint, user_type_id int, schema_id int, max_length smallint, precision tinyint, scale tinyint, is_nullable bit, is_user_defined bit", ""},
    {"information_schema", "tables", "TABLE_CATALOG nvarchar(128), TABLE_SCHEMA nvarchar(128), TABLE_NAME sysname, TABLE_TYPE varchar(10)",
     "SELECT $database, schema_name, name, CASE kind WHEN 'V' THEN 'VIEW' ELSE 'BASE TABLE' END FROM axonite.objects WHERE kind IN ('U', 'V', 'E')"},
    {"information_schema", "views", "TABLE_CATALOG nvarchar(128), TABLE_SCHEMA nvarchar(128), TABLE_NAME sysname, VIEW_DEFINITION nvarchar(4000), CHECK_OPTION varchar(7), IS_UPDATABLE varchar(2)",
     "SELECT $database, schema_name, name, 'CREATE VIEW [' || schema_name || '].[' || name || '] AS ' || definition, 'NONE', 'NO' FROM axonite.objects WHERE kind = 'V'"},
    {"information_schema", "columns", "TABLE_CATALOG nvarchar(128), TABLE_SCHEMA nvarchar(128), TABLE_NAME nvarchar(128), COLUMN_NAME sysname, ORDINAL_POSITION int, COLUMN_DEFAULT nvarchar(4000), IS_NULLABLE varchar(3), DATA_TYPE nvarchar(128), CHARACTER_MAXIMUM_LENGTH int, CHARACTER_OCTET_LENGTH int, NUMERIC_PRECISION tinyint, NUMERIC_PRECISION_RADIX smallint, NUMERIC_SCALE int, DATETIME_PRECISION smallint, CHARACTER_SET_NAME sysname, COLLATION_NAME sysname",
     "SELECT $database, o.schema_name, o.name, c.name, c.column_id, nullif(c.default_text, ''), CASE WHEN c.nullable THEN 'YES' ELSE 'NO' END, c.type_name, "
     "CASE WHEN c.type_name LIKE '%char' OR c.type_name LIKE '%binary' THEN c.length END, CASE WHEN c.type_name LIKE '%char' OR c.type_name LIKE '%binary' THEN c.max_length END, "
     "CASE WHEN c.type_name LIKE '%int' OR c.type_name LIKE '%money' OR c.type_name IN ('decimal', 'real', 'float') THEN c.display_precision END, "
     "CASE WHEN c.type_name LIKE '%int' OR c.type_name LIKE '%money' OR c.type_name = 'decimal' THEN 10 WHEN c.type_name IN ('real', 'float') THEN 2 END, "
     "CASE WHEN c.type_name LIKE '%int' OR c.type_name LIKE '%money' OR c.type_name = 'decimal' THEN c.display_scale END, "
     "CASE WHEN c.type_name LIKE '%date%' OR c.type_name = 'time' THEN c.display_scale END, CASE WHEN c.type_name LIKE 'n%char' THEN 'UNICODE' WHEN c.type_name LIKE '%char' THEN 'iso_1' END, "
     "CASE WHEN c.type_name LIKE '%char' THEN 'SQL_Latin1_General_CP1_CI_AS' END FROM axonite.columns c JOIN axonite.objects o ON o.object_id = c.object_id WHERE o.kind IN ('U', 'V', 'E')"},
    {"information_schema", "schemata", "CATALOG_NAME nvarchar(128), SCHEMA_NAME nvarchar(128), SCHEMA_OWNER nvarchar(128)", "SELECT $database, name, owner FROM axonite.schemas"},
    {"information_schema", "routines", "SPECIFIC_CATALOG nvarchar(128), SPECIFIC_SCHEMA nvarchar(128), SPECIFIC_NAME nvarchar(128), ROUTINE_CATALOG nvarchar(128), ROUTINE_SCHEMA nvarchar(128), ROUTINE_NAME sysname, ROUTINE_TYPE nvarchar(20), ROUTINE_DEFINITION nvarchar(4000), CREATED datetime, LAST_ALTERED datetime",
     "SELECT $database, schema_name, name, $database, schema_name, name, 'PROCEDURE', definition, create_date, modify_date FROM axonite.objects WHERE kind = 'P'"},
    {"information_schema", "table_constraints", "CONSTRAINT_CATALOG nvarchar(128), CONSTRAINT_SCHEMA nvarchar(128), CONSTRAINT_NAME sysname, TABLE_CATALOG nvarchar(128), TABLE_SCHEMA nvarchar(128), TABLE_NAME sysname, CONSTRAINT_TYPE varchar(11)",
     "SELECT $database, o.schema_name, k.name, $database, o.schema_name, o.name, CASE k.kind WHEN 'PK' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END" KEY_FROM},
    {"information_schema", "key_column_usage", "CONSTRAINT_CATALOG nvarchar(128), CONSTRAINT_SCHEMA nvarchar(128), CONSTRAINT_NAME nvarchar(128), TABLE_CATALOG nvarchar(128), TABLE_SCHEMA nvarchar(128), TABLE_NAME nvarchar(128), COLUMN_NAME nvarchar(128), ORDINAL_POSITION int",
     "SELECT $database, o.schema_name, k.name, $database, o.schema_name, o.name, x.column_name, x.ordinal" KEY_FROM " JOIN axonite.key_columns x ON x.key_id = k.key_id"},
};

// Every type of the service as a row of sys.types.
std::string types_sql() {
  std::string sql;
  for (int i = 0; i <= static_cast<int>(TypeId::uniqueidentifier); ++i) {
    Type type{.id = static_cast<TypeId>(i), .length = 8000, .precision = 38, .scale = 7};
    if (is_unicode(type.id)) type.length = 4000;
    sql += fmt::format("{}SELECT '{}', {}, {}, 4, {}, {}, {}, true, false", i ? " UNION ALL " : "", type_base_name(type.id), system_type_id(type.id), system_type_id(type.id), max_length_bytes(type), display_precision(type), display_scale(type));
  }
  return sql + " UNION ALL SELECT 'numeric', 108, 108, 4, 17, 38, 38, true, false UNION ALL SELECT 'sysname', 231, 256, 4, 256, 0, 0, false, false";
}

std::vector<TableColumn> columns_of(std::string_view specification) {
  std::vector<TableColumn> columns;
  for (std::string_view part : text::split(specification, ',')) {
    part = text::trim(part);
    auto space = part.find(' ');
    std::string_view type = part.substr(space + 1);
    auto open = type.find('(');
    std::optional<int> length;
    if (open != std::string_view::npos) {
      std::string_view inner = type.substr(open + 1, type.size() - open - 2);
      length = inner == "max" ? -1 : text::parse_int<int>(inner).value_or(1);
    }
    columns.push_back({.name = std::string(part.substr(0, space)), .type = *make_type(type.substr(0, open), length, std::nullopt)});
  }
  return columns;
}

// One pass: nothing in what is put in is a placeholder.
std::string with_facts(std::string_view sql, const State& state) {
  std::string out;
  while (!sql.empty()) {
    std::size_t dollar = std::min(sql.find('$'), sql.size());
    out += sql.substr(0, dollar);
    sql.remove_prefix(dollar);
    auto put = [&](std::string_view placeholder, auto make) {
      if (!sql.starts_with(placeholder)) return false;
      out += make();
      sql.remove_prefix(placeholder.size());
      return true;
    };
    bool known = put("$database", [&] { return engine::quote_literal(state.database); }) || put("$spid", [&] { return std::to_string(state.spid); }) || put("$sessions", [&] { return session_rows(state); }) ||
                 put("$requests", [&] { return request_rows(state); }) || put("$now", [&] { return fmt::format("TIMESTAMP '{}'", format_iso(state.statement_time).substr(0, 23)); });
    if (!known && !sql.empty()) {
      out += sql.front();
      sql.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace

std::optional<SystemView> system_view(const State& state, std::string_view schema, std::string_view name) {
  // The old dbo.sysobjects style is not here; unqualified names are not system views.
  for (const Row& row : kViews) {
    if (row.schema != schema || row.name != name) continue;
    SystemView view{.columns = columns_of(row.columns)};
    std::string inner = name == "types" ? types_sql() : with_facts(row.sql, state);
    std::string raw, typed;
    for (std::size_t i = 0; i < view.columns.size(); ++i) {
      raw += fmt::format("{}\"{}\"", i ? ", " : "", i);
      typed += fmt::format("{}CAST(\"{}\" AS {}) AS {}", i ? ", " : "", i, engine_type_text(view.columns[i].type), engine::quote_identifier(view.columns[i].name));
    }
    view.sql = fmt::format("SELECT {} FROM ({}) AS v({})", typed, inner, raw);
    return view;
  }
  return std::nullopt;
}

}  // namespace axonite::tsql
