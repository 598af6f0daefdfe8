#pragma once
// Recursive descent over Spark SQL's tokens.
#include "spark/parser.h"
#include "spark/sql_lexer.h"

namespace axonite::spark {

class Parser {
 public:
  Parser(std::vector<Token> tokens, const Arguments& arguments) : tokens_(std::move(tokens)), arguments_(arguments) {}
  Result<Statement> statement();
  Result<ExprPtr> whole_expression();

 private:
  // sql_parser_expression.cc
  Result<ExprPtr> expression(int binding = 0);
  Result<ExprPtr> infix(ExprPtr left, int binding, bool& went_on);
  Result<ExprPtr> predicate(ExprPtr left, bool& went_on);
  Result<ExprPtr> prefix();
  Result<ExprPtr> primary();
  Result<ExprPtr> postfix(ExprPtr left);
  Result<ExprPtr> word_expression();
  Result<ExprPtr> function_call(std::string name);
  Result<ExprPtr> window_of(ExprPtr function);
  Result<ExprPtr> case_expression();
  Result<ExprPtr> cast_call(CastMode mode);
  Result<ExprPtr> interval();
  Result<ExprPtr> number(const std::string& text, bool negative);
  Result<ExprPtr> parameter();
  Result<ExprPtr> lambda_body(std::vector<std::string> names);
  Result<FrameBound> frame_bound();
  Result<DataType> type();
  Result<std::vector<SortKey>> sort_keys();
  Result<std::vector<ExprPtr>> expression_list();

  // sql_parser_query.cc
  Result<RelationPtr> query();
  Result<RelationPtr> set_expression(int binding = 0);
  Result<RelationPtr> query_term();
  Result<RelationPtr> select();
  Result<RelationPtr> from_clause();
  Result<RelationPtr> join_tail(RelationPtr left);
  Result<RelationPtr> table_primary();
  Result<RelationPtr> aliased(RelationPtr relation);
  Result<RelationPtr> lateral_views(RelationPtr relation);
  Result<RelationPtr> grouped(RelationPtr from, std::vector<ExprPtr> list);
  Result<RelationPtr> values();
  Result<RelationPtr> order_and_limit(RelationPtr relation);
  Result<std::vector<ExprPtr>> select_list();
  Result<std::vector<std::string>> qualified_name();
  Result<Statement> create_view();

  const Token& token(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  bool is_word(std::string_view word, std::size_t ahead = 0) const;
  bool is_symbol(std::string_view symbol, std::size_t ahead = 0) const;
  bool take_word(std::string_view word);
  bool take_words(std::initializer_list<std::string_view> words);
  bool take_symbol(std::string_view symbol);
  Result<void> expect_word(std::string_view word);
  Result<void> expect_symbol(std::string_view symbol);
  Result<std::string> name();
  bool is_name() const;
  Error here() const;

  std::vector<Token> tokens_;
  const Arguments& arguments_;
  std::size_t at_ = 0, next_parameter_ = 0;
  int depth_ = 0;
  std::vector<std::vector<std::string>> lambda_names_;
};

bool is_reserved(std::string_view word);

}  // namespace axonite::spark
