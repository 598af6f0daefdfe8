// The SQL that makes a database ours: schema "axonite" with the tables behind the system views and the scalar macros
// that emitted SQL calls where one DuckDB expression would be unreadable.
#include "tsql/bootstrap.h"

namespace axonite::tsql {

namespace {

constexpr std::string_view kStatements[] = {
      "CREATE SCHEMA IF NOT EXISTS axonite",
      "CREATE SCHEMA IF NOT EXISTS dbo",
      "CREATE SEQUENCE IF NOT EXISTS axonite.object_ids START 1000000",
      "CREATE TABLE IF NOT EXISTS axonite.schemas(schema_id INTEGER, name VARCHAR, owner VARCHAR)",
      "CREATE TABLE IF NOT EXISTS axonite.objects(object_id BIGINT, schema_name VARCHAR, name VARCHAR, kind VARCHAR, "
      "definition VARCHAR, distribution VARCHAR, distribution_column VARCHAR, index_kind VARCHAR, partition VARCHAR, "
      "create_date TIMESTAMP, modify_date TIMESTAMP)",
      "CREATE TABLE IF NOT EXISTS axonite.columns(object_id BIGINT, column_id INTEGER, name VARCHAR, type_name VARCHAR, "
      "length INTEGER, precision INTEGER, scale INTEGER, nullable BOOLEAN, identity BOOLEAN, default_text VARCHAR, "
      "system_type_id INTEGER, max_length INTEGER, display_precision INTEGER, display_scale INTEGER)",
      "CREATE TABLE IF NOT EXISTS axonite.items(item_id BIGINT, kind VARCHAR, name VARCHAR, on_name VARCHAR, options VARCHAR)",
      "CREATE TABLE IF NOT EXISTS axonite.extended_properties(class INTEGER, major_id BIGINT, minor_id INTEGER, "
      "name VARCHAR, value VARCHAR)",
      "CREATE TABLE IF NOT EXISTS axonite.principals(principal_id INTEGER, name VARCHAR, type VARCHAR, sid VARCHAR, "
      "create_date TIMESTAMP)",
      "CREATE TABLE IF NOT EXISTS axonite.role_members(role VARCHAR, member VARCHAR)",
      "CREATE TABLE IF NOT EXISTS axonite.permissions(principal VARCHAR, permission VARCHAR, class VARCHAR, "
      "securable VARCHAR, state VARCHAR)",
      "CREATE TABLE IF NOT EXISTS axonite.keys(key_id BIGINT, table_id BIGINT, name VARCHAR, kind VARCHAR, create_date TIMESTAMP)",
      "CREATE TABLE IF NOT EXISTS axonite.key_columns(key_id BIGINT, table_id BIGINT, ordinal INTEGER, column_name VARCHAR)",
      "CREATE TABLE IF NOT EXISTS axonite.batches(key VARCHAR, committed TIMESTAMP)",
      "INSERT INTO axonite.schemas SELECT * FROM (VALUES (1, 'dbo', 'dbo'), (3, 'INFORMATION_SCHEMA', 'dbo'), (4, 'sys', "
      "'dbo')) WHERE NOT EXISTS (SELECT 1 FROM axonite.schemas)",
      "INSERT INTO axonite.principals SELECT *, TIMESTAMP '2020-01-01' FROM (VALUES (0, 'public', 'R', ''), (1, 'dbo', 'S', ''), "
      "(2, 'guest', 'S', ''), (16384, 'db_owner', 'R', ''), (16385, 'db_accessadmin', 'R', ''), (16386, 'db_securityadmin', 'R', ''), "
      "(16387, 'db_ddladmin', 'R', ''), (16390, 'db_datareader', 'R', ''), (16391, 'db_datawriter', 'R', ''), "
      "(16392, 'db_denydatareader', 'R', ''), (16393, 'db_denydatawriter', 'R', '')) "
      "WHERE NOT EXISTS (SELECT 1 FROM axonite.principals)",

      "CREATE OR REPLACE MACRO axonite.classic_text(x) AS strftime(x, '%b ') || lpad(CAST(day(x) AS VARCHAR), 2, ' ') || "
      "strftime(x, ' %Y ') || lpad(CAST(CASE WHEN hour(x) % 12 = 0 THEN 12 ELSE hour(x) % 12 END AS VARCHAR), 2, ' ') || strftime(x, ':%M%p')",
      "CREATE OR REPLACE MACRO axonite.float_text(x) AS CASE WHEN x = trunc(x) AND abs(x) < 1000000 THEN CAST(CAST(x AS BIGINT) AS VARCHAR) "
      "ELSE regexp_replace(printf('%.6g', x), 'e([+-])([0-9]{2})$', 'e\\10\\2') END",
      "CREATE OR REPLACE MACRO axonite.int_text(x, f, t) AS CASE WHEN x IS NULL THEN NULL WHEN trim(x) = '' THEN '0' "
      "WHEN regexp_full_match(trim(x), '[+-]? *[0-9]+') THEN replace(trim(x), ' ', '') ELSE "
      "error('TSQL:245:Conversion failed when converting the ' || f || ' value ''' || x || ''' to data type ' || t || '.') END",
      "CREATE OR REPLACE MACRO axonite.try_int_text(x, f, t) AS CASE WHEN trim(x) = '' THEN '0' "
      "WHEN regexp_full_match(trim(x), '[+-]? *[0-9]+') THEN replace(trim(x), ' ', '') END",
      "CREATE OR REPLACE MACRO axonite.bit_of(x) AS CASE WHEN x IS NULL THEN NULL WHEN lower(trim(x)) = 'true' THEN TRUE "
      "WHEN lower(trim(x)) IN ('false', '') THEN FALSE WHEN regexp_full_match(trim(x), '[+-]?[0-9]+') THEN CAST(trim(x) AS BIGINT) <> 0 "
      "ELSE error('TSQL:245:Conversion failed when converting the varchar value ''' || x || ''' to data type bit.') END",
      "CREATE OR REPLACE MACRO axonite.try_bit_of(x) AS CASE WHEN lower(trim(x)) = 'true' THEN TRUE "
      "WHEN lower(trim(x)) IN ('false', '') THEN FALSE WHEN regexp_full_match(trim(x), '[+-]?[0-9]+') THEN TRY_CAST(trim(x) AS BIGINT) <> 0 END",
      // The first NULL of try_timestamp_of is a text of no known shape.
      "CREATE OR REPLACE MACRO axonite.try_timestamp_of(x) AS CASE WHEN trim(x) = '' THEN TIMESTAMP '1900-01-01' ELSE coalesce("
      "CASE WHEN regexp_full_match(trim(x), '[0-9]{8}') THEN try_strptime(trim(x), '%Y%m%d') END, "
      "TRY_CAST(regexp_replace(regexp_replace(trim(x), '([.][0-9]{6})[0-9]+', '\\1'), ' ?[+-][0-9]{2}:[0-9]{2}$|Z$', '') AS TIMESTAMP), "
      "try_strptime(trim(x), ['%m/%d/%Y', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %I:%M:%S %p', '%m/%d/%Y %H:%M', '%m-%d-%Y', '%b %d %Y', "
      "'%b %d %Y %I:%M%p', '%b %d, %Y', '%d %b %Y', '%d %B %Y', '%B %d, %Y', '%B %d %Y', '%Y%m%d %H:%M:%S', '%Y/%m/%d', "
      "'%Y/%m/%d %H:%M:%S', '%Y.%m.%d']), "
      "CASE WHEN regexp_full_match(trim(x), '[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') THEN DATE '1900-01-01' + TRY_CAST(trim(x) AS TIME) END) END",
      "CREATE OR REPLACE MACRO axonite.timestamp_of(x) AS CASE WHEN x IS NULL THEN NULL ELSE coalesce(axonite.try_timestamp_of(x), "
      "CAST(error('TSQL:241:Conversion failed when converting date and/or time from character string.') AS TIMESTAMP)) END",
      "CREATE OR REPLACE MACRO axonite.try_styled(x, f) AS coalesce(try_strptime(trim(x), f), try_strptime(trim(x), regexp_replace(f, '[T ]%H.*$', '')), axonite.try_timestamp_of(x))",
      "CREATE OR REPLACE MACRO axonite.styled(x, f) AS CASE WHEN x IS NULL THEN NULL ELSE coalesce(try_strptime(trim(x), f), "
      "try_strptime(trim(x), regexp_replace(f, '[T ]%H.*$', '')), axonite.timestamp_of(x)) END",
      "CREATE OR REPLACE MACRO axonite.try_time_of(x) AS coalesce(TRY_CAST(regexp_replace(trim(x), '([.][0-9]{6})[0-9]+', '\\1') AS TIME), CAST(axonite.try_timestamp_of(x) AS TIME))",
      "CREATE OR REPLACE MACRO axonite.time_of(x) AS CASE WHEN x IS NULL THEN NULL ELSE coalesce(axonite.try_time_of(x), "
      "CAST(error('TSQL:241:Conversion failed when converting date and/or time from character string.') AS TIME)) END",
      "CREATE OR REPLACE MACRO axonite.offset_of(x) AS strftime(axonite.timestamp_of(x), '%Y-%m-%d %H:%M:%S.%f') || '0 ' || "
      "CASE WHEN regexp_matches(x, '[+-][0-9]{2}:[0-9]{2}$') THEN right(x, 6) ELSE '+00:00' END",
      // 1/300 s ticks shown as .000, .003, .007; the shift keeps the dividend positive back to 1753.
      "CREATE OR REPLACE MACRO axonite.to_datetime(x) AS make_timestamp((((((epoch_us(x) + 6900000000000000) * 3 + 5000) // 10000) "
      "* 10 + 1) // 3) * 1000 - 6900000000000000)",
      "CREATE OR REPLACE MACRO axonite.to_scale(x, s) AS make_timestamp(((epoch_us(x) + 62200000000000000 + CAST(pow(10, 6 - s) AS BIGINT) // 2) "
      "// CAST(pow(10, 6 - s) AS BIGINT)) * CAST(pow(10, 6 - s) AS BIGINT) - 62200000000000000)",
      "CREATE OR REPLACE MACRO axonite.fit(x, n, c) AS CASE WHEN length(x) <= n OR x IS NULL THEN x WHEN length(rtrim(x)) <= n THEN left(x, n) "
      "ELSE error('TSQL:2628:String or binary data would be truncated in column ''' || c || '''. Truncated value: ''' || left(x, n) || '''.') END",
      "CREATE OR REPLACE MACRO axonite.star(x, n) AS CASE WHEN length(x) <= n THEN x WHEN x IS NOT NULL THEN '*' END",
      "CREATE OR REPLACE MACRO axonite.divisor(x) AS CASE WHEN x = 0 THEN error('TSQL:8134:Divide by zero error encountered.') ELSE x END",
      "CREATE OR REPLACE MACRO axonite.unscaled(x) AS CAST(replace(CAST(x AS VARCHAR), '.', '') AS HUGEINT)",
      // The integer h with its point set s digits from the right, as text.
      "CREATE OR REPLACE MACRO axonite.pointed(h, s) AS CASE WHEN h < 0 THEN '-' ELSE '' END || "
      "left(lpad(CAST(abs(h) AS VARCHAR), CAST(greatest(s + 1, length(CAST(abs(h) AS VARCHAR))) AS INTEGER), '0'), -s) || '.' || "
      "right(lpad(CAST(abs(h) AS VARCHAR), CAST(greatest(s + 1, length(CAST(abs(h) AS VARCHAR))) AS INTEGER), '0'), s)",
      // -1234.5 → "-1,234.50"
      "CREATE OR REPLACE MACRO axonite.money_text(x) AS CASE WHEN x < 0 THEN '-' ELSE '' END || "
      "format('{:,}', CAST(split_part(ltrim(CAST(x AS VARCHAR), '-'), '.', 1) AS BIGINT)) || '.' || split_part(CAST(x AS VARCHAR), '.', 2)",
      // Exact arithmetic of decimals as integers: a decimal's digits without the zeros behind its point, and their count there.
      "CREATE OR REPLACE MACRO axonite.bare(x) AS CASE WHEN contains(CAST(x AS VARCHAR), '.') THEN rtrim(rtrim(CAST(x AS VARCHAR), '0'), '.') ELSE CAST(x AS VARCHAR) END",
      "CREATE OR REPLACE MACRO axonite.places(t) AS CASE WHEN contains(t, '.') THEN length(t) - strpos(t, '.') ELSE 0 END",
      "CREATE OR REPLACE MACRO axonite.ten(k) AS CAST('1' || repeat('0', CAST(greatest(k, 0) AS BIGINT)) AS HUGEINT)",
      "CREATE OR REPLACE MACRO axonite.rounded(h, k) AS CASE WHEN k <= 0 THEN h WHEN k > 38 THEN CAST(0 AS HUGEINT) ELSE (h + sign(h) * (axonite.ten(least(k, 38)) // 2)) // axonite.ten(least(k, 38)) END",
      "CREATE OR REPLACE MACRO axonite.product_of(x, y, s) AS axonite.rounded(axonite.unscaled(x) * axonite.unscaled(y), axonite.places(x) + axonite.places(y) - s) * "
      "axonite.ten(s - axonite.places(x) - axonite.places(y))",
      "CREATE OR REPLACE MACRO axonite.product(x, y, s) AS axonite.product_of(axonite.bare(x), axonite.bare(y), s)",
      "CREATE OR REPLACE MACRO axonite.quotient_of(a, d, e) AS CASE WHEN e >= 0 THEN (a // d) * axonite.ten(e) + ((a % d) * axonite.ten(e)) // d ELSE a // (d * axonite.ten(-e)) END",
      "CREATE OR REPLACE MACRO axonite.quotient_by(x, y, s) AS axonite.quotient_of(axonite.unscaled(x), axonite.divisor(axonite.unscaled(y)), s + axonite.places(y) - axonite.places(x))",
      "CREATE OR REPLACE MACRO axonite.quotient(x, y, s) AS axonite.quotient_by(axonite.bare(x), axonite.bare(y), s)",
      // ROUND of the integer h that has s digits behind its point, to n of them.
      "CREATE OR REPLACE MACRO axonite.round_to(h, s, n, cut) AS CASE WHEN n >= s THEN h WHEN s - n > 38 THEN CAST(0 AS HUGEINT) "
      "WHEN cut <> 0 THEN h // axonite.ten(least(s - n, 38)) * axonite.ten(least(s - n, 38)) ELSE axonite.rounded(h, s - n) * axonite.ten(least(s - n, 38)) END",
      "CREATE OR REPLACE MACRO axonite.weeks(x) AS date_diff('day', DATE '0001-01-07', CAST(x AS DATE)) // 7",
      "CREATE OR REPLACE MACRO axonite.week_of(x) AS (date_part('doy', x) - 1 + date_part('dow', date_trunc('year', x))) // 7 + 1",
      "CREATE OR REPLACE MACRO axonite.like_pattern(p) AS CASE WHEN contains(p, '[') THEN "
      "error('TSQL:104467:A LIKE pattern with [ ] that is not a literal is not supported.') ELSE p END",
      "CREATE OR REPLACE MACRO axonite.url_of(x) AS regexp_replace(x, '^lake://([^/]*)/', 'https://\\1.dfs.core.windows.net/')",
      "CREATE OR REPLACE MACRO axonite.version_2() AS 2",
};

}  // namespace

std::span<const std::string_view> bootstrap_statements() { return kStatements; }

}  // namespace axonite::tsql
