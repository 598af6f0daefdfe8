#include "spark/function_table.h"

namespace axonite::spark {
namespace {

constexpr FunctionRow kAggregate[] = {
    {"count", "aa*", "bigint!", "CAST(count($D$*)$F AS BIGINT)"},
    {"count_if", "b", "bigint!", "CAST(count_if($1)$F AS BIGINT)"},
    {"min", "a", "1?", "min($1)$F"},
    {"max", "a", "1?", "max($1)$F"},
    {"any_value", "ab?", "1?", "first($1)$F"},
    {"first", "ab?", "1?", "first($1)$F"},
    {"first_value", "ab?", "1?", "first($1)$F"},
    {"last", "ab?", "1?", "last($1)$F"},
    {"last_value", "ab?", "1?", "last($1)$F"},
    {"max_by", "aa", "1?", "arg_max_null($1, $2)$F"},
    {"min_by", "aa", "1?", "arg_min_null($1, $2)$F"},
    {"mode", "a", "1?", "mode($1)$F"},
    {"stddev", "d", "double?", "stddev_samp($D$1)$F"},
    {"std", "d", "double?", "stddev_samp($D$1)$F"},
    {"stddev_samp", "d", "double?", "stddev_samp($D$1)$F"},
    {"stddev_pop", "d", "double?", "stddev_pop($D$1)$F"},
    {"variance", "d", "double?", "var_samp($D$1)$F"},
    {"var_samp", "d", "double?", "var_samp($D$1)$F"},
    {"var_pop", "d", "double?", "var_pop($D$1)$F"},
    {"corr", "dd", "double?", "corr($1, $2)$F"},
    {"covar_samp", "dd", "double?", "covar_samp($1, $2)$F"},
    {"covar_pop", "dd", "double?", "covar_pop($1, $2)$F"},
    {"regr_count", "dd", "bigint!", "CAST(regr_count($1, $2)$F AS BIGINT)"},
    {"regr_avgx", "dd", "double?", "regr_avgx($1, $2)$F"},
    {"regr_avgy", "dd", "double?", "regr_avgy($1, $2)$F"},
    {"regr_sxx", "dd", "double?", "regr_sxx($1, $2)$F"},
    {"regr_syy", "dd", "double?", "regr_syy($1, $2)$F"},
    {"regr_sxy", "dd", "double?", "regr_sxy($1, $2)$F"},
    {"regr_r2", "dd", "double?", "regr_r2($1, $2)$F"},
    {"regr_slope", "dd", "double?", "regr_slope($1, $2)$F"},
    {"regr_intercept", "dd", "double?", "regr_intercept($1, $2)$F"},
    {"bit_and", "a", "1?", "bit_and($1)$F"},
    {"bit_or", "a", "1?", "bit_or($1)$F"},
    {"bit_xor", "a", "1?", "bit_xor($1)$F"},
    {"product", "d", "double?", "product($1)$F"},
    {"kurtosis", "d", "double?", "kurtosis_pop($1)$F"},
    {"median", "d", "double?", "median($D$1)$F"},
    {"percentile", "da", "double?", "quantile_cont($1, $2)$F"},
    {"percentile_approx", "aal?", "1?", "quantile_disc($1, $2)$F"},
    {"approx_percentile", "aal?", "1?", "quantile_disc($1, $2)$F"},
    {"approx_count_distinct", "ad?", "bigint!", "CAST(approx_count_distinct($1)$F AS BIGINT)"},
    {"bool_and", "b", "boolean?", "bool_and($1)$F"},
    {"every", "b", "boolean?", "bool_and($1)$F"},
    {"bool_or", "b", "boolean?", "bool_or($1)$F"},
    {"some", "b", "boolean?", "bool_or($1)$F"},
    {"any", "b", "boolean?", "bool_or($1)$F"},
    {"collect_list", "a", "[1!", "coalesce(list_filter(list($D$1)$F, lambda x_: x_ IS NOT NULL), [])"},
    {"array_agg", "a", "[1!", "coalesce(list_filter(list($D$1)$F, lambda x_: x_ IS NOT NULL), [])"},
    {"collect_set", "a", "[1!", "coalesce(list_distinct(list($1)$F), [])"},
    {"grouping", "a", "tinyint!", "CAST(grouping($1) AS TINYINT)"},
    {"grouping_id", "a*", "bigint!", "CAST(grouping_id($*) AS BIGINT)"},
};

constexpr FunctionRow kWindow[] = {
    {"row_number", "", "int!", "CAST(row_number()$F AS INTEGER)"},
    {"rank", "", "int!", "CAST(rank()$F AS INTEGER)"},
    {"dense_rank", "", "int!", "CAST(dense_rank()$F AS INTEGER)"},
    {"percent_rank", "", "double!", "percent_rank()$F"},
    {"cume_dist", "", "double!", "cume_dist()$F"},
    {"ntile", "i", "int!", "CAST(ntile($1)$F AS INTEGER)"},
    {"lag", "ai?a?", "1?", "lag($*)$F"},
    {"lead", "ai?a?", "1?", "lead($*)$F"},
    {"nth_value", "aib?", "1?", "nth_value($1, $2)$F"},
};

}  // namespace

std::span<const FunctionRow> aggregate_functions() { return kAggregate; }
std::span<const FunctionRow> window_functions() { return kWindow; }

}  // namespace axonite::spark
