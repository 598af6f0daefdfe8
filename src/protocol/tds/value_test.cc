// Values of parameters and rows: the edges of every type.
#include <gtest/gtest.h>

#include "protocol/tds/types.h"

namespace axonite::protocol::tds {
namespace {

using namespace std::string_literals;
using tsql::TypeId;

std::string text_of(const engine::Value& value) {
  if (auto text = std::get_if<std::string>(&value)) return *text;
  if (auto integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  return std::holds_alternative<std::monostate>(value) ? "NULL" : "?";
}

// What the bytes of a parameter's type and value mean, or the error's code.
std::string read(std::string_view bytes) {
  Reader reader(bytes);
  auto typed = read_typed_value(reader, 1000);
  return typed ? text_of(typed->value) : typed.error().code;
}

// A type and a value as RETURNVALUE writes them.
std::string written(const tsql::Type& type, const engine::Value& value) {
  Bytes bytes;
  write_type_info(bytes, type);
  return write_value(bytes, type, value) ? std::string(bytes.view()) : "error";
}

void travels(const tsql::Type& type, std::string_view text) {
  EXPECT_EQ(read(written(type, std::string(text))), text) << "type " << static_cast<int>(type.id);
}

TEST(TdsValue, DecimalsOfEveryWidthTravel) {
  travels({.id = TypeId::decimal, .precision = 9, .scale = 2}, "-9999999.99");
  travels({.id = TypeId::decimal, .precision = 19, .scale = 0}, "9999999999999999999");
  travels({.id = TypeId::decimal, .precision = 28, .scale = 28}, "0.0000000000000000000000000001");
  travels({.id = TypeId::decimal, .precision = 38, .scale = 0}, "-99999999999999999999999999999999999999");
  travels({.id = TypeId::decimal, .precision = 38, .scale = 38}, "0.99999999999999999999999999999999999999");
  EXPECT_EQ(written({.id = TypeId::decimal, .precision = 5, .scale = 2}, "1.005"s), "\x6A\5\5\2\5\1\x65\0\0\0"s) << "rounds half away";
  EXPECT_EQ(written({.id = TypeId::decimal, .precision = 5, .scale = 2}, std::string(40, '9')), "\x6A\5\5\2\0"s) << "no decimal: NULL";
  EXPECT_EQ(written({.id = TypeId::decimal, .precision = 5, .scale = 2}, {}), "\x6A\5\5\2\0"s);
}

TEST(TdsValue, MoneyKeepsItsHighHalfFirst) {
  travels({.id = TypeId::money}, "922337203685477.5807");
  travels({.id = TypeId::money}, "-922337203685477.5808");
  travels({.id = TypeId::smallmoney}, "-214748.3648");
  EXPECT_EQ(written({.id = TypeId::money}, "429496.7297"s), "\x6E\x08\x08\1\0\0\0\1\0\0\0"s);
}

TEST(TdsValue, DatesAndTimesTravelFromTheFirstDayToTheLast) {
  travels({.id = TypeId::date}, "0001-01-01");
  travels({.id = TypeId::date}, "9999-12-31");
  travels({.id = TypeId::time, .scale = 7}, "23:59:59.9999999");
  EXPECT_EQ(read(written({.id = TypeId::time, .scale = 0}, "23:59:59.9999999"s)), "23:59:59.0000000");
  travels({.id = TypeId::datetime2, .scale = 7}, "0001-01-01 00:00:00.0000000");
  travels({.id = TypeId::datetime2, .scale = 7}, "9999-12-31 23:59:59.9999990");
  travels({.id = TypeId::datetime}, "1753-01-01 00:00:00.0000000");
  travels({.id = TypeId::datetime}, "9999-12-31 23:59:59.9970000");
  travels({.id = TypeId::smalldatetime}, "2079-06-06 23:59:00.0000000");
  travels({.id = TypeId::datetimeoffset, .scale = 7}, "2026-01-02 03:04:05.1234567 -14:00");
  travels({.id = TypeId::datetimeoffset, .scale = 7}, "0001-01-01 10:00:00.0000000 +10:00");
}

TEST(TdsValue, DatetimeRoundsToItsThreeHundredths) {
  for (auto [in, out] : {std::pair("00:00:00.001", "00:00:00.0000000"), {"00:00:00.002", "00:00:00.0030000"}, {"00:00:00.004", "00:00:00.0030000"},
                         {"00:00:00.005", "00:00:00.0070000"}, {"00:00:00.009", "00:00:00.0100000"}}) {
    EXPECT_EQ(read(written({.id = TypeId::datetime}, "2026-01-01 "s + in)), "2026-01-01 "s + out);
  }
  EXPECT_EQ(read(written({.id = TypeId::datetime}, "2025-12-31 23:59:59.999"s)), "2026-01-01 00:00:00.0000000");
}

TEST(TdsValue, DatesOutOfRangeAreRefused) {
  EXPECT_EQ(read("\x28\3\xFF\xFF\xFF"s), "TdsProtocol");
  EXPECT_EQ(read("\x2A\7\x08\0\0\0\0\0\xFF\xFF\xFF"s), "TdsProtocol");
  EXPECT_EQ(read("\x2B\7\x0A\0\0\0\0\0\0\0\0\xC4\xFF"s), "TdsProtocol") << "an hour before year 1";
  EXPECT_EQ(read("\x2B\7\x0A\0\0\0\0\0\0\0\1\xFF\x7F"s), "TdsProtocol") << "an offset of 22 days";
  EXPECT_EQ(read("\x2B\7\x0A\0\0\0\0\0\x61\xAD\xD0\0\0"s), "TdsProtocol") << "a day whose ticks 64 bits do not hold";
}

TEST(TdsValue, UuidsTurnTheirFirstGroupsAround) {
  travels({.id = TypeId::uniqueidentifier}, "00112233-4455-6677-8899-aabbccddeeff");
  EXPECT_EQ(written({.id = TypeId::uniqueidentifier}, "00112233-4455-6677-8899-aabbccddeeff"s),
            "\x24\x10\x10\x33\x22\x11\0\x55\x44\x77\x66\x88\x99\xAA\xBB\xCC\xDD\xEE\xFF"s);
}

TEST(TdsValue, TextTravelsInItsEncoding) {
  travels({.id = TypeId::nvarchar, .length = 10}, "h\xC3\xA9\xF0\x9F\x98\x80");
  travels({.id = TypeId::nvarchar, .length = -1}, "");
  travels({.id = TypeId::varchar, .length = 10}, "\xE2\x82\xAC\xC3\xA9");
  EXPECT_EQ(read(written({.id = TypeId::varchar, .length = 10}, "\xE6\x97\xA5"s)), "?") << "what code page 1252 lacks";
  travels({.id = TypeId::varbinary, .length = -1}, "\x01\xFF\x80");
  for (int length : {10, -1}) EXPECT_EQ(read(written({.id = TypeId::nvarchar, .length = length}, {})), "NULL");
}

TEST(TdsValue, ChunksOfAMaxValueAreJoinedAndBounded) {
  auto head = "\xA5\xFF\xFF\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s;
  EXPECT_EQ(read(head + "\2\0\0\0ab\1\0\0\0c\0\0\0\0"s), "abc");
  EXPECT_EQ(read(head + "\2\0\0\0ab"s), "TdsProtocol") << "no end";
  EXPECT_EQ(read(head + "\xFF\xFF\xFF\x7Fz"s), "TdsValueTooLarge");
}

TEST(TdsValue, BrokenValuesAreRefused) {
  EXPECT_EQ(read("\x26\4\3\0\0\0"s), "TdsProtocol") << "an int of three bytes";
  EXPECT_EQ(read("\x26\4\4\0"s), "TdsProtocol");
  EXPECT_EQ(read("\x2A\x08\6\0\0\0\0\0\0"s), "TdsProtocol") << "scale 8";
  EXPECT_EQ(read("\x6A\x11\x27\0\0"s), "TdsProtocol") << "precision 39";
  EXPECT_EQ(read("\x6E\4\x08\0\0\0\0\1\0\0\0"s), "TdsProtocol") << "more bytes than declared";
  EXPECT_EQ(read("\xF1"s), "TdsType");
  EXPECT_EQ(read(""), "TdsType");
}

TEST(TdsValue, IntegersAreSignedExceptTheSmallest) {
  EXPECT_EQ(read("\x26\1\1\xFF"s), "255");
  EXPECT_EQ(read("\x26\2\2\xFF\xFF"s), "-1");
  EXPECT_EQ(read("\x26\x08\x08\0\0\0\0\0\0\0\x80"s), "-9223372036854775808");
  EXPECT_EQ(read("\x38\1\0\0\0"s), "1") << "the type without a length";
  EXPECT_EQ(read("\x1F"s), "NULL");
}

}  // namespace
}  // namespace axonite::protocol::tds
