#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "tsql/convert.h"
#include "tsql/failure.h"
#include "tsql/functions.h"

namespace axonite::tsql {
namespace {

constexpr std::string_view kAggregates[] = {"COUNT", "COUNT_BIG", "SUM", "AVG", "MIN", "MAX", "STDEV", "STDEVP", "VAR", "VARP", "STRING_AGG", "APPROX_COUNT_DISTINCT", "GROUPING", "GROUPING_ID"};
constexpr std::string_view kRanking[] = {"ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE", "PERCENT_RANK", "CUME_DIST"};
constexpr std::string_view kOffsets[] = {"LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE"};

template <class List>
bool among(const List& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

struct Call {
  Binder& binder;
  const Expression& expression;
  Scope* scope;
  std::string name;
  std::string over;  // " OVER (…)" or ""
};

Bound result_of(const Bound& argument, Type type, std::string sql) {
  Bound bound{.sql = std::move(sql), .type = type, .origins = argument.origins, .derivation = Derivation::aggregation};
  bound.type.nullable = true;
  return bound;
}

Result<Bound> sum_or_average(const Call& call, Bound argument) {
  if (is_string(argument.type.id) || !is_numeric(argument.type.id) || argument.type.id == TypeId::bit)
    return std::unexpected(failure(8117, fmt::format("Operand data type {} is invalid for {} operator.", type_base_name(argument.type.id), text::to_lower(call.name)), call.expression.line));
  std::string distinct = call.expression.distinct ? "DISTINCT " : "";
  bool average = call.name == "AVG";
  Type type = argument.type;
  auto aggregate = [&](std::string_view function) { return fmt::format("{}({}{}){}", function, distinct, argument.sql, call.over); };
  switch (type.id) {
    case TypeId::tinyint: case TypeId::smallint: case TypeId::int_: type.id = TypeId::int_; [[fallthrough]];
    case TypeId::bigint:
      if (!average) return result_of(argument, type, fmt::format("CAST({} AS {})", aggregate("sum"), engine_type_text(type)));
      return result_of(argument, type, fmt::format("CAST({} // nullif({}, 0) AS {})", aggregate("sum"), aggregate("count"), engine_type_text(type)));
    case TypeId::decimal:
      type.precision = 38;
      if (!average) return result_of(argument, type, fmt::format("CAST({} AS {})", aggregate("sum"), engine_type_text(type)));
      type.scale = std::max(type.scale, 6);
      return result_of(argument, type, fmt::format("CAST(axonite.pointed((axonite.unscaled({}) * CAST('1{}' AS HUGEINT)) // nullif({}, 0), {}) AS {})", aggregate("sum"),
                                                   std::string(static_cast<std::size_t>(type.scale - argument.type.scale), '0'), aggregate("count"), type.scale, engine_type_text(type)));
    case TypeId::money: case TypeId::smallmoney:
      type.id = TypeId::money;
      if (!average) return result_of(argument, type, fmt::format("CAST({} AS DECIMAL(19,4))", aggregate("sum")));
      return result_of(argument, type, fmt::format("CAST(axonite.pointed(axonite.unscaled({}) // nullif({}, 0), 4) AS DECIMAL(19,4))", aggregate("sum"), aggregate("count")));
    default:
      type = {.id = TypeId::float_};
      return result_of(argument, type, fmt::format("CAST({} AS DOUBLE)", aggregate(average ? "avg" : "sum")));
  }
}

Result<Bound> string_aggregate(const Call& call, Bound argument, Bound separator) {
  if (!is_string(argument.type.id)) {
    TRY(argument, convert(std::move(argument), {.id = TypeId::nvarchar, .length = 4000}, Conversion::implicit));
  }
  std::string order;
  if (!call.expression.within_group.empty()) {
    // Like the argument, the order sees the ungrouped rows.
    bool plain = call.scope && std::exchange(call.scope->plain, true);
    auto sorted = call.binder.order(call.expression.within_group, call.scope);
    if (call.scope) call.scope->plain = plain;
    TRY(order, std::move(sorted));
    order = " " + order;
  }
  Type type{.id = is_unicode(argument.type.id) ? TypeId::nvarchar : TypeId::varchar, .length = argument.type.length < 0 ? -1 : is_unicode(argument.type.id) ? 4000 : 8000};
  return result_of(argument, type, fmt::format("string_agg({}, {}{})", argument.sql, separator.sql, order));
}

Result<Bound> aggregate(const Call& call) {
  const Expression& e = call.expression;
  bool star = e.children.size() == 1 && e.children[0]->kind == Expression::Kind::star;
  bool counting = call.name == "COUNT" || call.name == "COUNT_BIG";
  Type count_type{.id = call.name == "COUNT" ? TypeId::int_ : TypeId::bigint};
  if (star && counting) {
    Bound bound = result_of({}, count_type, fmt::format("CAST(count(*){} AS {})", call.over, engine_type_text(count_type)));
    bound.type.nullable = false;
    return bound;
  }
  std::size_t wanted = call.name == "STRING_AGG" ? 2 : 1;
  if (e.children.size() != wanted && call.name != "GROUPING_ID")
    return std::unexpected(failure(174, fmt::format("The {} function requires {} argument(s).", text::to_lower(call.name), wanted), e.line, 15));
  bool plain = call.scope && call.scope->plain;
  // The argument of an aggregate sees the ungrouped rows; that of a windowed one the groups.
  if (call.scope && call.over.empty()) call.scope->plain = true;
  auto list = call.binder.values(e.children, call.scope);
  if (call.scope) call.scope->plain = plain;
  if (!list) return std::unexpected(std::move(list.error()));
  Bound& argument = list->front();
  if (counting) {
    Bound bound = result_of(argument, count_type, fmt::format("CAST(count({}{}){} AS {})", e.distinct ? "DISTINCT " : "", e.distinct ? comparison_key(argument) : argument.sql, call.over, engine_type_text(count_type)));
    bound.type.nullable = false;
    return bound;
  }
  if (call.name == "APPROX_COUNT_DISTINCT") return result_of(argument, {.id = TypeId::bigint}, fmt::format("approx_count_distinct({})", comparison_key(argument)));
  if (call.name == "SUM" || call.name == "AVG") return sum_or_average(call, std::move(argument));
  if (call.name == "STRING_AGG") return string_aggregate(call, std::move(argument), std::move((*list)[1]));
  if (call.name == "GROUPING") return result_of(argument, {.id = TypeId::tinyint}, fmt::format("CAST(grouping({}) AS UTINYINT)", comparison_key(argument)));
  if (call.name == "GROUPING_ID") {
    std::vector<std::string> keys;
    for (const Bound& item : *list) keys.push_back(comparison_key(item));
    return result_of(argument, {.id = TypeId::int_}, fmt::format("CAST(grouping({}) AS INTEGER)", text::join(keys, ", ")));
  }
  if (call.name == "MIN" || call.name == "MAX") {
    if (argument.type.id == TypeId::bit) return std::unexpected(failure(8117, fmt::format("Operand data type bit is invalid for {} operator.", text::to_lower(call.name)), e.line));
    std::string function = call.name == "MIN" ? "min" : "max";
    if (is_string(argument.type.id)) return result_of(argument, argument.type, fmt::format("arg_{}({}, {}){}", function, argument.sql, collation_key(argument), call.over));
    return result_of(argument, argument.type, fmt::format("{}({}){}", function, argument.sql, call.over));
  }
  TRY(argument, convert(std::move(argument), {.id = TypeId::float_}, Conversion::implicit, {}, {}, e.line));
  std::string_view function = call.name == "STDEV" ? "stddev_samp" : call.name == "STDEVP" ? "stddev_pop" : call.name == "VAR" ? "var_samp" : "var_pop";
  return result_of(argument, {.id = TypeId::float_}, fmt::format("{}({}{}){}", function, e.distinct ? "DISTINCT " : "", argument.sql, call.over));
}

Result<Bound> ranking(const Call& call) {
  TRY(auto list, call.binder.values(call.expression.children, call.scope));
  bool fraction = call.name == "PERCENT_RANK" || call.name == "CUME_DIST";
  Type type{.id = fraction ? TypeId::float_ : TypeId::bigint, .nullable = false};
  if (list.size() != (call.name == "NTILE" ? 1u : 0u)) return std::unexpected(failure(174, fmt::format("The {} function has the wrong number of arguments.", text::to_lower(call.name)), call.expression.line, 15));
  Bound bound{.type = type, .derivation = Derivation::transformation};
  bound.sql = fmt::format("CAST({}({}){} AS {})", text::to_lower(call.name), list.empty() ? "" : list[0].sql, call.over, engine_type_text(type));
  return bound;
}

Result<Bound> offset(const Call& call) {
  TRY(auto list, call.binder.values(call.expression.children, call.scope));
  if (list.empty() || list.size() > 3) return std::unexpected(failure(174, fmt::format("The {} function requires 1 to 3 arguments.", text::to_lower(call.name)), call.expression.line, 15));
  Type type = list[0].type;
  if (list.size() > 2) {
    TRY(list[2], convert(std::move(list[2]), type, Conversion::implicit, {}, {}, call.expression.line));
  }
  std::vector<std::string> parts;
  for (const Bound& item : list) parts.push_back(item.sql);
  Bound bound{.sql = fmt::format("{}({}){}", text::to_lower(call.name), text::join(parts, ", "), call.over), .type = type, .origins = list[0].origins, .derivation = Derivation::transformation};
  bound.type.nullable = true;
  return bound;
}

}  // namespace

bool is_aggregate(std::string_view function) { return among(kAggregates, text::to_upper(function)); }

bool has_aggregate(const Expression& e) {
  if (e.kind == Expression::Kind::function && !e.over && e.name.size() == 1 && is_aggregate(e.name[0])) return true;
  for (const auto& child : e.children)
    if (has_aggregate(*child)) return true;
  if (e.over) {
    for (const auto& key : e.over->partition_by)
      if (has_aggregate(*key)) return true;
    for (const auto& item : e.over->order_by)
      if (has_aggregate(*item.expression)) return true;
  }
  return false;
}

Result<std::optional<Bound>> aggregate_rule(Binder& binder, const Expression& e, Scope* scope) {
  Call call{binder, e, scope, text::to_upper(e.name.back()), ""};
  bool aggregates = among(kAggregates, call.name), ranks = among(kRanking, call.name), offsets = among(kOffsets, call.name);
  if (call.name.starts_with("PERCENTILE_")) return std::unexpected(not_supported(call.name, e.line));
  if (!aggregates && !ranks && !offsets) return std::optional<Bound>();
  if (!e.over && (ranks || offsets))
    return std::unexpected(failure(10753, fmt::format("The function '{}' must have an OVER clause.", e.name.back()), e.line, 15));
  if (e.over) {
    if ((ranks || offsets) && e.over->order_by.empty())
      return std::unexpected(failure(4112, fmt::format("The function '{}' must have an OVER clause with ORDER BY.", e.name.back()), e.line, 15));
    TRY(call.over, binder.window(*e.over, scope, ranks || offsets));
    call.over = " OVER (" + call.over + ")";
  } else if (scope && scope->plain && scope->grouped) {
    return std::unexpected(failure(130, "Cannot perform an aggregate function on an expression containing an aggregate or a subquery.", e.line));
  } else if (!scope || !scope->grouped) {
    return std::unexpected(failure(147, "An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.", e.line, 15));
  }
  TRY(Bound bound, ranks ? ranking(call) : offsets ? offset(call) : aggregate(call));
  return bound;
}

Result<std::string> Binder::order(const std::vector<OrderItem>& items, Scope* scope) {
  std::vector<std::string> parts;
  for (const OrderItem& item : items) {
    TRY(Bound bound, value(*item.expression, scope));
    if (bound.literal) continue;
    parts.push_back(comparison_key(bound) + (item.descending ? " DESC NULLS LAST" : " ASC NULLS FIRST"));
  }
  return parts.empty() ? std::string() : "ORDER BY " + text::join(parts, ", ");
}

Result<std::string> Binder::window(const Window& window, Scope* scope, bool) {
  std::string sql;
  if (!window.partition_by.empty()) {
    std::vector<std::string> keys;
    for (const auto& expression : window.partition_by) {
      TRY(Bound bound, value(*expression, scope));
      keys.push_back(comparison_key(bound));
    }
    sql += "PARTITION BY " + text::join(keys, ", ");
  }
  // ORDER BY (SELECT NULL) is the idiom for no order.
  bool idle = window.order_by.size() == 1 && window.order_by[0].expression->kind == Expression::Kind::scalar_query;
  if (!window.order_by.empty() && !idle) {
    TRY(std::string by, order(window.order_by, scope));
    sql += (sql.empty() ? "" : " ") + by;
  }
  if (!window.has_frame) return sql;
  auto bound_sql = [&](const FrameBound& bound) -> Result<std::string> {
    using K = FrameBound::Kind;
    switch (bound.kind) {
      case K::unbounded_preceding: return "UNBOUNDED PRECEDING";
      case K::unbounded_following: return "UNBOUNDED FOLLOWING";
      case K::current_row: return "CURRENT ROW";
      case K::preceding: case K::following: {
        TRY(Bound offset, value(*bound.offset, scope));
        return offset.sql + (bound.kind == K::preceding ? " PRECEDING" : " FOLLOWING");
      }
    }
    return std::string();
  };
  TRY(std::string start, bound_sql(window.start));
  TRY(std::string end, bound_sql(window.end));
  return fmt::format("{} {} BETWEEN {} AND {}", sql, window.rows ? "ROWS" : "RANGE", start, end);
}

}  // namespace axonite::tsql
