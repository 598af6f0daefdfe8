#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "engine/session.h"
#include "spark/analyzer.h"
#include "spark/errors.h"

namespace axonite::spark {
namespace {

constexpr int kDepthMax = 300;

std::string columns_of(const std::vector<Attribute>& output) {
  std::vector<std::string> columns;
  for (auto& attribute : output) columns.push_back(column_of(attribute));
  return columns.empty() ? "1" : text::join(columns, ", ");
}

}  // namespace

struct Analyzer::Nested {
  explicit Nested(int& depth) : depth(depth) { ++depth; }
  ~Nested() { --depth; }
  int& depth;
};

Result<Analyzed> Analyzer::relation(const Relation& relation) {
  Nested nested(depth_);
  if (depth_ > kDepthMax) return std::unexpected(unsupported_feature("a plan that is nested so deeply"));
  TRY(auto analyzed, dispatch(relation));
  if (relation.plan_id >= 0) plans_[relation.plan_id].push_back({analyzed.output, depth_});
  return analyzed;
}

Result<Analyzed> Analyzer::dispatch(const Relation& relation) {
  switch (relation.kind) {
    case RelationKind::one_row: return Analyzed{"SELECT 1", {}};
    case RelationKind::table: return table(relation);
    case RelationKind::files: {
      TRY(auto files, source_.files(relation));
      return external(files, {});
    }
    case RelationKind::local: {
      TRY(auto local, source_.local(relation));
      return external(local, {});
    }
    case RelationKind::range: return range(relation);
    case RelationKind::values: return values(relation);
    case RelationKind::project: return project(relation);
    case RelationKind::filter: return filter(relation);
    case RelationKind::join: return join(relation);
    case RelationKind::set_op: return set_operation(relation);
    case RelationKind::sort: return sort(relation);
    case RelationKind::limit:
    case RelationKind::tail: return limit(relation);
    case RelationKind::aggregate: return aggregate(relation);
    case RelationKind::sample: return sample(relation);
    case RelationKind::deduplicate: return deduplicate(relation);
    case RelationKind::alias: return alias_relation(relation);
    case RelationKind::to_df:
    case RelationKind::rename: return renamed(relation);
    case RelationKind::with_columns: return with_columns(relation);
    case RelationKind::drop: return drop(relation);
    case RelationKind::unpivot: return unpivot(relation);
    case RelationKind::to_schema: return to_schema(relation);
    case RelationKind::fill_na:
    case RelationKind::drop_na:
    case RelationKind::replace_na: return missing_values(relation);
    case RelationKind::describe:
    case RelationKind::summary: return statistics(relation);
    case RelationKind::show:
    case RelationKind::html: return shown(relation);
    case RelationKind::lateral_view: return lateral_view(relation);
    case RelationKind::with_views: {
      auto& views = views_.emplace_back();
      for (std::size_t i = 0; i < relation.names.size(); ++i) views[text::to_lower(relation.names[i])] = relation.inputs[i + 1];
      auto out = this->relation(*relation.inputs[0]);
      views_.pop_back();
      return out;
    }
  }
  return std::unexpected(unsupported_feature("this relation"));
}

Result<Analyzed> Analyzer::external(const External& external, const std::vector<std::string>& qualifier) {
  Analyzed out;
  std::vector<std::string> columns;
  for (auto& field : external.fields) {
    auto attribute = fresh(field.name, field.type, field.nullable);
    attribute.qualifier = qualifier;
    if (!external.name.empty()) attribute.origins = {external.name + "#" + field.name};
    columns.push_back(engine::quote_identifier(field.name) + " AS " + column_of(attribute));
    out.output.push_back(std::move(attribute));
  }
  out.sql = "SELECT " + (columns.empty() ? "1" : text::join(columns, ", ")) + " FROM " + external.from;
  return out;
}

Result<Analyzed> Analyzer::table(const Relation& relation) {
  RelationPtr view;
  std::size_t visible = 0;
  if (relation.names.size() == 1)
    for (auto level = views_.size(); level-- > 0 && !view;)
      if (auto at = views_[level].find(text::to_lower(relation.names[0])); at != views_[level].end()) {
        view = at->second;
        visible = level;
      }
  bool inner = view != nullptr;
  if (!view) {
    TRY(view, source_.view(relation.names));
  }
  if (!view) {
    TRY(auto found, source_.table(relation.names));
    return external(found, {relation.names.back()});
  }
  // A WITH name sees those before it, never itself; a session's view none of them.
  auto kept = views_;
  if (inner) {
    views_.resize(visible + 1);
    views_.back().erase(text::to_lower(relation.names[0]));
  } else {
    views_.clear();
  }
  auto out = this->relation(*view);
  views_ = std::move(kept);
  if (!out) return out;
  for (auto& attribute : out->output) attribute.qualifier = {relation.names.back()};
  return out;
}

Result<Analyzed> Analyzer::values(const Relation& relation) {
  Analyzed out;
  std::vector<std::vector<Typed>> rows;
  Scope scope;
  for (auto& row : relation.rows) {
    auto& typed = rows.emplace_back();
    for (auto& value : row) {
      TRY(auto one, expression(*value, scope));
      typed.push_back(std::move(one));
    }
    if (typed.size() != rows[0].size()) return std::unexpected(condition(Error::Kind::invalid, "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "42000", "Invalid inline table: the rows have different numbers of columns."));
  }
  for (std::size_t column = 0; column < rows[0].size(); ++column) {
    DataType type = rows[0][column].type;
    bool nullable = false;
    for (auto& row : rows) {
      auto both = common_type(type, row[column].type);
      if (!both) return std::unexpected(condition(Error::Kind::invalid, "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE", "42000", "Invalid inline table: found incompatible types in a column."));
      type = *both;
      nullable = nullable || row[column].nullable;
    }
    out.output.push_back(fresh(fmt::format("col{}", column + 1), type, nullable));
  }
  std::vector<std::string> lines;
  for (auto& row : rows) {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < row.size(); ++i) cells.push_back(cast_sql(row[i], out.output[i].type));
    lines.push_back("(" + text::join(cells, ", ") + ")");
  }
  out.sql = fmt::format("SELECT * FROM (VALUES {}) t({})", text::join(lines, ", "), columns_of(out.output));
  return out;
}

Result<Analyzed> Analyzer::range(const Relation& relation) {
  if (relation.c == 0) return std::unexpected(condition(Error::Kind::invalid, "INVALID_PARAMETER_VALUE", "22023", "The step of a range must not be 0."));
  auto id = fresh("id", {TypeKind::long_}, false);
  return Analyzed{fmt::format("SELECT range AS {} FROM range({}, {}, {})", column_of(id), relation.a, relation.b, relation.c), {id}};
}

Result<Analyzed> Analyzer::select(const std::vector<Typed>& columns, const std::string& from, const std::vector<Attribute>& input) {
  Analyzed out;
  std::vector<std::string> list;
  std::vector<std::uint64_t> taken;
  for (auto& column : columns) {
    auto same = std::ranges::find_if(input, [&](const Attribute& a) { return a.id == column.id; });
    if (column.id && same != input.end() && std::ranges::find(taken, column.id) == taken.end()) {
      taken.push_back(column.id);
      out.output.push_back(*same);
      list.push_back(column.sql);
      continue;
    }
    auto attribute = fresh(column.name, column.type, column.nullable);
    attribute.origins = column.origins;
    auto alike = std::ranges::find_if(input, [&](const Attribute& a) { return column_of(a) == column.sql; });
    attribute.derivation = column.aggregate ? "aggregation" : alike != input.end() ? alike->derivation : "transformation";
    list.push_back(column.sql + " AS " + column_of(attribute));
    out.output.push_back(std::move(attribute));
  }
  out.sql = "SELECT " + (list.empty() ? "1" : text::join(list, ", ")) + from;
  return out;
}

// A select list: stars and generators in full, aliases visible further right.
Result<std::vector<Typed>> Analyzer::outputs(const std::vector<ExprPtr>& exprs, Scope& scope) {
  std::vector<Typed> columns;
  for (auto& expr : exprs) {
    if (expr->kind == ExprKind::star) {
      TRY(auto all, star(*expr, scope));
      columns.insert(columns.end(), all.begin(), all.end());
      continue;
    }
    TRY(auto typed, expression(*expr, scope));
    if (!typed.columns.empty()) {
      columns.insert(columns.end(), typed.columns.begin(), typed.columns.end());
      continue;
    }
    if (expr->kind == ExprKind::alias) scope.laterals.emplace_back(expr->names[0], typed);
    columns.push_back(std::move(typed));
  }
  return columns;
}

Result<Analyzed> Analyzer::project(const Relation& relation) {
  TRY(auto child, this->relation(*relation.inputs[0]));
  Scope scope{.attributes = &child.output, .outer = outer_};
  TRY(auto columns, outputs(relation.exprs, scope));
  return select(columns, " FROM (" + child.sql + ")", child.output);
}

namespace {

bool has_list(const Relation& relation) { return relation.kind == RelationKind::project || relation.kind == RelationKind::aggregate; }

// The select list below a HAVING or by itself; nullptr when `relation` is something else.
const Relation* list_of(const Relation& relation) {
  if (has_list(relation)) return &relation;
  return relation.kind == RelationKind::filter && has_list(*relation.inputs[0]) ? relation.inputs[0].get() : nullptr;
}

// The same with more columns behind those of its list.
RelationPtr widened(const Relation& relation, const std::vector<ExprPtr>& more) {
  auto out = std::make_shared<Relation>(relation);
  if (has_list(relation))
    for (auto& one : more) out->exprs.push_back(alias(one, "hidden"));
  else
    out->inputs[0] = widened(*relation.inputs[0], more);
  return out;
}

bool has_aggregate(const Expr& expr) {
  if (expr.kind == ExprKind::window || expr.subquery) return false;
  if (expr.kind == ExprKind::function && is_aggregate_function(expr.names[0])) return true;
  return std::ranges::any_of(expr.children, [](auto& child) { return has_aggregate(*child); });
}

}  // namespace

Result<Analyzed> Analyzer::child_with(const Relation& child, const std::vector<ExprPtr>& wanted, bool places, std::vector<Typed>& resolved) {
  auto plans = plans_;
  TRY(auto plain, relation(child));
  Scope scope{.attributes = &plain.output, .outer = outer_};
  auto* list = list_of(child);
  bool grouped = list && list->kind == RelationKind::aggregate;
  std::vector<ExprPtr> hidden;
  std::vector<bool> is_hidden;
  for (auto& one : wanted) {
    auto place = places && one->kind == ExprKind::literal && one->type.is(TypeKind::integer) ? text::parse_int<std::size_t>(one->text) : std::nullopt;
    auto typed = place && *place >= 1 && *place <= plain.output.size() ? Result<Typed>(typed_of(plain.output[*place - 1])) : expression(*one, scope);
    bool below = list && (!typed || (grouped && has_aggregate(*one)));
    if (!typed && !below) return std::unexpected(std::move(typed.error()));
    if (!below && typed->aggregate)
      return std::unexpected(condition(Error::Kind::invalid, "INVALID_WHERE_CONDITION", "42903", fmt::format("The WHERE condition \"{}\" contains invalid expressions: an aggregate function.", typed->name)));
    is_hidden.push_back(below);
    if (below) hidden.push_back(one);
    resolved.push_back(below ? Typed{} : *typed);
  }
  if (hidden.empty()) return plain;
  plans_ = std::move(plans);
  TRY(auto both, relation(*widened(child, hidden)));
  std::size_t at = both.output.size() - hidden.size();
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (is_hidden[i]) resolved[i] = typed_of(both.output[at++]);
  both.output.resize(both.output.size() - hidden.size());
  return both;
}

Result<Analyzed> Analyzer::filter(const Relation& relation) {
  // Each term of a conjunction is looked up by itself: HAVING may mix results with new aggregates.
  std::vector<ExprPtr> terms{relation.exprs[0]};
  for (std::size_t i = 0; i < terms.size();) {
    auto& term = *terms[i];
    if (term.kind != ExprKind::function || !text::equals_ignoring_case(term.names[0], "and") || term.children.size() != 2) {
      ++i;
      continue;
    }
    auto left = term.children[0], right = term.children[1];
    terms[i] = left;
    terms.insert(terms.begin() + static_cast<std::ptrdiff_t>(i) + 1, right);
  }
  std::vector<Typed> conditions;
  TRY(auto child, child_with(*relation.inputs[0], terms, false, conditions));
  std::vector<std::string> parts;
  for (auto& condition : conditions) {
    if (!condition.type.is(TypeKind::boolean) && !condition.type.is(TypeKind::null) && !condition.type.is(TypeKind::string))
      return std::unexpected(spark::condition(Error::Kind::invalid, "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", "42K09",
                                              fmt::format("Cannot resolve \"{}\" due to data type mismatch: Filter expression \"{}\" of type \"{}\" is not a boolean.", condition.name, condition.name, sql_name(condition.type))));
    parts.push_back(condition.type.is(TypeKind::boolean) ? condition.sql : cast_sql(condition, {TypeKind::boolean}));
  }
  return Analyzed{"SELECT " + columns_of(child.output) + " FROM (" + child.sql + ") WHERE (" + text::join(parts, ") AND (") + ")", child.output};
}

Result<Analyzed> Analyzer::sort(const Relation& relation) {
  std::vector<ExprPtr> wanted;
  for (auto& key : relation.order) wanted.push_back(key.child);
  std::vector<Typed> resolved;
  TRY(auto child, child_with(*relation.inputs[0], wanted, true, resolved));
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < resolved.size(); ++i)
    keys.push_back(fmt::format("{} {} NULLS {}", resolved[i].sql, relation.order[i].ascending ? "ASC" : "DESC", relation.order[i].nulls_first ? "FIRST" : "LAST"));
  return Analyzed{"SELECT " + columns_of(child.output) + " FROM (" + child.sql + ") ORDER BY " + text::join(keys, ", "), child.output};
}

Result<Analyzed> Analyzer::limit(const Relation& relation) {
  TRY(auto child, this->relation(*relation.inputs[0]));
  auto columns = columns_of(child.output);
  if (relation.kind == RelationKind::tail) {
    child.sql = fmt::format("SELECT {0} FROM (SELECT {0}, row_number() OVER () AS r_, count(*) OVER () AS n_ FROM ({1})) WHERE r_ > n_ - {2}", columns, child.sql, relation.a);
    return child;
  }
  if (relation.a < 0 && relation.b == 0) return child;
  child.sql = fmt::format("SELECT {} FROM ({}){}{}", columns, child.sql, relation.a >= 0 ? fmt::format(" LIMIT {}", relation.a) : "", relation.b ? fmt::format(" OFFSET {}", relation.b) : "");
  return child;
}

Result<Analyzed> Analyzer::deduplicate(const Relation& relation) {
  TRY(auto child, this->relation(*relation.inputs[0]));
  std::vector<std::string> keys;
  Scope scope{.attributes = &child.output};
  for (auto& name : relation.names) {
    TRY(auto key, expression(*spark::attribute({name}), scope));
    keys.push_back(key.sql);
  }
  auto distinct = keys.empty() ? std::string("DISTINCT") : "DISTINCT ON (" + text::join(keys, ", ") + ")";
  child.sql = fmt::format("SELECT {} {} FROM ({})", distinct, columns_of(child.output), child.sql);
  return child;
}

// By a hash of the row's place: the parts of randomSplit, which share a seed, have no row in common.
Result<Analyzed> Analyzer::sample(const Relation& relation) {
  if (relation.flag) return std::unexpected(unsupported_feature("a sample with replacement"));
  TRY(auto child, this->relation(*relation.inputs[0]));
  auto columns = columns_of(child.output);
  child.sql = fmt::format("SELECT {0} FROM (SELECT {0}, hash(row_number() OVER (), {1}::BIGINT) / 18446744073709551616.0::DOUBLE AS h_ FROM ({2})) WHERE h_ >= {3} AND h_ < {4}", columns,
                          relation.a, child.sql, relation.lower, relation.upper);
  return child;
}

Result<Analyzed> Analyzer::alias_relation(const Relation& relation) {
  TRY(auto child, this->relation(*relation.inputs[0]));
  if (relation.names.size() > 1 && relation.names.size() - 1 != child.output.size())
    return std::unexpected(condition(Error::Kind::invalid, "ASSIGNMENT_ARITY_MISMATCH", "42802", "The number of column aliases does not match the number of columns."));
  for (std::size_t i = 0; i < child.output.size(); ++i) {
    child.output[i].qualifier = relation.names[0].empty() ? child.output[i].qualifier : std::vector{relation.names[0]};
    if (relation.names.size() > 1) child.output[i].name = relation.names[i + 1];
  }
  return child;
}

std::string Analyzer::statement(const Analyzed& analyzed) {
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < analyzed.output.size(); ++i) {
    auto& attribute = analyzed.output[i];
    columns.push_back(fmt::format("CAST({} AS {}) AS {}", column_of(attribute), duckdb_type(attribute.type), engine::quote_identifier(attribute.name)));
  }
  return "SELECT " + (columns.empty() ? "1" : text::join(columns, ", ")) + " FROM (" + analyzed.sql + ")";
}

}  // namespace axonite::spark
