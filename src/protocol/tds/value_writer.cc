#include <charconv>

#include "protocol/tds/put_value.h"

namespace axonite::protocol::tds {
namespace {

Error no_value(const tsql::Type& type) {
  return internal("an output value does not fit T-SQL type " + std::to_string(static_cast<int>(type.id)));
}

template <class T>
char* put_or_null(char* out, const tsql::Type& type, const std::optional<T>& value, auto put) {
  return value ? put(out, *value) : put_null(out, type);
}

std::optional<std::int64_t> micros_of(std::string_view text) {
  auto days = parse_days(text.substr(0, 10));
  auto ticks = text.size() > 11 ? parse_ticks(text.substr(11)) : std::optional<std::int64_t>(0);
  if (!days || !ticks) return std::nullopt;
  return *days * 86'400'000'000LL + *ticks / 10;
}

char* put_integer(char* out, const tsql::Type& type, std::int64_t value) {
  using enum tsql::TypeId;
  if (type.id == bit) return put_fixed(out, static_cast<std::uint8_t>(value != 0));
  if (type.id == tinyint) return put_fixed(out, static_cast<std::uint8_t>(value));
  if (type.id == smallint) return put_fixed(out, static_cast<std::int16_t>(value));
  if (type.id == int_) return put_fixed(out, static_cast<std::int32_t>(value));
  return put_fixed(out, value);
}

char* put_uuid_text(char* out, const tsql::Type& type, std::string_view text) {
  std::string hex;
  for (char c : text) {
    if (c != '-') hex += c;
  }
  if (hex.size() != 32) return put_null(out, type);
  std::uint64_t high = 0, low = 0;
  std::from_chars(hex.data(), hex.data() + 16, high, 16);
  std::from_chars(hex.data() + 16, hex.data() + 32, low, 16);
  return put_uuid(out, high, low);
}

char* put_text_value(char* out, const tsql::Type& type, std::string_view text) {
  using enum tsql::TypeId;
  bool max = type.length < 0;
  int scale = type.scale;
  switch (type.id) {
    case nchar:
    case nvarchar: return put_text(out, text, max, write_utf16);
    case char_:
    case varchar: return put_text(out, text, max, write_cp1252);
    case binary:
    case varbinary: return put_text(out, text, max, write_plain);
    case decimal:
      return put_or_null(out, type, parse_decimal(text, scale),
                         [&](char* o, __int128 v) { return put_decimal(o, v, type.precision); });
    case money:
      return put_or_null(out, type, parse_decimal(text, 4), [](char* o, __int128 v) { return put_money(o, static_cast<std::int64_t>(v)); });
    case smallmoney:
      return put_or_null(out, type, parse_decimal(text, 4), [](char* o, __int128 v) { return put_fixed(o, static_cast<std::int32_t>(v)); });
    case date:
      return put_or_null(out, type, parse_days(text), [](char* o, std::int32_t v) {
        *o++ = 3;
        return put_days(o, v + kDaysTo1970);
      });
    case time:
      return put_or_null(out, type, parse_ticks(text), [&](char* o, std::int64_t v) {
        *o++ = static_cast<char>(time_bytes(scale));
        return put_time(o, v, scale);
      });
    case datetime: return put_or_null(out, type, micros_of(text), put_datetime);
    case smalldatetime: return put_or_null(out, type, micros_of(text), put_smalldatetime);
    case datetime2:
      return put_or_null(out, type, micros_of(text), [&](char* o, std::int64_t v) {
        return put_datetime2(o, v * 10 + kDaysTo1970 * kTicksPerDay, scale);
      });
    case datetimeoffset:
      return put_or_null(out, type, parse_date_time_offset(text), [&](char* o, DateTimeOffset v) { return put_date_time_offset(o, v, scale); });
    case uniqueidentifier: return put_uuid_text(out, type, text);
    case bit:
    case tinyint:
    case smallint:
    case int_:
    case bigint:
      return put_or_null(out, type, parse_decimal(text, 0), [&](char* o, __int128 v) { return put_integer(o, type, static_cast<std::int64_t>(v)); });
    case real:
    case float_: return put_null(out, type);
  }
  return put_null(out, type);
}

}  // namespace

Result<void> write_value(Bytes& out, const tsql::Type& type, const engine::Value& value) {
  using enum tsql::TypeId;
  auto text = std::get_if<std::string>(&value);
  char* start = out.room(64 + (text ? text->size() * 2 : 0));
  bool integer_type = type.id <= bigint;
  char* end = start;
  if (std::holds_alternative<std::monostate>(value)) {
    end = put_null(start, type);
  } else if (text) {
    end = put_text_value(start, type, *text);
  } else if (auto boolean = std::get_if<bool>(&value); boolean && integer_type) {
    end = put_integer(start, type, *boolean);
  } else if (auto integer = std::get_if<std::int64_t>(&value)) {
    if (integer_type) end = put_integer(start, type, *integer);
    else if (type.id == float_) end = put_fixed(start, static_cast<double>(*integer));
    else if (type.id == real) end = put_fixed(start, static_cast<float>(*integer));
    else end = put_text_value(start, type, std::to_string(*integer));
  } else if (auto real_value = std::get_if<double>(&value)) {
    if (type.id == float_) end = put_fixed(start, *real_value);
    else if (type.id == real) end = put_fixed(start, static_cast<float>(*real_value));
  }
  if (end == start) return std::unexpected(no_value(type));
  out.advance(end);
  return {};
}

}  // namespace axonite::protocol::tds
