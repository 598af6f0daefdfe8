#pragma once
// The functions that are one template of DuckDB SQL. Arguments are coerced as `arguments` says, one letter each
// ("?" after a letter: may be left out; "*" after the last: any number more):
//   a as it is   s string   i int   l bigint   d double   b boolean   t timestamp   D date   n number   c the common type
//   A array      M map
// Result: a type name, or "1" (type of argument 1), "c" (common type), "el" (element of 1), "k"/"v" (key, value of 1),
// "[1" (array of 1), "[k"/"[v"; then "!" never NULL, "?" may be NULL whatever the arguments are.
// Template: $1 $2 …, $* all with commas, $R the result's DuckDB type, $D DISTINCT, $F the place of FILTER and OVER.
#include <span>
#include <string_view>

namespace axonite::spark {

struct FunctionRow {
  std::string_view name, arguments, result, sql;
};

std::span<const FunctionRow> scalar_functions();
std::span<const FunctionRow> text_functions();
std::span<const FunctionRow> time_functions();
std::span<const FunctionRow> collection_functions();
std::span<const FunctionRow> aggregate_functions();
std::span<const FunctionRow> window_functions();

}  // namespace axonite::spark
