#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "spark/analyzer.h"
#include "spark/errors.h"
#include "spark/special_forms.h"

namespace axonite::spark {
namespace {

std::string variable_name(int depth, std::size_t index) { return fmt::format("v{}_{}", depth, index); }

Typed variable(std::string sql, DataType type) { return {.sql = std::move(sql), .type = std::move(type), .name = "namedlambdavariable()"}; }

std::string entries(const Typed& map) { return "map_entries(" + map.sql + ")"; }

std::string map_of_sql(const std::string& keys, const std::string& values) { return fmt::format("spark_map({}, {})", keys, values); }

}  // namespace

Result<Typed> Analyzer::lambda_body(const Expr& lambda, const std::vector<Typed>& variables, const Scope& scope) {
  if (lambda.names.size() > variables.size()) return std::unexpected(unsupported_feature("a lambda of so many arguments"));
  Scope inside = scope;
  for (std::size_t i = 0; i < lambda.names.size(); ++i) inside.variables[lambda.names[i]] = variables[i];
  TRY(auto body, expression(*lambda.children[0], inside));
  body.name = fmt::format("lambdafunction({}", body.name);
  for (std::size_t i = 0; i < lambda.names.size(); ++i) body.name += ", namedlambdavariable()";
  body.name += ")";
  return body;
}

// Of arrays: transform, filter, exists, forall, zip_with.
Result<Typed> Analyzer::array_function(const std::string& name, const Expr& lambda, const std::vector<Typed>& arguments, const Scope& scope) {
  auto x = variable_name(expression_depth_, 0), i = variable_name(expression_depth_, 1);
  auto& array = arguments[0];
  if (name == "zip_with" && arguments.size() == 2) {
    TRY(auto body, lambda_body(lambda, {variable(x + "[1]", array.type.element()), variable(x + "[2]", arguments[1].type.element())}, scope));
    return Typed{.sql = fmt::format("CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN list_transform(list_zip({0}, {1}), lambda {2}: {3}) END", array.sql, arguments[1].sql, x, body.sql), .type = array_of(body.type, body.nullable),
                 .name = fmt::format("{}({}, {}, {})", name, array.name, arguments[1].name, body.name)};
  }
  // DuckDB counts places from 1, Spark from 0.
  TRY(auto body, lambda_body(lambda, {variable(x, array.type.element()), variable("CAST(" + i + " - 1 AS INTEGER)", {TypeKind::integer})}, scope));
  bool changes = name == "transform", filters = name == "filter";
  auto names = lambda.names.size() > 1 ? x + ", " + i : x;
  Typed out{.type = changes ? array_of(body.type, body.nullable) : filters ? array.type : DataType{TypeKind::boolean}, .nullable = array.nullable, .name = fmt::format("{}({}, {})", name, array.name, body.name), .origins = array.origins};
  auto condition = changes ? body.sql : cast_sql(body, {TypeKind::boolean});
  auto test = fmt::format("list_transform({}, lambda {}: {})", array.sql, names, condition);
  // Three-valued: without a match an unknown one leaves the answer unknown.
  if (name == "exists" || name == "any") out.sql = fmt::format("CASE WHEN {0} IS NULL THEN NULL WHEN list_contains({1}, true) THEN true WHEN list_count({1}) < len({1}) THEN NULL ELSE false END", array.sql, test);
  else if (name == "forall" || name == "all") out.sql = fmt::format("CASE WHEN {0} IS NULL THEN NULL WHEN list_contains({1}, false) THEN false WHEN list_count({1}) < len({1}) THEN NULL ELSE true END", array.sql, test);
  else out.sql = fmt::format("{}({}, lambda {}: {})", filters ? "list_filter" : "list_transform", array.sql, names, condition);
  return out;
}

// Of maps: map_filter, transform_keys, transform_values, map_zip_with.
Result<Typed> Analyzer::map_function(const std::string& name, const Expr& lambda, const std::vector<Typed>& arguments, const Scope& scope) {
  auto e = variable_name(expression_depth_, 0);
  auto& map = arguments[0];
  if (name == "map_zip_with" && arguments.size() == 2) {
    auto& other = arguments[1];
    auto keys = fmt::format("spark_distinct(map_keys({}) || map_keys({}))", map.sql, cast_sql(other, map_of(map.type.key(), other.type.value())));
    TRY(auto body, lambda_body(lambda, {variable(e, map.type.key()), variable(fmt::format("({})[{}]", map.sql, e), map.type.value()), variable(fmt::format("({})[{}]", other.sql, e), other.type.value())}, scope));
    return Typed{.sql = map_of_sql(keys, fmt::format("list_transform({}, lambda {}: {})", keys, e, body.sql)), .type = map_of(map.type.key(), body.type), .name = fmt::format("{}({}, {}, {})", name, map.name, other.name, body.name)};
  }
  TRY(auto body, lambda_body(lambda, {variable(e + ".key", map.type.key()), variable(e + ".value", map.type.value())}, scope));
  Typed out{.type = map.type, .nullable = map.nullable, .name = fmt::format("{}({}, {})", name, map.name, body.name), .origins = map.origins};
  auto each = fmt::format("list_transform({}, lambda {}: {})", entries(map), e, body.sql);
  if (name == "map_filter") {
    out.sql = fmt::format("map_from_entries(list_filter({}, lambda {}: {}))", entries(map), e, cast_sql(body, {TypeKind::boolean}));
  } else if (name == "transform_keys") {
    out.type = map_of(body.type, map.type.value());
    out.sql = map_of_sql(each, "map_values(" + map.sql + ")");
  } else {
    out.type = map_of(map.type.key(), body.type);
    out.sql = map_of_sql("map_keys(" + map.sql + ")", each);
  }
  return out;
}

// aggregate(array, start, (acc, x) -> …[, acc -> …]): DuckDB's list_reduce wants one type, so the elements travel beside
// what is gathered.
Result<Typed> Analyzer::reduce(const std::string& name, const std::vector<const Expr*>& lambdas, const std::vector<Typed>& arguments, const Scope& scope) {
  auto a = variable_name(expression_depth_, 0), e = variable_name(expression_depth_, 1);
  auto& array = arguments[0];
  auto type = arguments[1].type;
  TRY(auto merge, lambda_body(*lambdas[0], {variable(a + ".a", type), variable(e + ".x", array.type.element())}, scope));
  auto row = [&](const std::string& gathered, const std::string& element) {
    return fmt::format("{{'a': CAST({} AS {}), 'x': CAST({} AS {})}}", gathered, duckdb_type(type), element, duckdb_type(array.type.element()));
  };
  auto start = cast_sql(arguments[1], type);
  Typed out{.sql = fmt::format("(list_reduce(list_transform({}, lambda {}: {}), lambda {}, {}: {}, {})).a", array.sql, e, row("NULL", e), a, e, row(cast_sql(merge, type), "NULL"), row(start, "NULL")), .type = type, .origins = array.origins};
  auto finish_name = std::string("lambdafunction(namedlambdavariable(), namedlambdavariable())");
  if (lambdas.size() == 2) {
    auto gathered = out.sql;
    TRY(auto finish, lambda_body(*lambdas[1], {variable("(" + gathered + ")", type)}, scope));
    out.sql = finish.sql;
    out.type = finish.type;
    finish_name = finish.name;
  }
  out.name = fmt::format("{}({}, {}, {}, {})", name, array.name, arguments[1].name, merge.name, finish_name);
  return out;
}

Result<Typed> Analyzer::higher_order(const std::string& name, const std::vector<const Expr*>& lambdas, const std::vector<Typed>& arguments, const Scope& scope) {
  auto is_one_of = [&](std::initializer_list<std::string_view> names) { return std::ranges::find(names, name) != names.end(); };
  bool array = !arguments.empty() && arguments[0].type.is(TypeKind::array), map = !arguments.empty() && arguments[0].type.is(TypeKind::map);
  bool one = lambdas.size() == 1;
  if (array && one && arguments.size() == 1 && is_one_of({"transform", "filter", "exists", "forall", "any", "all"})) return array_function(name, *lambdas[0], arguments, scope);
  if (array && one && name == "zip_with" && arguments.size() == 2 && arguments[1].type.is(TypeKind::array)) return array_function(name, *lambdas[0], arguments, scope);
  if (map && one && arguments.size() == 1 && is_one_of({"map_filter", "transform_keys", "transform_values"})) return map_function(name, *lambdas[0], arguments, scope);
  if (map && one && name == "map_zip_with" && arguments.size() == 2 && arguments[1].type.is(TypeKind::map)) return map_function(name, *lambdas[0], arguments, scope);
  if (array && arguments.size() == 2 && lambdas.size() <= 2 && is_one_of({"aggregate", "reduce"})) return reduce(name, lambdas, arguments, scope);
  return std::unexpected(unsupported_feature("the function " + name + " with a lambda over these arguments"));
}

Result<Typed> Analyzer::function(const Expr& expression, const Scope& scope) {
  auto over = std::exchange(over_, {});
  auto name = text::to_lower(expression.names[0]);
  // Arguments are outside of what a pivot filters; only the aggregate itself takes it.
  auto filter = is_aggregate_function(name) ? std::exchange(filter_, {}) : std::string();
  struct Restore {
    std::string& target;
    std::string value;
    ~Restore() {
      if (!value.empty()) target = value;
    }
  } restore{filter_, filter};

  std::string own_filter = filter;
  if (expression.filter) {
    TRY(auto condition, this->expression(*expression.filter, scope));
    own_filter = " FILTER (WHERE " + cast_sql(condition, {TypeKind::boolean}) + ")";
  }
  bool star = !expression.children.empty() && expression.children[0]->kind == ExprKind::star;
  if (name == "count" && star && !expression.distinct) return Typed{.sql = "CAST(count(*)" + own_filter + over + " AS BIGINT)", .type = {TypeKind::long_}, .nullable = false, .name = "count(1)", .aggregate = true};

  std::vector<Typed> arguments;
  std::vector<const Expr*> lambdas;
  for (auto& child : expression.children) {
    if (child->kind == ExprKind::star) {
      TRY(auto all, this->star(*child, scope));
      arguments.insert(arguments.end(), all.begin(), all.end());
      continue;
    }
    if (child->kind == ExprKind::lambda) {
      lambdas.push_back(child.get());
      continue;
    }
    TRY(auto argument, this->expression(*child, scope));
    arguments.push_back(std::move(argument));
  }
  if (!lambdas.empty()) return higher_order(name, lambdas, arguments, scope);

  SpecialCall call{name, arguments, own_filter + over, expression.distinct, source_.user()};
  for (auto form : {arithmetic_form, conditional_form, text_form, time_form, collection_form, aggregate_form}) {
    auto special = form(call);
    if (!special) continue;
    if (!*special) return std::unexpected(special->error());
    auto out = std::move(**special);
    for (auto& argument : arguments) {
      out.origins.insert(out.origins.end(), argument.origins.begin(), argument.origins.end());
      out.aggregate = out.aggregate || argument.aggregate;
    }
    return out;
  }
  return built_in(expression, std::move(arguments), over, own_filter, source_);
}

}  // namespace axonite::spark
