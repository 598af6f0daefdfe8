#pragma once
// Tokens → AST by recursive descent, expressions by precedence climbing. One class, its methods by family in
// parse_<family>.cc. Everything unknown is error 102 or 156; nothing is skipped.
#include <initializer_list>
#include <string_view>

#include "base/result.h"
#include "tsql/ast.h"
#include "tsql/lexer.h"

namespace axonite::tsql {

// The statements of a batch. A line with only GO is a client's word, not T-SQL, and is an error here.
Result<Block> parse_batch(std::string_view text, const Limits& limits = {});
Result<QueryPtr> parse_query_text(std::string_view text);
Result<ExpressionPtr> parse_expression_text(std::string_view text);
// "@a int, @b nvarchar(50) = 'x' OUTPUT".
Result<std::vector<DeclaredVariable>> parse_parameter_list(std::string_view text);

class Parser {
 public:
  Parser(std::string_view text, std::vector<Token> tokens, const Limits& limits)
      : text_(text), tokens_(std::move(tokens)), limits_(limits) {}

  Result<Block> batch();
  Result<QueryPtr> query();
  Result<ExpressionPtr> expression();
  Result<std::vector<DeclaredVariable>> parameters(bool in_procedure);
  Result<void> expect_end();

 private:
  // parser.cc: the cursor.
  const Token& peek(std::size_t ahead = 0) const;
  const Token& take();
  bool at_word(std::string_view upper, std::size_t ahead = 0) const;
  bool at_symbol(std::string_view symbol, std::size_t ahead = 0) const;
  bool take_word(std::string_view upper);
  bool take_words(std::initializer_list<std::string_view> words);  // all or nothing
  bool take_symbol(std::string_view symbol);
  Result<void> expect_word(std::string_view upper);
  Result<void> expect_symbol(std::string_view symbol);
  std::unexpected<Error> wrong() const;  // 102 or 156 at the current token
  bool at_identifier() const;
  Result<std::string> identifier();
  Result<std::string> any_word();  // identifiers and keywords alike
  Result<Name> name();
  Result<std::vector<std::string>> identifier_list();  // "(a, b)"
  Result<std::string> string_literal();
  Result<TypeSpec> type();
  Result<int> integer();
  Result<void> enter();  // depth; pairs with Depth
  std::string_view source(std::size_t begin, std::size_t end) const { return text_.substr(begin, end - begin); }
  struct Depth {
    explicit Depth(int& depth) : depth_(depth) {}
    ~Depth() { --depth_; }
    int& depth_;
  };

  // parse_expression.cc
  Result<ExpressionPtr> or_expression();
  Result<ExpressionPtr> and_expression();
  Result<ExpressionPtr> not_expression();
  Result<ExpressionPtr> predicate();
  Result<ExpressionPtr> predicate_tail(ExpressionPtr left, bool negated);
  Result<ExpressionPtr> arithmetic(int least);
  Result<ExpressionPtr> unary();
  Result<ExpressionPtr> primary();
  Result<ExpressionPtr> parenthesised();
  Result<ExpressionPtr> case_expression();
  Result<ExpressionPtr> cast_expression(std::string kind);
  Result<ExpressionPtr> convert_expression(std::string kind);
  Result<ExpressionPtr> name_or_call();
  Result<ExpressionPtr> call(ExpressionPtr function);
  Result<std::unique_ptr<Window>> window();
  Result<FrameBound> frame_bound();
  Result<std::vector<ExpressionPtr>> expression_list();
  ExpressionPtr make(Expression::Kind kind) const;

  // parse_query.cc
  Result<std::vector<CommonTable>> with_clause();
  Result<QueryPtr> set_expression(int least);
  Result<QueryPtr> query_term();
  Result<std::unique_ptr<Select>> select();
  Result<void> top_clause(Select& select);
  Result<SelectItem> select_item();
  Result<GroupBy> group_by();
  Result<std::vector<OrderItem>> order_by();
  Result<void> query_tail(Query& query);
  Result<std::string> option_clause();

  // parse_table.cc
  Result<TablePtr> from_clause();
  Result<TablePtr> table_chain();
  Result<TablePtr> table_factor();
  Result<TablePtr> table_primary();
  Result<TablePtr> openrowset();
  Result<TablePtr> pivot(TablePtr input);
  Result<void> table_alias(TableReference& table);
  Result<void> table_hints();
  Result<std::vector<SchemaColumn>> schema_columns();
  std::optional<TableReference::Join> join_word();

  // parse_statement.cc
  Result<Block> statements_until(std::initializer_list<std::string_view> ends);
  Result<Statement> statement();
  Result<Block> one_or_block();
  Result<Statement> wrap(std::size_t begin, int line, decltype(Statement::node) node);
  Result<decltype(Statement::node)> statement_node();
  Result<decltype(Statement::node)> data_statement();
  Result<decltype(Statement::node)> statement_after_with();
  Result<decltype(Statement::node)> while_statement();
  Result<decltype(Statement::node)> begin_statement();
  Result<decltype(Statement::node)> declare_statement();
  Result<decltype(Statement::node)> set_statement();
  Result<decltype(Statement::node)> if_statement();
  Result<decltype(Statement::node)> raiserror_statement();
  Result<decltype(Statement::node)> throw_statement();
  Result<decltype(Statement::node)> transaction_statement();
  Result<decltype(Statement::node)> execute_statement();
  Result<decltype(Statement::node)> permission_statement();

  // parse_ddl.cc
  Result<decltype(Statement::node)> create_statement();
  Result<decltype(Statement::node)> create_table(bool external);
  Result<void> table_elements(CreateTableStatement& table);
  Result<ColumnDefinition> column_definition();
  Result<KeyDefinition> key(std::string name, std::string column);
  Result<bool> collation(bool binary_allowed);
  Result<std::vector<Option>> with_options();
  Result<Option> option();
  Result<decltype(Statement::node)> create_view(bool replace, bool alter, bool materialized);
  Result<decltype(Statement::node)> create_procedure(bool replace, bool alter);
  Result<decltype(Statement::node)> create_metadata(std::string kind);
  Result<decltype(Statement::node)> create_user(bool login);
  Result<decltype(Statement::node)> alter_statement();
  Result<decltype(Statement::node)> alter_table();
  Result<decltype(Statement::node)> drop_statement();
  Result<decltype(Statement::node)> rename_statement();

  // parse_dml.cc
  Result<decltype(Statement::node)> insert_statement();
  Result<decltype(Statement::node)> update_statement(std::vector<CommonTable> with);
  Result<decltype(Statement::node)> delete_statement(std::vector<CommonTable> with);
  Result<decltype(Statement::node)> merge_statement();
  Result<MergeAction> merge_action();
  Result<std::vector<SetClause>> set_clauses();
  Result<std::vector<std::vector<ExpressionPtr>>> values_rows();
  Result<decltype(Statement::node)> copy_into();
  Result<void> copy_columns(CopyIntoStatement& copy);
  Result<CopyIntoStatement::Setting> copy_setting();

  std::string_view text_;
  std::vector<Token> tokens_;
  Limits limits_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace axonite::tsql
