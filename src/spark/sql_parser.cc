#include "spark/sql_parser.h"

#include "base/text.h"
#include "spark/errors.h"

namespace axonite::spark {

bool is_reserved(std::string_view word) {
  for (auto reserved : {"SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "UNION", "INTERSECT", "EXCEPT", "MINUS", "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL",
                        "SEMI", "ANTI", "ON", "USING", "AS", "AND", "OR", "WHEN", "THEN", "ELSE", "END", "LATERAL", "WINDOW", "QUALIFY", "BETWEEN", "IN", "IS", "CLUSTER", "DISTRIBUTE", "SORT", "TABLESAMPLE", "PIVOT", "UNPIVOT"})
    if (text::equals_ignoring_case(word, reserved)) return true;
  return false;
}

bool Parser::is_word(std::string_view word, std::size_t ahead) const { return token(ahead).kind == Token::Kind::word && text::equals_ignoring_case(token(ahead).text, word); }
bool Parser::is_symbol(std::string_view symbol, std::size_t ahead) const { return token(ahead).kind == Token::Kind::symbol && token(ahead).text == symbol; }

bool Parser::take_word(std::string_view word) {
  if (!is_word(word)) return false;
  ++at_;
  return true;
}

bool Parser::take_words(std::initializer_list<std::string_view> words) {
  std::size_t ahead = 0;
  for (auto word : words)
    if (!is_word(word, ahead++)) return false;
  at_ += words.size();
  return true;
}

bool Parser::take_symbol(std::string_view symbol) {
  if (!is_symbol(symbol)) return false;
  ++at_;
  return true;
}

Error Parser::here() const { return syntax_error(token().text); }

Result<void> Parser::expect_word(std::string_view word) {
  if (take_word(word)) return ok();
  return std::unexpected(here());
}

Result<void> Parser::expect_symbol(std::string_view symbol) {
  if (take_symbol(symbol)) return ok();
  return std::unexpected(here());
}

bool Parser::is_name() const { return token().kind == Token::Kind::quoted_name || (token().kind == Token::Kind::word && !is_reserved(token().text)); }

Result<std::string> Parser::name() {
  if (token().kind != Token::Kind::quoted_name && token().kind != Token::Kind::word) return std::unexpected(here());
  return tokens_[at_++].text;
}

Result<std::vector<std::string>> Parser::qualified_name() {
  std::vector<std::string> parts;
  do {
    if (!is_name()) return std::unexpected(here());
    TRY(auto part, name());
    parts.push_back(std::move(part));
  } while (take_symbol("."));
  return parts;
}

Result<ExprPtr> Parser::whole_expression() {
  TRY(auto out, expression());
  if (take_word("AS") || is_name()) {
    TRY(auto named, name());
    out = alias(std::move(out), named);
  }
  if (token().kind != Token::Kind::end) return std::unexpected(here());
  return out;
}

Result<Statement> Parser::create_view() {
  Statement out{.kind = Statement::Kind::create_view};
  out.replace = take_words({"OR", "REPLACE"});
  take_word("GLOBAL");
  out.temporary = take_word("TEMP") || take_word("TEMPORARY");
  if (!out.temporary || !is_word("VIEW")) return std::unexpected(unsupported_feature("CREATE of anything but TEMP VIEW"));
  ++at_;
  TRY(out.name, qualified_name());
  std::vector<std::string> columns;
  if (take_symbol("(")) {
    do {
      TRY(auto column, name());
      columns.push_back(std::move(column));
    } while (take_symbol(","));
    CHECK_OK(expect_symbol(")"));
  }
  CHECK_OK(expect_word("AS"));
  TRY(out.query, query());
  if (!columns.empty()) out.query = std::make_shared<Relation>(Relation{.kind = RelationKind::to_df, .inputs = {out.query}, .names = std::move(columns)});
  return out;
}

Result<Statement> Parser::statement() {
  Statement out;
  if (take_word("CREATE")) {
    TRY(out, create_view());
  } else if (take_words({"DROP", "VIEW"})) {
    out.kind = Statement::Kind::drop_view;
    out.if_exists = take_words({"IF", "EXISTS"});
    TRY(out.name, qualified_name());
  } else if (take_words({"SHOW", "TABLES"}) || take_words({"SHOW", "VIEWS"})) {
    out.kind = Statement::Kind::show_tables;
  } else if (take_words({"SHOW", "DATABASES"}) || take_words({"SHOW", "SCHEMAS"})) {
    out.kind = Statement::Kind::show_databases;
  } else if (take_word("DESCRIBE") || take_word("DESC")) {
    out.kind = Statement::Kind::describe;
    take_word("TABLE");
    if (is_word("SELECT") || is_word("WITH")) {
      TRY(out.query, query());
    } else {
      TRY(auto table, qualified_name());
      out.query = std::make_shared<Relation>(Relation{.kind = RelationKind::table, .names = std::move(table)});
    }
  } else if (take_word("USE")) {
    out.kind = Statement::Kind::use;
    TRY(out.name, qualified_name());
  } else if (take_word("SET")) {
    out.kind = Statement::Kind::set;
    while (token().kind != Token::Kind::end && !is_symbol("=") && !is_symbol(";")) out.key += tokens_[at_++].text;
    if (take_symbol("="))
      while (token().kind != Token::Kind::end && !is_symbol(";")) out.value += tokens_[at_++].text;
  } else if (is_word("SELECT") || is_word("WITH") || is_word("VALUES") || is_word("FROM") || is_word("TABLE") || is_symbol("(")) {
    TRY(out.query, query());
  } else if (token().kind == Token::Kind::word) {
    for (auto known : {"INSERT", "UPDATE", "DELETE", "MERGE", "ALTER", "TRUNCATE", "REFRESH", "CACHE", "UNCACHE", "EXPLAIN", "ANALYZE", "OPTIMIZE", "VACUUM", "DROP", "SHOW", "LOAD", "MSCK"})
      if (is_word(known)) return std::unexpected(unsupported_feature("the statement " + std::string(known) + (token(1).kind == Token::Kind::word ? " " + text::to_upper(token(1).text) : "")));
    return std::unexpected(here());
  } else {
    return std::unexpected(here());
  }
  while (take_symbol(";")) {
  }
  if (token().kind != Token::Kind::end) return std::unexpected(here());
  return out;
}

Result<Statement> parse_statement(std::string_view sql, const Arguments& arguments) {
  TRY(auto tokens, tokens_of(sql));
  return Parser(std::move(tokens), arguments).statement();
}

Result<ExprPtr> parse_expression(std::string_view sql) {
  TRY(auto tokens, tokens_of(sql));
  Arguments none;
  return Parser(std::move(tokens), none).whole_expression();
}

}  // namespace axonite::spark
