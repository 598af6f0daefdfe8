#include "tsql/convert.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tsql/failure.h"

namespace axonite::tsql {
namespace {

using engine::quote_literal;

struct DateStyle {
  int style;
  std::string_view format;  // strftime
};
constexpr DateStyle kDateStyles[] = {
    {0, "%b %_d %Y %_I:%M%p"},     {100, "%b %_d %Y %_I:%M%p"}, {1, "%m/%d/%y"},    {101, "%m/%d/%Y"},
    {2, "%y.%m.%d"},               {102, "%Y.%m.%d"},           {3, "%d/%m/%y"},    {103, "%d/%m/%Y"},
    {4, "%d.%m.%y"},               {104, "%d.%m.%Y"},           {5, "%d-%m-%y"},    {105, "%d-%m-%Y"},
    {6, "%d %b %y"},               {106, "%d %b %Y"},           {7, "%b %d, %y"},   {107, "%b %d, %Y"},
    {8, "%H:%M:%S"},               {24, "%H:%M:%S"},            {108, "%H:%M:%S"},  {10, "%m-%d-%y"},
    {110, "%m-%d-%Y"},             {11, "%y/%m/%d"},            {111, "%Y/%m/%d"},  {12, "%y%m%d"},
    {112, "%Y%m%d"},               {13, "%d %b %Y %H:%M:%S.%g"}, {113, "%d %b %Y %H:%M:%S.%g"},
    {14, "%H:%M:%S.%g"},           {114, "%H:%M:%S.%g"},        {20, "%Y-%m-%d %H:%M:%S"},
    {120, "%Y-%m-%d %H:%M:%S"},    {21, "%Y-%m-%d %H:%M:%S.%g"}, {25, "%Y-%m-%d %H:%M:%S.%g"},
    {121, "%Y-%m-%d %H:%M:%S.%g"}, {23, "%Y-%m-%d"},            {126, "%Y-%m-%dT%H:%M:%S.%g"},
    {127, "%Y-%m-%dT%H:%M:%S.%gZ"},
};

std::optional<std::string_view> format_of(int style) {
  for (const DateStyle& row : kDateStyles)
    if (row.style == style) return row.format;
  return std::nullopt;
}

std::string timestamp_of(const Bound& value) {
  return value.type.id == TypeId::date ? fmt::format("CAST({} AS TIMESTAMP)", value.sql) : value.sql;
}

std::string fraction_cut(std::string text, int scale) {
  // DuckDB prints six digits with %f; T-SQL prints as many as the type has.
  if (scale >= 7) return fmt::format("({} || '0')", text);
  if (scale == 0) return fmt::format("left({}, length({}) - 7)", text, text);
  return fmt::format("left({}, length({}) - {})", text, text, 6 - scale);
}

Result<std::string> date_to_string(const Bound& value, std::optional<int> style, int line) {
  TypeId id = value.type.id;
  bool classic = id == TypeId::datetime || id == TypeId::smalldatetime;
  if (id == TypeId::datetimeoffset) return value.sql;
  if (id == TypeId::time) {
    std::string full = fmt::format("strftime(DATE '2000-01-01' + {}, '%H:%M:%S.%f')", value.sql);
    return style && (*style == 8 || *style == 108) ? fmt::format("left({}, 8)", full) : fraction_cut(full, value.type.scale);
  }
  if (!style && id == TypeId::date) return fmt::format("strftime({}, '%Y-%m-%d')", value.sql);
  if (!style && id == TypeId::datetime2)
    return fraction_cut(fmt::format("strftime({}, '%Y-%m-%d %H:%M:%S.%f')", value.sql), value.type.scale);
  int wanted = style.value_or(0);
  bool precise = id == TypeId::datetime2 && (wanted == 121 || wanted == 21 || wanted == 25 || wanted == 126);
  if (precise) {
    const char* format = wanted == 126 ? "%Y-%m-%dT%H:%M:%S.%f" : "%Y-%m-%d %H:%M:%S.%f";
    return fraction_cut(fmt::format("strftime({}, '{}')", value.sql, format), value.type.scale);
  }
  auto format = format_of(wanted);
  if (!format) return std::unexpected(failure(281, fmt::format("{} is not a valid style number when converting from {} to a character string.", wanted, type_base_name(id)), line));
  if (classic && (wanted == 0 || wanted == 100)) return fmt::format("axonite.classic_text({})", value.sql);
  if (id == TypeId::date && wanted != 0 && wanted != 100)
    return fmt::format("rtrim(regexp_replace(strftime({}, '{}'), '[T ]00:00:00.*$', ''))", value.sql, *format);
  if (wanted == 0 || wanted == 100) return fmt::format("axonite.classic_text({})", timestamp_of(value));
  return fmt::format("strftime({}, '{}')", timestamp_of(value), *format);
}

Result<std::string> to_string(const Bound& value, std::optional<int> style, int line) {
  switch (value.type.id) {
    case TypeId::bit: return fmt::format("CASE WHEN {} THEN '1' WHEN NOT {} THEN '0' END", value.sql, value.sql);
    case TypeId::real: return fmt::format("axonite.float_text(CAST({} AS DOUBLE))", value.sql);
    case TypeId::float_: return fmt::format("axonite.float_text({})", value.sql);
    case TypeId::money: case TypeId::smallmoney:
      if (style.value_or(0) == 1) return fmt::format("axonite.money_text(CAST({} AS DECIMAL(19,2)))", value.sql);
      return fmt::format("CAST(CAST({} AS DECIMAL(19,{})) AS VARCHAR)", value.sql, style.value_or(0) == 2 ? 4 : 2);
    case TypeId::uniqueidentifier: return fmt::format("upper(CAST({} AS VARCHAR))", value.sql);
    case TypeId::binary: case TypeId::varbinary:
      if (style.value_or(0) == 1) return fmt::format("('0x' || hex({}))", value.sql);
      if (style.value_or(0) == 2) return fmt::format("hex({})", value.sql);
      return fmt::format("decode({})", value.sql);
    case TypeId::date: case TypeId::time: case TypeId::datetime: case TypeId::smalldatetime: case TypeId::datetime2:
    case TypeId::datetimeoffset: return date_to_string(value, style, line);
    default: return fmt::format("CAST({} AS VARCHAR)", value.sql);
  }
}

std::string sized_string(std::string sql, const Bound& from, const Type& target, Conversion conversion,
                         std::string_view column) {
  if (target.length < 0) return sql;
  bool padded = target.id == TypeId::char_ || target.id == TypeId::nchar;
  bool fits = is_string(from.type.id) && from.type.length >= 0 && from.type.length <= target.length;
  if (!fits) {
    if (conversion == Conversion::assignment) {
      sql = fmt::format("axonite.fit({}, {}, {})", sql, target.length, quote_literal(column));
    } else if (is_integer(from.type.id) && from.type.id != TypeId::bit) {
      sql = fmt::format("axonite.star({}, {})", sql, target.length);
    } else if (conversion != Conversion::implicit || is_string(from.type.id)) {
      sql = fmt::format("left({}, {})", sql, target.length);
    }
  }
  if (padded) sql = fmt::format("rpad({}, {}, ' ')", sql, target.length);
  return sql;
}

std::string text_to_number(const Bound& value, const Type& target, bool try_) {
  std::string name(type_base_name(target.id));
  std::string from(type_base_name(value.type.id));
  const char* cast = try_ ? "TRY_CAST" : "CAST";
  std::string type = engine_type_text(target);
  if (target.id == TypeId::bit) return fmt::format("axonite.{}bit_of({})", try_ ? "try_" : "", value.sql);
  if (is_integer(target.id))
    return fmt::format("{}(axonite.{}int_text({}, '{}', '{}') AS {})", cast, try_ ? "try_" : "", value.sql, from, name, type);
  if (target.id == TypeId::money || target.id == TypeId::smallmoney)
    return fmt::format("{}(replace(replace(trim({}), '$', ''), ',', '') AS {})", cast, value.sql, type);
  if (target.id == TypeId::decimal) return fmt::format("{}(trim({}) AS {})", cast, value.sql, type);
  return fmt::format("{}(CASE trim({}) WHEN '' THEN '0' ELSE trim({}) END AS {})", cast, value.sql, value.sql, type);
}

std::string number_to_number(const Bound& value, const Type& target, bool try_) {
  const char* cast = try_ ? "TRY_CAST" : "CAST";
  std::string type = engine_type_text(target);
  if (target.id == TypeId::bit) return fmt::format("({} <> 0)", value.sql);
  bool fraction = value.type.id == TypeId::decimal || value.type.id == TypeId::real || value.type.id == TypeId::float_;
  if (value.type.id == TypeId::decimal && value.type.scale == 0) fraction = false;
  // Integers cut the fraction; money rounds.
  if (is_integer(target.id) && fraction) return fmt::format("{}(trunc({}) AS {})", cast, value.sql, type);
  return fmt::format("{}({} AS {})", cast, value.sql, type);
}

std::string classic_date(std::string sql, const Type& target) {
  if (target.id == TypeId::datetime) return fmt::format("axonite.to_datetime({})", sql);
  if (target.id == TypeId::smalldatetime) return fmt::format("date_trunc('minute', {} + INTERVAL 30 SECOND)", sql);
  return sql;
}

Result<std::string> to_date_time(const Bound& value, const Type& target, bool try_, std::optional<int> style, int line) {
  TypeId from = value.type.id;
  std::string sql = value.sql;
  if (is_string(from) || from == TypeId::datetimeoffset) {
    if (target.id == TypeId::time) return fmt::format("CAST(axonite.{}time_of({}) AS TIME)", try_ ? "try_" : "", sql);
    if (target.id == TypeId::datetimeoffset) return from == target.id ? sql : fmt::format("axonite.offset_of({})", sql);
    auto format = style ? format_of(*style) : std::nullopt;
    if (format && *style != 0 && *style != 100 && from != TypeId::datetimeoffset) {
      std::string name(*format);
      for (std::string_view lax : {"%_d", "%_I"})
        name = text::replace_all(name, lax, std::string("%") + lax[2]);
      sql = fmt::format("axonite.{}styled({}, '{}')", try_ ? "try_" : "", sql, name);
    } else {
      sql = fmt::format("axonite.{}timestamp_of({})", try_ ? "try_" : "", sql);
    }
    return target.id == TypeId::date ? fmt::format("CAST({} AS DATE)", sql) : classic_date(sql, target);
  }
  if (is_numeric(from)) {
    if (target.id != TypeId::datetime && target.id != TypeId::smalldatetime)
      return std::unexpected(failure(206, fmt::format("Operand type clash: {} is incompatible with {}", type_base_name(from), type_base_name(target.id)), line));
    return classic_date(fmt::format("(TIMESTAMP '1900-01-01' + to_microseconds(CAST({} * 86400000000 AS BIGINT)))", sql), target);
  }
  if (!is_date_time(from))
    return std::unexpected(failure(529, fmt::format("Explicit conversion from data type {} to {} is not allowed.", type_base_name(from), type_base_name(target.id)), line));
  if (target.id == TypeId::datetimeoffset)
    return fmt::format("(strftime(CAST({} AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%f') || '0 +00:00')", from == TypeId::time ? "(DATE '1900-01-01' + " + sql + ")" : sql);
  if (target.id == TypeId::date) return fmt::format("CAST({} AS DATE)", sql);
  if (target.id == TypeId::time) return from == TypeId::date ? std::string("TIME '00:00:00'") : fmt::format("CAST({} AS TIME)", sql);
  if (from == TypeId::time) return classic_date(fmt::format("(DATE '1900-01-01' + {})", sql), target);
  std::string stamp = timestamp_of(value);
  bool coarser = target.id == TypeId::smalldatetime || (target.id == TypeId::datetime && from != TypeId::smalldatetime && from != TypeId::date);
  if (coarser) return classic_date(stamp, target);
  if (target.id == TypeId::datetime2 && target.scale < 6 && (from != TypeId::datetime2 || value.type.scale > target.scale))
    return fmt::format("axonite.to_scale({}, {})", stamp, target.scale);
  return stamp;
}

Result<std::string> to_binary(const Bound& value, const Type& target, std::optional<int> style, int line) {
  std::string sql;
  if (is_binary(value.type.id)) sql = value.sql;
  else if (is_string(value.type.id))
    sql = style && *style > 0 ? fmt::format("from_hex(regexp_replace({}, '^0[xX]', ''))", value.sql) : fmt::format("encode({})", value.sql);
  else if (value.type.id == TypeId::uniqueidentifier) sql = fmt::format("from_hex(replace(CAST({} AS VARCHAR), '-', ''))", value.sql);
  else if (is_integer(value.type.id)) {
    int digits = max_length_bytes(value.type) * 2;
    sql = fmt::format("from_hex(right(lpad(hex(CAST({} AS BIGINT)), 16, '0'), {}))", value.sql, digits);
  } else {
    return std::unexpected(failure(529, fmt::format("Explicit conversion from data type {} to {} is not allowed.", type_base_name(value.type.id), type_base_name(target.id)), line));
  }
  if (target.length > 0 && !(is_binary(value.type.id) && value.type.length > 0 && value.type.length <= target.length))
    sql = fmt::format("from_hex(left(hex({}), {}))", sql, target.length * 2);
  return sql;
}

Result<std::string> to_number(const Bound& value, const Type& target, bool try_, int line) {
  TypeId from = value.type.id;
  if (is_string(from)) return text_to_number(value, target, try_);
  if (is_numeric(from)) return number_to_number(value, target, try_);
  if (from == TypeId::datetime || from == TypeId::smalldatetime) {
    std::string days = fmt::format("(epoch_us({}) + 2208988800000000)", value.sql);
    if (is_integer(target.id)) return fmt::format("CAST(round({} / 86400000000.0) AS {})", days, engine_type_text(target));
    return fmt::format("CAST({} / 86400000000.0 AS {})", days, engine_type_text(target));
  }
  if (is_binary(from) && is_integer(target.id))
    return fmt::format("CAST(CAST('0x' || right(lpad(hex({}), 16, '0'), 16) AS BIGINT) AS {})", value.sql, engine_type_text(target));
  return std::unexpected(failure(206, fmt::format("Operand type clash: {} is incompatible with {}", type_base_name(from), type_base_name(target.id)), line));
}

}  // namespace

Result<Bound> convert(Bound value, const Type& target, Conversion conversion, std::optional<int> style,
                      std::string_view column, int line) {
  bool nullable = value.type.nullable;
  bool try_ = conversion == Conversion::try_;
  Bound result = value;
  result.type = target;
  result.type.nullable = nullable || try_;
  result.literal = false;
  if (value.null_literal) {
    result.sql = fmt::format("CAST(NULL AS {})", engine_type_text(target));
    result.type.nullable = true;
    result.null_literal = false;  // from here on it has a type, which what it is put into must keep
    return result;
  }
  if (value.type == target) return result;
  if (is_string(target.id)) {
    std::string text = value.sql;
    if (!is_string(value.type.id)) {
      TRY(text, to_string(value, style, line));
    }
    result.sql = sized_string(std::move(text), value, target, conversion, column);
  } else if (is_binary(target.id)) {
    TRY(result.sql, to_binary(value, target, style, line));
  } else if (target.id == TypeId::uniqueidentifier) {
    if (!is_string(value.type.id) && !is_binary(value.type.id))
      return std::unexpected(failure(206, fmt::format("Operand type clash: {} is incompatible with uniqueidentifier", type_base_name(value.type.id)), line));
    result.sql = fmt::format("{}({} AS UUID)", try_ ? "TRY_CAST" : "CAST", is_binary(value.type.id) ? "hex(" + value.sql + ")" : "trim(" + value.sql + ", '{} ')");
  } else if (is_date_time(target.id)) {
    TRY(result.sql, to_date_time(value, target, try_, style, line));
  } else {
    TRY(result.sql, to_number(value, target, try_, line));
  }
  result.literal_text.clear();
  if (result.derivation == Derivation::identity && conversion != Conversion::implicit && conversion != Conversion::assignment)
    result.derivation = Derivation::transformation;
  return result;
}

std::string literal_sql(const Type& type, const engine::Value& value) {
  std::string target = engine_type_text(type);
  if (std::holds_alternative<std::monostate>(value)) return fmt::format("CAST(NULL AS {})", target);
  if (const bool* flag = std::get_if<bool>(&value))
    return type.id == TypeId::bit ? (*flag ? "TRUE" : "FALSE") : fmt::format("CAST({} AS {})", *flag ? 1 : 0, target);
  if (auto* number = std::get_if<std::int64_t>(&value)) return fmt::format("CAST('{}' AS {})", *number, target);
  if (const double* number = std::get_if<double>(&value)) return fmt::format("CAST('{}' AS {})", *number, target);
  const std::string& text = std::get<std::string>(value);
  if (is_binary(type.id)) return fmt::format("from_hex('{}')", text::hex_encode(text));
  if (is_string(type.id) || type.id == TypeId::datetimeoffset) return quote_literal(text);
  return fmt::format("CAST({} AS {})", quote_literal(text), target);
}

Bound literal_bound(const Type& type, const engine::Value& value) {
  Bound bound{.sql = literal_sql(type, value), .type = type, .literal = true};
  bound.type.nullable = std::holds_alternative<std::monostate>(value);
  if (auto* text = std::get_if<std::string>(&value); text && is_string(type.id)) bound.literal_text = *text;
  return bound;
}

std::string collation_key(const Bound& value) {
  if (value.type.binary_collation) return fmt::format("rtrim({})", value.sql);
  if (value.literal && value.sql.starts_with("'")) {
    std::string text = value.literal_text;
    bool ascii = std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 128; });
    while (!text.empty() && text.back() == ' ') text.pop_back();
    if (ascii) return quote_literal(text::to_lower(text));
  }
  return fmt::format("lower(rtrim({}))", value.sql);
}

std::string comparison_key(const Bound& value) { return is_string(value.type.id) ? collation_key(value) : value.sql; }

}  // namespace axonite::tsql
