#pragma once
// Spark SQL text into plans and commands. Errors: PARSE_SYNTAX_ERROR, UNSUPPORTED_FEATURE naming the clause.
#include <map>

#include "spark/plan.h"

namespace axonite::spark {

struct Arguments {
  std::map<std::string, ExprPtr> named;  // :name
  std::vector<ExprPtr> positional;       // ?
};

struct Statement {
  enum class Kind { query, create_view, drop_view, show_tables, show_databases, describe, set, use } kind = Kind::query;
  RelationPtr query;
  std::vector<std::string> name;     // view, table
  bool replace = false, if_exists = false, temporary = false;
  std::string key, value;            // set
};

Result<Statement> parse_statement(std::string_view sql, const Arguments& parameters = {});
Result<ExprPtr> parse_expression(std::string_view sql);

}  // namespace axonite::spark
