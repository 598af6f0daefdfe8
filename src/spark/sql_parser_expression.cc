#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "engine/session.h"
#include "spark/errors.h"
#include "spark/sql_parser.h"

namespace axonite::spark {
namespace {

constexpr int kDepthMax = 200;

// From loose to tight.
enum Binding { kOr = 1, kAnd, kNot, kCompare, kBitOr, kBitXor, kBitAnd, kAdd, kMultiply, kUnary };

struct Operator {
  std::string_view symbol, function;
  int binding;
};
constexpr Operator kOperators[] = {{"=", "==", kCompare}, {"==", "==", kCompare}, {"<>", "!=", kCompare}, {"!=", "!=", kCompare}, {"<=>", "<=>", kCompare}, {"<", "<", kCompare}, {"<=", "<=", kCompare},
                                   {">", ">", kCompare}, {">=", ">=", kCompare}, {"|", "|", kBitOr}, {"^", "^", kBitXor}, {"&", "&", kBitAnd}, {"+", "+", kAdd}, {"-", "-", kAdd}, {"||", "||", kAdd},
                                   {"*", "*", kMultiply}, {"/", "/", kMultiply}, {"%", "%", kMultiply}};

ExprPtr negated(ExprPtr expr) { return call("not", {std::move(expr)}); }

}  // namespace

Result<ExprPtr> Parser::expression(int binding) {
  if (++depth_ > kDepthMax) return std::unexpected(syntax_error("an expression that is nested so deeply"));
  auto out = [&]() -> Result<ExprPtr> {
    TRY(auto left, prefix());
    bool went_on = true;
    while (went_on) {
      TRY(left, infix(left, binding, went_on));
    }
    return left;
  }();
  --depth_;
  return out;
}

Result<ExprPtr> Parser::infix(ExprPtr left, int binding, bool& went_on) {
  went_on = false;
  auto take = [&](std::string_view word, int own, const char* function) -> Result<ExprPtr> {
    if (!is_word(word) || own <= binding) return nullptr;
    ++at_;
    went_on = true;
    TRY(auto right, expression(own));
    return call(function, {left, std::move(right)});
  };
  for (auto [word, own, function] : {std::tuple{"OR", int(kOr), "or"}, {"AND", int(kAnd), "and"}, {"DIV", int(kMultiply), "div"}, {"MOD", int(kMultiply), "%"}}) {
    TRY(auto made, take(word, own, function));
    if (made) return made;
  }
  if (token().kind == Token::Kind::symbol)
    for (auto& op : kOperators) {
      if (op.symbol != token().text || op.binding <= binding) continue;
      ++at_;
      went_on = true;
      TRY(auto right, expression(op.binding));
      return call(std::string(op.function), {left, std::move(right)});
    }
  if (kCompare > binding) return predicate(std::move(left), went_on);
  return left;
}

// IS NULL, IN, BETWEEN, LIKE and their negations.
Result<ExprPtr> Parser::predicate(ExprPtr left, bool& went_on) {
  went_on = true;
  if (take_word("IS")) {
    bool no = take_word("NOT");
    if (take_word("NULL")) return call(no ? "isnotnull" : "isnull", {left});
    if (take_word("TRUE")) return no ? negated(call("<=>", {left, literal({TypeKind::boolean}, "true", "true")})) : call("<=>", {left, literal({TypeKind::boolean}, "true", "true")});
    if (take_word("FALSE")) return no ? negated(call("<=>", {left, literal({TypeKind::boolean}, "false", "false")})) : call("<=>", {left, literal({TypeKind::boolean}, "false", "false")});
    if (take_words({"DISTINCT", "FROM"})) {
      TRY(auto right, expression(kCompare));
      auto same = call("<=>", {left, std::move(right)});
      return no ? same : negated(same);
    }
    return std::unexpected(here());
  }
  bool no = is_word("NOT") && (is_word("IN", 1) || is_word("BETWEEN", 1) || is_word("LIKE", 1) || is_word("ILIKE", 1) || is_word("RLIKE", 1) || is_word("REGEXP", 1));
  if (no) ++at_;
  auto done = [&](ExprPtr expr) { return no ? negated(std::move(expr)) : expr; };
  if (take_word("BETWEEN")) {
    TRY(auto low, expression(kCompare));
    CHECK_OK(expect_word("AND"));
    TRY(auto high, expression(kCompare));
    return done(call("and", {call(">=", {left, std::move(low)}), call("<=", {left, std::move(high)})}));
  }
  for (auto word : {"LIKE", "ILIKE", "RLIKE", "REGEXP"})
    if (take_word(word)) {
      TRY(auto pattern, expression(kCompare));
      if (is_word("ESCAPE")) return std::unexpected(unsupported_feature("LIKE with ESCAPE"));
      return done(call(word == std::string_view("REGEXP") ? "rlike" : text::to_lower(word), {left, std::move(pattern)}));
    }
  if (take_word("IN")) {
    CHECK_OK(expect_symbol("("));
    if (is_word("SELECT") || is_word("WITH")) {
      TRY(auto inner, query());
      CHECK_OK(expect_symbol(")"));
      return done(std::make_shared<Expr>(Expr{.kind = ExprKind::in_subquery, .children = {left}, .subquery = std::move(inner)}));
    }
    TRY(auto list, expression_list());
    CHECK_OK(expect_symbol(")"));
    list.insert(list.begin(), left);
    return done(call("in", std::move(list)));
  }
  went_on = false;
  return left;
}

Result<ExprPtr> Parser::prefix() {
  if (take_word("NOT") || take_symbol("!")) {
    TRY(auto child, expression(kNot));
    return negated(std::move(child));
  }
  if (is_symbol("-") && token(1).kind == Token::Kind::number) {
    auto digits = token(1).text;
    at_ += 2;
    TRY(auto value, number(digits, true));
    return postfix(std::move(value));
  }
  if (take_symbol("-")) {
    TRY(auto child, expression(kUnary));
    return call("unary_minus", {std::move(child)});
  }
  if (take_symbol("+")) return expression(kUnary);
  if (take_symbol("~")) {
    TRY(auto child, expression(kUnary));
    return call("~", {std::move(child)});
  }
  TRY(auto value, primary());
  return postfix(std::move(value));
}

Result<ExprPtr> Parser::postfix(ExprPtr left) {
  while (true) {
    if (take_symbol("[")) {
      TRY(auto key, expression());
      CHECK_OK(expect_symbol("]"));
      left = std::make_shared<Expr>(Expr{.kind = ExprKind::extract, .children = {left, std::move(key)}});
    } else if (is_symbol(".") && left->kind != ExprKind::attribute && left->kind != ExprKind::star && left->kind != ExprKind::literal) {
      ++at_;
      TRY(auto field, name());
      left = std::make_shared<Expr>(Expr{.kind = ExprKind::extract, .children = {left, string_literal(field)}});
    } else if (take_symbol("::")) {
      TRY(auto to, type());
      left = std::make_shared<Expr>(Expr{.kind = ExprKind::cast, .children = {left}, .type = std::move(to)});
    } else {
      return left;
    }
  }
}

Result<ExprPtr> Parser::number(const std::string& text, bool negative) {
  auto end = text.find_first_not_of("0123456789.");
  bool exponent = end != std::string::npos && (text[end] == 'e' || text[end] == 'E') && end + 1 < text.size();
  if (exponent) end = text.find_first_not_of("0123456789+-", end + 1);
  auto digits = (negative ? "-" : "") + text.substr(0, end);
  auto suffix = end == std::string::npos ? std::string() : text::to_upper(std::string_view(text).substr(end));
  auto of = [&](TypeKind kind) { return literal({kind}, "'" + digits + "'", digits); };
  if (suffix == "L") return of(TypeKind::long_);
  if (suffix == "S") return of(TypeKind::short_);
  if (suffix == "Y") return of(TypeKind::byte);
  if (suffix == "F") return of(TypeKind::float_);
  if (suffix == "D" || (suffix.empty() && exponent)) return of(TypeKind::double_);
  if (!suffix.empty() && suffix != "BD") return std::unexpected(syntax_error(text));
  auto dot = digits.find('.');
  if (dot == std::string::npos && suffix.empty())
    if (auto value = text::parse_int<std::int64_t>(digits)) return integer_literal(*value);
  int scale = dot == std::string::npos ? 0 : static_cast<int>(digits.size() - dot - 1);
  auto figures = text::replace_all(text::replace_all(digits, "-", ""), ".", "");
  figures.erase(0, std::min(figures.find_first_not_of('0'), figures.size()));
  int precision = std::max({static_cast<int>(figures.size()), scale, 1});
  if (precision > 38) return std::unexpected(syntax_error(text));
  return literal(decimal_type(precision, scale), "'" + digits + "'", digits);
}

Result<ExprPtr> Parser::parameter() {
  if (take_symbol("?")) {
    if (next_parameter_ >= arguments_.positional.size()) return std::unexpected(condition(Error::Kind::invalid, "UNBOUND_SQL_PARAMETER", "42P02", "Found the unbound parameter: _?."));
    return arguments_.positional[next_parameter_++];
  }
  CHECK_OK(expect_symbol(":"));
  TRY(auto wanted, name());
  auto at = arguments_.named.find(wanted);
  if (at == arguments_.named.end()) return std::unexpected(condition(Error::Kind::invalid, "UNBOUND_SQL_PARAMETER", "42P02", "Found the unbound parameter: " + wanted + ".", {{"name", wanted}}));
  return at->second;
}

Result<ExprPtr> Parser::primary() {
  auto& now = token();
  if (now.kind == Token::Kind::number) {
    ++at_;
    return number(now.text, false);
  }
  if (now.kind == Token::Kind::string) {
    std::string value;
    while (token().kind == Token::Kind::string) value += tokens_[at_++].text;
    return string_literal(value);
  }
  if (is_symbol("?") || is_symbol(":")) return parameter();
  if (take_symbol("*")) return std::make_shared<Expr>(Expr{.kind = ExprKind::star});
  if (is_symbol("(")) {
    // (x, y) -> …
    std::size_t ahead = 1;
    std::vector<std::string> names;
    while (token(ahead).kind == Token::Kind::word && (is_symbol(",", ahead + 1) || is_symbol(")", ahead + 1))) {
      names.push_back(token(ahead).text);
      ahead += 2;
      if (is_symbol(")", ahead - 1)) break;
    }
    if (!names.empty() && is_symbol(")", ahead - 1) && is_symbol("->", ahead)) {
      at_ += ahead + 1;
      return lambda_body(std::move(names));
    }
    ++at_;
    if (is_word("SELECT") || is_word("WITH") || is_word("VALUES")) {
      TRY(auto inner, query());
      CHECK_OK(expect_symbol(")"));
      return std::make_shared<Expr>(Expr{.kind = ExprKind::scalar_subquery, .subquery = std::move(inner)});
    }
    TRY(auto list, expression_list());
    CHECK_OK(expect_symbol(")"));
    if (list.size() == 1) return list[0];
    return call("struct", std::move(list));
  }
  if (now.kind == Token::Kind::word || now.kind == Token::Kind::quoted_name) return word_expression();
  return std::unexpected(here());
}

Result<ExprPtr> Parser::lambda_body(std::vector<std::string> names) {
  lambda_names_.push_back(names);
  auto body = expression();
  lambda_names_.pop_back();
  if (!body) return body;
  return std::make_shared<Expr>(Expr{.kind = ExprKind::lambda, .names = std::move(names), .children = {std::move(*body)}});
}

Result<ExprPtr> Parser::cast_call(CastMode mode) {
  at_ += 2;
  TRY(auto child, expression());
  CHECK_OK(expect_word("AS"));
  TRY(auto to, type());
  CHECK_OK(expect_symbol(")"));
  return std::make_shared<Expr>(Expr{.kind = ExprKind::cast, .children = {std::move(child)}, .type = std::move(to), .cast_mode = mode});
}

Result<ExprPtr> Parser::interval() {
  ++at_;
  bool negative = take_symbol("-");
  auto value = token();
  if (value.kind != Token::Kind::string && value.kind != Token::Kind::number) return std::unexpected(here());
  ++at_;
  TRY(auto unit, name());
  unit = text::to_lower(unit);
  if (unit.ends_with('s')) unit.pop_back();
  for (auto known : {"year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond"})
    if (unit == known) {
      auto digits = (negative ? "-" : "") + std::string(text::trim(value.text));
      if (is_word("TO")) return std::unexpected(unsupported_feature("intervals with several fields"));
      return call("make_interval_literal", {string_literal(digits), string_literal(unit)});
    }
  return std::unexpected(unsupported_feature("the interval unit " + unit));
}

Result<ExprPtr> Parser::word_expression() {
  bool word = token().kind == Token::Kind::word;
  if (word && is_word("CASE")) return case_expression();
  if (word && is_symbol("(", 1) && (is_word("CAST") || is_word("TRY_CAST"))) return cast_call(is_word("CAST") ? CastMode::ansi : CastMode::try_);
  if (word && is_word("INTERVAL") && (token(1).kind == Token::Kind::string || token(1).kind == Token::Kind::number || is_symbol("-", 1))) return interval();
  if (take_word("NULL")) return literal({TypeKind::null}, std::nullopt, "NULL");
  if (take_word("TRUE")) return literal({TypeKind::boolean}, "true", "true");
  if (take_word("FALSE")) return literal({TypeKind::boolean}, "false", "false");
  if (word && token(1).kind == Token::Kind::string && (is_word("DATE") || is_word("TIMESTAMP") || is_word("TIMESTAMP_NTZ"))) {
    TRY(auto to, parse_type(token().text));
    auto value = token(1).text;
    auto shown = text::to_upper(token().text) + " '" + value + "'";
    at_ += 2;
    return literal(std::move(to), engine::quote_literal(value), shown);
  }
  if (word && is_word("X") && token(1).kind == Token::Kind::string) {
    auto digits = token(1).text;
    if (!text::hex_decode(digits)) return std::unexpected(syntax_error(digits));
    at_ += 2;
    return literal({TypeKind::binary}, "unhex('" + digits + "')", "X'" + text::to_upper(digits) + "'");
  }
  if (word && is_word("EXISTS") && is_symbol("(", 1) && (is_word("SELECT", 2) || is_word("WITH", 2))) {
    at_ += 2;
    TRY(auto inner, query());
    CHECK_OK(expect_symbol(")"));
    return std::make_shared<Expr>(Expr{.kind = ExprKind::exists, .subquery = std::move(inner)});
  }
  if (word && is_reserved(token().text) && !is_symbol("(", 1)) return std::unexpected(here());
  if (word && is_symbol("->", 1)) {
    auto variable = token().text;
    at_ += 2;
    return lambda_body({variable});
  }
  TRY(auto first, name());
  if (word && is_symbol("(")) return function_call(std::move(first));
  for (auto constant : {"current_date", "current_timestamp", "current_user"})
    if (word && text::equals_ignoring_case(first, constant)) return call(constant, {});
  std::vector<std::string> parts{std::move(first)};
  while (is_symbol(".") && (token(1).kind == Token::Kind::word || token(1).kind == Token::Kind::quoted_name || is_symbol("*", 1))) {
    ++at_;
    if (take_symbol("*")) return std::make_shared<Expr>(Expr{.kind = ExprKind::star, .names = std::move(parts)});
    TRY(auto part, name());
    parts.push_back(std::move(part));
  }
  return attribute(std::move(parts));
}

Result<ExprPtr> Parser::case_expression() {
  ++at_;
  ExprPtr subject;
  if (!is_word("WHEN")) {
    TRY(subject, expression());
  }
  std::vector<ExprPtr> children;
  while (take_word("WHEN")) {
    TRY(auto when, expression());
    CHECK_OK(expect_word("THEN"));
    TRY(auto then, expression());
    children.push_back(subject ? call("==", {subject, std::move(when)}) : std::move(when));
    children.push_back(std::move(then));
  }
  if (children.empty()) return std::unexpected(here());
  if (take_word("ELSE")) {
    TRY(auto otherwise, expression());
    children.push_back(std::move(otherwise));
  }
  CHECK_OK(expect_word("END"));
  return call("when", std::move(children));
}

Result<ExprPtr> Parser::function_call(std::string name) {
  CHECK_OK(expect_symbol("("));
  Expr out{.kind = ExprKind::function, .names = {text::to_lower(name)}};
  auto& lower = out.names[0];
  if (lower == "extract" && token(1).kind == Token::Kind::word && is_word("FROM", 1)) {
    TRY(auto part, this->name());
    ++at_;
    out.children.push_back(string_literal(part));
  }
  out.distinct = take_word("DISTINCT");
  if (!out.distinct) take_word("ALL");
  if (!is_symbol(")")) {
    TRY(auto children, expression_list());
    out.children.insert(out.children.end(), children.begin(), children.end());
  }
  CHECK_OK(expect_symbol(")"));
  // datediff(DAY, a, b) and dateadd(DAY, 1, a) name a unit first.
  if (take_words({"IGNORE", "NULLS"})) out.ignore_nulls = true;
  else take_words({"RESPECT", "NULLS"});
  if (is_word("FILTER") && is_symbol("(", 1)) {
    at_ += 2;
    CHECK_OK(expect_word("WHERE"));
    TRY(out.filter, expression());
    CHECK_OK(expect_symbol(")"));
  }
  ExprPtr made = std::make_shared<Expr>(std::move(out));
  if (take_word("OVER")) return window_of(std::move(made));
  return made;
}

Result<FrameBound> Parser::frame_bound() {
  if (take_words({"CURRENT", "ROW"})) return FrameBound{FrameBound::Kind::current_row};
  if (take_word("UNBOUNDED")) {
    if (!take_word("PRECEDING")) CHECK_OK(expect_word("FOLLOWING"));
    return FrameBound{FrameBound::Kind::unbounded};
  }
  auto value = text::parse_int<std::int64_t>(token().text);
  if (!value) return std::unexpected(here());
  ++at_;
  if (take_word("PRECEDING")) return FrameBound{FrameBound::Kind::value, -*value};
  CHECK_OK(expect_word("FOLLOWING"));
  return FrameBound{FrameBound::Kind::value, *value};
}

Result<ExprPtr> Parser::window_of(ExprPtr function) {
  CHECK_OK(expect_symbol("("));
  Expr out{.kind = ExprKind::window, .children = {std::move(function)}};
  if (take_words({"PARTITION", "BY"}) || take_words({"DISTRIBUTE", "BY"})) {
    TRY(auto keys, expression_list());
    out.children.insert(out.children.end(), keys.begin(), keys.end());
  }
  if (take_words({"ORDER", "BY"}) || take_words({"SORT", "BY"})) {
    TRY(out.order, sort_keys());
  }
  if (is_word("ROWS") || is_word("RANGE")) {
    Frame frame{.rows = is_word("ROWS")};
    ++at_;
    bool between = take_word("BETWEEN");
    TRY(frame.lower, frame_bound());
    frame.upper = {FrameBound::Kind::current_row};
    if (between) {
      CHECK_OK(expect_word("AND"));
      TRY(frame.upper, frame_bound());
    }
    out.frame = frame;
  }
  CHECK_OK(expect_symbol(")"));
  return std::make_shared<Expr>(std::move(out));
}

Result<std::vector<ExprPtr>> Parser::expression_list() {
  std::vector<ExprPtr> list;
  do {
    TRY(auto item, expression());
    if (take_word("AS")) {  // struct(a AS b)
      TRY(auto named, name());
      item = alias(std::move(item), named);
    }
    list.push_back(std::move(item));
  } while (take_symbol(","));
  return list;
}

Result<std::vector<SortKey>> Parser::sort_keys() {
  std::vector<SortKey> keys;
  do {
    SortKey key;
    TRY(key.child, expression());
    key.ascending = !take_word("DESC");
    if (key.ascending) take_word("ASC");
    key.nulls_first = key.ascending;
    if (take_words({"NULLS", "FIRST"})) key.nulls_first = true;
    else if (take_words({"NULLS", "LAST"})) key.nulls_first = false;
    keys.push_back(std::move(key));
  } while (take_symbol(","));
  return keys;
}

// As text, to the reader of types: tokens up to where the brackets close.
Result<DataType> Parser::type() {
  std::string text;
  int open = 0;
  while (token().kind != Token::Kind::end) {
    if (is_symbol("<") || is_symbol("(")) ++open;
    if (is_symbol(">") || is_symbol(")")) --open;
    if (open < 0) break;
    text += token().text + " ";
    ++at_;
    if (open == 0 && !is_symbol("<") && !is_symbol("(")) break;
  }
  return parse_type(text);
}

}  // namespace axonite::spark
