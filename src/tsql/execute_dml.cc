#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tsql/convert.h"
#include "tsql/failure.h"
#include "tsql/interpreter.h"

namespace axonite::tsql {
namespace {

Result<const TableColumn*> column_of(const Object& object, const std::string& name, int line) {
  for (const TableColumn& column : object.columns)
    if (text::equals_ignoring_case(column.name, name)) return &column;
  return std::unexpected(failure(207, fmt::format("Invalid column name '{}'.", name), line));
}

// The columns an INSERT names, or all but identity ones.
Result<std::vector<const TableColumn*>> targets_of(const Object& object, const std::vector<std::string>& names, int line) {
  std::vector<const TableColumn*> targets;
  for (const std::string& name : names) {
    TRY(const TableColumn* column, column_of(object, name, line));
    if (std::find(targets.begin(), targets.end(), column) != targets.end())
      return std::unexpected(failure(264, fmt::format("The column name '{}' is specified more than once in the SET clause or column list of an INSERT.", name), line));
    if (column->identity) return std::unexpected(failure(544, fmt::format("Cannot insert explicit value for identity column in table '{}' when IDENTITY_INSERT is set to OFF.", object.name), line));
    targets.push_back(column);
  }
  if (names.empty())
    for (const TableColumn& column : object.columns)
      if (!column.identity) targets.push_back(&column);
  return targets;
}

std::string column_names(const std::vector<const TableColumn*>& columns) {
  std::vector<std::string> names;
  for (const TableColumn* column : columns) names.push_back(engine::quote_identifier(column->name));
  return text::join(names, ", ");
}

// Error 515 in the service's words, where DuckDB only knows that a constraint failed.
Error not_null_error(Error error, const Object& object, const char* verb) {
  if (is_failure(error)) return error;
  auto at = error.message.find("NOT NULL constraint failed: ");
  if (at == std::string::npos) return error;
  std::string name = error.message.substr(error.message.rfind('.') + 1);
  name = name.substr(0, name.find_first_of("\n \""));
  return failure(515, fmt::format("Cannot insert the value NULL into column '{}', table '{}'; column does not allow nulls. {} fails.", name, object.qualified(), verb), 0, 16, 2);
}

Result<void> need_table(const Object& object, int line) {
  if (object.kind == Object::Kind::table) return ok();
  return std::unexpected(failure(4405, fmt::format("View or external table '{}' is not updatable.", object.name), line));
}

}  // namespace

Result<void> Interpreter::insert(const InsertStatement& statement, int line) {
  CHECK_OK(refuse_when_doomed(line));
  Binder binder(state_);
  TRY(Object object, binder.object(statement.name, line, "INSERT"));
  CHECK_OK(need_table(object, line));
  TRY(auto targets, targets_of(object, statement.columns, line));
  Lineage report{.operation = "INSERT", .output = object.qualified()};
  std::string source;
  if (statement.default_values) {
    source = "DEFAULT VALUES";
  } else if (statement.query) {
    TRY(BoundQuery bound, binder.query(*statement.query));
    if (bound.columns.size() != targets.size())
      return std::unexpected(failure(bound.columns.size() < targets.size() ? 120 : 121, fmt::format("The select list for the INSERT statement contains {} items than the insert list. The number of SELECT values must match the number of INSERT columns.", bound.columns.size() < targets.size() ? "fewer" : "more"), line, 15));
    std::vector<std::string> items;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const OutputColumn& column = bound.columns[i];
      Bound value{.sql = fmt::format("r.\"{}\"", column.sql_name), .type = column.type, .null_literal = column.null_literal};
      TRY(value, convert(std::move(value), targets[i]->type, Conversion::assignment, {}, targets[i]->name, line));
      items.push_back(value.sql);
      report.columns.push_back({targets[i]->name, column.origins, column.derivation});
    }
    report.inputs = bound.inputs;
    source = fmt::format("SELECT {} FROM ({}) AS r", text::join(items, ", "), bound.sql);
  } else {
    std::vector<std::string> rows;
    for (const auto& row : statement.rows) {
      if (row.size() != targets.size())
        return std::unexpected(failure(row.size() < targets.size() ? 109 : 110, fmt::format("There are {} columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.", row.size() < targets.size() ? "more" : "fewer"), line, 15));
      std::vector<std::string> cells;
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i]->kind == Expression::Kind::default_) {
          cells.push_back("DEFAULT");
          continue;
        }
        TRY(Bound value, binder.standalone(*row[i]));
        TRY(value, convert(std::move(value), targets[i]->type, Conversion::assignment, {}, targets[i]->name, line));
        cells.push_back(value.sql);
      }
      rows.push_back("(" + text::join(cells, ", ") + ")");
    }
    source = "VALUES " + text::join(rows, ", ");
  }
  std::string sql = statement.default_values ? fmt::format("INSERT INTO {} DEFAULT VALUES", object.sql_name()) : fmt::format("INSERT INTO {} ({}) {}", object.sql_name(), column_names(targets), source);
  std::int64_t count = 0;
  CHECK_OK(atomically([&]() -> Result<void> {
    auto inserted = execute(sql);
    if (!inserted) return std::unexpected(not_null_error(std::move(inserted.error()), object, "INSERT"));
    count = *inserted;
    return statement.query ? lineage(report) : ok();
  }));
  return done(Command::insert, count);
}

namespace {

// UPDATE t SET … FROM t a JOIN b …: the target is an alias of FROM, or a table that FROM may name again.
const Source* target_source(const Scope& scope, const Name& target) {
  for (const Source& source : scope.sources)
    if (text::equals_ignoring_case(source.alias, target.back())) return &source;
  return nullptr;
}

const TableReference* find_table(const TableReference& table, const std::string& alias) {
  if (table.kind == TableReference::Kind::join) {
    if (auto* left = find_table(*table.left, alias)) return left;
    return find_table(*table.right, alias);
  }
  if (table.kind != TableReference::Kind::table) return nullptr;
  return text::equals_ignoring_case(table.alias.empty() ? table.name.back() : table.alias, alias) ? &table : nullptr;
}

struct Target {
  Object object;
  Scope scope;
  std::string emitted;  // alias of the target in the emitted SQL
  std::string from;     // "" = none: a joined select that yields the target's row ids
};

Result<Target> target_of(Binder& binder, const Name& name, const TableReference* from, std::string_view permission, int line) {
  Target target;
  const TableReference* named = from ? find_table(*from, name.back()) : nullptr;
  TRY(target.object, binder.object(named ? named->name : name, line, permission));
  CHECK_OK(need_table(target.object, line));
  if (from) {
    TRY(target.from, binder.table(*from, target.scope));
    if (const Source* source = target_source(target.scope, name)) {
      target.emitted = source->emitted;
      return target;
    }
    Source source = binder.source_of(target.object, "");
    target.emitted = source.emitted;
    target.from += fmt::format(", {} AS \"{}\"", target.object.sql_name(), target.emitted);
    target.scope.sources.push_back(std::move(source));
    return target;
  }
  Source source = binder.source_of(target.object, "");
  target.emitted = source.emitted;
  target.scope.sources.push_back(std::move(source));
  return target;
}

}  // namespace

Result<void> Interpreter::update(const UpdateStatement& statement, int line) {
  CHECK_OK(refuse_when_doomed(line));
  Binder binder(state_);
  TRY(std::string with, binder.common_tables(statement.with, nullptr));
  TRY(Target target, target_of(binder, statement.target, statement.from.get(), "UPDATE", line));
  Lineage report{.operation = "UPDATE", .output = target.object.qualified()};
  std::vector<std::string> sets, values;
  for (const SetClause& clause : statement.assignments) {
    TRY(const TableColumn* column, column_of(target.object, clause.column.back(), line));
    TRY(Bound value, binder.value(*clause.value, &target.scope));
    if (clause.assignment != "=") {
      Bound old{.sql = fmt::format("\"{}\".{}", target.emitted, engine::quote_identifier(column->name)), .type = column->type};
      TRY(value, binder.combine(std::move(old), std::move(value), clause.assignment.substr(0, 1), line));
    }
    report.columns.push_back({column->name, value.origins, value.derivation});
    TRY(value, convert(std::move(value), column->type, Conversion::assignment, {}, column->name, line));
    std::string name = fmt::format("v{}", values.size());
    values.push_back(fmt::format("{} AS {}", value.sql, name));
    sets.push_back(fmt::format("{} = {}", engine::quote_identifier(column->name), target.from.empty() ? value.sql : "u." + name));
  }
  std::string where;
  if (statement.where) {
    TRY(Bound condition, binder.condition(*statement.where, &target.scope));
    where = " WHERE " + condition.sql;
  }
  std::string sql;
  if (target.from.empty()) {
    sql = fmt::format("{}UPDATE {} AS \"{}\" SET {}{}", with, target.object.sql_name(), target.emitted, text::join(sets, ", "), where);
  } else {
    // One row of the join per target row, whichever comes first, as T-SQL has it.
    sql = fmt::format("UPDATE {0} AS t SET {1} FROM ({2}SELECT DISTINCT ON (\"{3}\".rowid) \"{3}\".rowid AS id, {4} FROM {5}{6}) AS u WHERE t.rowid = u.id",
                      target.object.sql_name(), text::join(sets, ", "), with, target.emitted, text::join(values, ", "), target.from, where);
  }
  report.inputs = binder.inputs();
  std::int64_t count = 0;
  CHECK_OK(atomically([&]() -> Result<void> {
    auto updated = execute(sql);
    if (!updated) return std::unexpected(not_null_error(std::move(updated.error()), target.object, "UPDATE"));
    count = *updated;
    return lineage(report);
  }));
  return done(Command::update, count);
}

Result<void> Interpreter::delete_(const DeleteStatement& statement, int line) {
  CHECK_OK(refuse_when_doomed(line));
  Binder binder(state_);
  TRY(std::string with, binder.common_tables(statement.with, nullptr));
  TRY(Target target, target_of(binder, statement.target, statement.from.get(), "DELETE", line));
  std::string where;
  if (statement.where) {
    TRY(Bound condition, binder.condition(*statement.where, &target.scope));
    where = " WHERE " + condition.sql;
  }
  std::string from = target.from.empty() ? fmt::format("{} AS \"{}\"", target.object.sql_name(), target.emitted) : target.from;
  std::string sql = where.empty() && target.from.empty() ? "DELETE FROM " + target.object.sql_name()
                                                         : fmt::format("DELETE FROM {} WHERE rowid IN ({}SELECT \"{}\".rowid FROM {}{})", target.object.sql_name(), with, target.emitted, from, where);
  std::int64_t count = 0;
  CHECK_OK(atomically([&]() -> Result<void> {
    TRY(count, execute(sql));
    return lineage({.operation = "DELETE", .output = target.object.qualified(), .inputs = binder.inputs()});
  }));
  return done(Command::delete_, count);
}

Result<void> Interpreter::merge(const MergeStatement& statement, int line) {
  CHECK_OK(refuse_when_doomed(line));
  Binder binder(state_);
  TRY(Object object, binder.object(statement.target, line, "UPDATE"));
  CHECK_OK(need_table(object, line));
  Scope scope;
  Source target = binder.source_of(object, statement.alias);
  std::string emitted = target.emitted;
  scope.sources.push_back(std::move(target));
  Scope source_only;
  TRY(std::string source, binder.table(*statement.source, source_only));
  for (const Source& s : source_only.sources) scope.sources.push_back(s);
  TRY(Bound on, binder.condition(*statement.on, &scope));
  Lineage report{.operation = "MERGE", .output = object.qualified()};
  std::string sql = fmt::format("MERGE INTO {} AS \"{}\" USING {} ON {}", object.sql_name(), emitted, source, on.sql);
  for (const MergeAction& action : statement.actions) {
    using When = MergeAction::When;
    sql += action.when == When::matched ? " WHEN MATCHED" : action.when == When::not_matched ? " WHEN NOT MATCHED" : " WHEN NOT MATCHED BY SOURCE";
    Scope& sees = action.when == When::not_matched ? source_only : scope;
    if (action.condition) {
      TRY(Bound condition, binder.condition(*action.condition, &sees));
      sql += " AND " + condition.sql;
    }
    if (action.kind == MergeAction::Kind::delete_) {
      sql += " THEN DELETE";
      continue;
    }
    std::vector<std::string> parts;
    auto assigned = [&](const TableColumn& column, const Expression& expression) -> Result<std::string> {
      TRY(Bound value, binder.value(expression, &sees));
      report.columns.push_back({column.name, value.origins, value.derivation});
      TRY(value, convert(std::move(value), column.type, Conversion::assignment, {}, column.name, line));
      return value.sql;
    };
    if (action.kind == MergeAction::Kind::update) {
      for (const SetClause& clause : action.assignments) {
        if (clause.assignment != "=") return std::unexpected(not_supported("MERGE … SET " + clause.assignment, line));
        TRY(const TableColumn* column, column_of(object, clause.column.back(), line));
        TRY(std::string value, assigned(*column, *clause.value));
        parts.push_back(fmt::format("{} = {}", engine::quote_identifier(column->name), value));
      }
      sql += " THEN UPDATE SET " + text::join(parts, ", ");
    } else {
      TRY(auto targets, targets_of(object, action.columns, line));
      if (targets.size() != action.values.size()) return std::unexpected(failure(213, "Column name or number of supplied values does not match table definition.", line));
      for (std::size_t i = 0; i < targets.size(); ++i) {
        TRY(std::string value, assigned(*targets[i], *action.values[i]));
        parts.push_back(std::move(value));
      }
      sql += fmt::format(" THEN INSERT ({}) VALUES ({})", column_names(targets), text::join(parts, ", "));
    }
  }
  report.inputs = binder.inputs();
  return merged(sql, object, report);
}

Result<void> Interpreter::merged(const std::string& sql, const Object& object, const Lineage& report) {
  std::int64_t count = 0;
  CHECK_OK(atomically([&]() -> Result<void> {
    auto merged = execute(sql);
    if (!merged) return std::unexpected(not_null_error(std::move(merged.error()), object, "MERGE"));
    count = *merged;
    return lineage(report);
  }));
  return done(Command::merge, count);
}

}  // namespace axonite::tsql
