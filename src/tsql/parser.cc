#include "tsql/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "tsql/failure.h"

namespace axonite::tsql {
namespace {

// Words that cannot be names without brackets. Sorted.
constexpr std::string_view kReserved[] = {
    "ADD", "ALL", "ALTER", "AND", "ANY", "AS", "ASC", "BEGIN", "BETWEEN", "BREAK", "BY", "CASE", "CHECK", "COALESCE",
    "COLLATE", "COLUMN", "COMMIT", "CONSTRAINT", "CONTINUE", "CONVERT", "CREATE", "CROSS", "CURRENT_TIMESTAMP",
    "DATABASE", "DECLARE", "DEFAULT", "DELETE", "DENY", "DESC", "DISTINCT", "DROP", "ELSE", "END", "EXCEPT", "EXEC",
    "EXECUTE", "EXISTS", "FOR", "FOREIGN", "FROM", "FULL", "FUNCTION", "GOTO", "GRANT", "GROUP", "HAVING", "IDENTITY", "IF",
    "IN", "INDEX", "INNER", "INSERT", "INTERSECT", "INTO", "IS", "JOIN", "KEY", "LEFT", "LIKE", "MERGE", "NOT", "NULL",
    "NULLIF", "OF", "OFF", "ON", "OPENROWSET", "OPTION", "OR", "ORDER", "OUTER", "OVER", "PIVOT", "PRIMARY", "PRINT",
    "PROC", "PROCEDURE", "RAISERROR", "REFERENCES", "RETURN", "REVOKE", "RIGHT", "ROLLBACK", "SCHEMA", "SELECT", "SET",
    "SOME", "STATISTICS", "TABLE", "THEN", "TO", "TOP", "TRAN", "TRANSACTION", "TRUNCATE", "TRY_CONVERT", "UNION",
    "UNIQUE", "UNPIVOT", "UPDATE", "USE", "USER", "VALUES", "VIEW", "WAITFOR", "WHEN", "WHERE", "WHILE", "WITH",
};

bool is_reserved(std::string_view upper) {
  return std::binary_search(std::begin(kReserved), std::end(kReserved), upper);
}

Result<Parser> parser_of(std::string_view text, const Limits& limits) {
  TRY(auto tokens, tokenize(text, limits));
  return Parser(text, std::move(tokens), limits);
}

}  // namespace

Result<Block> parse_batch(std::string_view text, const Limits& limits) {
  TRY(Parser parser, parser_of(text, limits));
  return parser.batch();
}

Result<QueryPtr> parse_query_text(std::string_view text) {
  TRY(Parser parser, parser_of(text, {}));
  TRY(auto query, parser.query());
  CHECK_OK(parser.expect_end());
  return query;
}

Result<ExpressionPtr> parse_expression_text(std::string_view text) {
  TRY(Parser parser, parser_of(text, {}));
  TRY(auto expression, parser.expression());
  CHECK_OK(parser.expect_end());
  return expression;
}

Result<std::vector<DeclaredVariable>> parse_parameter_list(std::string_view text) {
  TRY(Parser parser, parser_of(text, {}));
  TRY(auto parameters, parser.parameters(false));
  CHECK_OK(parser.expect_end());
  return parameters;
}

const Token& Parser::peek(std::size_t ahead) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }

const Token& Parser::take() {
  const Token& token = peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool Parser::at_word(std::string_view upper, std::size_t ahead) const {
  const Token& token = peek(ahead);
  return token.kind == TokenKind::word && token.upper == upper;
}

bool Parser::at_symbol(std::string_view symbol, std::size_t ahead) const {
  const Token& token = peek(ahead);
  return token.kind == TokenKind::symbol && token.text == symbol;
}

bool Parser::take_word(std::string_view upper) {
  if (!at_word(upper)) return false;
  take();
  return true;
}

bool Parser::take_words(std::initializer_list<std::string_view> words) {
  std::size_t ahead = 0;
  for (std::string_view word : words)
    if (!at_word(word, ahead++)) return false;
  at_ += words.size();
  return true;
}

bool Parser::take_symbol(std::string_view symbol) {
  if (!at_symbol(symbol)) return false;
  take();
  return true;
}

Result<void> Parser::expect_word(std::string_view upper) {
  if (!take_word(upper)) return wrong();
  return ok();
}

Result<void> Parser::expect_symbol(std::string_view symbol) {
  if (!take_symbol(symbol)) return wrong();
  return ok();
}

Result<void> Parser::expect_end() {
  if (peek().kind != TokenKind::end) return wrong();
  return ok();
}

std::unexpected<Error> Parser::wrong() const {
  const Token& token = peek();
  if (token.kind == TokenKind::end) {
    // SQL Server names the last word it saw.
    const Token& last = at_ > 0 ? tokens_[at_ - 1] : token;
    return std::unexpected(syntax_error(last.text, last.line));
  }
  if (token.kind == TokenKind::word && is_reserved(token.upper))
    return std::unexpected(failure(156, fmt::format("Incorrect syntax near the keyword '{}'.", token.text), token.line));
  return std::unexpected(syntax_error(token.text, token.line));
}

bool Parser::at_identifier() const {
  const Token& token = peek();
  return token.kind == TokenKind::quoted || (token.kind == TokenKind::word && !is_reserved(token.upper));
}

Result<std::string> Parser::identifier() {
  if (!at_identifier()) return wrong();
  return take().text;
}

Result<std::string> Parser::any_word() {
  if (peek().kind != TokenKind::word && peek().kind != TokenKind::quoted) return wrong();
  return take().text;
}

Result<Name> Parser::name() {
  TRY(std::string first, identifier());
  Name name{std::move(first)};
  while (at_symbol(".")) {
    take();
    if (at_symbol(".")) {  // db..t
      name.emplace_back();
      continue;
    }
    TRY(std::string part, any_word());
    name.push_back(std::move(part));
    if (name.size() > 4) return wrong();
  }
  return name;
}

Result<std::vector<std::string>> Parser::identifier_list() {
  std::vector<std::string> names;
  CHECK_OK(expect_symbol("("));
  do {
    TRY(auto name, identifier());
    names.push_back(std::move(name));
    if (!take_word("ASC")) take_word("DESC");
  } while (take_symbol(","));
  CHECK_OK(expect_symbol(")"));
  return names;
}

Result<std::string> Parser::string_literal() {
  if (peek().kind != TokenKind::string && peek().kind != TokenKind::nstring) return wrong();
  return take().text;
}

Result<int> Parser::integer() {
  bool negative = take_symbol("-");
  if (peek().kind != TokenKind::integer) return wrong();
  auto value = text::parse_int<int>(peek().text);
  if (!value) return wrong();
  take();
  return negative ? -*value : *value;
}

Result<TypeSpec> Parser::type() {
  TRY(Name name, name());
  TypeSpec spec{.name = name.back()};
  if (text::equals_ignoring_case(spec.name, "double") && take_word("PRECISION")) spec.name = "double precision";
  if (text::equals_ignoring_case(spec.name, "character") && take_word("VARYING")) spec.name = "varchar";
  if (!take_symbol("(")) return spec;
  if (take_word("MAX")) {
    spec.first = -1;
  } else {
    TRY(int first, integer());
    spec.first = first;
    if (take_symbol(",")) {
      TRY(int second, integer());
      spec.second = second;
    }
  }
  CHECK_OK(expect_symbol(")"));
  return spec;
}

Result<void> Parser::enter() {
  if (++depth_ <= limits_.depth_max) return ok();
  --depth_;
  return std::unexpected(failure(191,
                                 "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up "
                                 "into smaller queries.",
                                 peek().line, 15));
}

Result<Block> Parser::batch() {
  TRY(Block block, statements_until({}));
  CHECK_OK(expect_end());
  return block;
}

}  // namespace axonite::tsql
