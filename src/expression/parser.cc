#include "expression/parser.h"

#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "expression/expression.h"
#include "expression/function.h"
#include "expression/lexer.h"

namespace axonite::expression {
namespace {

struct ScopeName {
  std::string_view name;
  ScopeFunction function;
  unsigned arguments;
};

constexpr std::array kScopeNames = {
    ScopeName{"pipeline", ScopeFunction::pipeline, 0},
    ScopeName{"variables", ScopeFunction::variables, 1},
    ScopeName{"activity", ScopeFunction::activity, 1},
    ScopeName{"item", ScopeFunction::item, 0},
    ScopeName{"trigger", ScopeFunction::trigger, 0},
    ScopeName{"triggerBody", ScopeFunction::trigger_body, 0},
    ScopeName{"dataset", ScopeFunction::dataset, 0},
    ScopeName{"linkedService", ScopeFunction::linked_service, 0},
};

class Parser {
 public:
  Parser(std::string_view text, std::size_t offset) : text_(text), lexer_(text, offset) { advance(); }

  // An expression, and the kind of token that must follow it.
  Result<Node> parse(Token::Kind end) {
    TRY(Node node, expression(0));
    if (token_.kind != end) return unexpected();
    return node;
  }
  std::size_t end() const { return token_.end; }

 private:
  void advance() { token_ = lexer_.next(); }

  std::unexpected<Error> unexpected() const {
    std::string what = token_.kind == Token::Kind::end   ? "the end of the text"
                       : token_.kind == Token::Kind::bad ? token_.text
                                                         : fmt::format("'{}'", token_.text);
    return std::unexpected(
        invalid("InvalidTemplate", fmt::format("Unable to parse expression '{}': {} is not expected at position {}.",
                                               text_, what, token_.begin)));
  }

  Result<Node> expression(std::size_t depth) {
    if (depth > kNestingMax)
      return std::unexpected(too_large(
          "ExpressionTooDeep", fmt::format("The expression nests more than {} levels deep.", kNestingMax)));
    std::size_t begin = token_.begin;
    TRY(Node node, primary(depth));
    std::vector<Accessor> accessors;
    while (starts_accessor()) {
      TRY(Accessor next, accessor(depth));
      accessors.push_back(std::move(next));
    }
    if (accessors.empty()) return node;
    Node access{.kind = Node::Kind::access, .accessors = std::move(accessors)};
    access.arguments.push_back(std::move(node));
    access.source = text_.substr(begin, last_end_ - begin);
    return access;
  }

  bool starts_accessor() const {
    return token_.kind == Token::Kind::dot || token_.kind == Token::Kind::left_bracket ||
           token_.kind == Token::Kind::question;
  }

  Result<Accessor> accessor(std::size_t depth) {
    Accessor accessor;
    if (token_.kind == Token::Kind::question) {
      accessor.optional = true;
      advance();
    }
    if (token_.kind == Token::Kind::dot) {
      advance();
      if (token_.kind != Token::Kind::name) return unexpected();
      accessor.name = token_.text;
    } else if (token_.kind == Token::Kind::left_bracket) {
      advance();
      TRY(Node index, expression(depth + 1));
      if (token_.kind != Token::Kind::right_bracket) return unexpected();
      accessor.index.push_back(std::move(index));
    } else {
      return unexpected();
    }
    last_end_ = token_.end;
    advance();
    return accessor;
  }

  Result<Node> primary(std::size_t depth) {
    switch (token_.kind) {
      case Token::Kind::string: return literal(json::Value(token_.text));
      case Token::Kind::integer: {
        auto value = text::parse_int<std::int64_t>(token_.text);
        if (!value) return unexpected();
        return literal(json::Value(*value));
      }
      case Token::Kind::number: {
        double value = 0;
        auto [end, error] = std::from_chars(token_.text.data(), token_.text.data() + token_.text.size(), value);
        if (error != std::errc{} || !std::isfinite(value)) return unexpected();
        return literal(json::Value(value));
      }
      case Token::Kind::name: return named(depth);
      default: return unexpected();
    }
  }

  Result<Node> literal(json::Value value) {
    advance();
    return Node{.kind = Node::Kind::literal, .literal = std::make_shared<const json::Value>(std::move(value))};
  }

  Result<Node> named(std::size_t depth) {
    Token name = token_;
    advance();
    if (token_.kind == Token::Kind::left_parenthesis) {
      TRY(std::vector<Node> arguments, call_arguments(depth));
      return call(name, std::move(arguments));
    }
    if (text::equals_ignoring_case(name.text, "true")) return constant(json::Value(true));
    if (text::equals_ignoring_case(name.text, "false")) return constant(json::Value(false));
    if (text::equals_ignoring_case(name.text, "null")) return constant(json::Value(nullptr));
    token_ = name;
    return unexpected();
  }

  Result<Node> constant(json::Value value) {
    return Node{.kind = Node::Kind::literal, .literal = std::make_shared<const json::Value>(std::move(value))};
  }

  Result<std::vector<Node>> call_arguments(std::size_t depth) {
    std::vector<Node> arguments;
    advance();
    while (token_.kind != Token::Kind::right_parenthesis || !arguments.empty()) {
      TRY(Node argument, expression(depth + 1));
      arguments.push_back(std::move(argument));
      if (token_.kind == Token::Kind::right_parenthesis) break;
      if (token_.kind != Token::Kind::comma) return unexpected();
      advance();
    }
    last_end_ = token_.end;
    advance();
    return arguments;
  }

  Result<Node> call(const Token& name, std::vector<Node> arguments) {
    Node node{.kind = Node::Kind::call, .arguments = std::move(arguments)};
    for (const auto& scope : kScopeNames) {
      if (!text::equals_ignoring_case(scope.name, name.text)) continue;
      node.kind = Node::Kind::scope;
      node.scope = scope.function;
      node.source = text_.substr(name.begin, last_end_ - name.begin);
      return checked(std::move(node), scope.name, scope.arguments, scope.arguments);
    }
    if (text::equals_ignoring_case(name.text, "and")) return lazy(std::move(node), Node::Kind::logical_and, "and");
    if (text::equals_ignoring_case(name.text, "or")) return lazy(std::move(node), Node::Kind::logical_or, "or");
    if (text::equals_ignoring_case(name.text, "if")) {
      node.kind = Node::Kind::conditional;
      return checked(std::move(node), "if", 3, 3);
    }
    node.function = find_function(name.text);
    if (!node.function)
      return std::unexpected(invalid(
          "InvalidTemplate", fmt::format("The template function '{}' is not defined or not valid.", name.text)));
    const Function& function = *node.function;
    return checked(std::move(node), function.name, function.arguments_min, function.arguments_max);
  }

  static Result<Node> lazy(Node node, Node::Kind kind, std::string_view name) {
    node.kind = kind;
    return checked(std::move(node), name, 1, kAnyNumber);
  }

  static Result<Node> checked(Node node, std::string_view name, unsigned minimum, unsigned maximum) {
    std::size_t count = node.arguments.size();
    if (count >= minimum && count <= maximum) return node;
    std::string wanted = maximum == kAnyNumber  ? fmt::format("at least {}", minimum)
                         : minimum == maximum ? fmt::format("exactly {}", minimum)
                                              : fmt::format("{} to {}", minimum, maximum);
    return std::unexpected(
        invalid("InvalidTemplate", fmt::format("The template language function '{}' takes {} parameter(s); it was "
                                               "called with {}.",
                                               name, wanted, count)));
  }

  std::string_view text_;
  Lexer lexer_;
  Token token_;
  std::size_t last_end_ = 0;
};

// "@@{" stands for "@{"; every other "@" of interpolated text is itself.
Result<Template> parse_interpolation(std::string_view text) {
  Template parsed;
  std::string literal;
  auto flush = [&] {
    if (!literal.empty()) parsed.parts.push_back({std::exchange(literal, {}), {}});
  };
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at).starts_with("@@{")) {
      literal += "@{";
      at += 3;
    } else if (text.substr(at).starts_with("@{")) {
      flush();
      Parser parser(text, at + 2);
      TRY(Node node, parser.parse(Token::Kind::right_brace));
      parsed.parts.emplace_back().expression.push_back(std::move(node));
      at = parser.end();
    } else {
      literal += text[at++];
    }
  }
  flush();
  return parsed;
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (unsigned char c : text) count += (c & 0xC0) != 0x80;
  return count;
}

}  // namespace

Result<Template> parse_template(std::string_view text) {
  if (text.starts_with("@@")) return Template{.parts = {{std::string(text.substr(1)), {}}}};
  if (!is_expression(text)) {
    // "Answer: @@{x}" holds no expression, but its escape is undone all the same.
    if (text.find("@@{") != text.npos) return parse_interpolation(text);
    return Template{.parts = {{std::string(text), {}}}};
  }
  if (count_characters(text) > kTextCharactersMax)
    return std::unexpected(too_large(
        "ExpressionTooLong", fmt::format("The expression is longer than {} characters.", kTextCharactersMax)));
  if (!text.starts_with("@") || text.starts_with("@{")) return parse_interpolation(text);
  Parser parser(text, 1);
  TRY(Node node, parser.parse(Token::Kind::end));
  Template parsed{.keeps_type = true};
  parsed.parts.emplace_back().expression.push_back(std::move(node));
  return parsed;
}

bool is_expression(std::string_view text) {
  if (text.starts_with("@")) return !text.starts_with("@@");
  for (std::size_t at = text.find("@{"); at != text.npos; at = text.find("@{", at + 1))
    if (at == 0 || text[at - 1] != '@') return true;
  return false;
}

}  // namespace axonite::expression
