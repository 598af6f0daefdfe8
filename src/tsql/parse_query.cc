#include "base/text.h"
#include "tsql/failure.h"
#include "tsql/parser.h"

namespace axonite::tsql {

Result<std::vector<CommonTable>> Parser::with_clause() {
  std::vector<CommonTable> tables;
  if (!take_word("WITH")) return tables;
  do {
    CommonTable table;
    TRY(table.name, identifier());
    if (at_symbol("(")) {
      TRY(table.columns, identifier_list());
    }
    CHECK_OK(expect_word("AS"));
    CHECK_OK(expect_symbol("("));
    TRY(table.query, query());
    CHECK_OK(expect_symbol(")"));
    tables.push_back(std::move(table));
  } while (take_symbol(","));
  return tables;
}

Result<QueryPtr> Parser::query() {
  CHECK_OK(enter());
  Depth depth(depth_);
  TRY(auto with, with_clause());
  TRY(auto result, set_expression(1));
  CHECK_OK(query_tail(*result));
  for (auto& table : result->with) with.push_back(std::move(table));
  result->with = std::move(with);
  return result;
}

// INTERSECT binds tighter than UNION and EXCEPT.
Result<QueryPtr> Parser::set_expression(int least) {
  TRY(auto left, query_term());
  while (true) {
    int precedence = at_word("INTERSECT") ? 2 : at_word("UNION") || at_word("EXCEPT") ? 1 : 0;
    if (precedence == 0 || precedence < least) return left;
    auto node = std::make_unique<Query>();
    node->line = peek().line;
    node->operation = take().upper;
    if (node->operation == "UNION" && take_word("ALL")) node->operation = "UNION ALL";
    TRY(node->right, set_expression(precedence + 1));
    node->left = std::move(left);
    left = std::move(node);
  }
}

Result<QueryPtr> Parser::query_term() {
  CHECK_OK(enter());
  Depth depth(depth_);
  if (take_symbol("(")) {
    TRY(auto inner, query());
    CHECK_OK(expect_symbol(")"));
    return inner;
  }
  auto node = std::make_unique<Query>();
  node->line = peek().line;
  if (at_word("VALUES")) {  // only reachable inside FROM (VALUES …)
    return wrong();
  }
  TRY(node->select, select());
  return node;
}

Result<std::unique_ptr<Select>> Parser::select() {
  auto select = std::make_unique<Select>();
  select->line = peek().line;
  CHECK_OK(expect_word("SELECT"));
  if (take_word("DISTINCT")) select->distinct = true;
  else take_word("ALL");
  CHECK_OK(top_clause(*select));
  do {
    TRY(auto item, select_item());
    select->items.push_back(std::move(item));
  } while (take_symbol(","));
  if (take_word("INTO")) {
    TRY(select->into, name());
  }
  if (at_word("FROM")) {
    TRY(select->from, from_clause());
  }
  if (take_word("WHERE")) {
    TRY(select->where, expression());
  }
  TRY(select->group_by, group_by());
  if (take_word("HAVING")) {
    TRY(select->having, expression());
  }
  return select;
}

Result<void> Parser::top_clause(Select& select) {
  if (!take_word("TOP")) return ok();
  TRY(select.top, primary());
  select.top_percent = take_word("PERCENT");
  select.top_ties = take_words({"WITH", "TIES"});
  return ok();
}

Result<SelectItem> Parser::select_item() {
  SelectItem item;
  if (peek().kind == TokenKind::variable && peek(1).kind == TokenKind::symbol) {
    const std::string& next = peek(1).text;
    if (next == "=" || (next.size() == 2 && next[1] == '=' && std::string_view("+-*/%&|^").contains(next[0]))) {
      item.variable = take().text;
      item.assignment = take().text;
      TRY(item.expression, expression());
      return item;
    }
  }
  // alias = expression
  if (at_identifier() && at_symbol("=", 1)) {
    item.alias = take().text;
    take();
    TRY(item.expression, expression());
    return item;
  }
  TRY(item.expression, expression());
  bool as = take_word("AS");
  if (as && (peek().kind == TokenKind::string || peek().kind == TokenKind::nstring)) {
    item.alias = take().text;
  } else if (as) {
    TRY(item.alias, any_word());
  } else if (at_identifier()) {
    item.alias = take().text;
  } else if (peek().kind == TokenKind::string) {
    item.alias = take().text;
  }
  return item;
}

Result<GroupBy> Parser::group_by() {
  GroupBy group;
  if (!take_words({"GROUP", "BY"})) return group;
  group.kind = GroupBy::Kind::plain;
  if (at_word("ROLLUP") || at_word("CUBE")) {
    group.kind = take().upper == "ROLLUP" ? GroupBy::Kind::rollup : GroupBy::Kind::cube;
    CHECK_OK(expect_symbol("("));
    TRY(auto list, expression_list());
    CHECK_OK(expect_symbol(")"));
    group.sets.push_back(std::move(list));
    return group;
  }
  if (take_words({"GROUPING", "SETS"})) {
    group.kind = GroupBy::Kind::sets;
    CHECK_OK(expect_symbol("("));
    do {
      std::vector<ExpressionPtr> set;
      if (take_symbol("(")) {
        if (!at_symbol(")")) {
          TRY(set, expression_list());
        }
        CHECK_OK(expect_symbol(")"));
      } else {
        TRY(auto one, expression());
        set.push_back(std::move(one));
      }
      group.sets.push_back(std::move(set));
    } while (take_symbol(","));
    CHECK_OK(expect_symbol(")"));
    return group;
  }
  TRY(auto list, expression_list());
  group.sets.push_back(std::move(list));
  if (take_words({"WITH", "ROLLUP"})) group.kind = GroupBy::Kind::rollup;
  if (take_words({"WITH", "CUBE"})) group.kind = GroupBy::Kind::cube;
  return group;
}

Result<std::vector<OrderItem>> Parser::order_by() {
  std::vector<OrderItem> items;
  if (!take_words({"ORDER", "BY"})) return items;
  do {
    OrderItem item;
    TRY(item.expression, expression());
    item.descending = take_word("DESC");
    if (!item.descending) take_word("ASC");
    items.push_back(std::move(item));
  } while (take_symbol(","));
  return items;
}

Result<void> Parser::query_tail(Query& query) {
  if (at_word("ORDER")) {
    TRY(query.order_by, order_by());
    if (take_word("OFFSET")) {
      TRY(query.offset, arithmetic(1));
      if (!take_word("ROW")) CHECK_OK(expect_word("ROWS"));
      if (take_word("FETCH")) {
        if (!take_word("NEXT")) CHECK_OK(expect_word("FIRST"));
        TRY(query.fetch, arithmetic(1));
        if (!take_word("ROW")) CHECK_OK(expect_word("ROWS"));
        CHECK_OK(expect_word("ONLY"));
      }
    }
  }
  if (at_word("FOR") && (at_word("JSON", 1) || at_word("XML", 1)))
    return std::unexpected(not_supported("FOR " + peek(1).upper, peek().line));
  if (at_word("OPTION")) {
    TRY(query.label, option_clause());
  }
  return ok();
}

// OPTION (LABEL = 'x', HASH JOIN, …): the label is kept, hints have no effect.
Result<std::string> Parser::option_clause() {
  static constexpr std::string_view hints[] = {"HASH", "MERGE", "LOOP", "JOIN", "FORCE", "ORDER", "RECOMPILE", "MAXDOP",
                                               "MAXRECURSION", "FORCE_ORDER", "EXTERNALPUSHDOWN", "DISABLE", "GROUP",
                                               "UNION", "CONCAT", "ROBUST", "PLAN", "KEEP", "OPTIMIZE", "UNKNOWN"};
  std::string label;
  take();
  CHECK_OK(expect_symbol("("));
  do {
    if (take_word("LABEL")) {
      CHECK_OK(expect_symbol("="));
      TRY(label, string_literal());
      continue;
    }
    bool any = false;
    while (peek().kind == TokenKind::word || peek().kind == TokenKind::integer) {
      bool known = peek().kind == TokenKind::integer;
      for (std::string_view hint : hints) known = known || peek().upper == hint;
      if (!known) return wrong();
      take();
      any = true;
    }
    if (!any) return wrong();
  } while (take_symbol(","));
  CHECK_OK(expect_symbol(")"));
  return label;
}

}  // namespace axonite::tsql
