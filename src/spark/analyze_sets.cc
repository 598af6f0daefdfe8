// Relations of several inputs, and grouping.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "spark/analyzer.h"
#include "spark/errors.h"

namespace axonite::spark {
namespace {

bool same(std::string_view a, std::string_view b) { return text::equals_ignoring_case(a, b); }

std::string_view keyword(JoinKind kind) {
  switch (kind) {
    case JoinKind::inner: return "JOIN";
    case JoinKind::full: return "FULL JOIN";
    case JoinKind::left: return "LEFT JOIN";
    case JoinKind::right: return "RIGHT JOIN";
    case JoinKind::anti: return "ANTI JOIN";
    case JoinKind::semi: return "SEMI JOIN";
    case JoinKind::cross: return "CROSS JOIN";
  }
  return "JOIN";
}

void make_nullable(std::vector<Attribute>& attributes) {
  for (auto& attribute : attributes) attribute.nullable = true;
}

const Attribute* named(const Analyzed& side, const std::string& name) {
  auto at = std::ranges::find_if(side.output, [&](const Attribute& a) { return same(a.name, name); });
  return at == side.output.end() ? nullptr : &*at;
}

Error missing_using(const std::string& name, const Analyzed& side, std::string_view which) {
  std::vector<std::string> names;
  for (auto& attribute : side.output) names.push_back("`" + attribute.name + "`");
  auto joined = "[" + text::join(names, ", ") + "]";
  return condition(Error::Kind::invalid, "UNRESOLVED_USING_COLUMN_FOR_JOIN", "42703",
                   fmt::format("USING column `{}` cannot be resolved on the {} side of the join. The {}-side columns: {}.", name, which, which, joined),
                   {{"colName", "`" + name + "`"}, {"side", std::string(which)}, {"suggestion", joined}});
}

}  // namespace

// The keys once and first, then what remains of both sides.
Result<std::string> Analyzer::join_using(const Relation& relation, const Analyzed& left, const Analyzed& right, std::vector<Attribute>& output,
                                         std::vector<std::string>& columns) {
  std::vector<std::string> terms;
  std::vector<std::uint64_t> keys;
  bool only_left = relation.join == JoinKind::semi || relation.join == JoinKind::anti;
  for (auto& name : relation.names) {
    auto *l = named(left, name), *r = named(right, name);
    if (!l) return std::unexpected(missing_using(name, left, "left"));
    if (!r) return std::unexpected(missing_using(name, right, "right"));
    auto type = common_type(l->type, r->type);
    if (!type) return std::unexpected(type_mismatch(name, "=", sql_name(l->type), sql_name(r->type)));
    terms.push_back(cast_sql(typed_of(*l), *type) + " = " + cast_sql(typed_of(*r), *type));
    keys.insert(keys.end(), {l->id, r->id});
    if (only_left) continue;
    if (relation.join == JoinKind::full) {
      auto both = fresh(l->name, *type, l->nullable && r->nullable);
      both.origins = l->origins;
      columns.push_back(fmt::format("coalesce({}, {}) AS {}", cast_sql(typed_of(*l), *type), cast_sql(typed_of(*r), *type), column_of(both)));
      output.push_back(both);
    } else {
      output.push_back(relation.join == JoinKind::right ? *r : *l);
      columns.push_back(column_of(output.back()));
    }
  }
  auto add = [&](const Analyzed& side, bool nullable) {
    for (auto attribute : side.output) {
      if (!only_left && std::ranges::find(keys, attribute.id) != keys.end()) continue;
      attribute.nullable = attribute.nullable || nullable;
      columns.push_back(column_of(attribute));
      output.push_back(std::move(attribute));
    }
  };
  add(left, relation.join == JoinKind::right || relation.join == JoinKind::full);
  if (!only_left) add(right, relation.join == JoinKind::left || relation.join == JoinKind::full);
  return text::join(terms, " AND ");
}

Result<Analyzed> Analyzer::join(const Relation& relation) {
  TRY(auto left, this->relation(*relation.inputs[0]));
  TRY(auto right, this->relation(*relation.inputs[1]));
  auto adjusted = relation;
  if (relation.natural)
    for (auto& attribute : left.output)
      if (named(right, attribute.name)) adjusted.names.push_back(attribute.name);
  std::vector<Attribute> output;
  std::vector<std::string> columns;
  std::string condition;
  if (!adjusted.names.empty()) {
    TRY(condition, join_using(adjusted, left, right, output, columns));
  } else {
    std::vector<Attribute> both = left.output;
    both.insert(both.end(), right.output.begin(), right.output.end());
    if (!relation.groups.empty()) {
      Scope scope{.attributes = &both, .outer = outer_};
      TRY(auto typed, expression(*relation.groups[0], scope));
      condition = cast_sql(typed, {TypeKind::boolean});
    }
    if (relation.join == JoinKind::right || relation.join == JoinKind::full) make_nullable(left.output);
    if (relation.join == JoinKind::left || relation.join == JoinKind::full) make_nullable(right.output);
    output = left.output;
    if (relation.join != JoinKind::semi && relation.join != JoinKind::anti) output.insert(output.end(), right.output.begin(), right.output.end());
    for (auto& attribute : output) columns.push_back(column_of(attribute));
  }
  auto kind = relation.join == JoinKind::inner && condition.empty() ? JoinKind::cross : relation.join;
  auto on = kind == JoinKind::cross && condition.empty() ? std::string() : " ON " + (condition.empty() ? "true" : condition);
  auto word = kind == JoinKind::cross && !on.empty() ? keyword(JoinKind::inner) : keyword(kind);
  return Analyzed{fmt::format("SELECT {} FROM ({}) l_ {} ({}) r_{}", columns.empty() ? "1" : text::join(columns, ", "), left.sql, word, right.sql, on), output};
}

Result<Analyzed> Analyzer::set_operation(const Relation& relation) {
  TRY(auto left, this->relation(*relation.inputs[0]));
  TRY(auto right, this->relation(*relation.inputs[1]));
  std::vector<Typed> a, b;
  auto absent = [](const Attribute& like) { return Typed{.sql = "NULL", .type = {TypeKind::null}, .name = like.name}; };
  for (std::size_t i = 0; i < left.output.size(); ++i) {
    auto* other = relation.by_name ? named(right, left.output[i].name) : i < right.output.size() ? &right.output[i] : nullptr;
    if (!other && relation.by_name && !relation.missing) return std::unexpected(unresolved_column(left.output[i].name, {}));
    a.push_back(typed_of(left.output[i]));
    b.push_back(other ? typed_of(*other) : absent(left.output[i]));
  }
  if (relation.by_name && relation.missing)
    for (auto& other : right.output)
      if (!named(left, other.name)) {
        a.push_back(absent(other));
        b.push_back(typed_of(other));
      }
  if (!relation.by_name && left.output.size() != right.output.size())
    return std::unexpected(condition(Error::Kind::invalid, "NUM_COLUMNS_MISMATCH", "42826",
                                     fmt::format("UNION can only be performed on inputs with the same number of columns, but the first input has {} columns and the second input has {} columns.", left.output.size(), right.output.size())));
  Analyzed out;
  std::vector<std::string> as, bs;
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto type = common_type(a[i].type, b[i].type);
    if (!type) return std::unexpected(condition(Error::Kind::invalid, "INCOMPATIBLE_COLUMN_TYPE", "42825",
                                                fmt::format("UNION can only be performed on tables with compatible column types. The column {} of the second table is \"{}\" type which is not compatible with \"{}\".", i + 1, sql_name(b[i].type), sql_name(a[i].type))));
    auto attribute = fresh(a[i].name, *type, a[i].nullable || b[i].nullable);
    attribute.origins = a[i].origins;
    attribute.origins.insert(attribute.origins.end(), b[i].origins.begin(), b[i].origins.end());
    as.push_back(cast_sql(a[i], *type) + " AS " + column_of(attribute));
    bs.push_back(cast_sql(b[i], *type));
    out.output.push_back(std::move(attribute));
  }
  auto word = relation.set_op == SetOp::union_ ? "UNION" : relation.set_op == SetOp::intersect ? "INTERSECT" : "EXCEPT";
  out.sql = fmt::format("(SELECT {} FROM ({})) {}{} (SELECT {} FROM ({}))", text::join(as, ", "), left.sql, word, relation.flag ? " ALL" : "", text::join(bs, ", "), right.sql);
  return out;
}

namespace {

ExprPtr without_alias(const ExprPtr& expr) { return expr->kind == ExprKind::alias ? expr->children[0] : expr; }

}  // namespace

Result<Analyzed> Analyzer::aggregate(const Relation& relation) {
  if (relation.group == GroupKind::pivot) return pivot(relation);
  TRY(auto child, this->relation(*relation.inputs[0]));
  Scope scope{.attributes = &child.output, .outer = outer_};
  auto key = [&](const ExprPtr& expr) -> Result<Typed> {
    auto bare = without_alias(expr);
    if (auto place = bare->kind == ExprKind::literal && bare->type.is(TypeKind::integer) ? text::parse_int<std::size_t>(bare->text) : std::nullopt;
        place && *place >= 1 && *place <= relation.exprs.size())
      return expression(*without_alias(relation.exprs[*place - 1]), scope);
    auto typed = expression(*bare, scope);
    if (typed || bare->kind != ExprKind::attribute || bare->names.size() != 1) return typed;
    for (auto& output : relation.exprs)  // GROUP BY an alias of the select list
      if (output->kind == ExprKind::alias && same(output->names[0], bare->names[0])) return expression(*output->children[0], scope);
    return typed;
  };
  std::vector<std::string> keys;
  for (auto& expr : relation.groups) {
    TRY(auto typed, key(expr));
    if (typed.sql.starts_with("CAST(") && typed.foldable) continue;  // a constant groups nothing
    keys.push_back(typed.sql);
  }
  std::string by = keys.empty() ? "" : text::join(keys, ", ");
  if (relation.group == GroupKind::rollup) by = "ROLLUP (" + by + ")";
  if (relation.group == GroupKind::cube) by = "CUBE (" + by + ")";
  if (relation.group == GroupKind::sets) {
    std::vector<std::string> sets;
    for (auto& set : relation.rows) {
      std::vector<std::string> parts;
      for (auto& expr : set) {
        TRY(auto typed, key(expr));
        parts.push_back(typed.sql);
      }
      sets.push_back("(" + text::join(parts, ", ") + ")");
    }
    by = "GROUPING SETS (" + text::join(sets, ", ") + ")";
  }
  TRY(auto columns, outputs(relation.exprs, scope));
  bool only_constants = by.empty() && !relation.groups.empty();
  TRY(auto out, select(columns, " FROM (" + child.sql + ")" + (only_constants ? " HAVING count(*) > 0" : by.empty() ? "" : " GROUP BY " + by), child.output));
  if (relation.group != GroupKind::by) make_nullable(out.output);
  return out;
}

Result<Analyzed> Analyzer::pivot(const Relation& relation) {
  TRY(auto child, this->relation(*relation.inputs[0]));
  Scope scope{.attributes = &child.output};
  TRY(auto column, expression(*relation.rows[0][0], scope));
  auto values = relation.rows[1];
  if (values.empty()) {
    TRY(values, source_.distinct_values(fmt::format("SELECT DISTINCT CAST({0} AS {1}) AS v FROM ({2}) WHERE {0} IS NOT NULL ORDER BY 1 LIMIT 10001", column.sql, duckdb_type(column.type), child.sql), column.type));
  }
  TRY(auto columns, outputs(relation.groups, scope));
  std::vector<std::string> keys;
  for (auto& group : columns) keys.push_back(group.sql);
  for (auto& value : values) {
    TRY(auto typed, expression(*value, scope));
    for (auto& expr : relation.exprs) {
      filter_ = fmt::format(" FILTER (WHERE {} IS NOT DISTINCT FROM {})", column.sql, cast_sql(typed, column.type));
      auto cell = expression(*expr, scope);
      filter_.clear();
      if (!cell) return std::unexpected(std::move(cell.error()));
      auto label = value->kind == ExprKind::literal && !value->value ? std::string("null") : value->text;
      cell->name = relation.exprs.size() == 1 ? label : label + "_" + cell->name;
      cell->nullable = true;
      columns.push_back(std::move(*cell));
    }
  }
  return select(columns, " FROM (" + child.sql + ")" + (keys.empty() ? "" : " GROUP BY " + text::join(keys, ", ")), child.output);
}

}  // namespace axonite::spark
