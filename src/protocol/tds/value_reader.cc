// TYPE_INFO and values of RPC parameters (MS-TDS 2.2.5.5), into engine form.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "engine/session.h"
#include "protocol/tds/put_value.h"

namespace axonite::protocol::tds {
namespace {

using engine::Value;

Error no_type(std::uint8_t token) {
  return unsupported("TdsType", fmt::format("Parameters of wire type 0x{:02X} are not supported.", token));
}

// The text of days since 1970, as the engine reads dates.
std::string date_of(std::int64_t days) {
  std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string time_of(std::int64_t ticks) {
  auto seconds = ticks / 10'000'000;
  return fmt::format("{:02}:{:02}:{:02}.{:07}", seconds / 3600, seconds / 60 % 60, seconds % 60, ticks % 10'000'000);
}

// Days since 1970; more than 9999-12-31 for bytes that are no date.
std::int64_t read_days(Reader& reader) {
  auto low = reader.u16();
  return (std::int64_t{reader.u8()} << 16 | low) - kDaysTo1970;
}

constexpr std::int64_t kDaysMax = 2'932'896;  // 9999-12-31

std::int64_t read_time(Reader& reader, int scale, std::size_t bytes) {
  constexpr std::int64_t per_unit[] = {10'000'000, 1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};
  std::uint64_t units = 0;
  auto raw = reader.take(bytes);
  std::memcpy(&units, raw.data(), std::min(raw.size(), sizeof units));
  return static_cast<std::int64_t>(units % 1'000'000'000'000) * per_unit[scale] % kTicksPerDay;
}

Result<std::string> read_plp(Reader& reader, std::size_t bytes_max, bool& is_null) {
  auto total = reader.u64();
  is_null = total == ~std::uint64_t{0};
  std::string bytes;
  while (!is_null) {
    auto chunk = reader.u32();
    CHECK_OK(reader.ok());
    if (chunk == 0) break;
    if (bytes.size() + chunk > bytes_max) return std::unexpected(too_large("TdsValueTooLarge", "A parameter is too large."));
    bytes += reader.take(chunk);
    CHECK_OK(reader.ok());
  }
  return bytes;
}

std::string uuid_text(std::string_view raw) {
  Reader r(raw);
  auto a = r.u32();
  auto b = r.u16(), c = r.u16();
  auto rest = std::byteswap(r.u64());
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", a, b, c, rest >> 48, rest & 0xffff'ffff'ffff);
}

std::string decimal_digits(std::string_view raw, int scale) {
  bool positive = !raw.empty() && raw[0] != 0;
  unsigned __int128 value = 0;
  std::memcpy(&value, raw.data() + 1, std::min<std::size_t>(raw.size() - 1, 16));
  std::string text;
  do {
    text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0 || text.size() <= static_cast<std::size_t>(scale));
  if (scale > 0) text.insert(text.size() - static_cast<std::size_t>(scale), 1, '.');
  return positive ? text : "-" + text;
}

std::string money_text(std::int64_t ten_thousandths) {
  std::string raw(17, '\0');
  raw[0] = ten_thousandths >= 0;
  auto magnitude = ten_thousandths >= 0 ? static_cast<std::uint64_t>(ten_thousandths) : -static_cast<std::uint64_t>(ten_thousandths);
  std::memcpy(raw.data() + 1, &magnitude, sizeof magnitude);
  return decimal_digits(raw, 4);
}

std::string datetime_text(std::string_view raw) {
  Reader r(raw);
  if (raw.size() == 4) {
    auto days = r.u16();
    auto minutes = r.u16();
    return date_of(days - kDays1900To1970) + ' ' + time_of(minutes % 1440 * 600'000'000LL);
  }
  auto days = std::clamp(r.get<std::int32_t>(), -53'690, 2'958'463);
  auto units = r.u32() % 25'920'000;
  return date_of(days - kDays1900To1970) + ' ' + time_of((units * 10LL + 1) / 3 * 10'000);
}

// 2.2.5.4.2: types whose length byte stands before the value.
struct ByteLengthType {
  std::uint8_t token;
  int bytes_max, precision, scale;
};

tsql::Type type_of_number(const ByteLengthType& t) {
  using enum tsql::TypeId;
  switch (t.token) {
    case 0x68: return {.id = bit};
    case 0x26: return {.id = t.bytes_max == 1 ? tinyint : t.bytes_max == 2 ? smallint : t.bytes_max == 4 ? int_ : bigint};
    case 0x6D: return {.id = t.bytes_max == 4 ? real : float_};
    case 0x6E: return {.id = t.bytes_max == 4 ? smallmoney : money};
    case 0x6F: return {.id = t.bytes_max == 4 ? smalldatetime : datetime};
    case 0x24: return {.id = uniqueidentifier};
    case 0x28: return {.id = date};
    case 0x29: return {.id = time, .scale = t.scale};
    case 0x2A: return {.id = datetime2, .scale = t.scale};
    case 0x2B: return {.id = datetimeoffset, .scale = t.scale};
    default: return {.id = decimal, .precision = t.precision, .scale = t.scale};
  }
}

Result<Value> date_value(std::int64_t days) {
  if (days > kDaysMax) return std::unexpected(protocol_error("A date is out of range."));
  return date_of(days);
}

Result<Value> date_time_value(std::int64_t days, std::int64_t ticks) {
  if (days > kDaysMax) return std::unexpected(protocol_error("A date is out of range."));
  return date_of(days) + ' ' + time_of(ticks);
}

// The wire has UTC, the text local time, which may be neither before year 1 nor after 9999.
Result<Value> offset_value(std::int64_t days, std::int64_t ticks, int offset) {
  auto out_of_range = [] { return std::unexpected(protocol_error("A datetimeoffset is out of range.")); };
  if (days > kDaysMax || std::abs(offset) > 840) return out_of_range();  // before a product that 64 bits do not hold
  auto local = (days + kDaysTo1970) * kTicksPerDay + ticks + offset * 600'000'000LL;
  if (local < 0 || local / kTicksPerDay - kDaysTo1970 > kDaysMax) return out_of_range();
  return fmt::format("{} {} {}{:02}:{:02}", date_of(local / kTicksPerDay - kDaysTo1970), time_of(local % kTicksPerDay),
                     offset < 0 ? '-' : '+', std::abs(offset) / 60, std::abs(offset) % 60);
}

Result<Value> number_of(const ByteLengthType& t, std::string_view raw) {
  Reader r(raw);
  switch (t.token) {
    case 0x68: return r.u8() != 0;
    case 0x26:
      if (raw.size() == 1) return std::int64_t{r.u8()};
      if (raw.size() == 2) return std::int64_t{r.get<std::int16_t>()};
      if (raw.size() == 4) return std::int64_t{r.get<std::int32_t>()};
      return r.get<std::int64_t>();
    case 0x6D: return raw.size() == 4 ? double{r.get<float>()} : r.get<double>();
    case 0x6E: {
      if (raw.size() == 4) return money_text(r.get<std::int32_t>());
      auto high = r.get<std::int32_t>();
      return money_text(static_cast<std::int64_t>(static_cast<std::uint64_t>(high) << 32 | r.u32()));
    }
    case 0x6F: return datetime_text(raw);
    case 0x24: return uuid_text(raw);
    case 0x28: return date_value(read_days(r));
    case 0x29: return time_of(read_time(r, t.scale, raw.size()));
    case 0x2A: {
      auto ticks = read_time(r, t.scale, raw.size() - 3);
      return date_time_value(read_days(r), ticks);
    }
    case 0x2B: {
      auto ticks = read_time(r, t.scale, raw.size() - 5);
      auto days = read_days(r);
      return offset_value(days, ticks, r.get<std::int16_t>());
    }
    default: return decimal_digits(raw, t.scale);
  }
}

bool length_fits(const ByteLengthType& t, std::size_t bytes) {
  bool declares_bytes = t.token == 0x26 || t.token == 0x6D || t.token == 0x6E || t.token == 0x6F;
  if (declares_bytes && bytes > static_cast<std::size_t>(t.bytes_max)) return false;
  switch (t.token) {
    case 0x68: return bytes == 1;
    case 0x26: return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
    case 0x6D:
    case 0x6E:
    case 0x6F: return bytes == 4 || bytes == 8;
    case 0x24: return bytes == 16;
    case 0x28: return bytes == 3;
    case 0x29: return bytes >= 3 && bytes <= 5;
    case 0x2A: return bytes >= 6 && bytes <= 8;
    case 0x2B: return bytes >= 8 && bytes <= 10;
    default: return bytes >= 2 && bytes <= 17;
  }
}

Result<TypedValue> read_number(Reader& reader, std::uint8_t token) {
  ByteLengthType t{.token = token, .bytes_max = 0, .precision = 0, .scale = 0};
  bool scaled = token == 0x29 || token == 0x2A || token == 0x2B;
  if (scaled) t.scale = reader.u8();
  else if (token != 0x28) t.bytes_max = reader.u8();
  if (token == 0x6A || token == 0x6C) t.precision = reader.u8(), t.scale = reader.u8();
  if (t.scale > (scaled ? 7 : 38) || t.precision > 38) return std::unexpected(protocol_error("A scale is out of range."));
  TypedValue typed{.type = type_of_number(t), .value = {}};
  std::size_t bytes = reader.u8();
  auto raw = reader.take(bytes);
  CHECK_OK(reader.ok());
  if (bytes == 0) return typed;
  if (!length_fits(t, bytes)) return std::unexpected(protocol_error("A value has a length that its type cannot have."));
  TRY(typed.value, number_of(t, raw));
  return typed;
}

Result<TypedValue> read_text(Reader& reader, std::uint8_t token, std::size_t bytes_max) {
  bool bytes = token == 0xA5 || token == 0xAD;
  bool wide = token == 0xE7 || token == 0xEF;
  std::size_t length = reader.u16();
  if (!bytes) reader.take(5);
  bool max = length == 0xFFFF, is_null = false;
  std::string raw;
  if (max) {
    TRY(raw, read_plp(reader, bytes_max, is_null));
  } else {
    std::size_t value_bytes = reader.u16();
    is_null = value_bytes == 0xFFFF;
    if (!is_null) raw = reader.take(value_bytes);
  }
  CHECK_OK(reader.ok());
  using enum tsql::TypeId;
  tsql::Type type{.id = bytes ? varbinary : wide ? nvarchar : varchar,
                  .length = max ? -1 : std::max(1, static_cast<int>(length / (wide ? 2 : 1)))};
  if (is_null) return TypedValue{type, {}};
  return TypedValue{type, bytes ? raw : wide ? from_utf16(raw) : from_cp1252(raw)};
}

// The types without a length byte (0x30 INT1, 0x38 INT4, …), as some drivers send literals.
std::optional<ByteLengthType> fixed_type(std::uint8_t token) {
  switch (token) {
    case 0x30: return ByteLengthType{0x26, 1, 0, 0};
    case 0x32: return ByteLengthType{0x68, 1, 0, 0};
    case 0x34: return ByteLengthType{0x26, 2, 0, 0};
    case 0x38: return ByteLengthType{0x26, 4, 0, 0};
    case 0x7F: return ByteLengthType{0x26, 8, 0, 0};
    case 0x3B: return ByteLengthType{0x6D, 4, 0, 0};
    case 0x3E: return ByteLengthType{0x6D, 8, 0, 0};
    case 0x3A: return ByteLengthType{0x6F, 4, 0, 0};
    case 0x3D: return ByteLengthType{0x6F, 8, 0, 0};
    case 0x3C: return ByteLengthType{0x6E, 8, 0, 0};
    case 0x7A: return ByteLengthType{0x6E, 4, 0, 0};
    default: return std::nullopt;
  }
}

}  // namespace

Result<TypedValue> read_typed_value(Reader& reader, std::size_t value_bytes_max) {
  auto token = reader.u8();
  if (auto fixed = fixed_type(token)) {
    auto raw = reader.take(static_cast<std::size_t>(fixed->bytes_max));
    CHECK_OK(reader.ok());
    TRY(auto value, number_of(*fixed, raw));
    return TypedValue{type_of_number(*fixed), std::move(value)};
  }
  switch (token) {
    case 0x1F: return TypedValue{{.id = tsql::TypeId::int_}, {}};  // NULLTYPE
    case 0x24: case 0x26: case 0x28: case 0x29: case 0x2A: case 0x2B:
    case 0x68: case 0x6A: case 0x6C: case 0x6D: case 0x6E: case 0x6F: return read_number(reader, token);
    case 0xA5: case 0xA7: case 0xAD: case 0xAF: case 0xE7: case 0xEF: return read_text(reader, token, value_bytes_max);
    default: return std::unexpected(no_type(token));
  }
}

}  // namespace axonite::protocol::tds
