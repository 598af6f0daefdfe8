#include "base/text.h"
#include "tsql/failure.h"
#include "tsql/parser.h"

namespace axonite::tsql {
using Node = decltype(Statement::node);

Result<std::vector<std::vector<ExpressionPtr>>> Parser::values_rows() {
  std::vector<std::vector<ExpressionPtr>> rows;
  do {
    CHECK_OK(expect_symbol("("));
    TRY(auto row, expression_list());
    CHECK_OK(expect_symbol(")"));
    rows.push_back(std::move(row));
  } while (take_symbol(","));
  return rows;
}

Result<Node> Parser::insert_statement() {
  take();
  take_word("INTO");
  InsertStatement node;
  TRY(node.name, name());
  CHECK_OK(table_hints());
  if (at_symbol("(") && !at_word("SELECT", 1)) {
    TRY(node.columns, identifier_list());
  }
  if (take_words({"DEFAULT", "VALUES"})) {
    node.default_values = true;
  } else if (take_word("VALUES")) {
    TRY(node.rows, values_rows());
  } else if (at_word("EXEC") || at_word("EXECUTE")) {
    return std::unexpected(not_supported("INSERT … EXEC", peek().line));
  } else {
    TRY(node.query, query());
  }
  if (at_word("OPTION")) CHECK_OK(option_clause());
  return node;
}

Result<std::vector<SetClause>> Parser::set_clauses() {
  std::vector<SetClause> clauses;
  CHECK_OK(expect_word("SET"));
  do {
    SetClause clause;
    if (peek().kind == TokenKind::variable) return std::unexpected(not_supported("UPDATE … SET @variable", peek().line));
    TRY(clause.column, name());
    if (peek().kind != TokenKind::symbol || peek().text.empty() || peek().text.back() != '=') return wrong();
    clause.assignment = take().text;
    TRY(clause.value, expression());
    clauses.push_back(std::move(clause));
  } while (take_symbol(","));
  return clauses;
}

Result<Node> Parser::update_statement(std::vector<CommonTable> with) {
  take();
  UpdateStatement node{.with = std::move(with)};
  if (at_word("TOP")) return std::unexpected(not_supported("UPDATE TOP", peek().line));
  TRY(node.target, name());
  CHECK_OK(table_hints());
  TRY(node.assignments, set_clauses());
  if (at_word("OUTPUT")) return std::unexpected(not_supported("OUTPUT clause", peek().line));
  if (at_word("FROM")) {
    TRY(node.from, from_clause());
  }
  if (take_word("WHERE")) {
    TRY(node.where, expression());
  }
  if (at_word("OPTION")) CHECK_OK(option_clause());
  return node;
}

Result<Node> Parser::delete_statement(std::vector<CommonTable> with) {
  take();
  if (at_word("TOP")) return std::unexpected(not_supported("DELETE TOP", peek().line));
  take_word("FROM");
  DeleteStatement node{.with = std::move(with)};
  TRY(node.target, name());
  CHECK_OK(table_hints());
  if (at_word("FROM")) {
    TRY(node.from, from_clause());
  }
  if (take_word("WHERE")) {
    TRY(node.where, expression());
  }
  if (at_word("OPTION")) CHECK_OK(option_clause());
  return node;
}

Result<Node> Parser::merge_statement() {
  take();
  take_word("INTO");
  MergeStatement node;
  TRY(node.target, name());
  CHECK_OK(table_hints());
  take_word("AS");
  if (at_identifier() && !at_word("USING")) node.alias = take().text;
  CHECK_OK(expect_word("USING"));
  TRY(node.source, table_factor());
  CHECK_OK(expect_word("ON"));
  TRY(node.on, expression());
  while (at_word("WHEN")) {
    TRY(auto action, merge_action());
    node.actions.push_back(std::move(action));
  }
  if (node.actions.empty()) return wrong();
  if (at_word("OUTPUT")) return std::unexpected(not_supported("OUTPUT clause", peek().line));
  if (at_word("OPTION")) CHECK_OK(option_clause());
  // MERGE is the one statement that must end with a semicolon.
  if (!at_symbol(";"))
    return std::unexpected(failure(10713, "A MERGE statement must be terminated by a semi-colon (;).", peek().line, 15));
  return node;
}

Result<MergeAction> Parser::merge_action() {
  using When = MergeAction::When;
  MergeAction action;
  take();
  if (take_word("MATCHED")) {
    action.when = When::matched;
  } else {
    CHECK_OK(expect_word("NOT"));
    CHECK_OK(expect_word("MATCHED"));
    action.when = When::not_matched;
    if (take_words({"BY", "SOURCE"})) action.when = When::not_matched_by_source;
    else take_words({"BY", "TARGET"});
  }
  if (take_word("AND")) {
    TRY(action.condition, expression());
  }
  CHECK_OK(expect_word("THEN"));
  if (take_word("DELETE")) {
    action.kind = MergeAction::Kind::delete_;
  } else if (take_word("UPDATE")) {
    action.kind = MergeAction::Kind::update;
    TRY(action.assignments, set_clauses());
  } else {
    CHECK_OK(expect_word("INSERT"));
    action.kind = MergeAction::Kind::insert;
    if (at_symbol("(")) {
      TRY(action.columns, identifier_list());
    }
    CHECK_OK(expect_word("VALUES"));
    CHECK_OK(expect_symbol("("));
    TRY(action.values, expression_list());
    CHECK_OK(expect_symbol(")"));
  }
  return action;
}

Result<Node> Parser::copy_into() {
  take();
  CHECK_OK(expect_word("INTO"));
  CopyIntoStatement node;
  TRY(node.name, name());
  if (at_symbol("(")) CHECK_OK(copy_columns(node));
  CHECK_OK(expect_word("FROM"));
  do {
    TRY(auto url, string_literal());
    node.urls.push_back(std::move(url));
  } while (take_symbol(","));
  if (take_word("WITH")) {
    CHECK_OK(expect_symbol("("));
    do {
      TRY(auto setting, copy_setting());
      node.settings.push_back(std::move(setting));
    } while (take_symbol(","));
    CHECK_OK(expect_symbol(")"));
  }
  if (at_word("OPTION")) {
    TRY(node.label, option_clause());
  }
  return node;
}

Result<void> Parser::copy_columns(CopyIntoStatement& copy) {
  take();
  do {
    CopyIntoStatement::Column column;
    TRY(column.name, identifier());
    if (take_word("DEFAULT")) {
      TRY(column.default_value, arithmetic(1));
    }
    if (peek().kind == TokenKind::integer) {
      TRY(column.field, integer());
    }
    copy.columns.push_back(std::move(column));
  } while (take_symbol(","));
  return expect_symbol(")");
}

Result<CopyIntoStatement::Setting> Parser::copy_setting() {
  CopyIntoStatement::Setting setting{.line = peek().line};
  TRY(auto word, any_word());
  setting.name = text::to_upper(word);
  CHECK_OK(expect_symbol("="));
  if (take_symbol("(")) {
    do {
      TRY(auto member, any_word());
      CHECK_OK(expect_symbol("="));
      TRY(auto value, string_literal());
      setting.members.emplace_back(text::to_upper(member), std::move(value));
    } while (take_symbol(","));
    CHECK_OK(expect_symbol(")"));
    return setting;
  }
  if (peek().kind == TokenKind::end || peek().kind == TokenKind::symbol) return wrong();
  setting.value = take().text;
  return setting;
}

}  // namespace axonite::tsql
