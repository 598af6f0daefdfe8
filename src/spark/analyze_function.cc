#include <fmt/format.h>

#include "base/text.h"
#include "spark/analyzer.h"
#include "spark/errors.h"
#include "spark/special_forms.h"

namespace axonite::spark {
namespace {


// What a lambda's variables stand for and what DuckDB calls the function.
struct Applied {
  std::vector<DataType> variables;
  std::string_view duckdb;
};

std::optional<Applied> applied(std::string_view name, const DataType& base) {
  if (!base.is(TypeKind::array)) return std::nullopt;
  if (name == "transform") return Applied{{base.element(), {TypeKind::integer}}, "list_transform"};
  if (name == "filter" || name == "exists" || name == "forall" || name == "any") return Applied{{base.element(), {TypeKind::integer}}, "list_filter"};
  return std::nullopt;
}

std::string variable_name(std::size_t depth, std::size_t index) { return fmt::format("v{}_{}", depth, index); }

}  // namespace

// transform, filter, exists, forall: the lambda's variables become DuckDB's.
Result<Typed> Analyzer::higher_order(const std::string& name, const Expr& lambda, const std::vector<Typed>& arguments, const Scope& scope) {
  auto how = arguments.empty() ? std::nullopt : applied(name, arguments[0].type);
  if (!how || arguments.size() != 1 || lambda.names.size() > how->variables.size()) return std::unexpected(unsupported_feature("the function " + name + " with a lambda over these arguments"));
  Scope inside = scope;
  std::vector<std::string> names, shown;
  for (std::size_t i = 0; i < lambda.names.size(); ++i) {
    auto variable = variable_name(static_cast<std::size_t>(expression_depth_), i);
    names.push_back(variable);
    shown.push_back("namedlambdavariable()");
    // DuckDB counts places from 1, Spark from 0.
    inside.variables[lambda.names[i]] = {.sql = i == 1 ? "CAST(" + variable + " - 1 AS INTEGER)" : variable, .type = how->variables[i], .name = "namedlambdavariable()"};
  }
  TRY(auto body, this->expression(*lambda.children[0], inside));
  auto condition = name == "transform" ? body.sql : cast_sql(body, {TypeKind::boolean});
  auto list = fmt::format("{}({}, lambda {}: {})", how->duckdb, arguments[0].sql, text::join(names, ", "), condition);
  Typed out{.sql = list, .type = name == "transform" ? array_of(body.type, body.nullable) : arguments[0].type, .nullable = arguments[0].nullable, .name = fmt::format("{}({}, lambdafunction({}, {}))", name, arguments[0].name, body.name, text::join(shown, ", ")), .origins = arguments[0].origins};
  if (name == "exists" || name == "any") out.sql = "(len(" + list + ") > 0)";
  if (name == "forall") out.sql = fmt::format("(len({}) = len({}))", list, arguments[0].sql);
  if (name != "transform" && name != "filter") out.type = {TypeKind::boolean};
  return out;
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
  const Expr* lambda = nullptr;
  for (auto& child : expression.children) {
    if (child->kind == ExprKind::star) {
      TRY(auto all, this->star(*child, scope));
      arguments.insert(arguments.end(), all.begin(), all.end());
      continue;
    }
    if (child->kind == ExprKind::lambda) {
      if (lambda) return std::unexpected(unsupported_feature("the function " + name + " with two lambdas"));
      lambda = child.get();
      continue;
    }
    TRY(auto argument, this->expression(*child, scope));
    arguments.push_back(std::move(argument));
  }
  if (lambda) return higher_order(name, *lambda, arguments, scope);

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
