#include "spark/function_table.h"

namespace axonite::spark {
namespace {

constexpr FunctionRow kCollection[] = {
    {"size", "a", "int", "CAST(CASE WHEN $1 IS NULL THEN NULL ELSE len($1) END AS INTEGER)"},
    {"array_size", "A", "int", "CAST(len($1) AS INTEGER)"},
    {"array_contains", "Ae", "boolean", "CASE WHEN list_contains($1, $2) THEN true WHEN list_count($1) < len($1) THEN NULL ELSE false END"},
    {"array_position", "Ae", "bigint", "CAST(coalesce(list_position($1, $2), 0) AS BIGINT)"},
    {"array_distinct", "A", "1", "list_filter($1, lambda x_, i_: list_position($1, x_) = i_ OR (x_ IS NULL AND list_position(list_transform($1, lambda y_: y_ IS NULL), true) = i_))"},
    {"array_remove", "Ae", "1", "list_filter($1, lambda x_: x_ <> $2)"},
    {"array_compact", "A", "1", "list_filter($1, lambda x_: x_ IS NOT NULL)"},
    {"array_append", "Ae", "1", "list_append($1, $2)"},
    {"array_prepend", "Ae", "1", "list_prepend($2, $1)"},
    {"array_max", "A", "el?", "list_max($1)"},
    {"array_min", "A", "el?", "list_min($1)"},
    {"array_join", "Ass?", "string", "array_to_string($1, $2)"},
    {"array_union", "cc", "c", "list_distinct(list_concat($1, $2))"},
    {"array_intersect", "cc", "c", "list_intersect($1, $2)"},
    {"array_except", "cc", "c", "list_distinct(list_filter($1, lambda x_: NOT list_contains($2, x_)))"},
    {"arrays_overlap", "cc", "boolean", "list_has_any($1, $2)"},
    {"array_sort", "A", "1", "list_sort($1, 'ASC', 'NULLS LAST')"},
    {"flatten", "A", "el", "flatten($1)"},
    {"slice", "Aii", "1", "CASE WHEN $2 > 0 THEN list_slice($1, $2, $2 + $3 - 1) ELSE list_slice($1, len($1) + $2 + 1, len($1) + $2 + $3) END"},
    {"get", "Ai", "el?", "CASE WHEN $2 >= 0 THEN ($1)[$2 + 1] END"},
    {"array_repeat", "ai", "[1", "list_transform(range(greatest($2, 0)), lambda i_: $1)"},
    {"map_keys", "M", "[k", "map_keys($1)"},
    {"map_values", "M", "[v", "map_values($1)"},
    {"map_contains_key", "Ma", "boolean", "list_contains(map_keys($1), $2)"},
    {"map_concat", "aa*", "1", "map_concat($*)"},
    {"map_from_arrays", "AA", "map", "map($1, $2)"},
    {"get_json_object", "ss", "string?", "json_extract_string($1, $2)"},
    {"json_array_length", "s", "int?", "CAST(json_array_length($1) AS INTEGER)"},
    {"to_json", "aa?", "string", "CAST(to_json($1) AS VARCHAR)"},
};

}  // namespace

std::span<const FunctionRow> collection_functions() { return kCollection; }

}  // namespace axonite::spark
