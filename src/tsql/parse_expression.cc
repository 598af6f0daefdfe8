#include <fmt/format.h>

#include "base/text.h"
#include "tsql/failure.h"
#include "tsql/parser.h"

namespace axonite::tsql {
namespace {

// T-SQL: * / % bind tighter than + - & ^ |, which share one level.
int precedence_of(const Token& token) {
  if (token.kind != TokenKind::symbol) return 0;
  if (token.text == "*" || token.text == "/" || token.text == "%") return 2;
  if (token.text == "+" || token.text == "-" || token.text == "&" || token.text == "|" || token.text == "^") return 1;
  return 0;
}

bool is_comparison(const Token& token) {
  static constexpr std::string_view operators[] = {"=", "<>", "!=", "<", "<=", ">", ">=", "!<", "!>"};
  if (token.kind != TokenKind::symbol) return false;
  for (std::string_view op : operators)
    if (token.text == op) return true;
  return false;
}

}  // namespace

ExpressionPtr Parser::make(Expression::Kind kind) const {
  auto expression = std::make_unique<Expression>();
  expression->kind = kind;
  expression->line = peek().line;
  return expression;
}

Result<ExpressionPtr> Parser::expression() {
  CHECK_OK(enter());
  Depth depth(depth_);
  return or_expression();
}

Result<ExpressionPtr> Parser::or_expression() {
  TRY(auto left, and_expression());
  while (at_word("OR")) {
    auto node = make(Expression::Kind::or_);
    take();
    TRY(auto right, and_expression());
    node->children.push_back(std::move(left));
    node->children.push_back(std::move(right));
    left = std::move(node);
  }
  return left;
}

Result<ExpressionPtr> Parser::and_expression() {
  TRY(auto left, not_expression());
  while (at_word("AND")) {
    auto node = make(Expression::Kind::and_);
    take();
    TRY(auto right, not_expression());
    node->children.push_back(std::move(left));
    node->children.push_back(std::move(right));
    left = std::move(node);
  }
  return left;
}

Result<ExpressionPtr> Parser::not_expression() {
  if (!at_word("NOT")) return predicate();
  CHECK_OK(enter());
  Depth depth(depth_);
  auto node = make(Expression::Kind::not_);
  take();
  TRY(auto child, not_expression());
  node->children.push_back(std::move(child));
  return node;
}

Result<ExpressionPtr> Parser::predicate() {
  if (at_word("EXISTS")) {
    auto node = make(Expression::Kind::exists);
    take();
    CHECK_OK(expect_symbol("("));
    TRY(node->query, query());
    CHECK_OK(expect_symbol(")"));
    return node;
  }
  TRY(auto left, arithmetic(1));
  while (true) {
    if (is_comparison(peek())) {
      auto node = make(Expression::Kind::binary_operator);
      node->text = take().text;
      if (at_word("ALL") || at_word("ANY") || at_word("SOME")) {
        node->kind = Expression::Kind::quantified;
        node->distinct = take().upper == "ALL";
        CHECK_OK(expect_symbol("("));
        TRY(node->query, query());
        CHECK_OK(expect_symbol(")"));
        node->children.push_back(std::move(left));
      } else {
        TRY(auto right, arithmetic(1));
        node->children.push_back(std::move(left));
        node->children.push_back(std::move(right));
      }
      left = std::move(node);
      continue;
    }
    bool negated = at_word("NOT") && (at_word("IN", 1) || at_word("LIKE", 1) || at_word("BETWEEN", 1));
    if (!negated && !at_word("IN") && !at_word("LIKE") && !at_word("BETWEEN") && !at_word("IS")) return left;
    if (negated) take();
    TRY(left, predicate_tail(std::move(left), negated));
  }
}

Result<ExpressionPtr> Parser::predicate_tail(ExpressionPtr left, bool negated) {
  auto node = make(Expression::Kind::is_null);
  node->negated = negated;
  node->children.push_back(std::move(left));
  if (take_word("IS")) {
    node->negated = take_word("NOT");
    CHECK_OK(expect_word("NULL"));
  } else if (take_word("BETWEEN")) {
    node->kind = Expression::Kind::between;
    TRY(auto low, arithmetic(1));
    CHECK_OK(expect_word("AND"));
    TRY(auto high, arithmetic(1));
    node->children.push_back(std::move(low));
    node->children.push_back(std::move(high));
  } else if (take_word("LIKE")) {
    node->kind = Expression::Kind::like;
    TRY(auto pattern, arithmetic(1));
    node->children.push_back(std::move(pattern));
    if (take_word("ESCAPE")) {
      TRY(auto escape, arithmetic(1));
      node->children.push_back(std::move(escape));
    }
  } else {
    CHECK_OK(expect_word("IN"));
    CHECK_OK(expect_symbol("("));
    if (at_word("SELECT") || at_word("WITH")) {
      node->kind = Expression::Kind::in_query;
      TRY(node->query, query());
    } else {
      node->kind = Expression::Kind::in_list;
      TRY(auto list, expression_list());
      for (auto& item : list) node->children.push_back(std::move(item));
    }
    CHECK_OK(expect_symbol(")"));
  }
  return node;
}

Result<ExpressionPtr> Parser::arithmetic(int least) {
  TRY(auto left, unary());
  while (true) {
    int precedence = precedence_of(peek());
    if (precedence == 0 || precedence < least) return left;
    auto node = make(Expression::Kind::binary_operator);
    node->text = take().text;
    TRY(auto right, arithmetic(precedence + 1));
    node->children.push_back(std::move(left));
    node->children.push_back(std::move(right));
    left = std::move(node);
  }
}

Result<ExpressionPtr> Parser::unary() {
  if (at_symbol("-") || at_symbol("+") || at_symbol("~")) {
    CHECK_OK(enter());
    Depth depth(depth_);
    auto node = make(Expression::Kind::unary);
    node->text = take().text;
    TRY(auto child, unary());
    node->children.push_back(std::move(child));
    return node;
  }
  TRY(auto value, primary());
  while (true) {
    if (at_word("COLLATE")) {
      auto node = make(Expression::Kind::collate);
      take();
      TRY(bool binary, collation(true));
      if (binary) node->text = "binary";
      node->children.push_back(std::move(value));
      value = std::move(node);
    } else if (at_word("AT") && at_word("TIME", 1)) {
      auto node = make(Expression::Kind::at_time_zone);
      at_ += 2;
      CHECK_OK(expect_word("ZONE"));
      TRY(auto zone, primary());
      node->children.push_back(std::move(value));
      node->children.push_back(std::move(zone));
      value = std::move(node);
    } else {
      return value;
    }
  }
}

Result<ExpressionPtr> Parser::primary() {
  auto literal = [&](Expression::Kind kind) -> Result<ExpressionPtr> {
    auto node = make(kind);
    node->text = take().text;
    return node;
  };
  switch (peek().kind) {
    case TokenKind::integer: return literal(Expression::Kind::integer);
    case TokenKind::decimal: return literal(Expression::Kind::decimal);
    case TokenKind::float_: return literal(Expression::Kind::float_);
    case TokenKind::money: return literal(Expression::Kind::money);
    case TokenKind::string: return literal(Expression::Kind::string);
    case TokenKind::nstring: return literal(Expression::Kind::nstring);
    case TokenKind::binary: return literal(Expression::Kind::binary);
    case TokenKind::variable: return literal(Expression::Kind::variable);
    case TokenKind::symbol:
      if (at_symbol("(")) return parenthesised();
      if (at_symbol("*")) return literal(Expression::Kind::star);
      return wrong();
    case TokenKind::quoted:
    case TokenKind::word: return name_or_call();
    case TokenKind::end: return wrong();
  }
  return wrong();
}

Result<ExpressionPtr> Parser::parenthesised() {
  CHECK_OK(enter());
  Depth depth(depth_);
  auto node = make(Expression::Kind::scalar_query);
  take();
  if (at_word("SELECT") || at_word("WITH")) {
    TRY(node->query, query());
    CHECK_OK(expect_symbol(")"));
    return node;
  }
  TRY(auto inner, or_expression());
  CHECK_OK(expect_symbol(")"));
  return inner;
}

Result<ExpressionPtr> Parser::case_expression() {
  auto node = make(Expression::Kind::case_);
  take();
  if (!at_word("WHEN")) {
    TRY(auto operand, expression());
    node->children.push_back(std::move(operand));
    node->has_operand = true;
  }
  if (!at_word("WHEN")) return wrong();
  while (take_word("WHEN")) {
    TRY(auto when, expression());
    CHECK_OK(expect_word("THEN"));
    TRY(auto then, expression());
    node->children.push_back(std::move(when));
    node->children.push_back(std::move(then));
  }
  if (take_word("ELSE")) {
    TRY(auto otherwise, expression());
    node->children.push_back(std::move(otherwise));
    node->has_else = true;
  }
  CHECK_OK(expect_word("END"));
  return node;
}

Result<ExpressionPtr> Parser::cast_expression(std::string kind) {
  auto node = make(Expression::Kind::cast);
  node->text = std::move(kind);
  at_ += 2;  // CAST (
  TRY(auto value, expression());
  CHECK_OK(expect_word("AS"));
  TRY(node->type, type());
  CHECK_OK(expect_symbol(")"));
  node->children.push_back(std::move(value));
  return node;
}

Result<ExpressionPtr> Parser::convert_expression(std::string kind) {
  auto node = make(Expression::Kind::cast);
  node->text = std::move(kind);
  at_ += 2;  // CONVERT (
  TRY(node->type, type());
  CHECK_OK(expect_symbol(","));
  TRY(auto list, expression_list());
  if (list.size() > 2) return wrong();
  CHECK_OK(expect_symbol(")"));
  node->children = std::move(list);
  return node;
}

Result<ExpressionPtr> Parser::name_or_call() {
  const std::string upper = peek().kind == TokenKind::word ? peek().upper : "";
  bool called = at_symbol("(", 1);
  if (upper == "CASE") return case_expression();
  if (upper == "NULL" || upper == "DEFAULT") {
    auto node = make(upper == "NULL" ? Expression::Kind::null : Expression::Kind::default_);
    take();
    return node;
  }
  if (called && (upper == "CAST" || upper == "TRY_CAST")) return cast_expression(upper);
  if (called && (upper == "CONVERT" || upper == "TRY_CONVERT")) return convert_expression(upper);
  auto node = make(Expression::Kind::column);
  // Functions whose names are reserved words.
  bool special = upper == "LEFT" || upper == "RIGHT" || upper == "COALESCE" || upper == "NULLIF" || upper == "IDENTITY";
  if ((special && called) || upper == "CURRENT_TIMESTAMP" || upper == "USER") {
    node->kind = Expression::Kind::function;
    node->name = {take().text};
    if (!called) return node;
    return call(std::move(node));
  }
  TRY(std::string first, identifier());
  node->name.push_back(std::move(first));
  while (at_symbol(".")) {
    take();
    if (take_symbol("*")) {
      node->kind = Expression::Kind::star;
      return node;
    }
    if (at_symbol(".")) {
      node->name.emplace_back();
      continue;
    }
    TRY(std::string part, any_word());
    node->name.push_back(std::move(part));
    if (node->name.size() > 5) return wrong();
  }
  if (at_symbol("(")) return call(std::move(node));
  return node;
}

Result<ExpressionPtr> Parser::call(ExpressionPtr function) {
  CHECK_OK(enter());
  Depth depth(depth_);
  function->kind = Expression::Kind::function;
  take();  // (
  if (!at_symbol(")")) {
    if (take_word("DISTINCT")) function->distinct = true;
    else take_word("ALL");
    TRY(function->children, expression_list());
  }
  CHECK_OK(expect_symbol(")"));
  if (take_words({"WITHIN", "GROUP"})) {
    CHECK_OK(expect_symbol("("));
    TRY(function->within_group, order_by());
    CHECK_OK(expect_symbol(")"));
  }
  if (take_word("OVER")) {
    TRY(function->over, window());
  }
  return function;
}

Result<std::unique_ptr<Window>> Parser::window() {
  auto window = std::make_unique<Window>();
  CHECK_OK(expect_symbol("("));
  if (take_words({"PARTITION", "BY"})) {
    TRY(window->partition_by, expression_list());
  }
  TRY(window->order_by, order_by());
  if (at_word("ROWS") || at_word("RANGE")) {
    window->has_frame = true;
    window->rows = take().upper == "ROWS";
    window->end.kind = FrameBound::Kind::current_row;
    bool between = take_word("BETWEEN");
    TRY(window->start, frame_bound());
    if (between) {
      CHECK_OK(expect_word("AND"));
      TRY(window->end, frame_bound());
    }
  }
  CHECK_OK(expect_symbol(")"));
  return window;
}

Result<FrameBound> Parser::frame_bound() {
  FrameBound bound;
  if (take_words({"CURRENT", "ROW"})) {
    bound.kind = FrameBound::Kind::current_row;
    return bound;
  }
  bool unbounded = take_word("UNBOUNDED");
  if (!unbounded) {
    TRY(bound.offset, primary());
  }
  if (take_word("PRECEDING")) {
    bound.kind = unbounded ? FrameBound::Kind::unbounded_preceding : FrameBound::Kind::preceding;
    return bound;
  }
  CHECK_OK(expect_word("FOLLOWING"));
  bound.kind = unbounded ? FrameBound::Kind::unbounded_following : FrameBound::Kind::following;
  return bound;
}

Result<std::vector<ExpressionPtr>> Parser::expression_list() {
  std::vector<ExpressionPtr> list;
  do {
    TRY(auto item, expression());
    list.push_back(std::move(item));
  } while (take_symbol(","));
  return list;
}

}  // namespace axonite::tsql
