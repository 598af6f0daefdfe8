#pragma once
// Values of metrics as eight bytes whose order is the numbers' order; SQLite's REAL would turn NaN into NULL.
#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "store/database.h"

namespace axonite::ml {

inline store::Blob pack(double value) {
  auto bits = std::bit_cast<std::uint64_t>(value);
  bits = bits >> 63 ? ~bits : bits | (1ull << 63);
  store::Blob blob;
  for (int shift = 56; shift >= 0; shift -= 8) blob.bytes += static_cast<char>(bits >> shift & 0xff);
  return blob;
}

inline double unpack(std::string_view bytes) {
  if (bytes.size() != 8) return std::numeric_limits<double>::quiet_NaN();
  std::uint64_t bits = 0;
  for (char c : bytes) bits = bits << 8 | static_cast<unsigned char>(c);
  return std::bit_cast<double>(bits >> 63 ? bits & ~(1ull << 63) : ~bits);
}

}  // namespace axonite::ml
