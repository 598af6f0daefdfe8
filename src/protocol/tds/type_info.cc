#include "protocol/tds/types.h"

namespace axonite::protocol::tds {
namespace {

// SQL_Latin1_General_CP1_CI_AS, whose code page is 1252.
constexpr std::string_view kCollation("\x09\x04\xD0\x00\x34", 5);
constexpr std::uint16_t kMax = 0xFFFF;

std::uint8_t decimal_bytes(int precision) { return precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17; }

void fixed(Bytes& out, std::uint8_t token, std::uint8_t bytes) {
  out.u8(token);
  out.u8(bytes);
}

void text(Bytes& out, std::uint8_t token, std::uint8_t max_token, const tsql::Type& type, int bytes_per_character) {
  out.u8(type.length < 0 ? max_token : token);
  out.u16(type.length < 0 ? kMax : static_cast<std::uint16_t>(std::max(1, type.length * bytes_per_character)));
  out.add(kCollation);
}

}  // namespace

void write_type_info(Bytes& out, const tsql::Type& type) {
  using enum tsql::TypeId;
  switch (type.id) {
    case bit: return fixed(out, 0x68, 1);
    case tinyint: return fixed(out, 0x26, 1);
    case smallint: return fixed(out, 0x26, 2);
    case int_: return fixed(out, 0x26, 4);
    case bigint: return fixed(out, 0x26, 8);
    case decimal:
      fixed(out, 0x6A, decimal_bytes(type.precision));
      out.u8(static_cast<std::uint8_t>(type.precision));
      return out.u8(static_cast<std::uint8_t>(type.scale));
    case money: return fixed(out, 0x6E, 8);
    case smallmoney: return fixed(out, 0x6E, 4);
    case real: return fixed(out, 0x6D, 4);
    case float_: return fixed(out, 0x6D, 8);
    case char_: return text(out, 0xAF, 0xA7, type, 1);
    case varchar: return text(out, 0xA7, 0xA7, type, 1);
    case nchar: return text(out, 0xEF, 0xE7, type, 2);
    case nvarchar: return text(out, 0xE7, 0xE7, type, 2);
    case binary:
    case varbinary:
      out.u8(type.id == binary && type.length >= 0 ? 0xAD : 0xA5);
      return out.u16(type.length < 0 ? kMax : static_cast<std::uint16_t>(std::max(1, type.length)));
    case date: return out.u8(0x28);
    case time: return fixed(out, 0x29, static_cast<std::uint8_t>(type.scale));
    case datetime: return fixed(out, 0x6F, 8);
    case smalldatetime: return fixed(out, 0x6F, 4);
    case datetime2: return fixed(out, 0x2A, static_cast<std::uint8_t>(type.scale));
    case datetimeoffset: return fixed(out, 0x2B, static_cast<std::uint8_t>(type.scale));
    case uniqueidentifier: return fixed(out, 0x24, 16);
  }
}

void write_column_metadata(Bytes& out, std::span<const tsql::Column> columns) {
  out.u8(0x81);
  out.u16(static_cast<std::uint16_t>(columns.size()));
  for (auto& column : columns) {
    out.u32(0);                                         // user type
    out.u16(column.type.nullable ? 0x0009 : 0x0008);    // fNullable, updatable unknown
    write_type_info(out, column.type);
    out.b_varchar(column.name);
  }
}

}  // namespace axonite::protocol::tds
