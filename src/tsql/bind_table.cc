// FROM: tables, views, system views, derived tables, joins, table functions.
#include <fmt/format.h>

#include "base/text.h"
#include "tsql/binder.h"
#include "tsql/convert.h"
#include "tsql/failure.h"
#include "tsql/parser.h"
#include "tsql/system_views.h"

namespace axonite::tsql {

Result<std::optional<Object>> Binder::find_object(const Name& name) {
  const std::string& last = name.back();
  if (last.starts_with('#')) {
    auto found = state_.temporary.find(text::to_lower(last));
    if (found == state_.temporary.end()) return std::nullopt;
    return found->second;
  }
  std::string schema = name.size() > 1 && !name[name.size() - 2].empty() ? name[name.size() - 2] : "dbo";
  if (name.size() > 2 && !name[name.size() - 3].empty() && !text::equals_ignoring_case(name[name.size() - 3], state_.database)) return std::nullopt;
  return state_.catalog->find(schema, last);
}

Result<Object> Binder::object(const Name& name, int line, std::string_view permission) {
  TRY(auto found, find_object(name));
  if (!found || found->kind == Object::Kind::procedure)
    return std::unexpected(failure(208, fmt::format("Invalid object name '{}'.", text::join(name, ".")), line));
  CHECK_OK(check_permission(*found, permission, line));
  return std::move(*found);
}

Result<void> Binder::check_permission(const Object& object, std::string_view permission, int line) {
  if (state_.options->is_owner || object.temporary() || !views_.empty()) return ok();
  TRY(auto names, state_.catalog->memberships(state_.options->login.name));
  std::string list;
  for (const std::string& name : names) {
    list += (list.empty() ? "" : ", ") + engine::quote_literal(name);
    if (name == "db_owner" || (name == "db_datareader" && permission == "SELECT") || (name == "db_datawriter" && permission != "SELECT" && permission != "EXECUTE")) return ok();
  }
  std::string sql = fmt::format(
      "SELECT max(state = 'D'), max(state = 'G') FROM axonite.permissions WHERE lower(principal) IN ({}) AND permission IN ('{}', 'CONTROL', 'ALL') AND "
      "(class = 'DATABASE' OR (class = 'SCHEMA' AND lower(securable) = lower({})) OR (class = 'OBJECT' AND lower(securable) = lower({})))",
      list, permission, engine::quote_literal(object.schema), engine::quote_literal(object.qualified()));
  TRY(auto rows, state_.engine->query(sql));
  TRY(bool any, rows->next());
  bool denied = any && integer_of(rows->value(0, 0)) != 0, granted = any && integer_of(rows->value(1, 0)) != 0;
  if (granted && !denied) return ok();
  return std::unexpected(failure(229, fmt::format("The {} permission was denied on the object '{}', database '{}', schema '{}'.", permission, object.name, state_.database, object.schema), line, 14, 5));
}

Source Binder::source_of(const Object& object, std::string alias) {
  Source source{.alias = alias.empty() ? object.name : std::move(alias), .schema = object.schema, .emitted = fresh("s")};
  for (const TableColumn& column : object.columns) {
    SourceColumn entry{.name = column.name};
    entry.value.sql = fmt::format("\"{}\".{}", source.emitted, engine::quote_identifier(column.name));
    entry.value.type = column.type;
    entry.value.origins = {{object.qualified(), column.name}};
    source.columns.push_back(std::move(entry));
  }
  return source;
}

Result<void> Binder::add_source(Source source, Scope& scope, int line) {
  for (const Source& other : scope.sources)
    if (!source.alias.empty() && text::equals_ignoring_case(other.alias, source.alias) && text::equals_ignoring_case(other.schema, source.schema))
      return std::unexpected(failure(1013, fmt::format("The objects \"{}\" and \"{}\" in the FROM clause have the same exposed names. Use correlation names to distinguish them.", other.alias, source.alias), line));
  scope.sources.push_back(std::move(source));
  return ok();
}

Result<std::string> Binder::table(const TableReference& table, Scope& scope) {
  if (depth_ > 480) return std::unexpected(failure(191, "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.", table.line, 15));
  ++depth_;
  struct Leave { int& depth; ~Leave() { --depth; } } leave{depth_};
  using Kind = TableReference::Kind;
  switch (table.kind) {
    case Kind::table: return table_name(table, scope);
    case Kind::query: return derived(table, scope, scope.outer);
    case Kind::join: return join(table, scope);
    case Kind::function: return table_function(table, scope);
    case Kind::openrowset: return openrowset(table, scope);
    case Kind::values: return values_table(table, scope);
    case Kind::pivot: return pivot(table, scope);
  }
  return std::unexpected(internal("table kind outside its enum"));
}

namespace {

// A query's output as a source: alias "s3", columns by its sql names.
Source source_of_columns(const std::vector<OutputColumn>& columns, std::string alias, std::string emitted, const std::vector<std::string>& names) {
  Source source{.alias = std::move(alias), .schema = "", .emitted = std::move(emitted)};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    SourceColumn entry{.name = i < names.size() ? names[i] : columns[i].name};
    entry.value = {.sql = fmt::format("\"{}\".\"{}\"", source.emitted, columns[i].sql_name), .type = columns[i].type, .null_literal = columns[i].null_literal, .origins = columns[i].origins, .derivation = columns[i].derivation};
    source.columns.push_back(std::move(entry));
  }
  return source;
}

}  // namespace

Result<std::string> Binder::table_name(const TableReference& table, Scope& scope) {
  std::string alias = table.alias.empty() ? table.name.back() : table.alias;
  if (table.name.size() == 1) {
    std::string key = text::to_lower(table.name[0]);
    for (auto level = common_.rbegin(); level != common_.rend(); ++level) {
      auto found = level->find(key);
      if (found == level->end()) continue;
      Source source = source_of_columns(found->second.columns, alias, fresh("s"), table.column_aliases);
      std::string sql = fmt::format("\"{}\" AS \"{}\"", found->second.sql_name, source.emitted);
      CHECK_OK(add_source(std::move(source), scope, table.line));
      return sql;
    }
  }
  std::string schema = table.name.size() > 1 ? text::to_lower(table.name[table.name.size() - 2]) : "";
  if (schema == "sys" || schema == "information_schema" || schema.empty()) {
    if (auto view = system_view(state_, schema, text::to_lower(table.name.back()))) {
      Object object{.schema = schema, .name = table.name.back(), .columns = view->columns};
      Source source = source_of(object, alias);
      for (SourceColumn& column : source.columns) column.value.origins.clear();
      std::string sql = fmt::format("({}) AS \"{}\"", view->sql, source.emitted);
      CHECK_OK(add_source(std::move(source), scope, table.line));
      return sql;
    }
  }
  TRY(Object object, this->object(table.name, table.line, "SELECT"));
  Source source = source_of(object, alias);
  for (std::size_t i = 0; i < table.column_aliases.size() && i < source.columns.size(); ++i) source.columns[i].name = table.column_aliases[i];
  if (object.kind == Object::Kind::external_table) return external_table(object, std::move(source), scope);
  if (object.kind == Object::Kind::view) {
    std::string full = text::to_lower(object.qualified());
    for (const std::string& open : views_)
      if (open == full) return std::unexpected(failure(4429, fmt::format("View or function '{}' contains a self-reference.", object.qualified()), table.line));
    TRY(QueryPtr parsed, parse_query_text(object.definition));
    views_.push_back(full);
    auto saved = std::move(common_);
    common_.clear();
    auto bound = query(*parsed, nullptr);
    common_ = std::move(saved);
    views_.pop_back();
    if (!bound) return std::unexpected(std::move(bound.error()));
    std::vector<std::string> names;
    for (const SourceColumn& column : source.columns) names.push_back(column.name);
    if (names.size() != bound->columns.size()) return std::unexpected(failure(4502, fmt::format("View or function '{}' has more or fewer column names specified than columns defined.", object.qualified()), table.line));
    Source expanded = source_of_columns(bound->columns, alias, source.emitted, names);
    expanded.schema = object.schema;
    CHECK_OK(add_source(std::move(expanded), scope, table.line));
    return fmt::format("({}) AS \"{}\"", bound->sql, source.emitted);
  }
  inputs_.insert(object.qualified());
  std::string sql = fmt::format("{} AS \"{}\"", object.sql_name(), source.emitted);
  CHECK_OK(add_source(std::move(source), scope, table.line));
  return sql;
}

Result<std::string> Binder::derived(const TableReference& table, Scope& scope, Scope* outer) {
  if (table.alias.empty()) return std::unexpected(syntax_error(")", table.line));
  TRY(BoundQuery bound, query(*table.query, outer));
  if (!table.column_aliases.empty() && table.column_aliases.size() != bound.columns.size())
    return std::unexpected(failure(8158, fmt::format("'{}' has more or fewer columns than were specified in the column list.", table.alias), table.line));
  std::string emitted = fresh("s");
  Source source = source_of_columns(bound.columns, table.alias, emitted, table.column_aliases);
  for (std::size_t i = 0; i < source.columns.size(); ++i)
    if (source.columns[i].name.empty()) return std::unexpected(failure(8155, fmt::format("No column name was specified for column {} of '{}'.", i + 1, table.alias), table.line));
  CHECK_OK(add_source(std::move(source), scope, table.line));
  return fmt::format("({}) AS \"{}\"", bound.sql, emitted);
}

Result<std::string> Binder::join(const TableReference& table, Scope& scope) {
  using Join = TableReference::Join;
  TRY(std::string left, this->table(*table.left, scope));
  bool apply = table.join == Join::cross_apply || table.join == Join::outer_apply;
  std::size_t before = scope.sources.size();
  std::string right;
  if (apply && table.right->kind == TableReference::Kind::query) {
    TRY(right, derived(*table.right, scope, &scope));
    right = "LATERAL " + right;
  } else {
    TRY(right, this->table(*table.right, scope));
  }
  auto nullable = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i)
      for (SourceColumn& column : scope.sources[i].columns) column.value.type.nullable = true;
  };
  if (table.join == Join::left || table.join == Join::full || table.join == Join::outer_apply) nullable(before, scope.sources.size());
  if (table.join == Join::right || table.join == Join::full) nullable(0, before);
  static constexpr std::string_view words[] = {"INNER JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN", "CROSS JOIN", "LEFT JOIN"};
  std::string_view word = words[static_cast<int>(table.join)];
  std::string on;
  if (table.on) {
    TRY(Bound condition, this->condition(*table.on, &scope));
    on = " ON " + condition.sql;
  } else if (table.join == Join::outer_apply) {
    on = " ON TRUE";
  }
  std::string right_sql = table.right->kind == TableReference::Kind::join ? "(" + right + ")" : right;
  return fmt::format("{} {} {}{}", left, word, right_sql, on);
}

Result<std::string> Binder::values_table(const TableReference& table, Scope& scope) {
  std::vector<std::vector<Bound>> rows;
  for (const auto& row : table.rows) {
    TRY(auto bound, values(row, scope.outer));
    if (!rows.empty() && bound.size() != rows[0].size())
      return std::unexpected(failure(10709, "The number of columns for each row in a table value constructor must be the same.", table.line));
    rows.push_back(std::move(bound));
  }
  if (table.column_aliases.size() != rows[0].size()) return std::unexpected(failure(8159, fmt::format("'{}' has fewer columns than were specified in the column list.", table.alias), table.line));
  std::vector<OutputColumn> columns;
  for (std::size_t c = 0; c < rows[0].size(); ++c) {
    std::optional<Type> type;
    for (const auto& row : rows)
      if (!row[c].null_literal) type = type ? common_type(*type, row[c].type) : row[c].type;
    columns.push_back({table.column_aliases[c], fresh("c"), type.value_or(Type{})});
  }
  std::vector<std::string> lines;
  for (auto& row : rows) {
    std::vector<std::string> cells;
    for (std::size_t c = 0; c < row.size(); ++c) {
      TRY(Bound cell, convert(std::move(row[c]), columns[c].type, Conversion::implicit, {}, {}, table.line));
      cells.push_back(cell.sql);
    }
    lines.push_back("(" + text::join(cells, ", ") + ")");
  }
  std::vector<std::string> names;
  for (const OutputColumn& column : columns) names.push_back('"' + column.sql_name + '"');
  std::string emitted = fresh("s");
  CHECK_OK(add_source(source_of_columns(columns, table.alias, emitted, {}), scope, table.line));
  return fmt::format("(VALUES {}) AS \"{}\"({})", text::join(lines, ", "), emitted, text::join(names, ", "));
}

Result<std::string> Binder::table_function(const TableReference& table, Scope& scope) {
  std::string name = text::to_lower(table.name.back());
  std::string emitted = fresh("s");
  std::string alias = table.alias.empty() ? name : table.alias;
  if (name == "fn_listextendedproperty") {
    TableReference view;
    view.line = table.line;
    view.name = {"sys", "fn_listextendedproperty"};
    view.alias = alias;
    return table_name(view, scope);
  }
  TRY(auto arguments, values(table.arguments, &scope));
  auto as_text = [&](std::size_t i) { return convert(arguments[i], {.id = TypeId::nvarchar, .length = -1}, Conversion::implicit); };
  if (name == "string_split" && (arguments.size() == 2 || arguments.size() == 3)) {
    TRY(Bound input, as_text(0));
    TRY(Bound separator, as_text(1));
    std::vector<OutputColumn> columns{{"value", "value", input.type, input.origins, Derivation::transformation}};
    if (arguments.size() == 3) columns.push_back({"ordinal", "ordinal", {.id = TypeId::bigint}});
    CHECK_OK(add_source(source_of_columns(columns, alias, emitted, {}), scope, table.line));
    return fmt::format("LATERAL (SELECT unnest(string_split({0}, {1})) AS \"value\", CAST(unnest(range(1, len(string_split({0}, {1})) + 1)) AS BIGINT) AS \"ordinal\") AS \"{2}\"", input.sql, separator.sql, emitted);
  }
  if (name == "generate_series" && (arguments.size() == 2 || arguments.size() == 3)) {
    std::string list;
    for (Bound& argument : arguments) {
      TRY(argument, convert(std::move(argument), {.id = TypeId::bigint}, Conversion::implicit));
      list += (list.empty() ? "" : ", ") + argument.sql;
    }
    CHECK_OK(add_source(source_of_columns({{"value", "value", {.id = TypeId::bigint}}}, alias, emitted, {}), scope, table.line));
    return fmt::format("LATERAL (SELECT unnest(generate_series({})) AS \"value\") AS \"{}\"", list, emitted);
  }
  if (name == "openjson") return std::unexpected(not_supported("OPENJSON", table.line));
  return std::unexpected(failure(208, fmt::format("Invalid object name '{}'.", text::join(table.name, ".")), table.line));
}

Result<std::string> Binder::pivot(const TableReference& table, Scope&) {
  return std::unexpected(not_supported(table.unpivot ? "UNPIVOT" : "PIVOT", table.line));
}

}  // namespace axonite::tsql
