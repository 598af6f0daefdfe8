#include "base/text.h"
#include "tsql/failure.h"
#include "tsql/parser.h"

namespace axonite::tsql {
using Node = decltype(Statement::node);

Result<Block> Parser::statements_until(std::initializer_list<std::string_view> ends) {
  Block block;
  while (true) {
    while (take_symbol(";")) {
    }
    if (peek().kind == TokenKind::end) return block;
    for (std::string_view end : ends)
      if (at_word(end)) return block;
    TRY(auto next, statement());
    block.push_back(std::move(next));
  }
}

Result<Statement> Parser::statement() {
  CHECK_OK(enter());
  Depth depth(depth_);
  Statement statement{.line = peek().line, .begin = peek().begin};
  TRY(statement.node, statement_node());
  statement.end = at_ > 0 ? tokens_[at_ - 1].end : 0;
  return statement;
}

Result<Block> Parser::one_or_block() {
  while (take_symbol(";")) {
  }
  TRY(auto one, statement());
  Block block;
  block.push_back(std::move(one));
  return block;
}

Result<Node> Parser::statement_node() {
  if (at_symbol("(")) {
    TRY(auto parsed, query());
    return QueryStatement{std::move(parsed)};
  }
  if (peek().kind != TokenKind::word) return wrong();
  const std::string& word = peek().upper;
  if (word == "SELECT") {
    TRY(auto parsed, query());
    return QueryStatement{std::move(parsed)};
  }
  if (word == "WITH") return statement_after_with();
  if (word == "DECLARE") return declare_statement();
  if (word == "SET") return set_statement();
  if (word == "IF") return if_statement();
  if (word == "WHILE") return while_statement();
  if (word == "BEGIN") return begin_statement();
  if (take_word("BREAK")) return BreakStatement{};
  if (take_word("CONTINUE")) return ContinueStatement{};
  if (take_word("RETURN")) {
    ReturnStatement node;
    bool value = peek().kind == TokenKind::integer || peek().kind == TokenKind::variable || at_symbol("-") || at_symbol("(");
    if (value) {
      TRY(node.value, expression());
    }
    return node;
  }
  if (take_word("PRINT")) {
    TRY(auto value, expression());
    return PrintStatement{std::move(value)};
  }
  if (word == "RAISERROR") return raiserror_statement();
  if (word == "THROW") return throw_statement();
  if (word == "COMMIT" || word == "ROLLBACK" || word == "SAVE") return transaction_statement();
  if (take_word("USE")) {
    TRY(auto database, identifier());
    return UseStatement{std::move(database)};
  }
  if (take_word("KILL")) {
    if (peek().kind != TokenKind::string && peek().kind != TokenKind::nstring && peek().kind != TokenKind::integer) return wrong();
    return KillStatement{take().text};
  }
  return data_statement();
}

Result<Node> Parser::statement_after_with() {
  std::size_t start = at_;
  TRY(auto with, with_clause());
  if (at_word("UPDATE")) return update_statement(std::move(with));
  if (at_word("DELETE")) return delete_statement(std::move(with));
  if (at_word("INSERT")) {
    TRY(Node node, insert_statement());
    auto& insert = std::get<InsertStatement>(node);
    if (!insert.query) return wrong();
    for (auto& table : insert.query->with) with.push_back(std::move(table));
    insert.query->with = std::move(with);
    return node;
  }
  if (at_word("MERGE")) return std::unexpected(not_supported("WITH before MERGE", peek().line));
  at_ = start;
  TRY(auto parsed, query());
  return QueryStatement{std::move(parsed)};
}

Result<Node> Parser::while_statement() {
  take();
  WhileStatement loop;
  TRY(loop.condition, expression());
  TRY(loop.body, one_or_block());
  return loop;
}

// DDL, DML and procedure calls.
Result<Node> Parser::data_statement() {
  const std::string& word = peek().upper;
  if (word == "CREATE") return create_statement();
  if (word == "ALTER") return alter_statement();
  if (word == "DROP") return drop_statement();
  if (word == "RENAME") return rename_statement();
  if (take_word("TRUNCATE")) {
    CHECK_OK(expect_word("TABLE"));
    TRY(auto target, name());
    return TruncateStatement{std::move(target)};
  }
  if (word == "INSERT") return insert_statement();
  if (word == "UPDATE" && at_word("STATISTICS", 1)) {
    at_ += 2;
    CHECK_OK(name());
    if (at_symbol("(")) CHECK_OK(identifier_list());
    if (at_word("WITH")) CHECK_OK(with_options());
    return NoEffectStatement{"UPDATE STATISTICS"};
  }
  if (word == "UPDATE") return update_statement({});
  if (word == "DELETE") return delete_statement({});
  if (word == "MERGE") return merge_statement();
  if (word == "COPY") return copy_into();
  if (word == "EXEC" || word == "EXECUTE") return execute_statement();
  if (word == "GRANT" || word == "DENY" || word == "REVOKE") return permission_statement();
  // A procedure's name alone runs it when it is the first statement of a batch.
  if (at_ == 0 && at_identifier()) return execute_statement();
  return wrong();
}

Result<Node> Parser::begin_statement() {
  if (at_word("TRAN", 1) || at_word("TRANSACTION", 1)) return transaction_statement();
  take();
  if (take_word("TRY")) {
    TryStatement node;
    TRY(node.body, statements_until({"END"}));
    if (!take_words({"END", "TRY"})) return wrong();
    take_symbol(";");
    if (!take_words({"BEGIN", "CATCH"})) return wrong();
    TRY(node.handler, statements_until({"END"}));
    if (!take_words({"END", "CATCH"})) return wrong();
    return node;
  }
  BlockStatement node;
  TRY(node.body, statements_until({"END"}));
  if (node.body.empty()) return wrong();
  CHECK_OK(expect_word("END"));
  return node;
}

Result<std::vector<DeclaredVariable>> Parser::parameters(bool in_procedure) {
  std::vector<DeclaredVariable> list;
  if (peek().kind != TokenKind::variable) return list;
  do {
    DeclaredVariable variable{.line = peek().line};
    if (peek().kind != TokenKind::variable) return wrong();
    variable.name = take().text;
    take_word("AS");
    TRY(variable.type, type());
    if (take_symbol("=")) {
      TRY(variable.value, arithmetic(1));
    }
    variable.output = take_word("OUTPUT") || take_word("OUT");
    take_word("READONLY");
    list.push_back(std::move(variable));
    if (list.size() > 2100) return wrong();
  } while (take_symbol(","));
  (void)in_procedure;
  return list;
}

Result<Node> Parser::declare_statement() {
  take();
  DeclareStatement node;
  do {
    DeclaredVariable variable{.line = peek().line};
    if (peek().kind != TokenKind::variable) return wrong();
    variable.name = take().text;
    take_word("AS");
    if (at_word("TABLE")) return std::unexpected(not_supported("table variables", peek().line));
    TRY(variable.type, type());
    if (take_symbol("=")) {
      TRY(variable.value, expression());
    }
    node.variables.push_back(std::move(variable));
  } while (take_symbol(","));
  return node;
}

Result<Node> Parser::set_statement() {
  take();
  if (peek().kind == TokenKind::variable) {
    AssignStatement node{.variable = take().text};
    const Token& op = peek();
    if (op.kind != TokenKind::symbol || op.text.empty() || op.text.back() != '=' || op.text == "<=" || op.text == ">=")
      return wrong();
    node.assignment = take().text;
    TRY(node.value, expression());
    return node;
  }
  SetOptionStatement node;
  int line = peek().line;
  while (peek().line == line || node.words.empty() ||
         (peek().kind == TokenKind::word && (peek().upper == "ON" || peek().upper == "OFF"))) {
    const Token& token = peek();
    if (token.kind == TokenKind::symbol && token.text == "-") {
      take();
      node.words.push_back("-" + take().text);
      break;
    }
    if (token.kind != TokenKind::word && token.kind != TokenKind::integer && token.kind != TokenKind::string &&
        !(token.kind == TokenKind::symbol && token.text == ","))
      break;
    bool last = token.upper == "ON" || token.upper == "OFF" || token.kind == TokenKind::integer ||
                token.kind == TokenKind::string;
    if (token.text != ",") node.words.push_back(token.kind == TokenKind::word ? token.upper : token.text);
    take();
    if (last) break;
    static constexpr std::string_view levels[] = {"COMMITTED", "UNCOMMITTED", "SERIALIZABLE", "SNAPSHOT"};
    bool level = false;
    for (std::string_view word : levels) level = level || node.words.back() == word;
    if (level || (node.words.size() >= 2 && node.words[node.words.size() - 2] == "REPEATABLE")) break;
    if (node.words.size() == 2 && (node.words[0] == "LANGUAGE" || node.words[0] == "DATEFORMAT" || node.words[0] == "DEADLOCK_PRIORITY")) break;
  }
  if (node.words.empty()) return wrong();
  return node;
}

Result<Node> Parser::if_statement() {
  take();
  IfStatement node;
  TRY(node.condition, expression());
  TRY(node.then, one_or_block());
  std::size_t before = at_;
  while (take_symbol(";")) {
  }
  if (take_word("ELSE")) {
    TRY(node.otherwise, one_or_block());
  } else {
    at_ = before;
  }
  return node;
}

Result<Node> Parser::raiserror_statement() {
  take();
  RaiserrorStatement node;
  CHECK_OK(expect_symbol("("));
  TRY(node.arguments, expression_list());
  CHECK_OK(expect_symbol(")"));
  if (node.arguments.size() < 3) return wrong();
  if (take_word("WITH")) {
    do {
      TRY(auto word, any_word());
      if (!text::equals_ignoring_case(word, "NOWAIT") && !text::equals_ignoring_case(word, "LOG") &&
          !text::equals_ignoring_case(word, "SETERROR"))
        return wrong();
    } while (take_symbol(","));
  }
  return node;
}

Result<Node> Parser::throw_statement() {
  take();
  ThrowStatement node;
  if (peek().kind != TokenKind::integer && peek().kind != TokenKind::variable) return node;
  TRY(node.number, arithmetic(1));
  CHECK_OK(expect_symbol(","));
  TRY(node.text, arithmetic(1));
  CHECK_OK(expect_symbol(","));
  TRY(node.state, arithmetic(1));
  return node;
}

Result<Node> Parser::transaction_statement() {
  using Kind = TransactionStatement::Kind;
  TransactionStatement node;
  std::string word = take().upper;
  node.kind = word == "BEGIN" ? Kind::begin : word == "COMMIT" ? Kind::commit : word == "SAVE" ? Kind::save : Kind::rollback;
  bool tran = take_word("TRAN") || take_word("TRANSACTION");
  if (!tran) take_word("WORK");
  if (tran && (at_identifier() || peek().kind == TokenKind::variable)) {
    // BEGIN TRAN on a line of its own may be followed by any statement that starts with a plain word.
    if (tokens_[at_ - 1].line == peek().line && !at_word("COPY") && !at_word("RENAME") && !at_word("THROW") && !at_word("SAVE"))
      node.name = take().text;
  }
  return node;
}

Result<Node> Parser::execute_statement() {
  if (!take_word("EXEC")) take_word("EXECUTE");
  ExecuteStatement node;
  if (take_symbol("(")) {
    TRY(node.text, expression());
    CHECK_OK(expect_symbol(")"));
    return node;
  }
  if (peek().kind == TokenKind::variable && at_symbol("=", 1)) {
    node.result_variable = take().text;
    take();
  }
  TRY(node.procedure, name());
  bool first = true;
  while (true) {
    const Token& token = peek();
    bool value = token.kind != TokenKind::end && token.kind != TokenKind::symbol && token.kind != TokenKind::word;
    value = value || at_symbol("-") || at_symbol("+") || at_symbol("$");
    value = value || at_word("NULL") || at_word("DEFAULT");
    // A bare word is a string argument: sp_help tables.
    bool bare = first && at_identifier() && token.line == tokens_[at_ - 1].line && !at_word("COPY") && !at_word("THROW") && !at_word("RENAME");
    if (!first && !value && at_identifier()) bare = true;
    if (first && !value && !bare) return node;
    CallArgument argument;
    if (token.kind == TokenKind::variable && at_symbol("=", 1)) {
      argument.name = take().text;
      take();
      bare = at_identifier();
    }
    if (bare && !at_symbol("(", 1)) {
      argument.value = make(Expression::Kind::string);
      argument.value->text = take().text;
    } else {
      TRY(argument.value, arithmetic(1));
    }
    argument.output = take_word("OUTPUT") || take_word("OUT");
    node.arguments.push_back(std::move(argument));
    first = false;
    if (!take_symbol(",")) return node;
  }
}

Result<Node> Parser::permission_statement() {
  using Kind = PermissionStatement::Kind;
  PermissionStatement node;
  std::string word = take().upper;
  node.kind = word == "GRANT" ? Kind::grant : word == "DENY" ? Kind::deny : Kind::revoke;
  do {
    std::string permission;
    while (!at_word("ON") && !at_word("TO") && !at_word("FROM") && !at_symbol(",") && !at_symbol("(")) {
      TRY(auto part, any_word());
      permission += (permission.empty() ? "" : " ") + text::to_upper(part);
    }
    if (permission.empty()) return wrong();
    if (at_symbol("(")) {
      TRY(node.columns, identifier_list());
    }
    node.permissions.push_back(permission);
  } while (take_symbol(","));
  if (take_word("ON")) {
    node.securable_class = "OBJECT";
    if (at_symbol("::", 1)) {
      node.securable_class = take().upper;
      take();
    }
    TRY(node.securable, name());
  } else {
    node.securable_class = "DATABASE";
  }
  if (!take_word("TO")) CHECK_OK(expect_word("FROM"));
  do {
    TRY(auto principal, any_word());
    node.principals.push_back(std::move(principal));
  } while (take_symbol(","));
  if (take_words({"WITH", "GRANT", "OPTION"})) return node;
  take_word("CASCADE");
  return node;
}

}  // namespace axonite::tsql
