// Queries: select lists, grouping, sorting, TOP, set operations, common tables.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tsql/binder.h"
#include "tsql/convert.h"
#include "tsql/failure.h"

namespace axonite::tsql {
namespace {

std::string column_sql(const OutputColumn& column, std::string_view alias) {
  return fmt::format("\"{}\".\"{}\"", alias, column.sql_name);
}

Bound bound_of(const OutputColumn& column, std::string_view alias) {
  return {.sql = column_sql(column, alias), .type = column.type, .origins = column.origins, .derivation = column.derivation};
}

std::string column_list(const std::vector<OutputColumn>& columns, std::string_view alias) {
  std::vector<std::string> parts;
  for (const OutputColumn& column : columns) parts.push_back(column_sql(column, alias));
  return text::join(parts, ", ");
}

// The name a select item has without an alias.
std::string name_of(const SelectItem& item) {
  if (!item.alias.empty()) return item.alias;
  const Expression& e = *item.expression;
  return e.kind == Expression::Kind::column ? e.name.back() : "";
}

std::string direction(bool descending) { return descending ? " DESC NULLS LAST" : " ASC NULLS FIRST"; }

// DISTINCT by collation: one row of each group of equal keys.
std::string distinct_sql(std::string inner, const std::vector<OutputColumn>& columns, const std::string& alias) {
  bool strings = std::any_of(columns.begin(), columns.end(), [](const OutputColumn& c) { return is_string(c.type.id); });
  std::string list = column_list(columns, alias);
  if (!strings) return fmt::format("SELECT DISTINCT {} FROM ({}) AS \"{}\"", list, inner, alias);
  std::vector<std::string> keys;
  for (const OutputColumn& column : columns) keys.push_back(comparison_key(bound_of(column, alias)));
  return fmt::format("SELECT DISTINCT ON ({}) {} FROM ({}) AS \"{}\"", text::join(keys, ", "), list, inner, alias);
}

}  // namespace

Result<BoundQuery> Binder::query(const Query& query, Scope* outer) {
  if (depth_ > 200) return std::unexpected(failure(191, "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.", query.line, 15));
  depth_ += 4;
  auto with = common_tables(query.with, outer);
  auto bound = with ? body(query, outer) : std::unexpected(std::move(with.error()));
  if (!query.with.empty() && !common_.empty()) common_.pop_back();
  depth_ -= 4;
  if (bound && !query.with.empty()) bound->sql = *with + bound->sql;
  return bound;
}

Result<std::string> Binder::common_tables(const std::vector<CommonTable>& tables, Scope* outer) {
  if (tables.empty()) return std::string();
  common_.emplace_back();
  std::vector<std::string> parts;
  bool recursive = false;
  for (const CommonTable& table : tables) {
    CommonTableInfo info{.sql_name = fresh("w")};
    std::string key = text::to_lower(table.name);
    // A recursive one names itself right of UNION ALL; its types are those of the left side.
    bool self = table.query->operation == "UNION ALL";
    if (self) {
      TRY(BoundQuery anchor, this->query(*table.query->left, outer));
      info.columns = anchor.columns;
      for (std::size_t i = 0; i < table.columns.size() && i < info.columns.size(); ++i) info.columns[i].name = table.columns[i];
      common_.back()[key] = info;
    }
    TRY(BoundQuery bound, this->query(*table.query, outer));
    if (!table.columns.empty() && table.columns.size() != bound.columns.size())
      return std::unexpected(failure(8158, fmt::format("'{}' has {} columns than were specified in the column list.", table.name, bound.columns.size() > table.columns.size() ? "more" : "fewer"), table.query->line));
    if (self) recursive = recursive || bound.sql.find('"' + info.sql_name + '"') != std::string::npos;
    info.columns = bound.columns;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < info.columns.size(); ++i) {
      if (!table.columns.empty()) info.columns[i].name = table.columns[i];
      if (info.columns[i].name.empty())
        return std::unexpected(failure(8155, fmt::format("No column name was specified for column {} of '{}'.", i + 1, table.name), table.query->line));
      names.push_back('"' + info.columns[i].sql_name + '"');
    }
    parts.push_back(fmt::format("\"{}\"({}) AS ({})", info.sql_name, text::join(names, ", "), bound.sql));
    common_.back()[key] = std::move(info);
  }
  return fmt::format("WITH {}{} ", recursive ? "RECURSIVE " : "", text::join(parts, ", "));
}

Result<BoundQuery> Binder::body(const Query& query, Scope* outer) {
  return query.select ? select(*query.select, query, outer) : set_operation(query, outer);
}

Result<std::string> Binder::limit(const Query& query, const Select* select, Scope* outer) {
  auto count = [&](const Expression& e) -> Result<std::string> {
    TRY(Bound bound, value(e, outer));
    TRY(bound, convert(std::move(bound), {.id = TypeId::bigint}, Conversion::implicit));
    return bound.sql;
  };
  std::string sql;
  if (select && select->top) {
    TRY(sql, count(*select->top));
    sql = select->top_percent ? fmt::format(" LIMIT ({})%", sql) : fmt::format(" LIMIT ({})", sql);
  }
  if (query.fetch) {
    TRY(std::string fetch, count(*query.fetch));
    sql += fmt::format(" LIMIT ({})", fetch);
  }
  if (query.offset) {
    TRY(std::string offset, count(*query.offset));
    sql += fmt::format(" OFFSET ({})", offset);
  }
  return sql;
}

Result<void> Binder::group(const GroupBy& group, Scope& scope, std::string& sql) {
  std::vector<std::string> sets;
  for (const auto& set : group.sets) {
    std::vector<std::string> keys;
    for (const auto& expression : set) {
      if (expression->kind == Expression::Kind::integer || expression->kind == Expression::Kind::string)
        return std::unexpected(failure(164, "Each GROUP BY expression must contain at least one column that is not an outer reference.", expression->line, 15));
      TRY(Bound bound, value(*expression, &scope));
      keys.push_back(comparison_key(bound));
      scope.keys.push_back({keys.back(), bound.type});
    }
    sets.push_back(text::join(keys, ", "));
  }
  scope.grouping_sets = group.kind != GroupBy::Kind::plain;
  switch (group.kind) {
    case GroupBy::Kind::none: break;
    case GroupBy::Kind::plain: sql = " GROUP BY " + sets[0]; break;
    case GroupBy::Kind::rollup: sql = fmt::format(" GROUP BY ROLLUP ({})", sets[0]); break;
    case GroupBy::Kind::cube: sql = fmt::format(" GROUP BY CUBE ({})", sets[0]); break;
    case GroupBy::Kind::sets:
      for (std::string& set : sets) set = "(" + set + ")";
      sql = fmt::format(" GROUP BY GROUPING SETS ({})", text::join(sets, ", "));
      break;
  }
  return ok();
}

Result<void> Binder::expand_star(const Expression& star, Scope& scope, std::vector<OutputColumn>& columns, std::vector<std::string>& items) {
  bool any = false;
  for (const Source& source : scope.sources) {
    if (!star.name.empty() && !text::equals_ignoring_case(star.name.back(), source.alias)) continue;
    any = true;
    for (const SourceColumn& column : source.columns) {
      Expression reference;
      reference.kind = Expression::Kind::column;
      reference.line = star.line;
      reference.name = {column.name};
      TRY(Bound bound, column_in_group(column.value, scope, reference));
      columns.push_back({column.name, fresh("c"), bound.type, bound.origins, bound.derivation, bound.null_literal});
      items.push_back(bound.sql);
    }
  }
  if (any) return ok();
  if (star.name.empty()) return std::unexpected(failure(263, "Must specify table to select from.", star.line));
  return std::unexpected(failure(107, fmt::format("The column prefix '{}' does not match with a table name or alias name used in the query.", star.name.back()), star.line, 15));
}

namespace {

struct SelectSql {
  std::vector<OutputColumn> columns;
  std::vector<std::string> items;
  std::string from, where, group, having;
  std::string text() const {
    std::string sql = "SELECT ";
    for (std::size_t i = 0; i < items.size(); ++i)
      sql += fmt::format("{}{} AS \"{}\"", i ? ", " : "", items[i], columns[i].sql_name);
    return sql + rest();
  }
  std::string rest() const { return from + where + group + having; }
};

struct SortKey {
  std::string sql;      // of an output column: its sql_name
  bool output = false;  // refers to the select list
  Type type;
  bool descending = false;
};

std::string sorted_sql(const std::vector<SortKey>& keys, const std::string& alias) {
  std::vector<std::string> parts;
  for (const SortKey& key : keys)
    parts.push_back(comparison_key({.sql = fmt::format("\"{}\".\"{}\"", alias, key.sql), .type = key.type}) + direction(key.descending));
  return text::join(parts, ", ");
}

// Sorted and cut; `ties` is the count of TOP … WITH TIES.
std::string ordered_sql(std::string sql, const std::vector<OutputColumn>& columns, const std::vector<SortKey>& keys, const std::string& limited, const std::string& ties, const std::string& alias) {
  if (keys.empty()) return sql + limited;
  std::string by = sorted_sql(keys, alias);
  std::string head = fmt::format("SELECT {} FROM ({}) AS \"{}\"", column_list(columns, alias), sql, alias);
  if (!ties.empty()) return fmt::format("{} QUALIFY rank() OVER (ORDER BY {}) <= {} ORDER BY {}", head, by, ties, by);
  return fmt::format("{} ORDER BY {}{}", head, by, limited);
}

// The output column that an ORDER BY item names, by number or alias.
Result<const OutputColumn*> named_output(const Expression& e, const std::vector<OutputColumn>& columns) {
  if (e.kind == Expression::Kind::integer) {
    auto number = text::parse_int<std::size_t>(e.text).value_or(0);
    if (number < 1 || number > columns.size())
      return std::unexpected(failure(108, fmt::format("The ORDER BY position number {} is out of range of the number of items in the select list.", e.text), e.line, 15));
    return &columns[number - 1];
  }
  if (e.kind != Expression::Kind::column || e.name.size() != 1) return nullptr;
  const OutputColumn* found = nullptr;
  for (const OutputColumn& column : columns)
    if (!found && text::equals_ignoring_case(column.name, e.name[0])) found = &column;
  return found;
}

}  // namespace

Result<BoundQuery> Binder::select(const Select& select, const Query& query, Scope* outer) {
  Scope scope{.outer = outer};
  SelectSql parts;
  if (select.from) {
    TRY(parts.from, table(*select.from, scope));
    parts.from = " FROM " + parts.from;
  }
  if (select.where) {
    TRY(Bound where, condition(*select.where, &scope));
    parts.where = " WHERE " + where.sql;
  }
  CHECK_OK(group(select.group_by, scope, parts.group));
  bool aggregates = std::any_of(select.items.begin(), select.items.end(), [](const SelectItem& i) { return has_aggregate(*i.expression); }) ||
                    std::any_of(query.order_by.begin(), query.order_by.end(), [](const OrderItem& i) { return has_aggregate(*i.expression); });
  scope.grouped = select.group_by.kind != GroupBy::Kind::none || select.having || aggregates;
  if (select.having) {
    TRY(Bound having, condition(*select.having, &scope));
    parts.having = " HAVING " + having.sql;
  }
  for (const SelectItem& item : select.items) {
    if (item.expression->kind == Expression::Kind::star) {
      CHECK_OK(expand_star(*item.expression, scope, parts.columns, parts.items));
      continue;
    }
    TRY(Bound bound, value(*item.expression, &scope));
    parts.columns.push_back({name_of(item), fresh("c"), bound.type, bound.origins, bound.derivation, bound.null_literal});
    parts.items.push_back(bound.null_literal ? "CAST(NULL AS INTEGER)" : bound.sql);
  }
  BoundQuery result{.columns = parts.columns};
  std::vector<SortKey> keys;
  for (const OrderItem& item : query.order_by) {
    TRY(const OutputColumn* output, named_output(*item.expression, result.columns));
    if (!output) {
      if (item.expression->kind == Expression::Kind::scalar_query) continue;  // ORDER BY (SELECT NULL)
      TRY(Bound bound, value(*item.expression, &scope));
      for (std::size_t i = 0; i < result.columns.size() && !output; ++i)
        if (parts.items[i] == bound.sql) output = &result.columns[i];
      if (!output && select.distinct)
        return std::unexpected(failure(145, "ORDER BY items must appear in the select list if SELECT DISTINCT is specified.", item.expression->line, 15));
      if (!output) {
        parts.columns.push_back({"", fresh("k"), bound.type});
        parts.items.push_back(bound.sql);
        keys.push_back({parts.columns.back().sql_name, false, bound.type, item.descending});
        continue;
      }
    }
    keys.push_back({output->sql_name, true, output->type, item.descending});
  }
  TRY(std::string limited, limit(query, &select, outer));
  std::string ties;
  if (select.top_ties) {
    TRY(Bound top, value(*select.top, outer));
    ties = top.sql;
    if (keys.empty()) return std::unexpected(failure(1062, "The TOP N WITH TIES clause is not allowed without a corresponding ORDER BY clause.", select.line, 15));
  }
  std::string sql = parts.text();
  if (select.distinct) sql = distinct_sql(std::move(sql), result.columns, fresh("d"));
  result.sql = ordered_sql(std::move(sql), result.columns, keys, limited, ties, fresh("o"));
  result.inputs = inputs_;
  return result;
}

Result<BoundQuery> Binder::set_operation(const Query& query, Scope* outer) {
  TRY(BoundQuery left, this->query(*query.left, outer));
  TRY(BoundQuery right, this->query(*query.right, outer));
  if (left.columns.size() != right.columns.size())
    return std::unexpected(failure(205, "All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.", query.line));
  BoundQuery result{.inputs = inputs_};
  std::vector<std::string> left_items, right_items, left_keys, right_keys;
  std::string l = fresh("l"), r = fresh("r");
  for (std::size_t i = 0; i < left.columns.size(); ++i) {
    const OutputColumn &a = left.columns[i], &b = right.columns[i];
    OutputColumn column{a.name, fresh("c"), a.null_literal ? b.type : b.null_literal ? a.type : common_type(a.type, b.type), a.origins, std::max(a.derivation, b.derivation), a.null_literal && b.null_literal};
    column.origins.insert(b.origins.begin(), b.origins.end());
    column.type.nullable = a.type.nullable || b.type.nullable;
    auto side = [&](const OutputColumn& from, const std::string& alias) {
      Bound bound = bound_of(from, alias);
      bound.null_literal = from.null_literal;
      return convert(std::move(bound), column.type, Conversion::implicit, {}, {}, query.line);
    };
    TRY(Bound x, side(a, l));
    TRY(Bound y, side(b, r));
    left_items.push_back(fmt::format("{} AS \"{}\"", x.sql, column.sql_name));
    right_items.push_back(fmt::format("{} AS \"{}\"", y.sql, column.sql_name));
    left_keys.push_back(comparison_key(x));
    right_keys.push_back(comparison_key(y));
    result.columns.push_back(std::move(column));
  }
  std::string a = fmt::format("SELECT {} FROM ({}) AS \"{}\"", text::join(left_items, ", "), left.sql, l);
  std::string b = fmt::format("SELECT {} FROM ({}) AS \"{}\"", text::join(right_items, ", "), right.sql, r);
  if (query.operation == "UNION ALL" || query.operation == "UNION") {
    result.sql = fmt::format("({}) UNION ALL ({})", a, b);
    if (query.operation == "UNION") result.sql = distinct_sql(std::move(result.sql), result.columns, fresh("d"));
  } else {
    // Rows of the left side whose keys are (not) among those of the right.
    std::string keep = fmt::format("SELECT {} FROM ({}) AS \"{}\" WHERE {}EXISTS (SELECT 1 FROM ({}) AS \"{}\" WHERE ", text::join(left_items, ", "), left.sql, l, query.operation == "EXCEPT" ? "NOT " : "", right.sql, r);
    for (std::size_t i = 0; i < left_keys.size(); ++i) keep += fmt::format("{}{} IS NOT DISTINCT FROM {}", i ? " AND " : "", left_keys[i], right_keys[i]);
    result.sql = distinct_sql(keep + ")", result.columns, fresh("d"));
  }
  std::vector<SortKey> keys;
  for (const OrderItem& item : query.order_by) {
    TRY(const OutputColumn* output, named_output(*item.expression, result.columns));
    if (!output) return std::unexpected(failure(104, "ORDER BY items must appear in the select list if the statement contains a UNION, INTERSECT or EXCEPT operator.", item.expression->line, 15));
    keys.push_back({output->sql_name, true, output->type, item.descending});
  }
  TRY(std::string limited, limit(query, nullptr, outer));
  if (!keys.empty()) {
    std::string alias = fresh("o");
    result.sql = fmt::format("SELECT {} FROM ({}) AS \"{}\" ORDER BY {}{}", column_list(result.columns, alias), result.sql, alias, sorted_sql(keys, alias), limited);
  }
  return result;
}

}  // namespace axonite::tsql
