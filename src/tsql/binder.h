#pragma once
// AST → DuckDB SQL with T-SQL's names, types and rules. Names resolve against the catalog, the system views and the
// query's own sources only: no text of the user reaches DuckDB other than as quoted names and literals.
#include <map>
#include <memory>
#include <set>

#include "tsql/ast.h"
#include "tsql/bound.h"
#include "tsql/state.h"

namespace axonite::tsql {

struct SourceColumn {
  std::string name;
  Bound value;
};

// One entry of FROM. `alias` is what the user calls it; the emitted SQL has an alias of its own.
struct Source {
  std::string alias, schema, emitted;
  std::vector<SourceColumn> columns;
  bool files = false;  // filepath() and filename() work on it
};

struct GroupKey {
  std::string sql;
  Type type;
};

struct Scope {
  std::vector<Source> sources;
  Scope* outer = nullptr;
  bool grouped = false, grouping_sets = false;
  bool plain = false;  // inside an aggregate's argument, or while a key is looked for
  std::vector<GroupKey> keys;
};

struct CommonTableInfo {
  std::string sql_name;
  std::vector<OutputColumn> columns;
};

class Binder {
 public:
  explicit Binder(State& state) : state_(state) {}

  Result<BoundQuery> query(const Query& query, Scope* outer = nullptr);
  Result<Bound> value(const Expression& expression, Scope* scope);
  Result<Bound> condition(const Expression& expression, Scope* scope);
  // A value that needs no source: variables, literals, functions, scalar queries.
  Result<Bound> standalone(const Expression& expression) { return value(expression, nullptr); }
  Result<Type> type(const TypeSpec& spec, int line, bool in_cast = false);

  // FROM: its SQL, with sources added to `scope`.
  Result<std::string> table(const TableReference& table, Scope& scope);
  // WITH of UPDATE/DELETE/queries: "WITH a AS (…), " or "".
  Result<std::string> common_tables(const std::vector<CommonTable>& tables, Scope* outer);
  // A table or view by name; error 208. Checks `permission` (error 229).
  Result<Object> object(const Name& name, int line, std::string_view permission);
  Result<std::optional<Object>> find_object(const Name& name);
  Source source_of(const Object& object, std::string alias);
  std::string fresh(std::string_view prefix) { return std::string(prefix) + std::to_string(++counter_); }
  Result<void> check_permission(const Object& object, std::string_view permission, int line);

  State& state() { return state_; }
  std::set<std::string>& inputs() { return inputs_; }

  // For function tables.
  Result<Bound> combine(Bound left, Bound right, std::string_view op, int line) { return arithmetic(std::move(left), std::move(right), op, line); }
  Result<std::vector<Bound>> values(const std::vector<ExpressionPtr>& expressions, Scope* scope);
  Result<std::string> window(const Window& window, Scope* scope, bool needs_order);
  Result<std::string> order(const std::vector<OrderItem>& items, Scope* scope);

 private:
  Result<Bound> any(const Expression& expression, Scope* scope);
  Result<Bound> ungrouped(const Expression& expression, Scope* scope);
  Result<Bound> literal(const Expression& expression);
  Result<Bound> column(const Expression& expression, Scope* scope);
  Result<Bound> column_in_group(Bound found, Scope& scope, const Expression& expression);
  Result<Bound> variable(const Expression& expression);
  Result<Bound> global(const Expression& expression);
  Result<Bound> unary(const Expression& expression, Scope* scope);
  Result<Bound> binary(const Expression& expression, Scope* scope);
  Result<Bound> comparison(Bound left, Bound right, std::string_view op, int line);
  Result<Bound> arithmetic(Bound left, Bound right, std::string_view op, int line);
  Result<Bound> logical(const Expression& expression, Scope* scope);
  Result<Bound> case_(const Expression& expression, Scope* scope);
  Result<Bound> cast(const Expression& expression, Scope* scope);
  Result<Bound> in_list(const Expression& expression, Scope* scope);
  Result<Bound> like(const Expression& expression, Scope* scope);
  Result<Bound> subquery(const Expression& expression, Scope* scope);
  Result<Bound> function(const Expression& expression, Scope* scope);
  Result<Bound> file_function(const Expression& expression, Scope* scope);

  Result<BoundQuery> select(const Select& select, const Query& query, Scope* outer);
  Result<BoundQuery> set_operation(const Query& query, Scope* outer);
  Result<BoundQuery> body(const Query& query, Scope* outer);
  Result<void> group(const GroupBy& group, Scope& scope, std::string& sql);
  Result<void> expand_star(const Expression& star, Scope& scope, std::vector<OutputColumn>& columns, std::vector<std::string>& items);
  Result<std::string> limit(const Query& query, const Select* select, Scope* outer);

  Result<std::string> table_name(const TableReference& table, Scope& scope);
  Result<std::string> join(const TableReference& table, Scope& scope);
  Result<std::string> derived(const TableReference& table, Scope& scope, Scope* outer);
  Result<std::string> values_table(const TableReference& table, Scope& scope);
  Result<std::string> table_function(const TableReference& table, Scope& scope);
  Result<std::string> openrowset(const TableReference& table, Scope& scope);
  Result<std::string> external_table(const Object& object, Source source, Scope& scope);
  Result<std::string> pivot(const TableReference& table, Scope& scope);
  Result<void> add_source(Source source, Scope& scope, int line);

  State& state_;
  std::vector<std::map<std::string, CommonTableInfo>> common_;
  std::set<std::string> inputs_;
  std::vector<std::string> views_;  // being expanded
  int counter_ = 0, depth_ = 0;
};

// Whether an expression holds an aggregate that belongs to the query itself (not to a subquery or a window).
bool has_aggregate(const Expression& expression);
bool is_aggregate(std::string_view function);

}  // namespace axonite::tsql
