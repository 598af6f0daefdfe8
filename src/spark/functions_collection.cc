#include "spark/function_table.h"

namespace axonite::spark {
namespace {

constexpr FunctionRow kCollection[] = {
    {"size", "a", "int", "CAST(CASE WHEN $1 IS NULL THEN NULL ELSE len($1) END AS INTEGER)"},
    {"array_size", "A", "int", "CAST(len($1) AS INTEGER)"},
    {"array_contains", "Ae", "boolean", "CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN list_contains($1, $2) THEN true WHEN list_count($1) < len($1) THEN NULL ELSE false END"},
    {"array_position", "Ae", "bigint", "CAST(coalesce(list_position($1, $2), 0) AS BIGINT)"},
    {"array_distinct", "A", "1", "spark_distinct($1)"},
    {"array_remove", "Ae", "1", "list_filter($1, lambda x_: x_ IS DISTINCT FROM $2)"},
    {"array_compact", "A", "1", "list_filter($1, lambda x_: x_ IS NOT NULL)"},
    {"array_append", "Ae", "1", "CASE WHEN $1 IS NOT NULL THEN list_append($1, $2) END"},
    {"array_prepend", "Ae", "1", "CASE WHEN $1 IS NOT NULL THEN list_prepend($2, $1) END"},
    {"array_max", "A", "el?", "list_max($1)"},
    {"array_min", "A", "el?", "list_min($1)"},
    {"array_insert", "Aie", "1?", "spark_insert($1, $2, $3)"},
    {"array_union", "cc", "c", "spark_distinct($1 || $2)"},
    {"array_intersect", "cc", "c", "list_filter(spark_distinct($1), lambda x_: spark_has($2, x_))"},
    {"array_except", "cc", "c", "list_filter(spark_distinct($1), lambda x_: NOT spark_has($2, x_))"},
    {"arrays_overlap", "cc", "boolean", "CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN list_has_any($1, $2) THEN true WHEN len($1) > 0 AND len($2) > 0 AND (list_count($1) < len($1) OR list_count($2) < len($2)) THEN NULL ELSE false END"},
    {"array_sort", "A", "1", "list_sort($1, 'ASC', 'NULLS LAST')"},
    {"flatten", "A", "el", "CASE WHEN list_count($1) = len($1) THEN flatten($1) END"},
    {"slice", "Aii", "1", "CASE WHEN $2 > 0 THEN list_slice($1, $2, $2 + $3 - 1) ELSE list_slice($1, len($1) + $2 + 1, len($1) + $2 + $3) END"},
    {"get", "Ai", "el?", "CASE WHEN $2 >= 0 THEN ($1)[$2 + 1] END"},
    {"array_repeat", "ai", "[1", "list_transform(range(greatest($2, 0)), lambda i_: $1)"},
    {"map_keys", "M", "[k", "map_keys($1)"},
    {"map_values", "M", "[v", "map_values($1)"},
    {"map_contains_key", "Ma", "boolean", "list_contains(map_keys($1), $2)"},
    {"map_concat", "aa*", "1", "map_concat($*)"},
    {"map_from_arrays", "AA", "map", "spark_map($1, $2)"},
    {"get_json_object", "ss", "string?", "json_extract_string($1, $2)"},
    {"json_array_length", "s", "int?", "CAST(json_array_length($1) AS INTEGER)"},
    {"to_json", "aa?", "string", "CAST(to_json($1) AS VARCHAR)"},
};

}  // namespace

std::span<const FunctionRow> collection_functions() { return kCollection; }

}  // namespace axonite::spark
