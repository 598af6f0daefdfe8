#pragma once
// One value into bytes; shared by rows (from vectors) and RETURNVALUE (from engine values). Each writes its own length.
#include <bit>

#include "protocol/tds/types.h"

namespace axonite::protocol::tds {

inline constexpr std::int64_t kDaysTo1970 = 719'162;    // from 0001-01-01
inline constexpr std::int64_t kDays1900To1970 = 25'567;
inline constexpr std::int64_t kTicksPerDay = 864'000'000'000;

template <class T>
char* put(char* out, T value) {
  std::memcpy(out, &value, sizeof value);
  return out + sizeof value;
}

template <class T>
char* put_fixed(char* out, T value) {
  *out++ = sizeof value;
  return put(out, value);
}

// Sign byte and magnitude in 4, 8, 12 or 16 bytes, as the column's precision says.
inline char* put_decimal(char* out, __int128 value, int precision) {
  int bytes = precision <= 9 ? 4 : precision <= 19 ? 8 : precision <= 28 ? 12 : 16;
  *out++ = static_cast<char>(bytes + 1);
  *out++ = value >= 0 ? 1 : 0;
  auto magnitude = value >= 0 ? static_cast<unsigned __int128>(value) : -static_cast<unsigned __int128>(value);
  std::memcpy(out, &magnitude, static_cast<std::size_t>(bytes));
  return out + bytes;
}

inline char* put_money(char* out, std::int64_t ten_thousandths) {  // the high half goes first
  *out++ = 8;
  out = put(out, static_cast<std::int32_t>(ten_thousandths >> 32));
  return put(out, static_cast<std::uint32_t>(ten_thousandths));
}

inline char* put_days(char* out, std::int64_t days_since_year_1) {
  auto days = static_cast<std::uint32_t>(days_since_year_1);
  std::memcpy(out, &days, 3);
  return out + 3;
}

inline int time_bytes(int scale) { return scale <= 2 ? 3 : scale <= 4 ? 4 : 5; }

inline char* put_time(char* out, std::int64_t ticks, int scale) {
  constexpr std::int64_t per_unit[] = {10'000'000, 1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};
  auto units = ticks / per_unit[scale];
  std::memcpy(out, &units, static_cast<std::size_t>(time_bytes(scale)));
  return out + time_bytes(scale);
}

// Ticks since 0001-01-01.
inline char* put_datetime2(char* out, std::int64_t ticks, int scale) {
  *out++ = static_cast<char>(time_bytes(scale) + 3);
  out = put_time(out, ticks % kTicksPerDay, scale);
  return put_days(out, ticks / kTicksPerDay);
}

inline char* put_date_time_offset(char* out, DateTimeOffset value, int scale) {
  *out++ = static_cast<char>(time_bytes(scale) + 5);
  out = put_time(out, value.ticks % kTicksPerDay, scale);
  out = put_days(out, value.ticks / kTicksPerDay);
  return put(out, value.offset_minutes);
}

// Microseconds since 1970; days since 1900 and 1/300 s, rounded.
inline char* put_datetime(char* out, std::int64_t micros) {
  constexpr std::int64_t day = 86'400'000'000;
  auto since_1900 = micros + kDays1900To1970 * day;
  auto days = since_1900 >= 0 ? since_1900 / day : -((-since_1900 + day - 1) / day);
  auto units = ((since_1900 - days * day) * 3 + 5'000) / 10'000;
  if (units == 25'920'000) units = 0, ++days;
  *out++ = 8;
  out = put(out, static_cast<std::int32_t>(days));
  return put(out, static_cast<std::uint32_t>(units));
}

inline char* put_smalldatetime(char* out, std::int64_t micros) {
  auto minutes = (micros + kDays1900To1970 * 86'400'000'000 + 30'000'000) / 60'000'000;
  *out++ = 4;
  out = put(out, static_cast<std::uint16_t>(minutes / 1440));
  return put(out, static_cast<std::uint16_t>(minutes % 1440));
}

// The 16 bytes of a uuid in text order: the first three groups turn around.
inline char* put_uuid(char* out, std::uint64_t high, std::uint64_t low) {
  *out++ = 16;
  out = put(out, static_cast<std::uint32_t>(high >> 32));
  out = put(out, static_cast<std::uint16_t>(high >> 16));
  out = put(out, static_cast<std::uint16_t>(high));
  return put(out, std::byteswap(low));
}

// Text in the column's encoding with its length, two bytes or in one chunk of a PLP. Room: 2 bytes per byte and 20.
template <class Write>
char* put_text(char* out, std::string_view utf8, bool max, Write write) {
  char* length_at = out;
  out += max ? 12 : 2;
  char* end = write(out, utf8);
  auto bytes = static_cast<std::uint64_t>(end - out);
  if (!max) {
    put(length_at, static_cast<std::uint16_t>(std::min<std::uint64_t>(bytes, 8000)));
    return out + std::min<std::uint64_t>(bytes, 8000);
  }
  put(length_at, bytes);
  put(length_at + 8, static_cast<std::uint32_t>(bytes));
  if (bytes == 0) return length_at + 8 + 4;  // an empty PLP is its terminator alone
  return put(end, std::uint32_t{0});
}

inline char* write_plain(char* out, std::string_view bytes) {
  std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

inline char* put_null(char* out, const tsql::Type& type) {
  using enum tsql::TypeId;
  bool text = type.id >= char_ && type.id <= varbinary;
  if (text && type.length < 0) return put(out, ~std::uint64_t{0});
  if (text) return put(out, std::uint16_t{0xFFFF});
  *out++ = 0;
  return out;
}

}  // namespace axonite::protocol::tds
