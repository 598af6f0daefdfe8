#pragma once
// Scalar functions as tables of data, one table per family; what needs more than a template has a rule of its own.
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "tsql/binder.h"

namespace axonite::tsql {

// `arguments`: a letter each: s string, i int, b bigint, f float, n number as it is, d date and time (timestamp),
// u uniqueidentifier, v varbinary, a as it is; a last '*' repeats the letter before it.
// `result`: a type ("int", "nvarchar(128)"), "=1" the first argument's type, "s1" its variable-length string type,
// "S" a string of most length. `sql`: $1 … are the arguments, $* all of them.
struct FunctionRow {
  std::string_view name, arguments, result, sql;
};

std::span<const FunctionRow> string_functions();
std::span<const FunctionRow> math_functions();
std::span<const FunctionRow> date_functions();

// Rules beyond templates; nothing when the name is none of theirs.
Result<std::optional<Bound>> date_rule(Binder& binder, const Expression& call, Scope* scope);
Result<std::optional<Bound>> conditional_rule(Binder& binder, const Expression& call, Scope* scope);
Result<std::optional<Bound>> session_rule(Binder& binder, const Expression& call, Scope* scope);
Result<std::optional<Bound>> aggregate_rule(Binder& binder, const Expression& call, Scope* scope);

}  // namespace axonite::tsql
