#pragma once
// Plans between the front ends (Spark Connect's messages, SQL text) and the analyzer: unresolved, as written.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "spark/type.h"

namespace axonite::spark {

struct Expr;
struct Relation;
using ExprPtr = std::shared_ptr<const Expr>;
using RelationPtr = std::shared_ptr<const Relation>;

struct SortKey {
  ExprPtr child;
  bool ascending = true;
  bool nulls_first = true;
};

struct FrameBound {
  enum class Kind { unbounded, current_row, value } kind = Kind::unbounded;
  std::int64_t value = 0;  // negative = preceding
};

struct Frame {
  bool rows = true;
  FrameBound lower, upper;
};

enum class ExprKind {
  literal, attribute, function, star, alias, cast, window, extract, lambda, lambda_variable, scalar_subquery, exists, in_subquery,
  sort_order,  // asc()/desc() where only an expression may stand
};

enum class CastMode { ansi, try_ };

struct Expr {
  ExprKind kind = ExprKind::literal;
  // attribute: name parts; function, lambda_variable: the name; alias: the new names; star: the target.
  std::vector<std::string> names;
  std::vector<ExprPtr> children;   // window: the function, then the partitioning
  DataType type;                   // literal, cast
  std::optional<std::string> value;  // literal: DuckDB SQL of the value; nothing = NULL
  std::string text;                // literal: as Spark prints it
  std::int64_t plan_id = -1;       // attribute, star
  bool distinct = false, ignore_nulls = false;
  std::vector<SortKey> order;      // window, sort_order
  std::optional<Frame> frame;
  RelationPtr subquery;
  CastMode cast_mode = CastMode::ansi;
  ExprPtr filter;                  // aggregate FILTER (WHERE …)
};

enum class RelationKind {
  one_row, table, files, local, range, values, project, filter, join, set_op, sort, limit, tail, aggregate, sample, deduplicate,
  alias, to_df, with_columns, rename, drop, unpivot, to_schema, fill_na, drop_na, replace_na, describe, summary, show, html, with_views, lateral_view,
};

enum class JoinKind { inner, full, left, right, anti, semi, cross };
enum class SetOp { union_, intersect, except };
enum class GroupKind { by, rollup, cube, sets, pivot };

struct Relation {
  RelationKind kind = RelationKind::one_row;
  std::int64_t plan_id = -1;
  std::vector<RelationPtr> inputs;
  std::vector<ExprPtr> exprs;      // project, filter, aggregate's results, with_columns (aliases), drop, unpivot's ids
  std::vector<ExprPtr> groups;     // aggregate; join: the condition; unpivot: values
  std::vector<std::vector<ExprPtr>> rows;  // values; grouping sets
  std::vector<SortKey> order;
  std::vector<std::string> names;  // table parts, using, to_df, deduplicate, alias, drop, rename's pairs, views' names, columns of fill…
  std::string text;                // files: format; local: data as Arrow IPC
  std::string schema;              // files, local
  DataType type;                   // to_schema
  std::map<std::string, std::string> options;  // files; lower-case keys
  std::int64_t a = 0, b = 0, c = 0;  // limit and offset; range: start, end, step; show: rows, truncate
  double lower = 0, upper = 1;     // sample
  bool flag = false, by_name = false, missing = false;  // set_op: all; sample: replacement; show: vertical; values of unpivot given
  bool natural = false;
  JoinKind join = JoinKind::inner;
  SetOp set_op = SetOp::union_;
  GroupKind group = GroupKind::by;
};

// Short makers for the front ends.
ExprPtr attribute(std::vector<std::string> parts);
ExprPtr call(std::string name, std::vector<ExprPtr> arguments);
ExprPtr alias(ExprPtr child, std::string name);
ExprPtr literal(DataType type, std::optional<std::string> value, std::string text);
ExprPtr integer_literal(std::int64_t value);
ExprPtr string_literal(std::string_view value);
// "a.`b.c`.d" → parts. invalid("PARSE_SYNTAX_ERROR").
Result<std::vector<std::string>> name_parts(std::string_view text);

}  // namespace axonite::spark
