#include "spark/function_table.h"

namespace axonite::spark {
namespace {

constexpr FunctionRow kText[] = {
    {"upper", "s", "string", "upper($1)"},
    {"ucase", "s", "string", "upper($1)"},
    {"lower", "s", "string", "lower($1)"},
    {"lcase", "s", "string", "lower($1)"},
    {"length", "s", "int", "CAST(length($1) AS INTEGER)"},
    {"char_length", "s", "int", "CAST(length($1) AS INTEGER)"},
    {"character_length", "s", "int", "CAST(length($1) AS INTEGER)"},
    {"octet_length", "s", "int", "CAST(strlen($1) AS INTEGER)"},
    {"bit_length", "s", "int", "CAST(strlen($1) * 8 AS INTEGER)"},
    {"trim", "ss?", "string", "trim($*)"},
    {"ltrim", "ss?", "string", "ltrim($*)"},
    {"rtrim", "ss?", "string", "rtrim($*)"},
    {"btrim", "ss?", "string", "trim($*)"},
    {"reverse", "s", "string", "reverse($1)"},
    {"initcap", "s", "string",
     "array_to_string(list_transform(string_split(lower($1), ' '), lambda w_: upper(substr(w_, 1, 1)) || substr(w_, 2)), ' ')"},
    {"repeat", "si", "string", "repeat($1, greatest($2, 0))"},
    {"replace", "sss?", "string", "replace($1, $2, $3)"},
    {"translate", "sss", "string", "translate($1, $2, $3)"},
    {"ascii", "s", "int", "CASE WHEN $1 = '' THEN 0 ELSE unicode($1) END"},
    {"chr", "l", "string", "chr(CAST($1 % 256 AS INTEGER))"},
    {"char", "l", "string", "chr(CAST($1 % 256 AS INTEGER))"},
    {"instr", "ss", "int", "CAST(instr($1, $2) AS INTEGER)"},
    {"left", "si", "string", "substr($1, 1, greatest($2, 0))"},
    {"right", "si", "string", "CASE WHEN $2 <= 0 THEN '' ELSE right($1, $2) END"},
    {"startswith", "ss", "boolean", "starts_with($1, $2)"},
    {"endswith", "ss", "boolean", "ends_with($1, $2)"},
    {"contains", "ss", "boolean", "contains($1, $2)"},
    {"like", "ss", "boolean", "($1 LIKE $2 ESCAPE '\\')"},
    {"ilike", "ss", "boolean", "($1 ILIKE $2 ESCAPE '\\')"},
    {"rlike", "ss", "boolean", "regexp_matches($1, $2)"},
    {"regexp", "ss", "boolean", "regexp_matches($1, $2)"},
    {"regexp_like", "ss", "boolean", "regexp_matches($1, $2)"},
    {"regexp_count", "ss", "int", "CAST(len(regexp_extract_all($1, $2)) AS INTEGER)"},
    {"regexp_replace", "sss", "string", "regexp_replace($1, $2, regexp_replace($3, '\\$(\\d)', '\\\\\\1', 'g'), 'g')"},
    {"split_part", "ssi", "string", "split_part($1, $2, $3)"},
    {"substring_index", "ssi", "string",
     "CASE WHEN $3 = 0 THEN '' WHEN $3 > 0 THEN array_to_string(string_split($1, $2)[1:$3], $2) ELSE array_to_string(string_split($1, $2)[$3:], $2) END"},
    {"levenshtein", "ss", "int", "CAST(levenshtein($1, $2) AS INTEGER)"},
    {"space", "i", "string", "repeat(' ', greatest($1, 0))"},
    {"base64", "a", "string", "base64(CAST($1 AS BLOB))"},
    {"unbase64", "s", "binary", "from_base64($1)"},
    {"unhex", "s", "binary", "unhex($1)"},
    {"overlay", "ssi", "string", "(substr($1, 1, $3 - 1) || $2 || substr($1, $3 + length($2)))"},
    {"url_encode", "s", "string", "url_encode($1)"},
    {"url_decode", "s", "string", "url_decode($1)"},
};

}  // namespace

std::span<const FunctionRow> text_functions() { return kText; }

}  // namespace axonite::spark
