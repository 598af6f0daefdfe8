#pragma once
// Bytes of TDS: little-endian numbers, UTF-16 text, and a reader that cannot leave its span.
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/result.h"

namespace axonite::protocol::tds {

// Growing output. Encoders ask for room once and write through the pointer.
class Bytes {
 public:
  char* room(std::size_t bytes) {
    if (data_.size() - size_ < bytes) data_.resize(std::max(data_.size() * 2, size_ + bytes));
    return data_.data() + size_;
  }
  void advance(char* end) { size_ = static_cast<std::size_t>(end - data_.data()); }
  void add(std::string_view bytes) {
    std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  template <class Integer>
  void put(std::type_identity_t<Integer> value) {
    std::memcpy(room(sizeof value), &value, sizeof value);
    size_ += sizeof value;
  }
  void u8(std::uint8_t value) { put<std::uint8_t>(value); }
  void u16(std::uint16_t value) { put<std::uint16_t>(value); }
  void u32(std::uint32_t value) { put<std::uint32_t>(value); }
  void u64(std::uint64_t value) { put<std::uint64_t>(value); }
  void b_varchar(std::string_view utf8);   // one byte of length in characters
  void us_varchar(std::string_view utf8);  // two bytes
  void patch_u16(std::size_t at, std::uint16_t value) { std::memcpy(data_.data() + at, &value, sizeof value); }
  std::size_t size() const { return size_; }
  std::string_view view() const { return {data_.data(), size_}; }
  void clear() { size_ = 0; }
  void drop_front(std::size_t bytes) {
    std::memmove(data_.data(), data_.data() + bytes, size_ - bytes);
    size_ -= bytes;
  }

 private:
  std::string data_;
  std::size_t size_ = 0;
};

// Reads past the end give zeros and mark it broken; check once with ok().
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  template <class Integer>
  Integer get() {
    Integer value{};
    auto bytes = take(sizeof value);
    if (bytes.size() == sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  std::uint8_t u8() { return get<std::uint8_t>(); }
  std::uint16_t u16() { return get<std::uint16_t>(); }
  std::uint32_t u32() { return get<std::uint32_t>(); }
  std::uint64_t u64() { return get<std::uint64_t>(); }
  std::string_view take(std::size_t bytes) {
    if (bytes > rest_.size()) {
      broken_ = true;
      rest_ = {};
      return {};
    }
    auto taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }
  std::string b_varchar();
  std::string us_varchar();
  bool empty() const { return rest_.empty(); }
  std::size_t left() const { return rest_.size(); }
  std::uint8_t peek() const { return rest_.empty() ? 0 : static_cast<std::uint8_t>(rest_.front()); }
  bool broken() const { return broken_; }
  // invalid("TdsProtocol").
  Result<void> ok() const;

 private:
  std::string_view rest_;
  bool broken_ = false;
};

Error protocol_error(std::string message);

// UTF-8 to UTF-16LE at `out`, which has room for 2 bytes per input byte; returns the end. Broken UTF-8 becomes U+FFFD.
char* write_utf16(char* out, std::string_view utf8);
std::string to_utf16(std::string_view utf8);
// An odd last byte is dropped; lone surrogates become U+FFFD.
std::string from_utf16(std::string_view utf16);
// UTF-8 to Windows-1252, as the collation of our char and varchar columns says; '?' for what it lacks.
char* write_cp1252(char* out, std::string_view utf8);
std::string from_cp1252(std::string_view bytes);

}  // namespace axonite::protocol::tds
