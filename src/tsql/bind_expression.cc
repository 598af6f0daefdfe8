#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tsql/binder.h"
#include "tsql/convert.h"
#include "tsql/failure.h"

namespace axonite::tsql {
using Kind = Expression::Kind;

namespace {

constexpr int kDepthMax = 512;

Bound predicate_of(std::string sql) {
  return {.sql = std::move(sql), .type = {.id = TypeId::bit}, .predicate = true, .derivation = Derivation::transformation};
}

}  // namespace

Result<Type> Binder::type(const TypeSpec& spec, int line, bool in_cast) {
  static constexpr std::string_view absent[] = {"xml", "sql_variant", "text", "ntext", "image", "geography", "geometry", "hierarchyid", "cursor"};
  for (std::string_view name : absent)
    if (text::equals_ignoring_case(spec.name, name))
      return std::unexpected(failure(104467, fmt::format("Type '{}' is not a supported type.", spec.name), line));
  if (auto type = make_type(spec.name, spec.first, spec.second, in_cast)) return *type;
  if (make_type(spec.name, std::nullopt, std::nullopt))
    return std::unexpected(failure(2750, fmt::format("The size or precision given to the type '{}' exceeds the maximum allowed.", spec.name), line));
  return std::unexpected(failure(243, fmt::format("Type {} is not a defined system type.", spec.name), line));
}

Result<Bound> Binder::value(const Expression& expression, Scope* scope) {
  TRY(Bound bound, any(expression, scope));
  if (bound.predicate) return std::unexpected(syntax_error(expression.text.empty() ? "the condition" : expression.text, expression.line));
  return bound;
}

Result<Bound> Binder::condition(const Expression& expression, Scope* scope) {
  TRY(Bound bound, any(expression, scope));
  if (!bound.predicate)
    return std::unexpected(failure(4145, fmt::format("An expression of non-boolean type specified in a context where a condition is expected, near '{}'.", expression.name.empty() ? expression.text : expression.name.back()), expression.line));
  return bound;
}

Result<std::vector<Bound>> Binder::values(const std::vector<ExpressionPtr>& expressions, Scope* scope) {
  std::vector<Bound> list;
  for (const auto& expression : expressions) {
    TRY(Bound bound, value(*expression, scope));
    list.push_back(std::move(bound));
  }
  return list;
}

// In a grouped query an expression that equals a grouping expression stands for it.
Result<Bound> Binder::any(const Expression& expression, Scope* scope) {
  if (depth_ > kDepthMax) return std::unexpected(failure(191, "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.", expression.line, 15));
  ++depth_;
  struct Leave { int& depth; ~Leave() { --depth; } } leave{depth_};
  bool look = scope && scope->grouped && !scope->plain && !scope->keys.empty() && expression.kind != Kind::null;
  if (look && !has_aggregate(expression) && !expression.query) {
    scope->plain = true;
    auto plain = ungrouped(expression, scope);
    scope->plain = false;
    if (plain && !plain->literal) {
      for (const GroupKey& key : scope->keys) {
        if (key.sql != comparison_key(*plain)) continue;
        if (!is_string(plain->type.id)) return plain;
        plain->sql = scope->grouping_sets ? fmt::format("CASE WHEN grouping({}) = 0 THEN any_value({}) END", key.sql, plain->sql)
                                          : fmt::format("any_value({})", plain->sql);
        return plain;
      }
    }
  }
  return ungrouped(expression, scope);
}

Result<Bound> Binder::ungrouped(const Expression& expression, Scope* scope) {
  switch (expression.kind) {
    case Kind::null: return Bound{.sql = "NULL", .type = {}, .null_literal = true, .literal = true};
    case Kind::integer: case Kind::decimal: case Kind::float_: case Kind::money: case Kind::string: case Kind::nstring:
    case Kind::binary: return literal(expression);
    case Kind::column: return column(expression, scope);
    case Kind::variable: return expression.text.starts_with("@@") ? global(expression) : variable(expression);
    case Kind::unary: return unary(expression, scope);
    case Kind::binary_operator: return binary(expression, scope);
    case Kind::and_: case Kind::or_: case Kind::not_: return logical(expression, scope);
    case Kind::function: return function(expression, scope);
    case Kind::cast: return cast(expression, scope);
    case Kind::case_: return case_(expression, scope);
    case Kind::in_list: case Kind::between: return in_list(expression, scope);
    case Kind::like: return like(expression, scope);
    case Kind::in_query: case Kind::exists: case Kind::scalar_query: case Kind::quantified: return subquery(expression, scope);
    case Kind::is_null: {
      TRY(Bound operand, value(*expression.children[0], scope));
      if (operand.null_literal) return predicate_of(expression.negated ? "FALSE" : "TRUE");
      return predicate_of(fmt::format("({} IS {}NULL)", operand.sql, expression.negated ? "NOT " : ""));
    }
    case Kind::collate: {
      TRY(Bound bound, value(*expression.children[0], scope));
      if (!is_string(bound.type.id)) return std::unexpected(failure(447, fmt::format("Expression type {} is invalid for COLLATE clause.", type_base_name(bound.type.id)), expression.line));
      bound.type.binary_collation = !expression.text.empty();
      return bound;
    }
    case Kind::at_time_zone: return std::unexpected(not_supported("AT TIME ZONE", expression.line));
    case Kind::star: return std::unexpected(syntax_error("*", expression.line));
    case Kind::default_: return std::unexpected(failure(156, "Incorrect syntax near the keyword 'DEFAULT'.", expression.line));
  }
  return std::unexpected(internal("expression kind outside its enum"));
}

Result<Bound> Binder::literal(const Expression& e) {
  Bound bound{.literal = true};
  bound.type.nullable = false;
  auto numeric = [&](std::string digits) {
    auto point = digits.find('.');
    int scale = point == std::string::npos ? 0 : static_cast<int>(digits.size() - point - 1);
    std::size_t first = digits.find_first_not_of("0");
    int whole = point == std::string::npos ? static_cast<int>(digits.size() - std::min(first, digits.size()))
                                           : static_cast<int>(first < point ? point - first : 0);
    bound.type = {.id = TypeId::decimal, .precision = std::clamp(whole + scale, 1, 99), .scale = scale, .nullable = false};
    bound.sql = fmt::format("CAST({} AS {})", digits.ends_with('.') ? digits + "0" : digits, engine_type_text(bound.type));
  };
  switch (e.kind) {
    case Kind::integer:
      if (auto number = text::parse_int<std::int32_t>(e.text)) {
        bound.type.id = TypeId::int_;
        bound.sql = std::to_string(*number);
      } else {
        numeric(e.text);
      }
      break;
    case Kind::decimal: numeric(e.text); break;
    case Kind::float_:
      bound.type.id = TypeId::float_;
      bound.sql = fmt::format("CAST('{}' AS DOUBLE)", e.text);
      break;
    case Kind::money:
      bound.type.id = TypeId::money;
      bound.sql = fmt::format("CAST('{}' AS DECIMAL(19,4))", e.text);
      break;
    case Kind::binary:
      bound.type = {.id = TypeId::varbinary, .length = std::max<int>(1, static_cast<int>(e.text.size() / 2)), .nullable = false};
      bound.sql = fmt::format("from_hex('{}')", e.text);
      break;
    default: {
      bool unicode = e.kind == Kind::nstring;
      // Lengths of nvarchar are in UTF-16: what needs four bytes in UTF-8 counts twice.
      int characters = 0;
      for (unsigned char c : e.text) characters += unicode && c >= 0xF0 ? 2 : (c & 0xC0) != 0x80;
      int most = unicode ? 4000 : 8000;
      bound.type = {.id = unicode ? TypeId::nvarchar : TypeId::varchar, .length = characters > most ? -1 : std::max(1, characters), .nullable = false};
      bound.literal_text = e.text;
      bound.sql = engine::quote_literal(e.text);
    }
  }
  if (bound.type.id == TypeId::decimal && bound.type.precision > 38)
    return std::unexpected(failure(1007, fmt::format("The number '{}' is out of the range for numeric representation (maximum precision 38).", e.text), e.line, 15));
  return bound;
}

Result<Bound> Binder::column_in_group(Bound found, Scope& scope, const Expression& e) {
  if (!scope.grouped || scope.plain) return found;
  for (const GroupKey& key : scope.keys) {
    if (key.sql != comparison_key(found)) continue;
    if (is_string(found.type.id)) found.sql = fmt::format("any_value({})", found.sql);
    return found;
  }
  std::string name = e.name.back();
  for (const Source& source : scope.sources)
    for (const SourceColumn& c : source.columns)
      if (c.value.sql == found.sql) name = source.alias + "." + c.name;
  return std::unexpected(failure(8120, fmt::format("Column '{}' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.", name), e.line));
}

Result<Bound> Binder::column(const Expression& e, Scope* scope) {
  const std::string& wanted = e.name.back();
  std::string_view qualifier = e.name.size() > 1 ? std::string_view(e.name[e.name.size() - 2]) : std::string_view();
  for (Scope* at = scope; at; at = at->outer) {
    const SourceColumn* found = nullptr;
    bool known_qualifier = false;
    for (const Source& source : at->sources) {
      if (!qualifier.empty() && !text::equals_ignoring_case(source.alias, qualifier)) continue;
      known_qualifier = true;
      for (const SourceColumn& candidate : source.columns) {
        if (!text::equals_ignoring_case(candidate.name, wanted)) continue;
        if (found) return std::unexpected(failure(209, fmt::format("Ambiguous column name '{}'.", wanted), e.line));
        found = &candidate;
      }
    }
    if (found) return column_in_group(found->value, *at, e);
    if (!qualifier.empty() && known_qualifier) return std::unexpected(failure(207, fmt::format("Invalid column name '{}'.", wanted), e.line));
  }
  if (!qualifier.empty()) {
    std::string full = text::join(e.name, ".");
    return std::unexpected(failure(4104, fmt::format("The multi-part identifier \"{}\" could not be bound.", full), e.line));
  }
  return std::unexpected(failure(207, fmt::format("Invalid column name '{}'.", wanted), e.line));
}

Result<Bound> Binder::variable(const Expression& e) {
  auto found = state_.variables.find(text::to_lower(e.text));
  if (found == state_.variables.end())
    return std::unexpected(failure(137, fmt::format("Must declare the scalar variable \"{}\".", e.text), e.line, 15, 2));
  return literal_bound(found->second.type, found->second.value);
}

Result<Bound> Binder::unary(const Expression& e, Scope* scope) {
  TRY(Bound operand, value(*e.children[0], scope));
  if (is_string(operand.type.id)) {
    TRY(operand, convert(std::move(operand), {.id = TypeId::int_}, Conversion::implicit, {}, {}, e.line));
  }
  if (!is_numeric(operand.type.id))
    return std::unexpected(failure(8117, fmt::format("Operand data type {} is invalid for {} operator.", type_base_name(operand.type.id), e.text == "~" ? "'~'" : "minus"), e.line));
  if (operand.null_literal || e.text == "+") return operand;
  if (operand.type.id == TypeId::tinyint || operand.type.id == TypeId::bit) {
    if (e.text == "~" && operand.type.id == TypeId::bit) {
      operand.sql = fmt::format("(NOT {})", operand.sql);
      return operand;
    }
    if (e.text == "-") {
      TRY(operand, convert(std::move(operand), {.id = TypeId::smallint}, Conversion::implicit));
    }
  }
  operand.sql = fmt::format("({} {})", e.text, operand.sql);
  if (!operand.literal) operand.derivation = std::max(operand.derivation, Derivation::transformation);
  return operand;
}

Result<Bound> Binder::logical(const Expression& e, Scope* scope) {
  if (e.kind == Kind::not_) {
    TRY(Bound operand, condition(*e.children[0], scope));
    return predicate_of(fmt::format("(NOT {})", operand.sql));
  }
  // A long chain of AND is a left-deep tree: walk it without recursion.
  std::vector<const Expression*> parts;
  const Expression* at = &e;
  while (at->kind == e.kind) {
    parts.push_back(at->children[1].get());
    at = at->children[0].get();
  }
  parts.push_back(at);
  std::string sql;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    TRY(Bound operand, condition(**part, scope));
    sql += (sql.empty() ? "(" : e.kind == Kind::and_ ? " AND " : " OR ") + operand.sql;
  }
  return predicate_of(sql + ")");
}

Result<Bound> Binder::case_(const Expression& e, Scope* scope) {
  std::size_t i = 0;
  std::optional<Bound> operand;
  if (e.has_operand) {
    TRY(Bound bound, value(*e.children[i++], scope));
    operand = std::move(bound);
  }
  std::vector<std::string> whens;
  std::vector<Bound> results;
  std::size_t end = e.children.size() - (e.has_else ? 1 : 0);
  for (; i + 1 < end + 1 && i < end; i += 2) {
    if (operand) {
      TRY(Bound when, value(*e.children[i], scope));
      TRY(Bound test, comparison(*operand, std::move(when), "=", e.line));
      whens.push_back(test.sql);
    } else {
      TRY(Bound when, condition(*e.children[i], scope));
      whens.push_back(when.sql);
    }
    TRY(Bound then, value(*e.children[i + 1], scope));
    results.push_back(std::move(then));
  }
  if (e.has_else) {
    TRY(Bound otherwise, value(*e.children.back(), scope));
    results.push_back(std::move(otherwise));
  }
  std::optional<Type> common;
  for (const Bound& result : results)
    if (!result.null_literal) common = common ? common_type(*common, result.type) : result.type;
  if (!common) return std::unexpected(failure(8133, "At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.", e.line));
  Bound bound{.type = *common, .derivation = Derivation::transformation};
  bound.type.nullable = true;
  bound.sql = "CASE";
  for (std::size_t r = 0; r < results.size(); ++r) {
    bound.origins.insert(results[r].origins.begin(), results[r].origins.end());
    bound.derivation = std::max(bound.derivation, results[r].derivation);
    TRY(Bound result, convert(std::move(results[r]), *common, Conversion::implicit, {}, {}, e.line));
    bound.sql += r < whens.size() ? fmt::format(" WHEN {} THEN {}", whens[r], result.sql) : fmt::format(" ELSE {}", result.sql);
  }
  bound.sql += " END";
  if (operand) bound.origins.insert(operand->origins.begin(), operand->origins.end());
  return bound;
}

Result<Bound> Binder::cast(const Expression& e, Scope* scope) {
  TRY(Type target, type(*e.type, e.line, true));
  TRY(Bound operand, value(*e.children[0], scope));
  std::optional<int> style;
  if (e.children.size() > 1) {
    TRY(Bound bound, value(*e.children[1], scope));
    auto number = text::parse_int<int>(bound.sql);
    if (!number && bound.sql.starts_with("CAST('")) number = text::parse_int<int>(std::string_view(bound.sql).substr(6, bound.sql.find('\'', 6) - 6));
    if (!number) return std::unexpected(not_supported("CONVERT with a style that is not a constant", e.line));
    style = *number;
  }
  bool try_ = e.text.starts_with("TRY_");
  TRY(Bound result, convert(std::move(operand), target, try_ ? Conversion::try_ : Conversion::explicit_, style, {}, e.line));
  return result;
}

Result<Bound> Binder::in_list(const Expression& e, Scope* scope) {
  TRY(auto list, values(e.children, scope));
  std::string sql;
  if (e.kind == Kind::between) {
    TRY(Bound low, comparison(list[0], list[1], ">=", e.line));
    TRY(Bound high, comparison(list[0], list[2], "<=", e.line));
    sql = fmt::format("({} AND {})", low.sql, high.sql);
  } else {
    Type common = list[0].type;
    for (std::size_t i = 1; i < list.size(); ++i)
      if (!list[i].null_literal) common = list[0].null_literal && i == 1 ? list[i].type : common_type(common, list[i].type);
    std::vector<std::string> keys;
    bool binary = std::ranges::any_of(list, [](const Bound& item) { return item.type.binary_collation; });
    for (Bound& item : list) {
      bool kept = is_string(common.id) && is_string(item.type.id);
      if (!kept) {
        TRY(item, convert(std::move(item), common, Conversion::implicit, {}, {}, e.line));
      }
      item.type.binary_collation = binary;
      keys.push_back(comparison_key(item));
    }
    std::string head = keys.front();
    keys.erase(keys.begin());
    sql = fmt::format("({} IN ({}))", head, text::join(keys, ", "));
  }
  return predicate_of(e.negated ? fmt::format("(NOT {})", sql) : sql);
}

Result<Bound> Binder::subquery(const Expression& e, Scope* scope) {
  TRY(BoundQuery bound, query(*e.query, scope));
  if (e.kind == Kind::exists) return predicate_of(fmt::format("EXISTS ({})", bound.sql));
  if (bound.columns.size() != 1)
    return std::unexpected(failure(116, "Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.", e.line));
  const OutputColumn& output = bound.columns[0];
  if (e.kind == Kind::scalar_query) {
    Bound result{.sql = fmt::format("({})", bound.sql), .type = output.type, .null_literal = output.null_literal, .origins = output.origins, .derivation = std::max(output.derivation, Derivation::transformation)};
    result.type.nullable = true;
    return result;
  }
  TRY(Bound left, value(*e.children[0], scope));
  std::string alias = fresh("q");
  Bound right{.sql = fmt::format("\"{}\".\"{}\"", alias, output.sql_name), .type = output.type};
  Type common = common_type(left.type, right.type);
  if (!(is_string(left.type.id) && is_string(right.type.id))) {
    TRY(left, convert(std::move(left), common, Conversion::implicit, {}, {}, e.line));
    TRY(right, convert(std::move(right), common, Conversion::implicit, {}, {}, e.line));
  }
  std::string op = e.kind == Kind::in_query ? (e.negated ? "NOT IN" : "IN") : fmt::format("{} {}", e.text == "!=" ? "<>" : e.text, e.distinct ? "ALL" : "ANY");
  return predicate_of(fmt::format("({} {} (SELECT {} FROM ({}) AS \"{}\"))", comparison_key(left), op, comparison_key(right), bound.sql, alias));
}

}  // namespace axonite::tsql
