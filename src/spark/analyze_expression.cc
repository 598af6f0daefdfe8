#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "engine/session.h"
#include "spark/analyzer.h"
#include "spark/errors.h"

namespace axonite::spark {
namespace {

constexpr int kDepthMax = 400;

bool same(std::string_view a, std::string_view b) { return text::equals_ignoring_case(a, b); }

bool qualifies(const Attribute& attribute, const std::vector<std::string>& parts, std::size_t count) {
  if (count > attribute.qualifier.size()) return false;
  for (std::size_t i = 0; i < count; ++i)
    if (!same(attribute.qualifier[attribute.qualifier.size() - count + i], parts[i])) return false;
  return true;
}

Result<Typed> field_of(Typed base, const std::vector<std::string>& path, std::size_t from) {
  for (std::size_t i = from; i < path.size(); ++i) {
    bool in_array = base.type.is(TypeKind::array) && base.type.element().is(TypeKind::struct_);
    if (base.type.is(TypeKind::map)) {
      base = {.sql = fmt::format("({})[{}]", base.sql, engine::quote_literal(path[i])), .type = base.type.value(), .name = path[i], .origins = base.origins};
      continue;
    }
    auto& owner = in_array ? base.type.element() : base.type;
    if (!owner.is(TypeKind::struct_)) return std::unexpected(unresolved_column(text::join(path, "."), {}));
    auto at = std::ranges::find_if(owner.fields, [&](const Field& field) { return same(field.name, path[i]); });
    if (at == owner.fields.end())
      return std::unexpected(condition(Error::Kind::invalid, "FIELD_NOT_FOUND", "42704", fmt::format("No such struct field `{}`.", path[i]), {{"fieldName", "`" + path[i] + "`"}}));
    auto name = engine::quote_identifier(at->name);
    auto type = in_array ? array_of(at->type) : at->type;
    auto sql = in_array ? fmt::format("list_transform({}, lambda e_: e_.{})", base.sql, name) : fmt::format("({}).{}", base.sql, name);
    base = {.sql = sql, .type = type, .nullable = base.nullable || at->nullable, .name = at->name, .origins = base.origins};
  }
  return base;
}

}  // namespace

std::string column_of(const Attribute& attribute) { return fmt::format("c{}", attribute.id); }

Typed typed_of(const Attribute& attribute) {
  return {.sql = column_of(attribute), .type = attribute.type, .nullable = attribute.nullable, .name = attribute.name, .id = attribute.id, .origins = attribute.origins};
}

std::string cast_sql(const Typed& typed, const DataType& type, bool try_) {
  if (typed.type == type) return typed.sql;
  auto cast = try_ ? "TRY_CAST" : "CAST";
  auto& from = typed.type;
  bool fraction = from.is(TypeKind::double_) || from.is(TypeKind::float_) || from.is(TypeKind::decimal);
  if (fraction && type.is_integral()) return fmt::format("{}(trunc({}) AS {})", cast, typed.sql, duckdb_type(type));
  if (from.is(TypeKind::timestamp) && type.is_numeric()) return fmt::format("{}(epoch({}) AS {})", cast, typed.sql, duckdb_type(type));
  if (from.is_numeric() && type.is(TypeKind::timestamp)) return fmt::format("to_timestamp(CAST({} AS DOUBLE))", typed.sql);
  if (from.is(TypeKind::string) && type.is_integral()) return fmt::format("{}(trim({}) AS {})", cast, typed.sql, duckdb_type(type));
  if (from.is(TypeKind::decimal) && from.precision == from.scale && from.scale < 38 && type.is(TypeKind::string))  // DuckDB leaves out the 0 before the point
    return fmt::format("CAST(CAST({} AS DECIMAL({},{})) AS VARCHAR)", typed.sql, from.precision + 1, from.scale);
  if (from.is(TypeKind::binary) && type.is(TypeKind::string)) return fmt::format("decode({})", typed.sql);
  if (from.is(TypeKind::string) && type.is(TypeKind::binary)) return fmt::format("encode({})", typed.sql);
  if (from.is(TypeKind::timestamp) && type.is(TypeKind::string)) return fmt::format("CAST(CAST({} AS TIMESTAMP) AS VARCHAR)", typed.sql);
  if ((from.is(TypeKind::double_) || from.is(TypeKind::float_)) && type.is(TypeKind::string))
    return fmt::format("replace(replace(replace(CAST({} AS VARCHAR), 'inf', 'Infinity'), 'nan', 'NaN'), 'e+', 'E')", typed.sql);
  if (from.is(TypeKind::string) && type.is(TypeKind::boolean))
    return fmt::format("{}(CASE lower(trim({})) WHEN 'y' THEN 'true' WHEN 'yes' THEN 'true' WHEN 'n' THEN 'false' WHEN 'no' THEN 'false' ELSE trim({}) END AS BOOLEAN)", cast,
                       typed.sql, typed.sql);
  return fmt::format("{}({} AS {})", cast, typed.sql, duckdb_type(type));
}

Result<Typed> Analyzer::by_plan(const Expr& expression, const Scope& scope) {
  auto at = plans_.find(expression.plan_id);
  if (at == plans_.end() || !scope.attributes) return std::unexpected(unresolved_column(text::join(expression.names, "."), {}));
  int best_depth = 1 << 30;
  std::vector<const Attribute*> found;
  for (auto& plan : at->second) {
    for (auto& candidate : plan.output) {
      if (!same(candidate.name, expression.names.back()) && !same(candidate.name, expression.names.front())) continue;
      auto here = std::ranges::find_if(*scope.attributes, [&](const Attribute& a) { return a.id == candidate.id; });
      if (here == scope.attributes->end() || plan.depth > best_depth) continue;
      if (plan.depth < best_depth) found.clear();
      best_depth = plan.depth;
      if (std::ranges::find(found, &*here) == found.end()) found.push_back(&*here);
    }
  }
  if (found.empty()) return std::unexpected(unresolved_column(text::join(expression.names, "."), {}));
  if (found.size() > 1)
    return std::unexpected(condition(Error::Kind::invalid, "AMBIGUOUS_COLUMN_REFERENCE", "42702", fmt::format("Column `{}` is ambiguous.", expression.names.back()),
                                     {{"name", "`" + expression.names.back() + "`"}}));
  bool nested = expression.names.size() > 1 && same(found[0]->name, expression.names.front()) && !same(found[0]->name, expression.names.back());
  return field_of(typed_of(*found[0]), expression.names, nested ? 1 : expression.names.size());
}

Result<Typed> Analyzer::attribute(const Expr& expression, const Scope& scope) {
  auto& parts = expression.names;
  if (expression.plan_id >= 0) {
    auto resolved = by_plan(expression, scope);
    if (resolved || resolved.error().code == "AMBIGUOUS_COLUMN_REFERENCE") return resolved;
  }
  if (parts.size() == 1)
    if (auto variable = scope.variables.find(parts[0]); variable != scope.variables.end()) return variable->second;
  // The longest qualifier first, then what remains is a path into structs.
  for (std::size_t count = parts.size(); scope.attributes && count-- > 0;) {
    std::vector<const Attribute*> found;
    for (auto& candidate : *scope.attributes)
      if (same(candidate.name, parts[count]) && qualifies(candidate, parts, count) && std::ranges::none_of(found, [&](auto* f) { return f->id == candidate.id; }))
        found.push_back(&candidate);
    if (found.size() > 1) {
      std::vector<std::string> names;
      for (auto* one : found) names.push_back("`" + (one->qualifier.empty() ? one->name : text::join(one->qualifier, "`.`") + "`.`" + one->name) + "`");
      auto joined = "[" + text::join(names, ", ") + "]";
      return std::unexpected(condition(Error::Kind::invalid, "AMBIGUOUS_REFERENCE", "42704", fmt::format("Reference `{}` is ambiguous, could be: {}.", text::join(parts, "`.`"), joined),
                                       {{"name", "`" + text::join(parts, "`.`") + "`"}, {"referenceNames", joined}}));
    }
    if (found.size() == 1) return field_of(typed_of(*found[0]), parts, count + 1);
  }
  if (parts.size() == 1)
    for (auto& [name, typed] : scope.laterals)
      if (same(name, parts[0])) return typed;
  if (scope.outer) {
    if (auto outside = attribute(expression, *scope.outer)) return outside;
  }
  std::vector<std::string> proposals;
  if (scope.attributes)
    for (auto& candidate : *scope.attributes) proposals.push_back(candidate.name);
  return std::unexpected(unresolved_column(text::join(parts, "."), proposals));
}

Result<std::vector<Typed>> Analyzer::star(const Expr& expression, const Scope& scope) {
  std::vector<Typed> out;
  for (auto& candidate : *scope.attributes)
    if (qualifies(candidate, expression.names, expression.names.size())) out.push_back(typed_of(candidate));
  if (!out.empty() || expression.names.empty()) return out;
  TRY(auto base, attribute({.kind = ExprKind::attribute, .names = expression.names}, scope));
  for (auto& field : base.type.fields) {
    TRY(auto typed, field_of(base, {field.name}, 0));
    out.push_back(std::move(typed));
  }
  return out;
}

Result<Typed> Analyzer::cast_expression(const Expr& expression, const Scope& scope) {
  TRY(auto child, this->expression(*expression.children[0], scope));
  bool try_ = expression.cast_mode == CastMode::try_;
  Typed out = child;
  out.sql = cast_sql(child, expression.type, try_);
  out.name = child.id ? child.name : fmt::format("{}({} AS {})", try_ ? "TRY_CAST" : "CAST", child.name, sql_name(expression.type));
  out.type = expression.type;
  out.nullable = child.nullable || try_;
  out.id = 0;
  return out;
}

Result<std::string> Analyzer::order_by(const std::vector<SortKey>& order, const Scope& scope) {
  std::vector<std::string> keys;
  for (auto& key : order) {
    TRY(auto typed, expression(*key.child, scope));
    keys.push_back(fmt::format("{} {} NULLS {}", typed.sql, key.ascending ? "ASC" : "DESC", key.nulls_first ? "FIRST" : "LAST"));
  }
  return text::join(keys, ", ");
}

Result<std::string> Analyzer::order_text(const std::vector<SortKey>& order, const Scope& scope) {
  std::vector<std::string> keys;
  for (auto& key : order) {
    TRY(auto typed, expression(*key.child, scope));
    keys.push_back(fmt::format("{} {} NULLS {}", typed.name, key.ascending ? "ASC" : "DESC", key.nulls_first ? "FIRST" : "LAST"));
  }
  return text::join(keys, ", ");
}

namespace {

std::string bound_sql(const FrameBound& bound, bool lower) {
  switch (bound.kind) {
    case FrameBound::Kind::unbounded: return lower ? "UNBOUNDED PRECEDING" : "UNBOUNDED FOLLOWING";
    case FrameBound::Kind::current_row: return "CURRENT ROW";
    case FrameBound::Kind::value: return bound.value == 0 ? "CURRENT ROW" : bound.value < 0 ? fmt::format("{} PRECEDING", -bound.value) : fmt::format("{} FOLLOWING", bound.value);
  }
  return {};
}

std::string shown_bound(const FrameBound& bound, bool lower) {
  if (bound.kind == FrameBound::Kind::value && bound.value != 0) return fmt::format("{} {}", std::abs(bound.value), bound.value < 0 ? "PRECEDING" : "FOLLOWING");
  return bound_sql(bound, lower);
}

bool takes_frame(std::string_view name) {
  for (auto ranking : {"row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead"})
    if (same(name, ranking)) return false;
  return true;
}

// The frame as Spark names the column: ranking functions bring their own.
std::string frame_text(const Expr& window, const Typed& function) {
  auto between = [](std::string_view unit, const std::string& from, const std::string& to) { return fmt::format("{} BETWEEN {} AND {}", unit, from, to); };
  auto& name = window.children[0]->names[0];
  if (same(name, "lag") || same(name, "lead")) {
    auto comma = function.name.find(", ");
    auto offset = function.name.substr(comma + 2, function.name.find(',', comma + 2) - comma - 2);
    auto bound = (same(name, "lag") ? "-" : "") + offset + " FOLLOWING";
    return between("ROWS", bound, bound);
  }
  if (!takes_frame(name)) return between("ROWS", "UNBOUNDED PRECEDING", "CURRENT ROW");
  if (window.frame) return between(window.frame->rows ? "ROWS" : "RANGE", shown_bound(window.frame->lower, true), shown_bound(window.frame->upper, false));
  return window.order.empty() ? between("ROWS", "UNBOUNDED PRECEDING", "UNBOUNDED FOLLOWING") : between("RANGE", "UNBOUNDED PRECEDING", "CURRENT ROW");
}

}  // namespace

Result<Typed> Analyzer::window(const Expr& expression, const Scope& scope) {
  std::vector<std::string> partitions, shown;
  for (std::size_t i = 1; i < expression.children.size(); ++i) {
    TRY(auto typed, this->expression(*expression.children[i], scope));
    partitions.push_back(typed.sql);
    shown.push_back(typed.name);
  }
  std::string over = " OVER (";
  if (!partitions.empty()) over += "PARTITION BY " + text::join(partitions, ", ") + " ";
  TRY(auto order, order_by(expression.order, scope));
  if (!order.empty()) over += "ORDER BY " + order + " ";
  auto& function = *expression.children[0];
  if (function.kind != ExprKind::function) return std::unexpected(unsupported_feature("a window over something that is no function"));
  if (expression.frame && takes_frame(function.names[0]))
    over += fmt::format("{} BETWEEN {} AND {}", expression.frame->rows ? "ROWS" : "RANGE", bound_sql(expression.frame->lower, true), bound_sql(expression.frame->upper, false));
  over_ = over + ")";
  auto out = this->function(function, scope);
  over_.clear();
  if (!out) return out;
  out->aggregate = false;
  out->window = true;
  out->id = 0;
  TRY(auto order_name, order_text(expression.order, scope));
  out->name += fmt::format(" OVER ({}{}{})", shown.empty() ? "" : "PARTITION BY " + text::join(shown, ", ") + " ", order_name.empty() ? "" : "ORDER BY " + order_name + " ", frame_text(expression, *out));
  return out;
}

Result<Typed> Analyzer::extract(const Expr& expression, const Scope& scope) {
  TRY(auto child, this->expression(*expression.children[0], scope));
  auto& key = *expression.children[1];
  if (child.type.is(TypeKind::struct_) || (child.type.is(TypeKind::array) && key.kind == ExprKind::literal && key.type.is(TypeKind::string)))
    return field_of(child, {key.text}, 0);
  TRY(auto index, this->expression(key, scope));
  auto name = fmt::format("{}[{}]", child.name, index.name);
  if (child.type.is(TypeKind::array)) {
    auto at = cast_sql(index, {TypeKind::long_});
    return Typed{.sql = fmt::format("CASE WHEN {0} < 0 OR {0} >= len({1}) THEN error('[INVALID_ARRAY_INDEX] The index is out of bounds. SQLSTATE: 22003') ELSE ({1})[{0} + 1] END", at, child.sql), .type = child.type.element(), .name = name, .origins = child.origins};
  }
  if (child.type.is(TypeKind::map)) return Typed{.sql = fmt::format("({})[{}]", child.sql, cast_sql(index, child.type.key())), .type = child.type.value(), .name = name, .origins = child.origins};
  return std::unexpected(condition(Error::Kind::invalid, "INVALID_EXTRACT_BASE_FIELD_TYPE", "42000", fmt::format("Can't extract a value from \"{}\". Need a complex type [STRUCT, ARRAY, MAP] but got \"{}\".", child.name, sql_name(child.type)),
                                   {{"base", "\"" + child.name + "\""}, {"other", "\"" + sql_name(child.type) + "\""}}));
}

Result<Typed> Analyzer::subquery(const Expr& expression, const Scope& scope) {
  auto* before = std::exchange(outer_, &scope);
  auto inner = relation(*expression.subquery);
  outer_ = before;
  if (!inner) return std::unexpected(std::move(inner.error()));
  if (expression.kind == ExprKind::exists) return Typed{.sql = "EXISTS (" + inner->sql + ")", .type = {TypeKind::boolean}, .nullable = false, .name = "exists()"};
  std::vector<Typed> values;
  for (auto& child : expression.children) {
    TRY(auto value, this->expression(*child, scope));
    values.push_back(std::move(value));
  }
  bool scalar = expression.kind == ExprKind::scalar_subquery;
  if (inner->output.size() != (scalar ? 1 : values.size())) return std::unexpected(condition(Error::Kind::invalid, "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN", "42823", "The subquery has another number of columns than is wanted."));
  if (scalar) return Typed{.sql = "(" + inner->sql + ")", .type = inner->output[0].type, .name = "scalarsubquery()", .origins = inner->output[0].origins};
  std::vector<std::string> left;
  for (auto& value : values) left.push_back(value.sql);
  auto row = left.size() == 1 ? left[0] : "(" + text::join(left, ", ") + ")";
  return Typed{.sql = fmt::format("({} IN ({}))", row, inner->sql), .type = {TypeKind::boolean}, .name = "(" + values[0].name + " IN (listquery()))"};
}

Result<Typed> Analyzer::expression(const Expr& expression, const Scope& scope) {
  if (expression_depth_ > kDepthMax) return std::unexpected(unsupported_feature("an expression that is nested so deeply"));
  ++expression_depth_;
  auto out = [&]() -> Result<Typed> {
    switch (expression.kind) {
      case ExprKind::literal: {
        auto sql = expression.value ? fmt::format("CAST({} AS {})", *expression.value, duckdb_type(expression.type)) : fmt::format("CAST(NULL AS {})", duckdb_type(expression.type));
        return Typed{.sql = sql, .type = expression.type, .nullable = !expression.value, .name = expression.text, .foldable = true};
      }
      case ExprKind::attribute: return attribute(expression, scope);
      case ExprKind::lambda_variable: return attribute({.kind = ExprKind::attribute, .names = expression.names}, scope);
      case ExprKind::function: return function(expression, scope);
      case ExprKind::alias: {
        TRY(auto child, this->expression(*expression.children[0], scope));
        if (child.columns.size() > 1 && expression.names.size() == child.columns.size())
          for (std::size_t i = 0; i < child.columns.size(); ++i) child.columns[i].name = expression.names[i];
        child.name = expression.names[0];
        if (child.columns.size() == 1) child.columns[0].name = child.name;
        child.id = 0;
        return child;
      }
      case ExprKind::cast: return cast_expression(expression, scope);
      case ExprKind::window: return window(expression, scope);
      case ExprKind::extract: return extract(expression, scope);
      case ExprKind::sort_order: return this->expression(*expression.children[0], scope);
      case ExprKind::scalar_subquery:
      case ExprKind::exists:
      case ExprKind::in_subquery: return subquery(expression, scope);
      case ExprKind::star:
      case ExprKind::lambda: return std::unexpected(condition(Error::Kind::invalid, "INVALID_USAGE_OF_STAR_OR_REGEX", "42000", "Invalid usage of '*' in this expression."));
    }
    return std::unexpected(unsupported_feature("this expression"));
  }();
  --expression_depth_;
  return out;
}

}  // namespace axonite::spark
