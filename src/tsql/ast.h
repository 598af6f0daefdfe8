#pragma once
// What the parser makes of a batch. Plain data; names are as written, without quotes.
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace axonite::tsql {

struct Expression;
struct Query;
struct Statement;
struct TableReference;
using ExpressionPtr = std::unique_ptr<Expression>;
using QueryPtr = std::unique_ptr<Query>;
using TablePtr = std::unique_ptr<TableReference>;
using Name = std::vector<std::string>;  // "db.schema.object" → three parts; "db..t" has an empty middle
using Block = std::vector<Statement>;

struct TypeSpec {
  std::string name;
  std::optional<int> first, second;  // max = -1
};

struct OrderItem {
  ExpressionPtr expression;
  bool descending = false;
};

struct FrameBound {
  enum class Kind { unbounded_preceding, preceding, current_row, following, unbounded_following };
  Kind kind = Kind::unbounded_preceding;
  ExpressionPtr offset;
};

struct Window {
  std::vector<ExpressionPtr> partition_by;
  std::vector<OrderItem> order_by;
  bool has_frame = false, rows = false;
  FrameBound start, end;
};

struct Expression {
  enum class Kind {
    null, integer, decimal, float_, money, string, nstring, binary,
    column,     // name
    star,       // name = qualifier, may be empty
    variable,   // text "@x", "@@rowcount"
    unary,      // text "-", "+", "~"
    binary_operator,  // text "+", "=", …
    and_, or_, not_,
    function,   // name, children; over, distinct, within_group
    cast,       // children[0], type; text "CAST", "TRY_CAST", "CONVERT", "TRY_CONVERT"; children[1] = style
    case_,      // children: [operand] when then … [else]; has_operand, has_else
    in_list,    // children[0] in the rest; negated
    in_query, exists, scalar_query,
    quantified,  // children[0] text(=,<…) all/any query; distinct = ALL
    between,    // children 0..2; negated
    like,       // children 0, 1, [escape]; negated
    is_null,    // negated
    collate,    // children[0], text
    at_time_zone,
    default_,   // DEFAULT in VALUES and SET
  };
  Kind kind = Kind::null;
  int line = 1;
  std::string text;
  Name name;
  std::vector<ExpressionPtr> children;
  QueryPtr query;
  std::optional<TypeSpec> type;
  bool negated = false, distinct = false, has_operand = false, has_else = false;
  std::unique_ptr<Window> over;
  std::vector<OrderItem> within_group;
};

struct SelectItem {
  ExpressionPtr expression;
  std::string alias;
  std::string variable;       // SELECT @x = …
  std::string assignment = "=";  // or "+=" …
};

// One WITH column of OPENROWSET or OPENJSON.
struct SchemaColumn {
  std::string name;
  TypeSpec type;
  bool binary_collation = false;
  std::string path;  // ordinal or JSON path; empty = by name
};

struct TableReference {
  enum class Kind { table, query, join, function, openrowset, values, pivot };
  enum class Join { inner, left, right, full, cross, cross_apply, outer_apply };
  Kind kind = Kind::table;
  int line = 1;
  Name name;
  std::string alias;
  std::vector<std::string> column_aliases;
  QueryPtr query;
  Join join = Join::inner;
  TablePtr left, right;
  ExpressionPtr on;
  std::vector<ExpressionPtr> arguments;
  std::vector<std::vector<ExpressionPtr>> rows;           // VALUES
  std::vector<std::pair<std::string, ExpressionPtr>> options;  // OPENROWSET: BULK, FORMAT, DATA_SOURCE, …
  std::vector<SchemaColumn> schema;
  ExpressionPtr pivot_aggregate;  // PIVOT(agg FOR pivot_column IN (…)); UNPIVOT: value column in pivot_value
  std::string pivot_column, pivot_value;
  std::vector<std::string> pivot_values;
  bool unpivot = false;
};

struct GroupBy {
  enum class Kind { none, plain, rollup, cube, sets };
  Kind kind = Kind::none;
  std::vector<std::vector<ExpressionPtr>> sets;  // plain, rollup, cube: one list
};

struct Select {
  bool distinct = false;
  ExpressionPtr top;
  bool top_percent = false, top_ties = false;
  std::vector<SelectItem> items;
  Name into;
  TablePtr from;
  ExpressionPtr where;
  GroupBy group_by;
  ExpressionPtr having;
  int line = 1;
};

struct CommonTable {
  std::string name;
  std::vector<std::string> columns;
  QueryPtr query;
};

struct Query {
  std::vector<CommonTable> with;
  std::unique_ptr<Select> select;  // or a set operation:
  std::string operation;           // "UNION", "UNION ALL", "EXCEPT", "INTERSECT"
  QueryPtr left, right;
  std::vector<OrderItem> order_by;
  ExpressionPtr offset, fetch;
  std::string label;  // OPTION (LABEL = '…')
  std::string for_json;
  int line = 1;
};

// PRIMARY KEY or UNIQUE, always NOT ENFORCED.
struct KeyDefinition {
  std::string name;  // "" = to be made up
  bool primary = false;
  std::vector<std::string> columns;
  int line = 1;
};

struct ColumnDefinition {
  std::string name;
  TypeSpec type;
  std::optional<bool> nullable;
  ExpressionPtr default_value;
  std::string default_text;  // as written
  std::vector<KeyDefinition> keys;
  bool identity = false;
  std::int64_t identity_seed = 1, identity_step = 1;
  int line = 1;
};

// "DISTRIBUTION" → "HASH(id)", "HEAP" → "": WITH options of tables, kept as text of their tokens.
struct Option {
  std::string name;
  std::string value;
  std::vector<std::string> names;  // identifiers in the value's parentheses
  int line = 1;
};

struct DeclaredVariable {
  std::string name;
  TypeSpec type;
  ExpressionPtr value;
  bool output = false;
  int line = 1;
};

struct CallArgument {
  std::string name;  // with '@', or empty
  ExpressionPtr value;
  bool output = false;
};

struct SetClause {
  Name column;
  std::string assignment = "=";
  ExpressionPtr value;
};

struct QueryStatement { QueryPtr query; };
struct DeclareStatement { std::vector<DeclaredVariable> variables; };
struct AssignStatement { std::string variable, assignment = "="; ExpressionPtr value; };
struct SetOptionStatement { std::vector<std::string> words; };  // upper case: {"NOCOUNT","ON"}
struct IfStatement { ExpressionPtr condition; Block then, otherwise; };
struct WhileStatement { ExpressionPtr condition; Block body; };
struct BlockStatement { Block body; };
struct BreakStatement {};
struct ContinueStatement {};
struct ReturnStatement { ExpressionPtr value; };
struct PrintStatement { ExpressionPtr value; };
struct RaiserrorStatement { std::vector<ExpressionPtr> arguments; };
struct ThrowStatement { ExpressionPtr number, text, state; };
struct TryStatement { Block body, handler; };
struct TransactionStatement { enum class Kind { begin, commit, rollback, save } kind; std::string name; };
struct UseStatement { std::string database; };
struct CreateTableStatement {
  Name name;
  std::vector<ColumnDefinition> columns;
  std::vector<KeyDefinition> keys;
  std::vector<Option> options;
  QueryPtr query;  // CTAS
  bool external = false;
};
struct AlterTableStatement {
  Name name;
  enum class Kind { add, drop, alter_column, add_key, drop_key } kind = Kind::add;
  std::vector<ColumnDefinition> columns;
  std::vector<KeyDefinition> keys;
  std::vector<std::string> dropped;
  bool if_exists = false;
};
struct DropStatement { std::string kind; bool if_exists = false; std::vector<Name> names; };  // "TABLE", "VIEW", …
struct TruncateStatement { Name name; };
struct CreateViewStatement { Name name; std::vector<std::string> columns; QueryPtr query; std::string text; bool replace = false, alter = false, materialized = false; };
struct CreateProcedureStatement { Name name; std::vector<DeclaredVariable> parameters; Block body; std::string text; bool replace = false, alter = false; };
struct CreateSchemaStatement { std::string name; std::string owner; };
struct RenameStatement { Name name; std::string to; };
struct InsertStatement {
  Name name;
  std::vector<std::string> columns;
  std::vector<std::vector<ExpressionPtr>> rows;
  QueryPtr query;
  std::unique_ptr<Statement> execute;
  bool default_values = false;
};
struct UpdateStatement { std::vector<CommonTable> with; Name target; std::vector<SetClause> assignments; TablePtr from; ExpressionPtr where; };
struct DeleteStatement { std::vector<CommonTable> with; Name target; TablePtr from; ExpressionPtr where; };
struct MergeAction {
  enum class When { matched, not_matched, not_matched_by_source } when;
  ExpressionPtr condition;
  enum class Kind { update, insert, delete_ } kind;
  std::vector<SetClause> assignments;
  std::vector<std::string> columns;
  std::vector<ExpressionPtr> values;
};
struct MergeStatement { Name target; std::string alias; TablePtr source; ExpressionPtr on; std::vector<MergeAction> actions; };
struct ExecuteStatement {
  Name procedure;
  std::string result_variable;
  std::vector<CallArgument> arguments;
  ExpressionPtr text;  // EXEC ('…')
};
struct CopyIntoStatement {
  Name name;
  struct Column { std::string name; ExpressionPtr default_value; int field = 0; };
  std::vector<Column> columns;
  std::vector<std::string> urls;
  struct Setting { std::string name; std::string value; std::vector<std::pair<std::string, std::string>> members; int line = 1; };
  std::vector<Setting> settings;
  std::string label;
};
// CREATE STATISTICS, EXTERNAL DATA SOURCE, EXTERNAL FILE FORMAT, CREDENTIAL: kept, shown in system views.
struct CreateMetadataStatement { std::string kind; Name name; std::vector<Option> options; Name on; std::vector<std::string> columns; };
struct PermissionStatement {
  enum class Kind { grant, deny, revoke } kind;
  std::vector<std::string> permissions;
  std::string securable_class;  // "OBJECT", "SCHEMA", "DATABASE"
  Name securable;
  std::vector<std::string> columns;
  std::vector<std::string> principals;
};
struct PrincipalStatement {
  enum class Kind { create_user, drop_user, create_role, drop_role, add_member, drop_member, create_login } kind;
  std::string name, member;
  bool external = false;
  std::string sid;
};
struct KillStatement { std::string session; };  // "SID52" or "52"
struct NoEffectStatement { std::string what; };  // accepted, no effect here: docs/parity.md lists them

struct Statement {
  int line = 1;
  std::size_t begin = 0, end = 0;  // its text in the batch
  std::variant<QueryStatement, DeclareStatement, AssignStatement, SetOptionStatement, IfStatement, WhileStatement,
               BlockStatement, BreakStatement, ContinueStatement, ReturnStatement, PrintStatement, RaiserrorStatement,
               ThrowStatement, TryStatement, TransactionStatement, UseStatement, CreateTableStatement,
               AlterTableStatement, DropStatement, TruncateStatement, CreateViewStatement, CreateProcedureStatement,
               CreateSchemaStatement, RenameStatement, InsertStatement, UpdateStatement, DeleteStatement, MergeStatement,
               ExecuteStatement, CopyIntoStatement, CreateMetadataStatement, PermissionStatement, PrincipalStatement,
               KillStatement, NoEffectStatement>
      node;
};

}  // namespace axonite::tsql
