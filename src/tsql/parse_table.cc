#include "base/text.h"
#include "tsql/failure.h"
#include "tsql/parser.h"

namespace axonite::tsql {

Result<TablePtr> Parser::from_clause() {
  take();  // FROM
  TRY(auto left, table_chain());
  while (at_symbol(",")) {
    auto join = std::make_unique<TableReference>();
    join->line = peek().line;
    take();
    join->kind = TableReference::Kind::join;
    join->join = TableReference::Join::cross;
    join->left = std::move(left);
    TRY(join->right, table_chain());
    left = std::move(join);
  }
  return left;
}

std::optional<TableReference::Join> Parser::join_word() {
  using Join = TableReference::Join;
  if (take_words({"CROSS", "JOIN"})) return Join::cross;
  if (take_words({"CROSS", "APPLY"})) return Join::cross_apply;
  if (take_words({"OUTER", "APPLY"})) return Join::outer_apply;
  Join join = Join::inner;
  if (at_word("LEFT")) join = Join::left;
  else if (at_word("RIGHT")) join = Join::right;
  else if (at_word("FULL")) join = Join::full;
  else if (!at_word("INNER") && !at_word("JOIN")) return std::nullopt;
  if (!at_word("JOIN")) take();
  take_word("OUTER");
  for (std::string_view hint : {"HASH", "MERGE", "LOOP", "REDUCE", "REPLICATE", "REDISTRIBUTE"})
    if (at_word(hint) && at_word("JOIN", 1)) take();
  if (!take_word("JOIN")) return std::nullopt;
  return join;
}

Result<TablePtr> Parser::table_chain() {
  CHECK_OK(enter());
  Depth depth(depth_);
  TRY(auto left, table_factor());
  while (true) {
    using Join = TableReference::Join;
    int line = peek().line;
    std::size_t before = at_;
    auto word = join_word();
    if (!word) {
      if (at_ != before) return wrong();
      return left;
    }
    auto join = std::make_unique<TableReference>();
    join->line = line;
    join->kind = TableReference::Kind::join;
    join->join = *word;
    join->left = std::move(left);
    // a JOIN b JOIN c ON … ON …: the right side may itself be a chain that ends at its ON.
    TRY(join->right, table_factor());
    if (*word != Join::cross && *word != Join::cross_apply && *word != Join::outer_apply) {
      CHECK_OK(expect_word("ON"));
      TRY(join->on, expression());
    }
    left = std::move(join);
  }
}

Result<TablePtr> Parser::table_factor() {
  TRY(auto table, table_primary());
  while (at_word("PIVOT") || at_word("UNPIVOT")) {
    TRY(table, pivot(std::move(table)));
  }
  return table;
}

Result<TablePtr> Parser::table_primary() {
  auto table = std::make_unique<TableReference>();
  table->line = peek().line;
  if (take_symbol("(")) {
    if (at_word("SELECT") || at_word("WITH")) {
      table->kind = TableReference::Kind::query;
      TRY(table->query, query());
    } else if (take_word("VALUES")) {
      table->kind = TableReference::Kind::values;
      TRY(table->rows, values_rows());
    } else {
      TRY(auto inner, table_chain());
      CHECK_OK(expect_symbol(")"));
      return inner;
    }
    CHECK_OK(expect_symbol(")"));
    CHECK_OK(table_alias(*table));
    return table;
  }
  if (at_word("OPENROWSET")) return openrowset();
  TRY(table->name, name());
  if (take_symbol("(")) {
    table->kind = TableReference::Kind::function;
    if (!at_symbol(")")) {
      TRY(table->arguments, expression_list());
    }
    CHECK_OK(expect_symbol(")"));
    if (text::equals_ignoring_case(table->name.back(), "openjson") && take_word("WITH")) {
      TRY(table->schema, schema_columns());
    }
  }
  CHECK_OK(table_alias(*table));
  CHECK_OK(table_hints());
  return table;
}

Result<void> Parser::table_alias(TableReference& table) {
  if (take_word("AS")) {
    TRY(table.alias, identifier());
  } else if (at_identifier() && !at_word("OFFSET") && !at_word("LABEL")) {
    table.alias = take().text;
  }
  if (!table.alias.empty() && at_symbol("(")) {
    TRY(table.column_aliases, identifier_list());
  }
  return ok();
}

// WITH (NOLOCK, …) and the old (NOLOCK): no effect, reads are snapshots anyway.
Result<void> Parser::table_hints() {
  bool with = at_word("WITH") && at_symbol("(", 1);
  bool old = at_symbol("(") && at_word("NOLOCK", 1);
  if (!with && !old) return ok();
  at_ += with ? 2 : 1;
  static constexpr std::string_view hints[] = {"NOLOCK", "READUNCOMMITTED", "READCOMMITTED", "REPEATABLEREAD",
                                               "SERIALIZABLE", "HOLDLOCK", "UPDLOCK", "TABLOCK", "TABLOCKX", "ROWLOCK",
                                               "PAGLOCK", "XLOCK", "READPAST", "NOWAIT", "SNAPSHOT"};
  do {
    bool known = false;
    for (std::string_view hint : hints) known = known || at_word(hint);
    if (!known) return wrong();
    take();
  } while (take_symbol(","));
  return expect_symbol(")");
}

Result<std::vector<SchemaColumn>> Parser::schema_columns() {
  std::vector<SchemaColumn> columns;
  CHECK_OK(expect_symbol("("));
  do {
    SchemaColumn column;
    TRY(column.name, identifier());
    TRY(column.type, type());
    if (take_word("COLLATE")) {
      TRY(column.binary_collation, collation(true));
    }
    if (peek().kind == TokenKind::integer || peek().kind == TokenKind::string || peek().kind == TokenKind::nstring)
      column.path = take().text;
    if (take_words({"AS", "JSON"})) return wrong();
    columns.push_back(std::move(column));
  } while (take_symbol(","));
  CHECK_OK(expect_symbol(")"));
  return columns;
}

Result<TablePtr> Parser::openrowset() {
  auto table = std::make_unique<TableReference>();
  table->line = peek().line;
  table->kind = TableReference::Kind::openrowset;
  take();
  CHECK_OK(expect_symbol("("));
  CHECK_OK(expect_word("BULK"));
  ExpressionPtr path;
  if (take_symbol("(")) {
    TRY(path, arithmetic(1));
    if (at_symbol(",")) return std::unexpected(not_supported("OPENROWSET with several paths", peek().line));
    CHECK_OK(expect_symbol(")"));
  } else {
    TRY(path, arithmetic(1));
  }
  table->options.emplace_back("BULK", std::move(path));
  while (take_symbol(",")) {
    TRY(std::string option, any_word());
    option = text::to_upper(option);
    if (option.starts_with("SINGLE_")) return std::unexpected(not_supported("OPENROWSET " + option, peek().line));
    CHECK_OK(expect_symbol("="));
    ExpressionPtr value;
    if (peek().kind == TokenKind::word) {
      value = make(Expression::Kind::string);
      value->text = take().text;
    } else {
      TRY(value, arithmetic(1));
    }
    table->options.emplace_back(std::move(option), std::move(value));
  }
  CHECK_OK(expect_symbol(")"));
  if (take_word("WITH")) {
    TRY(table->schema, schema_columns());
  }
  CHECK_OK(table_alias(*table));
  return table;
}

Result<TablePtr> Parser::pivot(TablePtr input) {
  auto table = std::make_unique<TableReference>();
  table->line = peek().line;
  table->kind = TableReference::Kind::pivot;
  table->unpivot = take().upper == "UNPIVOT";
  table->left = std::move(input);
  CHECK_OK(expect_symbol("("));
  if (table->unpivot) {
    TRY(table->pivot_value, identifier());
  } else {
    TRY(table->pivot_aggregate, primary());
  }
  CHECK_OK(expect_word("FOR"));
  TRY(table->pivot_column, identifier());
  CHECK_OK(expect_word("IN"));
  TRY(table->pivot_values, identifier_list());
  CHECK_OK(expect_symbol(")"));
  CHECK_OK(table_alias(*table));
  return table;
}

}  // namespace axonite::tsql
