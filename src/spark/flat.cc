#include "spark/flat.h"

#include <algorithm>

namespace axonite::spark {
namespace {

template <class T>
std::optional<T> read(std::string_view buffer, std::size_t at) {
  if (at > buffer.size() || buffer.size() - at < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, buffer.data() + at, sizeof value);
  return value;
}

constexpr std::uint32_t kElementsMax = 1u << 20;

}  // namespace

void FlatWriter::align(std::size_t to, std::size_t rest) {
  while (bytes_.size() % to != rest) bytes_ += '\0';
}

std::size_t FlatWriter::table(const std::vector<Slot>& slots, std::vector<std::size_t>& places) {
  int last = -1;
  for (auto& slot : slots) last = std::max(last, slot.slot);
  std::size_t vtable_bytes = 4 + 2 * static_cast<std::size_t>(last + 1);
  align(2);
  auto vtable = bytes_.size();
  bytes_.resize(vtable + vtable_bytes);
  align(8);
  auto start = bytes_.size();
  bytes_.resize(start + 4);
  put<std::int32_t>(start, static_cast<std::int32_t>(start - vtable));
  places.assign(slots.size(), 0);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    align(static_cast<std::size_t>(slots[i].bytes));
    places[i] = bytes_.size();
    bytes_.resize(bytes_.size() + static_cast<std::size_t>(slots[i].bytes));
    std::memcpy(bytes_.data() + places[i], &slots[i].value, static_cast<std::size_t>(slots[i].bytes));  // little endian
    put<std::uint16_t>(vtable + 4 + 2 * static_cast<std::size_t>(slots[i].slot), static_cast<std::uint16_t>(places[i] - start));
  }
  put<std::uint16_t>(vtable, static_cast<std::uint16_t>(vtable_bytes));
  put<std::uint16_t>(vtable + 2, static_cast<std::uint16_t>(bytes_.size() - start));
  return start;
}

std::size_t FlatWriter::text(std::string_view value) {
  align(4);
  auto at = bytes_.size();
  bytes_.resize(at + 4);
  put<std::uint32_t>(at, static_cast<std::uint32_t>(value.size()));
  bytes_ += value;
  bytes_ += '\0';
  return at;
}

std::size_t FlatWriter::offsets(std::size_t count, std::vector<std::size_t>& places) {
  align(4);
  auto at = bytes_.size();
  bytes_.resize(at + 4 + 4 * count);
  put<std::uint32_t>(at, static_cast<std::uint32_t>(count));
  places.clear();
  for (std::size_t i = 0; i < count; ++i) places.push_back(at + 4 + 4 * i);
  return at;
}

std::size_t FlatWriter::pairs(const std::vector<std::pair<std::int64_t, std::int64_t>>& values) {
  align(8, 4);  // the elements, behind the count, at eight bytes
  auto at = bytes_.size();
  bytes_.resize(at + 4 + 16 * values.size());
  put<std::uint32_t>(at, static_cast<std::uint32_t>(values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    put(at + 4 + 16 * i, values[i].first);
    put(at + 12 + 16 * i, values[i].second);
  }
  return at;
}

std::string FlatWriter::finish(std::size_t root) {
  put<std::uint32_t>(0, static_cast<std::uint32_t>(root));
  align(8);
  return std::move(bytes_);
}

std::optional<FlatTable> FlatTable::make(std::string_view buffer, std::size_t at) {
  auto back = read<std::int32_t>(buffer, at);
  if (!back) return std::nullopt;
  auto vtable = static_cast<std::int64_t>(at) - *back;
  if (vtable < 0 || !read<std::uint16_t>(buffer, static_cast<std::size_t>(vtable))) return std::nullopt;
  return FlatTable(buffer, at);
}

std::optional<FlatTable> FlatTable::root(std::string_view buffer) {
  auto at = read<std::uint32_t>(buffer, 0);
  return at ? make(buffer, *at) : std::nullopt;
}

std::optional<std::size_t> FlatTable::field(int slot) const {
  auto vtable = static_cast<std::size_t>(static_cast<std::int64_t>(at_) - *read<std::int32_t>(buffer_, at_));
  auto bytes = read<std::uint16_t>(buffer_, vtable);
  auto entry = 4 + 2 * static_cast<std::size_t>(slot);
  if (!bytes || entry + 2 > *bytes) return std::nullopt;
  auto offset = read<std::uint16_t>(buffer_, vtable + entry);
  if (!offset || *offset == 0) return std::nullopt;
  return at_ + *offset;
}

std::optional<std::size_t> FlatTable::follow(std::size_t at) const {
  auto offset = read<std::uint32_t>(buffer_, at);
  if (!offset || *offset == 0 || at + *offset + 4 > buffer_.size()) return std::nullopt;
  return at + *offset;
}

std::optional<FlatTable> FlatTable::table(int slot) const {
  auto at = field(slot);
  auto target = at ? follow(*at) : std::nullopt;
  return target ? make(buffer_, *target) : std::nullopt;
}

std::string_view FlatTable::text(int slot) const {
  auto at = field(slot);
  auto target = at ? follow(*at) : std::nullopt;
  if (!target) return {};
  auto size = *read<std::uint32_t>(buffer_, *target);
  if (size > buffer_.size() - *target - 4) return {};
  return buffer_.substr(*target + 4, size);
}

std::vector<FlatTable> FlatTable::tables(int slot) const {
  std::vector<FlatTable> out;
  auto at = field(slot);
  auto target = at ? follow(*at) : std::nullopt;
  auto count = target ? *read<std::uint32_t>(buffer_, *target) : 0;
  for (std::uint32_t i = 0; i < count && i < kElementsMax; ++i) {
    auto element = follow(*target + 4 + 4 * static_cast<std::size_t>(i));
    auto made = element ? make(buffer_, *element) : std::nullopt;
    if (!made) break;
    out.push_back(*made);
  }
  return out;
}

std::vector<std::pair<std::int64_t, std::int64_t>> FlatTable::pairs(int slot) const {
  std::vector<std::pair<std::int64_t, std::int64_t>> out;
  auto at = field(slot);
  auto target = at ? follow(*at) : std::nullopt;
  auto count = target ? *read<std::uint32_t>(buffer_, *target) : 0;
  for (std::uint32_t i = 0; i < count && i < kElementsMax; ++i) {
    auto first = read<std::int64_t>(buffer_, *target + 4 + 16 * static_cast<std::size_t>(i)), second = read<std::int64_t>(buffer_, *target + 12 + 16 * static_cast<std::size_t>(i));
    if (!first || !second) break;
    out.emplace_back(*first, *second);
  }
  return out;
}

}  // namespace axonite::spark
