#include "spark/macros.h"

namespace axonite::spark {
namespace {

constexpr const char* kMacros[] = {
    // In the order of first appearance; NULL is a value among others.
    "CREATE MACRO spark_distinct(l) AS list_filter(l, lambda x_, i_: list_position(l, x_) = i_)",
    "CREATE MACRO spark_has(l, v) AS (coalesce(list_contains(l, v), false) OR (v IS NULL AND list_count(l) < len(l)))",
    "CREATE MACRO spark_map(ks, vs) AS CASE WHEN len(list_distinct(ks)) < len(ks) "
    "THEN error('[DUPLICATED_MAP_KEY] Duplicate map key was found, please check the input data. SQLSTATE: 23505') ELSE map(ks, vs) END",
    // Places count from 1, or from behind when negative; a gap is filled with NULL.
    "CREATE MACRO spark_insert(l, place, v) AS CASE WHEN l IS NULL OR place IS NULL THEN NULL WHEN place = 0 THEN error('[INVALID_INDEX_OF_ZERO] The index 0 is invalid. An index shall be either < 0 or > 0. SQLSTATE: 22003') "
    "WHEN place > len(l) THEN list_append(list_resize(l, place - 1), v) WHEN place > 0 THEN list_append(l[:place - 1], v) || l[place:] "
    "WHEN -place > len(l) + 1 THEN list_prepend(v, list_resize(l[:0], -place - len(l) - 1)) || l ELSE list_append(l[:len(l) + place + 1], v) || l[len(l) + place + 2:] END",
    // Java names groups $1, RE2 \1; a fourth argument is the place to begin at.
    "CREATE MACRO spark_regexp_replace(s, p, r, place) AS CASE WHEN place > 1 THEN substr(s, 1, place - 1) ELSE '' END || "
    "regexp_replace(CASE WHEN place > 1 THEN substr(s, place) ELSE s END, p, regexp_replace(r, '\\$(\\d)', '\\\\\\1', 'g'), 'g')",
    "CREATE MACRO spark_levenshtein(a, b, most) AS CASE WHEN most >= 0 AND levenshtein(a, b) > most THEN -1 ELSE levenshtein(a, b) END",
    "CREATE MACRO spark_locate(part, whole, place) AS CASE WHEN place < 1 THEN 0 WHEN contains(substr(whole, coalesce(place, 1)), part) THEN instr(substr(whole, coalesce(place, 1)), part) + coalesce(place, 1) - 1 "
    "WHEN whole IS NULL OR part IS NULL THEN NULL ELSE 0 END",
    // NULL keeps what is there, nothing given is X, x and n.
    "CREATE MACRO spark_masked(was, given, usual) AS CASE WHEN given IS NULL THEN was ELSE repeat(CASE given WHEN '' THEN usual ELSE given END, length(was)) END",
    "CREATE MACRO spark_mask(s, u, w, d) AS translate(s, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', "
    "spark_masked('ABCDEFGHIJKLMNOPQRSTUVWXYZ', u, 'X') || spark_masked('abcdefghijklmnopqrstuvwxyz', w, 'x') || spark_masked('0123456789', d, 'n'))",
    "CREATE MACRO spark_binary(s, form) AS CASE lower(form) WHEN '' THEN unhex(s) WHEN 'hex' THEN unhex(s) WHEN 'utf-8' THEN encode(s) WHEN 'utf8' THEN encode(s) WHEN 'base64' THEN from_base64(s) "
    "ELSE error('[INVALID_PARAMETER_VALUE.BINARY_FORMAT] The format of to_binary is unknown. SQLSTATE: 22023') END",
    // Java's split: no limit keeps empty ends, a limit leaves the rest whole.
    "CREATE MACRO spark_split(s, p, most) AS CASE WHEN most > 0 AND len(string_split_regex(s, p)) > most THEN list_append(string_split_regex(s, p)[:most - 1], "
    "substr(s, 1 + length(array_to_string(string_split_regex(s, p)[:most - 1], '')) + length(array_to_string(regexp_extract_all(s, p)[:most - 1], '')))) ELSE string_split_regex(s, p) END",
};

}  // namespace

std::span<const char* const> macros() { return kMacros; }

}  // namespace axonite::spark
