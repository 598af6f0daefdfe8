#include "spark/function_table.h"

namespace axonite::spark {
namespace {

constexpr FunctionRow kTime[] = {
    {"current_timestamp", "", "timestamp!", "now()"},
    {"now", "", "timestamp!", "now()"},
    {"current_date", "", "date!", "current_date"},
    {"curdate", "", "date!", "current_date"},
    {"year", "D", "int", "CAST(year($1) AS INTEGER)"},
    {"quarter", "D", "int", "CAST(quarter($1) AS INTEGER)"},
    {"month", "D", "int", "CAST(month($1) AS INTEGER)"},
    {"day", "D", "int", "CAST(day($1) AS INTEGER)"},
    {"dayofmonth", "D", "int", "CAST(day($1) AS INTEGER)"},
    {"dayofweek", "D", "int", "CAST(dayofweek($1) + 1 AS INTEGER)"},
    {"weekday", "D", "int", "CAST(isodow($1) - 1 AS INTEGER)"},
    {"dayofyear", "D", "int", "CAST(dayofyear($1) AS INTEGER)"},
    {"weekofyear", "D", "int", "CAST(weekofyear($1) AS INTEGER)"},
    {"dayname", "D", "string", "left(dayname($1), 3)"},
    {"monthname", "D", "string", "left(monthname($1), 3)"},
    {"hour", "t", "int", "CAST(hour($1) AS INTEGER)"},
    {"minute", "t", "int", "CAST(minute($1) AS INTEGER)"},
    {"second", "t", "int", "CAST(second($1) AS INTEGER)"},
    {"date_add", "Di", "date", "CAST(($1 + $2) AS DATE)"},
    {"dateadd", "Di", "date", "CAST(($1 + $2) AS DATE)"},
    {"date_sub", "Di", "date", "CAST(($1 - $2) AS DATE)"},
    {"datediff", "DD", "int", "CAST(date_diff('day', $2, $1) AS INTEGER)"},
    {"date_diff", "DD", "int", "CAST(date_diff('day', $2, $1) AS INTEGER)"},
    {"add_months", "Di", "date", "CAST($1 + to_months($2) AS DATE)"},
    {"last_day", "D", "date", "last_day($1)"},
    {"make_date", "iii", "date", "make_date($1, $2, $3)"},
    {"date_trunc", "st", "timestamp", "CAST(date_trunc(CASE lower($1) WHEN 'yyyy' THEN 'year' WHEN 'yy' THEN 'year' WHEN 'mm' THEN 'month' WHEN 'mon' THEN 'month' WHEN 'dd' THEN 'day' ELSE lower($1) END, $2) AS TIMESTAMPTZ)"},
    {"trunc", "Ds", "date", "CAST(date_trunc(CASE lower($2) WHEN 'yyyy' THEN 'year' WHEN 'yy' THEN 'year' WHEN 'mm' THEN 'month' WHEN 'mon' THEN 'month' ELSE lower($2) END, $1) AS DATE)"},
    {"unix_date", "D", "int", "CAST(date_diff('day', DATE '1970-01-01', $1) AS INTEGER)"},
    {"date_from_unix_date", "i", "date", "CAST(DATE '1970-01-01' + $1 AS DATE)"},
    {"unix_millis", "t", "bigint", "epoch_ms($1)"},
    {"unix_micros", "t", "bigint", "epoch_us($1)"},
    {"unix_seconds", "t", "bigint", "CAST(floor(epoch($1)) AS BIGINT)"},
    {"timestamp_seconds", "d", "timestamp", "to_timestamp($1)"},
    {"timestamp_millis", "l", "timestamp", "make_timestamptz($1 * 1000)"},
    {"timestamp_micros", "l", "timestamp", "make_timestamptz($1)"},
    {"months_between", "ttb?", "double",
     "CASE WHEN day($1) = day($2) OR (CAST($1 AS DATE) = last_day($1) AND CAST($2 AS DATE) = last_day($2)) THEN CAST((year($1) - year($2)) * 12 + month($1) - month($2) AS DOUBLE) "
     "ELSE round((year($1) - year($2)) * 12 + month($1) - month($2) + ((day($1) - day($2)) * 86400 + (epoch($1) - epoch(date_trunc('day', $1))) - (epoch($2) - epoch(date_trunc('day', $2)))) / 2678400.0, 8) END"},
    {"next_day", "Ds", "date?",
     "CAST($1 + 1 + ((CASE left(lower($2), 2) WHEN 'su' THEN 0 WHEN 'mo' THEN 1 WHEN 'tu' THEN 2 WHEN 'we' THEN 3 WHEN 'th' THEN 4 WHEN 'fr' THEN 5 WHEN 'sa' THEN 6 END - dayofweek($1) - 1 + 14) % 7)::INTEGER AS DATE)"},
    {"to_timestamp_ntz", "s", "timestamp_ntz", "CAST($1 AS TIMESTAMP)"},
    {"make_timestamp", "iiiiid", "timestamp", "CAST(make_timestamp($1, $2, $3, $4, $5, $6) AS TIMESTAMPTZ)"},
    {"make_timestamp_ltz", "iiiiid", "timestamp", "CAST(make_timestamp($1, $2, $3, $4, $5, $6) AS TIMESTAMPTZ)"},
    {"make_timestamp_ntz", "iiiiid", "timestamp_ntz", "make_timestamp($1, $2, $3, $4, $5, $6)"},
    {"try_make_timestamp", "iiiiid", "timestamp?", "TRY(CAST(make_timestamp($1, $2, $3, $4, $5, $6) AS TIMESTAMPTZ))"},
    {"try_make_timestamp_ltz", "iiiiid", "timestamp?", "TRY(CAST(make_timestamp($1, $2, $3, $4, $5, $6) AS TIMESTAMPTZ))"},
    {"try_make_timestamp_ntz", "iiiiid", "timestamp_ntz?", "TRY(make_timestamp($1, $2, $3, $4, $5, $6))"},
    {"localtimestamp", "", "timestamp_ntz!", "CAST(now() AS TIMESTAMP)"},
    {"convert_timezone", "ssa", "timestamp_ntz", "timezone($2, timezone($1, CAST($3 AS TIMESTAMP)))"},
    {"from_utc_timestamp", "ts", "timestamp", "CAST(timezone($2, timezone(current_setting('TimeZone'), $1) AT TIME ZONE 'UTC') AS TIMESTAMPTZ)"},
    {"to_utc_timestamp", "ts", "timestamp", "CAST(timezone('UTC', timezone(current_setting('TimeZone'), $1) AT TIME ZONE $2) AS TIMESTAMPTZ)"},
    {"current_timezone", "", "string!", "current_setting('TimeZone')"},
};

}  // namespace

std::span<const FunctionRow> time_functions() { return kTime; }

}  // namespace axonite::spark
