#pragma once
// A stream whose other side sends fixed bytes, in pieces, and takes whatever is written.
#include <algorithm>
#include <cstring>
#include <string_view>

#include "net/stream.h"

namespace axonite::fuzz {

class ScriptedStream : public net::Stream {
 public:
  // At most `piece_bytes` (> 0) arrive per read, so that heads and chunks break at any place.
  ScriptedStream(std::string_view bytes, std::size_t piece_bytes) : bytes_(bytes), piece_bytes_(piece_bytes) {}
  Result<std::size_t> read(std::span<char> buffer, net::Deadline) override {
    std::size_t count = std::min({buffer.size(), bytes_.size(), piece_bytes_});
    std::memcpy(buffer.data(), bytes_.data(), count);
    bytes_.remove_prefix(count);
    return count;
  }
  Result<void> write(std::string_view, net::Deadline) override { return ok(); }
  Result<void> write_file(std::string_view, const File&, std::uint64_t, std::uint64_t, net::Deadline) override { return ok(); }
  bool has_buffered() const override { return !bytes_.empty(); }
  int descriptor() const override { return -1; }
  void shutdown() override {}
  bool secure() const override { return false; }

 private:
  std::string_view bytes_;
  std::size_t piece_bytes_;
};

}  // namespace axonite::fuzz
