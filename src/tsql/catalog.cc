#include "tsql/catalog.h"

#include <fmt/format.h>

#include "base/text.h"
#include "tsql/bootstrap.h"

namespace axonite::tsql {
namespace {

constexpr std::string_view kKinds[] = {"U", "V", "P", "E"};

Object::Kind kind_of(std::string_view text) {
  for (int i = 0; i < 4; ++i)
    if (kKinds[i] == text) return static_cast<Object::Kind>(i);
  return Object::Kind::table;
}

std::string now_text(Clock& clock) {
  std::string iso = format_iso(clock.now());  // 2026-11-25T07:16:00.1234567Z
  return iso.substr(0, 26);
}

}  // namespace

std::string text_of(const engine::Value& value) {
  if (auto* text = std::get_if<std::string>(&value)) return *text;
  if (auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (auto* flag = std::get_if<bool>(&value)) return *flag ? "1" : "0";
  if (auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  return {};
}

std::int64_t integer_of(const engine::Value& value) {
  if (auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (auto* flag = std::get_if<bool>(&value)) return *flag;
  if (auto* number = std::get_if<double>(&value)) return static_cast<std::int64_t>(*number);
  if (auto* text = std::get_if<std::string>(&value)) return text::parse_int<std::int64_t>(*text).value_or(0);
  return 0;
}

std::string Object::sql_name() const {
  if (temporary()) return "temp." + engine::quote_identifier(name);
  return engine::quote_identifier(schema) + "." + engine::quote_identifier(name);
}

Result<void> Catalog::prepare(engine::Session& engine) {
  if (engine.describe("SELECT axonite.version_2()")) return ok();
  CHECK_OK(engine.execute("BEGIN TRANSACTION"));
  for (std::string_view statement : bootstrap_statements()) {
    auto done = engine.execute(statement);
    if (!done) {
      (void)engine.execute("ROLLBACK");
      // Another session may have been first.
      if (engine.describe("SELECT axonite.version_2()")) return ok();
      return std::unexpected(std::move(done.error()));
    }
  }
  CHECK_OK(engine.execute("COMMIT"));
  return ok();
}

Result<std::vector<std::vector<engine::Value>>> Catalog::rows(std::string_view sql, std::span<const engine::Value> parameters) {
  TRY(auto result, engine_.query(sql, parameters));
  std::vector<std::vector<engine::Value>> rows;
  while (true) {
    TRY(bool more, result->next());
    if (!more) return rows;
    for (std::size_t r = 0; r < result->size(); ++r) {
      std::vector<engine::Value> row;
      for (std::size_t c = 0; c < result->columns().size(); ++c) row.push_back(result->value(c, r));
      rows.push_back(std::move(row));
    }
  }
}

Result<std::optional<Object>> Catalog::find(std::string_view schema, std::string_view name) {
  engine::Value parameters[] = {std::string(schema), std::string(name)};
  TRY(auto found, rows("SELECT o.object_id, o.schema_name, o.name, o.kind, o.definition, o.distribution, o.distribution_column, "
                       "o.index_kind, o.partition, c.name, c.type_name, c.length, c.precision, c.scale, c.nullable, c.identity, "
                       "c.default_text FROM axonite.objects o LEFT JOIN axonite.columns c ON c.object_id = o.object_id "
                       "WHERE lower(o.schema_name) = lower($1) AND lower(o.name) = lower($2) ORDER BY c.column_id",
                       parameters));
  if (found.empty()) return std::nullopt;
  const auto& first = found.front();
  Object object{.id = integer_of(first[0]), .kind = kind_of(text_of(first[3])), .schema = text_of(first[1]), .name = text_of(first[2]),
                .definition = text_of(first[4]), .distribution = text_of(first[5]), .index = text_of(first[7]),
                .partition = text_of(first[8]), .distribution_column = text_of(first[6])};
  for (const auto& row : found) {
    if (std::holds_alternative<std::monostate>(row[9])) continue;
    TableColumn column{.name = text_of(row[9]), .identity = integer_of(row[15]) != 0, .default_text = text_of(row[16])};
    if (auto type = make_type(text_of(row[10]), std::nullopt, std::nullopt)) column.type = *type;
    column.type.length = static_cast<int>(integer_of(row[11]));
    column.type.precision = static_cast<int>(integer_of(row[12]));
    column.type.scale = static_cast<int>(integer_of(row[13]));
    column.type.nullable = integer_of(row[14]) != 0;
    object.columns.push_back(std::move(column));
  }
  return object;
}

Result<bool> Catalog::schema_exists(std::string_view name) {
  engine::Value parameters[] = {std::string(name)};
  TRY(auto found, rows("SELECT 1 FROM axonite.schemas WHERE lower(name) = lower($1)", parameters));
  return !found.empty();
}

Result<void> Catalog::create_schema(std::string_view name, std::string_view owner) {
  CHECK_OK(engine_.execute("CREATE SCHEMA " + engine::quote_identifier(name)));
  engine::Value parameters[] = {std::string(name), std::string(owner.empty() ? "dbo" : owner)};
  CHECK_OK(engine_.execute("INSERT INTO axonite.schemas SELECT greatest(max(schema_id), 4) + 1, $1, $2 FROM axonite.schemas", parameters));
  return ok();
}

Result<void> Catalog::drop_schema(std::string_view name) {
  engine::Value parameters[] = {std::string(name)};
  CHECK_OK(engine_.execute("DROP SCHEMA " + engine::quote_identifier(name)));
  CHECK_OK(engine_.execute("DELETE FROM axonite.schemas WHERE lower(name) = lower($1)", parameters));
  return ok();
}

Result<void> Catalog::replace_columns(const Object& object) {
  engine::Value id[] = {object.id};
  CHECK_OK(engine_.execute("DELETE FROM axonite.columns WHERE object_id = $1", id));
  if (object.columns.empty()) return ok();
  std::string sql = "INSERT INTO axonite.columns VALUES ";
  int number = 0;
  for (const TableColumn& column : object.columns) {
    const Type& type = column.type;
    sql += fmt::format("{}({}, {}, {}, '{}', {}, {}, {}, {}, {}, {}, {}, {}, {}, {})", number ? ", " : "", object.id, number + 1,
                       engine::quote_literal(column.name), type_base_name(type.id), type.length, type.precision, type.scale,
                       type.nullable, column.identity, engine::quote_literal(column.default_text), system_type_id(type.id),
                       max_length_bytes(type), display_precision(type), display_scale(type));
    ++number;
  }
  CHECK_OK(engine_.execute(sql));
  return ok();
}

Result<Object> Catalog::add(Object object) {
  TRY(auto next, rows("SELECT nextval('axonite.object_ids')", {}));
  object.id = integer_of(next.at(0).at(0));
  engine::Value parameters[] = {object.id, object.schema, object.name, std::string(kKinds[static_cast<int>(object.kind)]),
                                object.definition, object.distribution, object.distribution_column, object.index,
                                object.partition, now_text(clock_)};
  CHECK_OK(engine_.execute("INSERT INTO axonite.objects VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CAST($10 AS TIMESTAMP), CAST($10 AS TIMESTAMP))", parameters));
  CHECK_OK(replace_columns(object));
  return object;
}

Result<void> Catalog::replace_definition(const Object& object) {
  engine::Value parameters[] = {object.id, object.definition, now_text(clock_)};
  CHECK_OK(engine_.execute("UPDATE axonite.objects SET definition = $2, modify_date = CAST($3 AS TIMESTAMP) WHERE object_id = $1", parameters));
  return replace_columns(object);
}

Result<bool> Catalog::has_property(const Object& object, std::string_view name) {
  engine::Value parameters[] = {object.id, std::string(name)};
  TRY(auto found, rows("SELECT 1 FROM axonite.extended_properties WHERE class = 1 AND major_id = $1 AND minor_id = 0 AND lower(name) = lower($2)", parameters));
  return !found.empty();
}

Result<void> Catalog::remove(const Object& object) {
  engine::Value parameters[] = {object.id};
  CHECK_OK(engine_.execute("DELETE FROM axonite.objects WHERE object_id = $1", parameters));
  CHECK_OK(engine_.execute("DELETE FROM axonite.columns WHERE object_id = $1", parameters));
  CHECK_OK(engine_.execute("DELETE FROM axonite.extended_properties WHERE class = 1 AND major_id = $1", parameters));
  CHECK_OK(engine_.execute("DELETE FROM axonite.key_columns WHERE table_id = $1", parameters));
  CHECK_OK(engine_.execute("DELETE FROM axonite.keys WHERE table_id = $1", parameters));
  engine::Value name[] = {object.qualified()};
  CHECK_OK(engine_.execute("DELETE FROM axonite.permissions WHERE class = 'OBJECT' AND lower(securable) = lower($1)", name));
  return ok();
}

Result<void> Catalog::rename(const Object& object, std::string_view name) {
  engine::Value parameters[] = {object.id, std::string(name), now_text(clock_)};
  CHECK_OK(engine_.execute("UPDATE axonite.objects SET name = $2, modify_date = CAST($3 AS TIMESTAMP) WHERE object_id = $1", parameters));
  return ok();
}

Result<void> Catalog::add_key(const Object& table, const Key& key) {
  TRY(auto next, rows("SELECT nextval('axonite.object_ids')", {}));
  engine::Value row[] = {next.at(0).at(0), table.id, key.name, std::string(key.primary ? "PK" : "UQ"), now_text(clock_)};
  CHECK_OK(engine_.execute("INSERT INTO axonite.keys VALUES ($1, $2, $3, $4, CAST($5 AS TIMESTAMP))", row));
  std::int64_t ordinal = 0;
  for (const std::string& column : key.columns) {
    engine::Value part[] = {next.at(0).at(0), table.id, ++ordinal, column};
    CHECK_OK(engine_.execute("INSERT INTO axonite.key_columns VALUES ($1, $2, $3, $4)", part));
  }
  return ok();
}

Result<bool> Catalog::remove_key(const Object& table, std::string_view name) {
  engine::Value parameters[] = {table.id, std::string(name)};
  CHECK_OK(engine_.execute("DELETE FROM axonite.key_columns WHERE key_id IN (SELECT key_id FROM axonite.keys WHERE table_id = $1 AND lower(name) = lower($2))", parameters));
  TRY(auto removed, engine_.execute("DELETE FROM axonite.keys WHERE table_id = $1 AND lower(name) = lower($2)", parameters));
  return removed > 0;
}

Result<bool> Catalog::key_exists(std::string_view schema, std::string_view name) {
  engine::Value parameters[] = {std::string(schema), std::string(name)};
  TRY(auto found, rows("SELECT 1 FROM axonite.keys k JOIN axonite.objects o ON o.object_id = k.table_id WHERE lower(o.schema_name) = lower($1) AND lower(k.name) = lower($2)", parameters));
  return !found.empty();
}

Result<bool> Catalog::has_primary_key(const Object& table) {
  engine::Value parameters[] = {table.id};
  TRY(auto found, rows("SELECT 1 FROM axonite.keys WHERE table_id = $1 AND kind = 'PK'", parameters));
  return !found.empty();
}

Result<bool> Catalog::in_key(const Object& table, std::string_view column) {
  engine::Value parameters[] = {table.id, std::string(column)};
  TRY(auto found, rows("SELECT 1 FROM axonite.key_columns WHERE table_id = $1 AND lower(column_name) = lower($2)", parameters));
  return !found.empty();
}

Result<void> Catalog::add_item(std::string_view kind, std::string_view name, std::string_view on, std::string_view json) {
  engine::Value parameters[] = {std::string(kind), std::string(name), std::string(on), std::string(json)};
  CHECK_OK(engine_.execute("INSERT INTO axonite.items VALUES (nextval('axonite.object_ids'), $1, $2, $3, $4)", parameters));
  return ok();
}

Result<bool> Catalog::remove_item(std::string_view kind, std::string_view name) {
  engine::Value parameters[] = {std::string(kind), std::string(name)};
  TRY(auto removed, engine_.execute("DELETE FROM axonite.items WHERE kind = $1 AND lower(name) = lower($2)", parameters));
  return removed > 0;
}

Result<std::optional<std::string>> Catalog::item(std::string_view kind, std::string_view name) {
  engine::Value parameters[] = {std::string(kind), std::string(name)};
  TRY(auto found, rows("SELECT options FROM axonite.items WHERE kind = $1 AND lower(name) = lower($2)", parameters));
  if (found.empty()) return std::nullopt;
  return text_of(found[0][0]);
}

Result<bool> Catalog::principal_exists(std::string_view name) {
  engine::Value parameters[] = {std::string(name)};
  TRY(auto found, rows("SELECT 1 FROM axonite.principals WHERE lower(name) = lower($1)", parameters));
  return !found.empty();
}

Result<void> Catalog::create_principal(std::string_view name, std::string_view type, std::string_view sid) {
  engine::Value parameters[] = {std::string(name), std::string(type), std::string(sid), now_text(clock_)};
  CHECK_OK(engine_.execute("INSERT INTO axonite.principals SELECT coalesce(max(principal_id) FILTER (principal_id < 16000), 4) + 1, "
                           "$1, $2, $3, CAST($4 AS TIMESTAMP) FROM axonite.principals", parameters));
  return ok();
}

Result<void> Catalog::drop_principal(std::string_view name) {
  engine::Value parameters[] = {std::string(name)};
  CHECK_OK(engine_.execute("DELETE FROM axonite.principals WHERE lower(name) = lower($1)", parameters));
  CHECK_OK(engine_.execute("DELETE FROM axonite.role_members WHERE lower(role) = lower($1) OR lower(member) = lower($1)", parameters));
  CHECK_OK(engine_.execute("DELETE FROM axonite.permissions WHERE lower(principal) = lower($1)", parameters));
  return ok();
}

Result<void> Catalog::set_member(std::string_view role, std::string_view member, bool in) {
  engine::Value parameters[] = {std::string(role), std::string(member)};
  CHECK_OK(engine_.execute("DELETE FROM axonite.role_members WHERE lower(role) = lower($1) AND lower(member) = lower($2)", parameters));
  if (in) CHECK_OK(engine_.execute("INSERT INTO axonite.role_members VALUES ($1, $2)", parameters));
  return ok();
}

Result<std::vector<std::string>> Catalog::memberships(std::string_view name) {
  engine::Value parameters[] = {std::string(name)};
  TRY(auto found, rows("WITH RECURSIVE m(name) AS (SELECT lower($1) UNION SELECT lower(r.role) FROM axonite.role_members r, m "
                       "WHERE lower(r.member) = m.name) SELECT name FROM m", parameters));
  std::vector<std::string> names{"public"};
  for (const auto& row : found) names.push_back(text_of(row[0]));
  return names;
}

Result<bool> Catalog::is_member(std::string_view role, std::string_view member) {
  TRY(auto names, memberships(member));
  std::string wanted = text::to_lower(role);
  for (const std::string& name : names)
    if (name == wanted) return true;
  return false;
}

Result<void> Catalog::set_permission(std::string_view principal, std::string_view permission, std::string_view securable_class,
                                     std::string_view securable, char state) {
  engine::Value key[] = {std::string(principal), std::string(permission), std::string(securable_class), std::string(securable)};
  CHECK_OK(engine_.execute("DELETE FROM axonite.permissions WHERE lower(principal) = lower($1) AND permission = $2 AND class = $3 "
                           "AND lower(securable) = lower($4)", key));
  if (state == 'R') return ok();
  engine::Value row[] = {key[0], key[1], key[2], key[3], std::string(1, state)};
  CHECK_OK(engine_.execute("INSERT INTO axonite.permissions VALUES ($1, $2, $3, $4, $5)", row));
  return ok();
}

}  // namespace axonite::tsql
