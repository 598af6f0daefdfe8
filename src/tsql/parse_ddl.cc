#include <utility>

#include "base/text.h"
#include "tsql/failure.h"
#include "tsql/parser.h"

namespace axonite::tsql {
using Node = decltype(Statement::node);

namespace {

Error enforced_constraint(int line) {
  return failure(104467, "Enforced constraints are not supported. To create an unenforced constraint you must include the NOT ENFORCED syntax as part of your statement.", line);
}

}  // namespace

Result<Node> Parser::create_statement() {
  take();
  bool replace = take_words({"OR", "ALTER"});
  if (take_word("TABLE")) return create_table(false);
  if (take_words({"EXTERNAL", "TABLE"})) return create_table(true);
  if (take_words({"EXTERNAL", "DATA", "SOURCE"})) return create_metadata("EXTERNAL DATA SOURCE");
  if (take_words({"EXTERNAL", "FILE", "FORMAT"})) return create_metadata("EXTERNAL FILE FORMAT");
  if (take_words({"DATABASE", "SCOPED", "CREDENTIAL"})) return create_metadata("CREDENTIAL");
  if (take_words({"WORKLOAD", "GROUP"})) return create_metadata("WORKLOAD GROUP");
  if (take_words({"WORKLOAD", "CLASSIFIER"})) return create_metadata("WORKLOAD CLASSIFIER");
  if (take_word("STATISTICS")) return create_metadata("STATISTICS");
  if (take_word("VIEW")) return create_view(replace, false, false);
  if (take_words({"MATERIALIZED", "VIEW"})) return create_view(replace, false, true);
  if (take_word("PROCEDURE") || take_word("PROC")) return create_procedure(replace, false);
  if (take_word("SCHEMA")) {
    CreateSchemaStatement node;
    TRY(node.name, identifier());
    if (take_word("AUTHORIZATION")) {
      TRY(node.owner, identifier());
    }
    return node;
  }
  if (take_word("USER")) return create_user(false);
  if (take_word("LOGIN")) return create_user(true);
  if (take_word("ROLE")) {
    PrincipalStatement node{.kind = PrincipalStatement::Kind::create_role};
    TRY(node.name, identifier());
    if (take_word("AUTHORIZATION")) CHECK_OK(identifier());
    return node;
  }
  if (at_word("DATABASE") || at_word("FUNCTION") || at_word("TRIGGER") || at_word("SEQUENCE") || at_word("SECURITY"))
    return std::unexpected(not_supported("CREATE " + peek().upper, peek().line));
  if (at_word("INDEX") || at_word("CLUSTERED") || at_word("NONCLUSTERED") || at_word("UNIQUE")) {
    while (!take_word("INDEX")) CHECK_OK(any_word());
    TRY(auto index, identifier());
    CHECK_OK(expect_word("ON"));
    CreateMetadataStatement node{.kind = "INDEX", .name = {index}};
    TRY(node.on, name());
    if (at_symbol("(")) {
      TRY(node.columns, identifier_list());
    }
    if (take_word("WITH")) {
      TRY(node.options, with_options());
    }
    return node;
  }
  return wrong();
}

Result<Node> Parser::create_table(bool external) {
  CreateTableStatement node;
  node.external = external;
  TRY(node.name, name());
  if (at_symbol("(")) CHECK_OK(table_elements(node));
  if (take_word("WITH")) {
    TRY(node.options, with_options());
  }
  if (take_word("AS")) {
    TRY(node.query, query());
  } else if (node.columns.empty()) {
    return wrong();
  }
  return node;
}

Result<void> Parser::table_elements(CreateTableStatement& table) {
  take();  // (
  do {
    bool named = take_word("CONSTRAINT");
    std::string constraint;
    if (named) {
      TRY(constraint, identifier());
    }
    if (at_word("PRIMARY") || at_word("UNIQUE")) {
      TRY(auto added, key(std::move(constraint), {}));
      table.keys.push_back(std::move(added));
      continue;
    }
    if (at_word("FOREIGN") || at_word("CHECK") || named) return std::unexpected(enforced_constraint(peek().line));
    TRY(auto column, column_definition());
    for (KeyDefinition& added : column.keys) table.keys.push_back(std::move(added));
    table.columns.push_back(std::move(column));
    if (table.columns.size() > 1024)
      return std::unexpected(failure(1702, "CREATE TABLE failed because the table has more than 1024 columns.", peek().line));
  } while (take_symbol(","));
  return expect_symbol(")");
}

// The service keeps keys only as a promise to its optimizer; an enforced one is an error there.
Result<KeyDefinition> Parser::key(std::string name, std::string column) {
  KeyDefinition key{.name = std::move(name), .line = peek().line};
  key.primary = take().upper == "PRIMARY";
  if (key.primary) CHECK_OK(expect_word("KEY"));
  bool nonclustered = take_word("NONCLUSTERED");
  if (!nonclustered && at_word("CLUSTERED")) return std::unexpected(not_supported("a CLUSTERED key", key.line));
  if (column.empty()) {
    TRY(key.columns, identifier_list());
  } else {
    key.columns = {std::move(column)};
  }
  if (!take_words({"NOT", "ENFORCED"})) return std::unexpected(enforced_constraint(key.line));
  if (key.primary && !nonclustered) return std::unexpected(not_supported("a PRIMARY KEY that is not NONCLUSTERED", key.line));
  return key;
}

// Collations that compare as every column here does, and by code point (true) where that is `allowed`; others would
// give other answers than asked for.
Result<bool> Parser::collation(bool binary_allowed) {
  int line = peek().line;
  TRY(std::string name, any_word());
  static constexpr std::string_view alike[] = {"SQL_Latin1_General_CP1_CI_AS", "DATABASE_DEFAULT", "Latin1_General_CI_AS", "Latin1_General_100_CI_AS", "Latin1_General_100_CI_AS_SC", "Latin1_General_100_CI_AS_SC_UTF8"};
  static constexpr std::string_view binary[] = {"Latin1_General_BIN2", "Latin1_General_100_BIN2", "Latin1_General_100_BIN2_UTF8"};
  for (std::string_view known : alike)
    if (text::equals_ignoring_case(known, name)) return false;
  for (std::string_view known : binary)
    if (binary_allowed && text::equals_ignoring_case(known, name)) return true;
  return std::unexpected(not_supported("COLLATE " + name, line));
}

Result<ColumnDefinition> Parser::column_definition() {
  ColumnDefinition column{.line = peek().line};
  TRY(column.name, identifier());
  if (at_word("AS")) return std::unexpected(not_supported("computed columns", peek().line));
  TRY(column.type, type());
  std::string constraint;
  while (true) {
    if (take_word("NOT")) {
      CHECK_OK(expect_word("NULL"));
      column.nullable = false;
    } else if (take_word("NULL")) {
      column.nullable = true;
    } else if (take_word("COLLATE")) {
      CHECK_OK(collation(false));
    } else if (take_word("CONSTRAINT")) {
      TRY(constraint, identifier());
    } else if (take_word("DEFAULT")) {
      std::size_t begin = peek().begin;
      TRY(column.default_value, arithmetic(1));
      column.default_text = "(" + std::string(source(begin, tokens_[at_ - 1].end)) + ")";
    } else if (take_word("IDENTITY")) {
      column.identity = true;
      if (take_symbol("(")) {
        TRY(column.identity_seed, integer());
        CHECK_OK(expect_symbol(","));
        TRY(column.identity_step, integer());
        CHECK_OK(expect_symbol(")"));
      }
    } else if (at_word("PRIMARY") || at_word("UNIQUE")) {
      TRY(auto added, key(std::exchange(constraint, {}), column.name));
      column.keys.push_back(std::move(added));
    } else if (at_word("MASKED") || at_word("REFERENCES") || at_word("CHECK")) {
      return std::unexpected(not_supported(peek().upper, peek().line));
    } else {
      return column;
    }
  }
}

// WITH ( A = x, B, C = HASH(id), PARTITION (d RANGE RIGHT FOR VALUES (…)) ).
Result<std::vector<Option>> Parser::with_options() {
  std::vector<Option> options;
  if (!at_symbol("(")) {  // WITH FULLSCAN
    TRY(auto one, option());
    options.push_back(std::move(one));
    return options;
  }
  take();
  do {
    TRY(auto next, option());
    options.push_back(std::move(next));
  } while (take_symbol(","));
  CHECK_OK(expect_symbol(")"));
  return options;
}

Result<Option> Parser::option() {
  Option option{.line = peek().line};
  while (peek().kind == TokenKind::word && !at_symbol("=")) {
    if (!option.name.empty()) option.name += ' ';
    option.name += take().upper;
    if (option.name == "PARTITION") break;
  }
  if (option.name.empty()) return wrong();
  take_symbol("=");
  int depth = 0;
  std::size_t begin = peek().begin, end = begin;
  while (peek().kind != TokenKind::end) {
    if (depth == 0 && (at_symbol(",") || at_symbol(")") || at_symbol(";"))) break;
    if (at_symbol("(")) ++depth;
    if (at_symbol(")")) --depth;
    const Token& token = take();
    end = token.end;
    if (depth > 0 && (token.kind == TokenKind::word || token.kind == TokenKind::quoted)) option.names.push_back(token.text);
    if (depth == 0 && begin == token.begin && (token.kind == TokenKind::string || token.kind == TokenKind::nstring || token.kind == TokenKind::quoted)) {
      option.value = token.text;
    }
  }
  if (depth != 0) return wrong();
  if (option.value.empty()) option.value = source(begin, end);
  return option;
}

Result<Node> Parser::create_view(bool replace, bool alter, bool materialized) {
  CreateViewStatement node{.replace = replace, .alter = alter, .materialized = materialized};
  TRY(node.name, name());
  if (at_symbol("(")) {
    TRY(node.columns, identifier_list());
  }
  if (take_word("WITH")) {
    if (!take_word("SCHEMABINDING")) CHECK_OK(with_options());
  }
  CHECK_OK(expect_word("AS"));
  std::size_t begin = peek().begin;
  TRY(node.query, query());
  if (take_words({"WITH", "CHECK", "OPTION"})) return wrong();
  node.text = source(begin, tokens_[at_ - 1].end);
  return node;
}

Result<Node> Parser::create_procedure(bool replace, bool alter) {
  CreateProcedureStatement node{.replace = replace, .alter = alter};
  TRY(node.name, name());
  bool parenthesised = take_symbol("(");
  TRY(node.parameters, parameters(true));
  if (parenthesised) CHECK_OK(expect_symbol(")"));
  if (take_word("WITH")) {
    if (!take_word("RECOMPILE")) return wrong();
  }
  CHECK_OK(expect_word("AS"));
  TRY(node.body, statements_until({}));
  if (node.body.empty()) return wrong();
  node.text = std::string(text_);
  return node;
}

Result<Node> Parser::create_metadata(std::string kind) {
  CreateMetadataStatement node{.kind = std::move(kind)};
  TRY(node.name, name());
  if (take_word("ON")) {
    TRY(node.on, name());
    TRY(node.columns, identifier_list());
  }
  if (take_word("WHERE")) CHECK_OK(expression());
  if (take_word("WITH")) {
    TRY(node.options, with_options());
  }
  return node;
}

Result<Node> Parser::create_user(bool login) {
  PrincipalStatement node{.kind = login ? PrincipalStatement::Kind::create_login : PrincipalStatement::Kind::create_user};
  TRY(node.name, identifier());
  if (take_words({"FROM", "EXTERNAL", "PROVIDER"})) {
    node.external = true;
  } else if (take_word("FOR") || take_word("FROM")) {
    CHECK_OK(expect_word("LOGIN"));
    CHECK_OK(identifier());
  } else if (take_words({"WITHOUT", "LOGIN"})) {
  } else if (at_word("WITH") && at_word("PASSWORD", 1)) {
    return std::unexpected(not_supported("SQL logins with a password of their own", peek().line));
  }
  if (take_word("WITH")) {
    do {
      TRY(auto option, any_word());
      CHECK_OK(expect_symbol("="));
      std::string value = take().text;
      if (text::equals_ignoring_case(option, "SID") || text::equals_ignoring_case(option, "OBJECT_ID")) node.sid = value;
      else if (!text::equals_ignoring_case(option, "DEFAULT_SCHEMA") && !text::equals_ignoring_case(option, "TYPE")) return wrong();
    } while (take_symbol(","));
  }
  return node;
}

Result<Node> Parser::alter_statement() {
  take();
  if (take_word("TABLE")) return alter_table();
  if (take_word("VIEW")) return create_view(false, true, false);
  if (take_word("PROCEDURE") || take_word("PROC")) return create_procedure(false, true);
  if (take_word("ROLE")) {
    PrincipalStatement node;
    TRY(node.name, identifier());
    bool add = take_word("ADD");
    if (!add) CHECK_OK(expect_word("DROP"));
    CHECK_OK(expect_word("MEMBER"));
    TRY(node.member, any_word());
    node.kind = add ? PrincipalStatement::Kind::add_member : PrincipalStatement::Kind::drop_member;
    return node;
  }
  if (take_word("INDEX")) {
    if (!take_word("ALL")) CHECK_OK(identifier());
    CHECK_OK(expect_word("ON"));
    CHECK_OK(name());
    if (!take_word("REBUILD")) CHECK_OK(expect_word("REORGANIZE"));
    if (take_word("WITH")) CHECK_OK(with_options());
    return NoEffectStatement{"ALTER INDEX"};
  }
  if (take_word("DATABASE")) {
    TRY(auto database, any_word());
    CHECK_OK(expect_word("SET"));
    return std::unexpected(not_supported("ALTER DATABASE " + database + " SET " + peek().upper, peek().line));
  }
  return wrong();
}

Result<Node> Parser::alter_table() {
  using Kind = AlterTableStatement::Kind;
  AlterTableStatement node;
  TRY(node.name, name());
  if (take_word("ADD")) {
    std::string constraint;
    bool named = take_word("CONSTRAINT");
    if (named) {
      TRY(constraint, identifier());
    }
    if (at_word("PRIMARY") || at_word("UNIQUE")) {
      node.kind = Kind::add_key;
      TRY(auto added, key(std::move(constraint), {}));
      node.keys.push_back(std::move(added));
      return node;
    }
    if (named || at_word("FOREIGN") || at_word("CHECK")) return std::unexpected(enforced_constraint(peek().line));
    node.kind = Kind::add;
    do {
      TRY(auto column, column_definition());
      for (KeyDefinition& added : column.keys) node.keys.push_back(std::move(added));
      node.columns.push_back(std::move(column));
    } while (take_symbol(","));
    return node;
  }
  if (take_word("DROP")) {
    bool key = take_word("CONSTRAINT");
    node.kind = key ? Kind::drop_key : Kind::drop;
    if (!key) CHECK_OK(expect_word("COLUMN"));
    node.if_exists = take_words({"IF", "EXISTS"});
    do {
      TRY(auto column, identifier());
      node.dropped.push_back(std::move(column));
    } while (take_symbol(","));
    return node;
  }
  if (take_words({"ALTER", "COLUMN"})) {
    node.kind = Kind::alter_column;
    TRY(auto column, column_definition());
    node.columns.push_back(std::move(column));
    return node;
  }
  return std::unexpected(not_supported("ALTER TABLE " + peek().upper, peek().line));
}

Result<Node> Parser::drop_statement() {
  take();
  DropStatement node;
  static constexpr std::string_view kinds[] = {"TABLE", "VIEW", "SCHEMA", "STATISTICS", "INDEX", "USER", "ROLE", "LOGIN"};
  for (std::string_view kind : kinds)
    if (take_word(kind)) node.kind = kind;
  if (node.kind.empty() && (take_word("PROCEDURE") || take_word("PROC"))) node.kind = "PROCEDURE";
  if (node.kind.empty() && take_words({"EXTERNAL", "TABLE"})) node.kind = "TABLE";
  if (node.kind.empty() && take_words({"EXTERNAL", "DATA", "SOURCE"})) node.kind = "EXTERNAL DATA SOURCE";
  if (node.kind.empty() && take_words({"EXTERNAL", "FILE", "FORMAT"})) node.kind = "EXTERNAL FILE FORMAT";
  if (node.kind.empty() && take_words({"DATABASE", "SCOPED", "CREDENTIAL"})) node.kind = "CREDENTIAL";
  if (node.kind.empty() && take_words({"WORKLOAD", "GROUP"})) node.kind = "WORKLOAD GROUP";
  if (node.kind.empty() && take_words({"WORKLOAD", "CLASSIFIER"})) node.kind = "WORKLOAD CLASSIFIER";
  if (node.kind.empty()) return wrong();
  node.if_exists = take_words({"IF", "EXISTS"});
  do {
    TRY(auto target, name());
    node.names.push_back(std::move(target));
  } while (take_symbol(","));
  if (node.kind == "INDEX" && take_word("ON")) CHECK_OK(name());
  return node;
}

Result<Node> Parser::rename_statement() {
  take();
  CHECK_OK(expect_word("OBJECT"));
  take_symbol("::");
  RenameStatement node;
  TRY(node.name, name());
  if (take_word("COLUMN")) return std::unexpected(not_supported("RENAME OBJECT … COLUMN", peek().line));
  CHECK_OK(expect_word("TO"));
  TRY(node.to, identifier());
  return node;
}

}  // namespace axonite::tsql
