#pragma once
// The little of FlatBuffers that Arrow's IPC messages need: tables, vectors and strings, written front to back, and a
// reader whose every step is checked against the buffer (https://flatbuffers.dev/internals/).
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace axonite::spark {

class FlatWriter {
 public:
  struct Slot {
    int slot;
    int bytes;           // 1, 2, 4, 8
    std::int64_t value;  // of an offset: 0, set by point()
  };
  FlatWriter() { bytes_.resize(4); }
  // Where the table lies; `places` gets the position of each slot.
  std::size_t table(const std::vector<Slot>& slots, std::vector<std::size_t>& places);
  std::size_t text(std::string_view value);
  // `places`: of the elements.
  std::size_t offsets(std::size_t count, std::vector<std::size_t>& places);
  std::size_t pairs(const std::vector<std::pair<std::int64_t, std::int64_t>>& values);  // structs of two int64
  void point(std::size_t place, std::size_t target) { put<std::int32_t>(place, static_cast<std::int32_t>(target - place)); }
  std::string finish(std::size_t root);

 private:
  template <class T>
  void put(std::size_t at, T value) { std::memcpy(bytes_.data() + at, &value, sizeof value); }
  void align(std::size_t to, std::size_t rest = 0);
  std::string bytes_;
};

class FlatTable {
 public:
  static std::optional<FlatTable> root(std::string_view buffer);
  // Absent and broken fields alike read as the default.
  template <class T>
  T scalar(int slot, T fallback) const {
    auto at = field(slot);
    T value = fallback;
    if (at && *at + sizeof(T) <= buffer_.size()) std::memcpy(&value, buffer_.data() + *at, sizeof(T));
    return value;
  }
  std::optional<FlatTable> table(int slot) const;
  std::string_view text(int slot) const;
  std::vector<FlatTable> tables(int slot) const;
  std::vector<std::pair<std::int64_t, std::int64_t>> pairs(int slot) const;

 private:
  FlatTable(std::string_view buffer, std::size_t at) : buffer_(buffer), at_(at) {}
  static std::optional<FlatTable> make(std::string_view buffer, std::size_t at);
  std::optional<std::size_t> field(int slot) const;
  std::optional<std::size_t> follow(std::size_t at) const;
  std::string_view buffer_;
  std::size_t at_ = 0;
};

}  // namespace axonite::spark
