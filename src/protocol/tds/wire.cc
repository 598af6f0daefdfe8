#include "protocol/tds/wire.h"

#include <algorithm>

namespace axonite::protocol::tds {
namespace {

// Windows-1252's 0x80–0x9F; 0 where it has none.
constexpr char16_t kUpper[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                 0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

// The code point at `i`, which moves behind it; U+FFFD for one broken byte.
char32_t next_code_point(std::string_view text, std::size_t& i) {
  auto lead = static_cast<unsigned char>(text[i++]);
  if (lead < 0x80) return lead;
  int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC2 ? 1 : 0;
  if (more == 0 || lead > 0xF4 || text.size() - i < static_cast<std::size_t>(more)) return 0xFFFD;
  char32_t point = lead & (0x3F >> more);
  for (int k = 0; k < more; ++k) {
    auto byte = static_cast<unsigned char>(text[i + k]);
    if ((byte & 0xC0) != 0x80) return 0xFFFD;
    point = point << 6 | (byte & 0x3F);
  }
  i += more;
  return point;
}

void append_utf8(std::string& out, char32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += {static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 0x3F))};
  } else if (point < 0x10000) {
    out += {static_cast<char>(0xE0 | point >> 12), static_cast<char>(0x80 | (point >> 6 & 0x3F)),
            static_cast<char>(0x80 | (point & 0x3F))};
  } else {
    out += {static_cast<char>(0xF0 | point >> 18), static_cast<char>(0x80 | (point >> 12 & 0x3F)),
            static_cast<char>(0x80 | (point >> 6 & 0x3F)), static_cast<char>(0x80 | (point & 0x3F))};
  }
}

char* put_unit(char* out, char16_t unit) {
  std::memcpy(out, &unit, sizeof unit);
  return out + sizeof unit;
}

}  // namespace

char* write_utf16(char* out, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      out[0] = static_cast<char>(lead);
      out[1] = 0;
      out += 2;
      ++i;
      continue;
    }
    auto point = next_code_point(text, i);
    if (point < 0x10000) {
      out = put_unit(out, static_cast<char16_t>(point));
    } else {
      out = put_unit(out, static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10)));
      out = put_unit(out, static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF)));
    }
  }
  return out;
}

std::string to_utf16(std::string_view utf8) {
  std::string out(utf8.size() * 2, '\0');
  out.resize(static_cast<std::size_t>(write_utf16(out.data(), utf8) - out.data()));
  return out;
}

std::string from_utf16(std::string_view bytes) {
  auto unit_at = [&](std::size_t i) {
    char16_t unit;
    std::memcpy(&unit, bytes.data() + i, sizeof unit);
    return unit;
  };
  std::string out;
  out.reserve(bytes.size() / 2);
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    char32_t point = unit_at(i);
    if (point >= 0xD800 && point < 0xE000) {
      bool pair = point < 0xDC00 && i + 3 < bytes.size() && (unit_at(i + 2) & 0xFC00) == 0xDC00;
      point = pair ? 0x10000 + ((point - 0xD800) << 10) + (unit_at(i + 2) - 0xDC00u) : 0xFFFD;
      if (pair) i += 2;
    }
    append_utf8(out, point);
  }
  return out;
}

char* write_cp1252(char* out, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    auto point = next_code_point(text, i);
    if (point < 0x80 || (point >= 0xA0 && point < 0x100)) {
      *out++ = static_cast<char>(point);
      continue;
    }
    auto found = std::ranges::find(kUpper, static_cast<char16_t>(point));
    *out++ = found == std::end(kUpper) || point > 0xFFFF ? '?' : static_cast<char>(0x80 + (found - kUpper));
  }
  return out;
}

std::string from_cp1252(std::string_view bytes) {
  std::string out;
  for (unsigned char byte : bytes) {
    char32_t point = byte >= 0x80 && byte < 0xA0 ? kUpper[byte - 0x80] : byte;
    append_utf8(out, point ? point : byte);
  }
  return out;
}

void Bytes::b_varchar(std::string_view utf8) {
  auto utf16 = to_utf16(utf8).substr(0, 255 * 2);
  u8(static_cast<std::uint8_t>(utf16.size() / 2));
  add(utf16);
}

void Bytes::us_varchar(std::string_view utf8) {
  auto utf16 = to_utf16(utf8).substr(0, 32'000 * 2);
  u16(static_cast<std::uint16_t>(utf16.size() / 2));
  add(utf16);
}

std::string Reader::b_varchar() { return from_utf16(take(std::size_t{u8()} * 2)); }
std::string Reader::us_varchar() { return from_utf16(take(std::size_t{u16()} * 2)); }

Result<void> Reader::ok() const {
  if (broken_) return std::unexpected(protocol_error("The message ends too early."));
  return {};
}

Error protocol_error(std::string message) { return invalid("TdsProtocol", std::move(message)); }

}  // namespace axonite::protocol::tds
