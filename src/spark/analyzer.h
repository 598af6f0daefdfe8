#pragma once
// Gives plans Spark's meaning: names resolved, types and nullability inferred, column names as Spark prints them; and
// prints the DuckDB SQL that computes exactly that, with explicit casts wherever the two systems' types differ.
#include <map>
#include <string>
#include <vector>

#include "spark/plan.h"

namespace axonite::spark {

struct Attribute {
  std::uint64_t id = 0;  // its SQL column is c<id>, unique in the whole statement
  std::string name;
  DataType type;
  bool nullable = true;
  std::vector<std::string> qualifier;
  std::vector<std::string> origins;  // "input#column": for lineage
  std::string derivation = "identity";  // or "transformation", "aggregation"
};

struct Analyzed {
  std::string sql;  // a SELECT
  std::vector<Attribute> output;
};

struct Typed {
  std::string sql;
  DataType type;
  bool nullable = true;
  std::string name;  // as Spark prints it
  std::uint64_t id = 0;  // a column as it is
  bool aggregate = false, generator = false, window = false;
  bool foldable = false;
  std::vector<std::string> origins;
  // A generator's columns: SQL, name, type.
  std::vector<Typed> columns;
};

// A relation outside of the plan: SQL after FROM, its columns by their names in it.
struct External {
  std::string from;
  std::vector<Field> fields;
  std::string name;  // for lineage
};

// What the analyzer asks of the session.
class Source {
 public:
  virtual ~Source() = default;
  virtual Result<RelationPtr> view(const std::vector<std::string>& name) = 0;  // nullptr: not there
  virtual Result<External> table(const std::vector<std::string>& name) = 0;
  virtual Result<External> files(const Relation& relation) = 0;
  virtual Result<External> local(const Relation& relation) = 0;
  virtual Result<std::string> render(const Analyzed& child, const Relation& show) = 0;
  virtual Result<std::vector<ExprPtr>> distinct_values(const std::string& sql, const DataType& type) = 0;
  virtual std::string time_zone() const = 0;
  virtual std::string user() const = 0;
};

struct Scope {
  const std::vector<Attribute>* attributes = nullptr;
  const Scope* outer = nullptr;
  std::map<std::string, Typed> variables;                     // of lambdas
  std::vector<std::pair<std::string, Typed>> laterals;        // aliases further left in the same SELECT
};

class Analyzer {
 public:
  explicit Analyzer(Source& source) : source_(source) {}
  Result<Analyzed> relation(const Relation& relation);
  // The whole statement: casts to the output's types, under their own names.
  static std::string statement(const Analyzed& analyzed);
  Result<Typed> expression(const Expr& expression, const Scope& scope);

 private:
  struct Nested;
  Result<Analyzed> dispatch(const Relation& relation);
  Result<Analyzed> external(const External& external, const std::vector<std::string>& qualifier);
  Result<Analyzed> table(const Relation& relation);
  Result<Analyzed> values(const Relation& relation);
  Result<Analyzed> range(const Relation& relation);
  Result<Analyzed> project(const Relation& relation);
  Result<Analyzed> filter(const Relation& relation);
  Result<Analyzed> join(const Relation& relation);
  Result<std::string> join_using(const Relation& relation, const Analyzed& left, const Analyzed& right, std::vector<Attribute>& output,
                                 std::vector<std::string>& columns);
  Result<Analyzed> set_operation(const Relation& relation);
  Result<Analyzed> sort(const Relation& relation);
  Result<Analyzed> limit(const Relation& relation);
  Result<Analyzed> aggregate(const Relation& relation);
  Result<Analyzed> pivot(const Relation& relation);
  Result<Analyzed> deduplicate(const Relation& relation);
  Result<Analyzed> sample(const Relation& relation);
  Result<Analyzed> alias_relation(const Relation& relation);
  Result<Analyzed> renamed(const Relation& relation);
  Result<Analyzed> with_columns(const Relation& relation);
  Result<Analyzed> drop(const Relation& relation);
  Result<Analyzed> unpivot(const Relation& relation);
  Result<Analyzed> to_schema(const Relation& relation);
  Result<Analyzed> missing_values(const Relation& relation);
  Result<Analyzed> statistics(const Relation& relation);
  Result<Analyzed> shown(const Relation& relation);
  Result<Analyzed> lateral_view(const Relation& relation);
  // `wanted` resolved over `child`; where only what lies below `child` has it, as hidden columns of `analyzed`.
  // With `places`, whole numbers stand for columns of `child`.
  Result<Analyzed> child_with(const Relation& child, const std::vector<ExprPtr>& wanted, bool places, std::vector<Typed>& resolved);
  Result<Analyzed> select(const std::vector<Typed>& columns, const std::string& from, const std::vector<Attribute>& input);
  Result<std::vector<Typed>> outputs(const std::vector<ExprPtr>& exprs, Scope& scope);

  Result<Typed> attribute(const Expr& expression, const Scope& scope);
  Result<Typed> by_plan(const Expr& expression, const Scope& scope);
  Result<std::vector<Typed>> star(const Expr& expression, const Scope& scope);
  Result<Typed> cast_expression(const Expr& expression, const Scope& scope);
  Result<Typed> window(const Expr& expression, const Scope& scope);
  Result<Typed> extract(const Expr& expression, const Scope& scope);
  Result<Typed> subquery(const Expr& expression, const Scope& scope);
  Result<Typed> function(const Expr& expression, const Scope& scope);
  Result<Typed> higher_order(const std::string& name, const std::vector<const Expr*>& lambdas, const std::vector<Typed>& arguments, const Scope& scope);
  Result<Typed> array_function(const std::string& name, const Expr& lambda, const std::vector<Typed>& arguments, const Scope& scope);
  Result<Typed> map_function(const std::string& name, const Expr& lambda, const std::vector<Typed>& arguments, const Scope& scope);
  Result<Typed> reduce(const std::string& name, const std::vector<const Expr*>& lambdas, const std::vector<Typed>& arguments, const Scope& scope);
  Result<Typed> lambda_body(const Expr& lambda, const std::vector<Typed>& variables, const Scope& scope);
  Result<std::string> order_text(const std::vector<SortKey>& order, const Scope& scope);  // as columns are named
  Result<std::string> order_by(const std::vector<SortKey>& order, const Scope& scope);

  Attribute fresh(std::string name, DataType type, bool nullable) { return {.id = ++last_id_, .name = std::move(name), .type = std::move(type), .nullable = nullable}; }

  struct PlanOutput {
    std::vector<Attribute> output;
    int depth = 0;
  };
  Source& source_;
  std::uint64_t last_id_ = 0;
  int depth_ = 0, expression_depth_ = 0;
  std::map<std::int64_t, std::vector<PlanOutput>> plans_;
  std::vector<std::map<std::string, RelationPtr>> views_;  // WITH and DataFrames given to SQL
  const Scope* outer_ = nullptr;                           // of a subquery under way
  std::string over_;                                       // for the next aggregate or window function
  std::string filter_;                                     // FILTER (WHERE …) of a pivot
};

std::string column_of(const Attribute& attribute);
Typed typed_of(const Attribute& attribute);
// `typed` as `type`; the SQL is cast only where needed. Casts that Spark does differently (double to int truncates) included.
std::string cast_sql(const Typed& typed, const DataType& type, bool try_ = false);
Result<Typed> built_in(const Expr& expression, std::vector<Typed> arguments, const std::string& over, const std::string& filter, Source& source);
bool is_aggregate_function(std::string_view name);

}  // namespace axonite::spark
