// Operators: comparison by collation, T-SQL's arithmetic with its types, LIKE patterns.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tsql/binder.h"
#include "tsql/convert.h"
#include "tsql/failure.h"

namespace axonite::tsql {
namespace {

Error invalid_operands(const Type& left, const Type& right, std::string_view op, int line) {
  static constexpr std::pair<std::string_view, std::string_view> words[] = {{"+", "add"}, {"-", "subtract"}, {"*", "multiply"}, {"/", "divide"}, {"%", "modulo"}};
  std::string_view word = op;
  for (auto& [symbol, name] : words)
    if (symbol == op) word = name;
  return failure(402, fmt::format("The data types {} and {} are incompatible in the {} operator.", type_base_name(left.id), type_base_name(right.id), word), line);
}

Type string_sum(const Type& left, const Type& right) {
  Type type{.id = is_unicode(left.id) || is_unicode(right.id) ? TypeId::nvarchar : TypeId::varchar};
  int most = is_unicode(type.id) ? 4000 : 8000;
  type.length = left.length < 0 || right.length < 0 ? -1 : std::min(most, left.length + right.length);
  return type;
}

// "Precision, scale, and length (Transact-SQL)": what is past 38 digits is taken from the scale, but not below 6.
Type capped(int precision, int scale) {
  if (precision > 38) {
    int whole = precision - scale;
    scale = whole < 32 ? std::min(scale, 38 - whole) : std::min(scale, 6);
    precision = 38;
  }
  return {.id = TypeId::decimal, .precision = std::max(1, precision), .scale = std::max(0, scale)};
}

Type decimal_result(const Type& a, const Type& b, char op) {
  int whole = std::max(a.precision - a.scale, b.precision - b.scale);
  switch (op) {
    case '*': return capped(a.precision + b.precision + 1, a.scale + b.scale);
    case '/': {
      int scale = std::max(6, a.scale + b.precision + 1);
      return capped(a.precision - a.scale + b.scale + scale, scale);
    }
    case '%': return capped(std::min(a.precision - a.scale, b.precision - b.scale) + std::max(a.scale, b.scale), std::max(a.scale, b.scale));
    default: return capped(whole + std::max(a.scale, b.scale) + 1, std::max(a.scale, b.scale));
  }
}

// An integer constant has as many digits as it is written with, any other int ten.
Type operand_decimal(const Bound& operand) {
  Type type = as_decimal(operand.type);
  bool constant = operand.literal && operand.sql.find_first_not_of("0123456789") == std::string::npos;
  if (constant && is_integer(operand.type.id)) type.precision = std::max<int>(1, static_cast<int>(operand.sql.size()));
  return type;
}

// The integer with its point set, as text of a decimal.
std::string pointed(const std::string& integer, int scale) {
  return scale > 0 ? fmt::format("axonite.pointed({}, {})", integer, scale) : integer;
}

std::string decimal_sql(const Bound& left, const Bound& right, const Type& a, const Type& b, const Type& result, char op) {
  std::string target = engine_type_text(result);
  if (op == '/') {
    // Exact: unscaled integers, then the point is set in the text.
    int shift = result.scale + b.scale - a.scale;
    if (shift < 0 || a.precision + shift > 38)
      return fmt::format("CAST({} AS {})", pointed(fmt::format("axonite.quotient({}, {}, {})", left.sql, right.sql, result.scale), result.scale), target);
    std::string up = shift > 0 ? fmt::format(" * CAST('1{}' AS HUGEINT)", std::string(static_cast<std::size_t>(shift), '0')) : "";
    return fmt::format("CAST({} AS {})", pointed(fmt::format("(axonite.unscaled({}){}) // axonite.divisor(axonite.unscaled({}))", left.sql, up, right.sql), result.scale), target);
  }
  std::string divisor = op == '%' ? fmt::format("axonite.divisor({})", right.sql) : right.sql;
  // DuckDB multiplies within 38 digits of declared width only: beyond, by the digits that the values really have.
  if (op == '*' && a.precision + b.precision > 38)
    return fmt::format("CAST({} AS {})", pointed(fmt::format("axonite.product({}, {}, {})", left.sql, right.sql, result.scale), result.scale), target);
  return fmt::format("CAST(({} {} {}) AS {})", left.sql, op, divisor, target);
}

std::string regex_of_like(std::string_view pattern, std::string_view escape, bool binary) {
  std::string regex = binary ? "(?s)" : "(?is)";
  auto quote = [&](char c) {
    if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) regex += '\\';
    regex += c;
  };
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    char c = pattern[i];
    if (!escape.empty() && c == escape[0] && i + 1 < pattern.size()) {
      quote(pattern[++i]);
    } else if (c == '%') {
      regex += ".*";
    } else if (c == '_') {
      regex += '.';
    } else if (c == '[' && pattern.find(']', i + 1) != std::string_view::npos) {
      std::size_t close = pattern.find(']', i + (i + 1 < pattern.size() && pattern[i + 1] == ']' ? 2 : 1));
      if (close == std::string_view::npos) close = pattern.find(']', i + 1);
      std::string_view body = pattern.substr(i + 1, close - i - 1);
      regex += '[';
      for (std::size_t k = 0; k < body.size(); ++k) {
        if (body[k] == '\\' || body[k] == '[' || body[k] == ']' || (body[k] == '^' && k > 0)) regex += '\\';
        regex += body[k];
      }
      regex += ']';
      i = close;
    } else {
      quote(c);
    }
  }
  return regex;
}

}  // namespace

Result<Bound> Binder::comparison(Bound left, Bound right, std::string_view op, int line) {
  if (op == "!=") op = "<>";
  if (op == "!<") op = ">=";
  if (op == "!>") op = "<=";
  bool strings = is_string(left.type.id) && is_string(right.type.id);
  if (left.null_literal || right.null_literal) {
    return Bound{.sql = "CAST(NULL AS BOOLEAN)", .type = {.id = TypeId::bit}, .predicate = true};
  }
  if (strings) left.type.binary_collation = right.type.binary_collation = left.type.binary_collation || right.type.binary_collation;
  else {
    Type common = common_type(left.type, right.type);
    // Fractions of different length compare as they are.
    bool same_engine = engine_type_text(left.type) == engine_type_text(right.type) && left.type.id == right.type.id;
    bool numbers = is_numeric(left.type.id) && is_numeric(right.type.id) && left.type.id != TypeId::bit && right.type.id != TypeId::bit;
    if (!same_engine && !numbers) {
      TRY(left, convert(std::move(left), common, Conversion::implicit, {}, {}, line));
      TRY(right, convert(std::move(right), common, Conversion::implicit, {}, {}, line));
    }
  }
  return Bound{.sql = fmt::format("({} {} {})", comparison_key(left), op, comparison_key(right)), .type = {.id = TypeId::bit}, .predicate = true, .derivation = Derivation::transformation};
}

Result<Bound> Binder::arithmetic(Bound left, Bound right, std::string_view op, int line) {
  Bound result{.derivation = std::max({left.derivation, right.derivation, Derivation::transformation})};
  result.origins = left.origins;
  result.origins.insert(right.origins.begin(), right.origins.end());
  bool nullable = left.type.nullable || right.type.nullable;
  if (left.null_literal && right.null_literal) left.type.id = right.type.id = TypeId::int_;
  else if (left.null_literal) left.type = right.type;
  else if (right.null_literal) right.type = left.type;
  for (Bound* side : {&left, &right})
    if (side->null_literal) side->sql = fmt::format("CAST(NULL AS {})", engine_type_text(side->type));
  auto finish = [&](Type type, std::string sql) {
    result.type = type;
    result.type.nullable = nullable;
    result.sql = std::move(sql);
    return result;
  };
  if (is_string(left.type.id) && is_string(right.type.id)) {
    if (op != "+") return std::unexpected(invalid_operands(left.type, right.type, op, line));
    // A constant NULL on either side would take the type from the sum.
    return finish(string_sum(left.type, right.type), fmt::format("CAST(({} || {}) AS VARCHAR)", left.sql, right.sql));
  }
  auto is_classic = [](const Type& t) { return t.id == TypeId::datetime || t.id == TypeId::smalldatetime; };
  if ((is_classic(left.type) || is_classic(right.type)) && (op == "+" || op == "-")) {
    Type type = common_type(left.type, right.type);
    TRY(left, convert(std::move(left), type, Conversion::implicit, {}, {}, line));
    TRY(right, convert(std::move(right), type, Conversion::implicit, {}, {}, line));
    return finish(type, fmt::format("make_timestamp(epoch_us({}) {} (epoch_us({}) + 2208988800000000))", left.sql, op, right.sql));
  }
  Type type = common_type(left.type, right.type);
  bool bits = op == "&" || op == "|" || op == "^";
  bool valid = is_numeric(type.id) && (!bits || is_integer(type.id)) && !(op == "%" && !is_exact_numeric(type.id));
  if (!valid || is_binary(left.type.id) || is_binary(right.type.id)) return std::unexpected(invalid_operands(left.type, right.type, op, line));
  if (type.id == TypeId::bit && !bits) type.id = TypeId::int_;
  if (type.id == TypeId::decimal) {
    // A string, unlike a number, takes the other side's decimal type.
    if (is_string(left.type.id)) { TRY(left, convert(std::move(left), right.type, Conversion::implicit, {}, {}, line)); }
    if (is_string(right.type.id)) { TRY(right, convert(std::move(right), left.type, Conversion::implicit, {}, {}, line)); }
    Type a = operand_decimal(left), b = operand_decimal(right);
    TRY(left, convert(std::move(left), a, Conversion::implicit, {}, {}, line));
    TRY(right, convert(std::move(right), b, Conversion::implicit, {}, {}, line));
    Type target = decimal_result(a, b, op[0]);
    return finish(target, decimal_sql(left, right, a, b, target, op[0]));
  }
  TRY(left, convert(std::move(left), type, Conversion::implicit, {}, {}, line));
  TRY(right, convert(std::move(right), type, Conversion::implicit, {}, {}, line));
  std::string engine_type = engine_type_text(type);
  bool money = type.id == TypeId::money || type.id == TypeId::smallmoney;
  if (money && (op == "/" || op == "*"))
    return finish(type, fmt::format("CAST(axonite.pointed(axonite.{}({}, {}, 4), 4) AS {})", op == "/" ? "quotient" : "product", left.sql, right.sql, engine_type));
  if (op == "/" || op == "%") {
    bool nonzero = right.literal && text::parse_int<int>(right.sql).value_or(0) != 0;
    std::string divisor = nonzero ? right.sql : fmt::format("axonite.divisor({})", right.sql);
    std::string symbol = op == "%" ? "%" : is_integer(type.id) ? "//" : "/";
    return finish(type, fmt::format("CAST(({} {} {}) AS {})", left.sql, symbol, divisor, engine_type));
  }
  if (op == "^") return finish(type, fmt::format("CAST(xor(CAST({} AS BIGINT), CAST({} AS BIGINT)) AS {})", left.sql, right.sql, engine_type));
  if (type.id == TypeId::bit) return finish(type, fmt::format("({} {} {})", left.sql, op == "&" ? "AND" : "OR", right.sql));
  return finish(type, fmt::format("CAST(({} {} {}) AS {})", left.sql, op, right.sql, engine_type));
}

Result<Bound> Binder::binary(const Expression& e, Scope* scope) {
  // a + b + c + … is a left-deep tree of any length: walk down the left side first.
  std::vector<const Expression*> chain;
  const Expression* at = &e;
  while (at->kind == Expression::Kind::binary_operator) {
    chain.push_back(at);
    at = at->children[0].get();
    if (scope && scope->grouped && !scope->plain) break;
  }
  TRY(Bound left, value(*at, scope));
  for (auto node = chain.rbegin(); node != chain.rend(); ++node) {
    const std::string& op = (*node)->text;
    TRY(Bound right, value(*(*node)->children[1], scope));
    static constexpr std::string_view arithmetic_operators = "+-*/%&|^";
    bool is_arithmetic = op.size() == 1 && arithmetic_operators.find(op[0]) != std::string_view::npos;
    if (left.predicate) return std::unexpected(syntax_error(op, (*node)->line));
    TRY(left, is_arithmetic ? arithmetic(std::move(left), std::move(right), op, (*node)->line)
                            : comparison(std::move(left), std::move(right), op, (*node)->line));
  }
  return left;
}

Result<Bound> Binder::like(const Expression& e, Scope* scope) {
  TRY(auto list, values(e.children, scope));
  for (Bound& item : list)
    if (!is_string(item.type.id) || item.null_literal) {
      TRY(item, convert(std::move(item), {.id = TypeId::nvarchar, .length = 4000}, Conversion::implicit, {}, {}, e.line));
    }
  std::string escape = list.size() > 2 ? list[2].literal_text : "";
  if (list.size() > 2 && escape.size() != 1)
    return std::unexpected(failure(506, fmt::format("The invalid escape character \"{}\" was specified in a LIKE predicate.", escape), e.line));
  std::string sql;
  bool binary = list[0].type.binary_collation || list[1].type.binary_collation;
  std::string_view like = binary ? "LIKE" : "ILIKE";
  if (list[1].literal) {
    const std::string& pattern = list[1].literal_text;
    if (pattern.find('[') != std::string::npos || !escape.empty())
      sql = fmt::format("regexp_full_match({}, {})", list[0].sql, engine::quote_literal(regex_of_like(pattern, escape, binary)));
    else
      sql = fmt::format("({} {} {})", list[0].sql, like, list[1].sql);
  } else {
    sql = fmt::format("({} {} axonite.like_pattern({}))", list[0].sql, like, list[1].sql);
  }
  return Bound{.sql = e.negated ? fmt::format("(NOT {})", sql) : sql, .type = {.id = TypeId::bit}, .predicate = true};
}

}  // namespace axonite::tsql
