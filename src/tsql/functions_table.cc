#include <fmt/format.h>

#include "base/text.h"
#include "tsql/functions.h"

namespace axonite::tsql {
namespace {

// LEN does not count trailing blanks; DATALENGTH counts bytes as stored.
constexpr FunctionRow kString[] = {
    {"LEN", "s", "int", "length(rtrim($1))"},
    {"UPPER", "s", "s1", "upper($1)"},
    {"LOWER", "s", "s1", "lower($1)"},
    {"LTRIM", "s", "s1", "ltrim($1)"},
    {"RTRIM", "s", "s1", "rtrim($1)"},
    {"TRIM", "s", "s1", "trim($1)"},
    {"LEFT", "si", "s1", "left($1, greatest($2, 0))"},
    {"RIGHT", "si", "s1", "right($1, greatest($2, 0))"},
    {"REVERSE", "s", "s1", "reverse($1)"},
    {"SUBSTRING", "sii", "s1", "CASE WHEN $2 < 1 THEN left($1, greatest($3 + $2 - 1, 0)) ELSE substring($1, $2, greatest($3, 0)) END"},
    {"REPLACE", "sss", "S", "CASE WHEN $2 = '' THEN $1 ELSE regexp_replace($1, regexp_escape($2), replace($3, '\\', '\\\\'), 'gi') END"},
    {"CHARINDEX", "ss", "int", "CASE WHEN $1 = '' THEN 0 ELSE strpos(lower($2), lower($1)) END"},
    {"CHARINDEX", "ssi", "int", "CASE WHEN $1 = '' OR strpos(substring(lower($2), greatest($3, 1)), lower($1)) = 0 AND $2 IS NOT NULL THEN 0 "
                                "ELSE strpos(substring(lower($2), greatest($3, 1)), lower($1)) + greatest($3, 1) - 1 END"},
    {"REPLICATE", "si", "S", "CASE WHEN $2 >= 0 THEN repeat($1, $2) END"},
    {"SPACE", "i", "S", "repeat(' ', greatest($1, 0))"},
    {"STUFF", "siis", "S", "CASE WHEN $2 >= 1 AND $2 <= length($1) AND $3 >= 0 THEN left($1, $2 - 1) || coalesce($4, '') || substring($1, $2 + $3) END"},
    {"CONCAT", "ss*", "S", "concat($*)"},
    {"CONCAT_WS", "sss*", "S", "concat_ws($*)"},
    {"ASCII", "s", "int", "CASE WHEN $1 <> '' THEN ascii($1) END"},
    {"UNICODE", "s", "int", "CASE WHEN $1 <> '' THEN unicode($1) END"},
    {"CHAR", "i", "char(1)", "CASE WHEN $1 BETWEEN 0 AND 255 THEN chr($1) END"},
    {"NCHAR", "i", "nchar(1)", "CASE WHEN $1 BETWEEN 0 AND 65535 THEN chr($1) END"},
    {"QUOTENAME", "s", "nvarchar(258)", "'[' || replace($1, ']', ']]') || ']'"},
    {"TRANSLATE", "sss", "S", "translate($1, $2, $3)"},
    {"STR", "f", "varchar(10)", "lpad(CAST(CAST(round($1) AS BIGINT) AS VARCHAR), 10, ' ')"},
    {"STR", "fi", "varchar(8000)", "lpad(CAST(CAST(round($1) AS BIGINT) AS VARCHAR), $2, ' ')"},
    {"STR", "fii", "varchar(8000)", "lpad(CASE WHEN $3 = 0 THEN CAST(CAST(round($1) AS BIGINT) AS VARCHAR) ELSE printf('%.' || $3 || 'f', $1) END, $2, ' ')"},
    {"STRING_ESCAPE", "ss", "nvarchar(max)", "trim(CAST(to_json($1) AS VARCHAR), '\"')"},
    {"JSON_VALUE", "ss", "nvarchar(4000)", "json_extract_string($1, regexp_replace($2, '^(lax|strict) ', ''))"},
    {"JSON_QUERY", "ss", "nvarchar(max)", "CASE WHEN json_type($1, $2) IN ('OBJECT', 'ARRAY') THEN CAST(json_extract($1, $2) AS VARCHAR) END"},
    {"JSON_QUERY", "s", "nvarchar(max)", "$1"},
    {"ISJSON", "s", "int", "CASE WHEN $1 IS NOT NULL THEN CASE WHEN json_valid($1) AND regexp_matches($1, '^\\s*[{\\[]') THEN 1 ELSE 0 END END"},
    {"SOUNDEX", "s", "varchar(4)", "error('TSQL:104467:SOUNDEX is not supported.')"},
    {"HASHBYTES", "ss", "varbinary(8000)", "CASE upper($1) WHEN 'MD5' THEN from_hex(md5($2)) WHEN 'SHA1' THEN from_hex(sha1($2)) WHEN 'SHA' THEN from_hex(sha1($2)) "
                                           "WHEN 'SHA2_256' THEN from_hex(sha256($2)) ELSE error('TSQL:104467:This HASHBYTES algorithm is not supported.') END"},
};

constexpr FunctionRow kMath[] = {
    {"ABS", "n", "=1", "abs($1)"},
    {"CEILING", "n", "=1", "ceil($1)"},
    {"FLOOR", "n", "=1", "floor($1)"},
    {"SIGN", "n", "=1", "sign($1)"},
    {"ROUND", "ni", "=1", "CASE WHEN $2 >= 0 THEN round($1, $2) ELSE round($1 / pow(10, -$2)) * pow(10, -$2) END"},
    {"ROUND", "nii", "=1", "CASE WHEN $3 = 0 THEN CASE WHEN $2 >= 0 THEN round($1, $2) ELSE round($1 / pow(10, -$2)) * pow(10, -$2) END "
                           "ELSE trunc($1 * pow(10, $2)) / pow(10, $2) END"},
    {"POWER", "nf", "=1", "pow($1, $2)"},
    {"SQRT", "f", "float", "CASE WHEN $1 < 0 THEN error('TSQL:3623:An invalid floating point operation occurred.') ELSE sqrt($1) END"},
    {"SQUARE", "f", "float", "$1 * $1"},
    {"EXP", "f", "float", "exp($1)"},
    {"LOG", "f", "float", "CASE WHEN $1 <= 0 THEN error('TSQL:3623:An invalid floating point operation occurred.') ELSE ln($1) END"},
    {"LOG", "ff", "float", "CASE WHEN $1 <= 0 OR $2 <= 0 THEN error('TSQL:3623:An invalid floating point operation occurred.') ELSE ln($1) / ln($2) END"},
    {"LOG10", "f", "float", "CASE WHEN $1 <= 0 THEN error('TSQL:3623:An invalid floating point operation occurred.') ELSE log10($1) END"},
    {"PI", "", "float", "pi()"},
    {"SIN", "f", "float", "sin($1)"},
    {"COS", "f", "float", "cos($1)"},
    {"TAN", "f", "float", "tan($1)"},
    {"COT", "f", "float", "cot($1)"},
    {"ASIN", "f", "float", "asin($1)"},
    {"ACOS", "f", "float", "acos($1)"},
    {"ATAN", "f", "float", "atan($1)"},
    {"ATN2", "ff", "float", "atan2($1, $2)"},
    {"DEGREES", "f", "float", "degrees($1)"},
    {"RADIANS", "f", "float", "radians($1)"},
    {"RAND", "", "float", "random()"},
    {"NEWID", "", "uniqueidentifier", "uuid()"},
    {"CHECKSUM", "aa*", "int", "CAST(hash($*) % 2147483647 AS INTEGER)"},
};

constexpr FunctionRow kDate[] = {
    {"YEAR", "d", "int", "year($1)"},
    {"MONTH", "d", "int", "month($1)"},
    {"DAY", "d", "int", "day($1)"},
    {"EOMONTH", "d", "date", "last_day($1)"},
    {"EOMONTH", "di", "date", "last_day($1 + to_months($2))"},
    {"DATEFROMPARTS", "iii", "date", "CASE WHEN $1 IS NULL OR $2 IS NULL OR $3 IS NULL THEN NULL ELSE coalesce(TRY(make_date($1, $2, $3)), CAST(error('TSQL:289:Cannot construct data type date, some of the arguments have values which are not valid.') AS DATE)) END"},
    {"DATETIMEFROMPARTS", "iiiiiii", "datetime", "CASE WHEN $1 IS NULL OR $2 IS NULL OR $3 IS NULL OR $4 IS NULL OR $5 IS NULL OR $6 IS NULL OR $7 IS NULL THEN NULL ELSE coalesce(TRY(make_timestamp($1, $2, $3, $4, $5, $6 + $7 / 1000.0)), CAST(error('TSQL:289:Cannot construct data type datetime, some of the arguments have values which are not valid.') AS TIMESTAMP)) END"},
    {"DATETIME2FROMPARTS", "iiiiiiii", "datetime2(7)", "CASE WHEN $1 IS NULL OR $2 IS NULL OR $3 IS NULL OR $4 IS NULL OR $5 IS NULL OR $6 IS NULL OR $7 IS NULL OR $8 IS NULL THEN NULL ELSE coalesce(TRY(make_timestamp($1, $2, $3, $4, $5, $6 + $7 / pow(10, $8))), CAST(error('TSQL:289:Cannot construct data type datetime2, some of the arguments have values which are not valid.') AS TIMESTAMP)) END"},
    {"SMALLDATETIMEFROMPARTS", "iiiii", "smalldatetime", "CASE WHEN $1 IS NULL OR $2 IS NULL OR $3 IS NULL OR $4 IS NULL OR $5 IS NULL THEN NULL ELSE coalesce(TRY(make_timestamp($1, $2, $3, $4, $5, 0)), CAST(error('TSQL:289:Cannot construct data type smalldatetime, some of the arguments have values which are not valid.') AS TIMESTAMP)) END"},
    {"TIMEFROMPARTS", "iiiii", "time(7)", "CASE WHEN $1 IS NULL OR $2 IS NULL OR $3 IS NULL OR $4 IS NULL OR $5 IS NULL THEN NULL ELSE coalesce(TRY(make_time($1, $2, $3 + $4 / pow(10, $5))), CAST(error('TSQL:289:Cannot construct data type time, some of the arguments have values which are not valid.') AS TIME)) END"},
    {"ISDATE", "s", "int", "CASE WHEN axonite.try_timestamp_of($1) IS NULL THEN 0 ELSE 1 END"},
    {"ISNUMERIC", "s", "int", "CASE WHEN TRY_CAST(replace(replace(trim($1), '$', ''), ',', '') AS DOUBLE) IS NULL THEN 0 ELSE 1 END"},
};

}  // namespace

std::span<const FunctionRow> string_functions() { return kString; }
std::span<const FunctionRow> math_functions() { return kMath; }
std::span<const FunctionRow> date_functions() { return kDate; }

}  // namespace axonite::tsql
