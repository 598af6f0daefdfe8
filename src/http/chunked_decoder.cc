#include "http/chunked_decoder.h"

#include <algorithm>
#include <cstring>

namespace axonite::http {
namespace {

constexpr unsigned kSizeDigitsMax = 15;  // so that a size fits 63 bits
constexpr std::size_t kDroppedBytesMax =
    16u << 10;  // a body of one-byte chunks must not carry megabytes of extensions

Error bad(std::string_view why) {
  return invalid("BadRequest", "The request is not valid HTTP: " + std::string(why) + ".");
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Result<ChunkedDecoder::Progress> ChunkedDecoder::decode(std::string_view input, std::span<char> buffer) {
  Progress progress;
  while (progress.taken < input.size() && state_ != State::done) {
    if (state_ != State::data) {
      auto taken = take(input[progress.taken]);
      if (!taken && progress.produced > 0) break;  // told by the next call, after what is good
      CHECK_OK(std::move(taken));
      ++progress.taken;
      continue;
    }
    std::size_t room = std::min(input.size() - progress.taken, buffer.size() - progress.produced);
    std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(room, left_));
    if (count == 0) break;
    std::memcpy(buffer.data() + progress.produced, input.data() + progress.taken, count);
    progress.taken += count;
    progress.produced += count;
    left_ -= count;
    if (left_ == 0) state_ = State::data_cr;
  }
  return progress;
}

Result<void> ChunkedDecoder::take(char c) {
  auto expect = [&](char wanted, State next, std::string_view why) -> Result<void> {
    if (c != wanted) return std::unexpected(bad(why));
    state_ = next;
    return ok();
  };
  switch (state_) {
    case State::size_begin:
    case State::size:
      return begin_or_end_size(c);
    case State::extension:
      if (c == '\r') return expect('\r', State::size_end, "");
      return drop(c);
    case State::size_end:
      return expect('\n', left_ > 0 ? State::data : State::trailer_begin,
                    "a chunk's size does not end in CRLF");
    case State::data_cr:
      return expect('\r', State::data_lf, "a chunk does not end where its size says");
    case State::data_lf:
      digits_ = 0;
      return expect('\n', State::size_begin, "a chunk does not end in CRLF");
    case State::trailer_begin:
      if (c == '\r') return expect('\r', State::last_lf, "");
      state_ = State::trailer;
      return drop(c);
    case State::trailer:
      if (c == '\r') return expect('\r', State::trailer_end, "");
      return drop(c);
    case State::trailer_end:
      return expect('\n', State::trailer_begin, "a trailer does not end in CRLF");
    case State::last_lf:
      return expect('\n', State::done, "its body does not end in CRLF");
    case State::data:
    case State::done:
      break;
  }
  return std::unexpected(internal("a chunk's byte outside its frame"));
}

Result<void> ChunkedDecoder::begin_or_end_size(char c) {
  if (int digit = hex_value(c); digit >= 0) {
    if (++digits_ > kSizeDigitsMax) return std::unexpected(bad("a chunk's size is too large"));
    left_ = left_ * 16 + static_cast<unsigned>(digit);
    state_ = State::size;
    return ok();
  }
  if (state_ == State::size_begin) return std::unexpected(bad("a chunk has no size"));
  if (c == '\r') {
    state_ = State::size_end;
    return ok();
  }
  if (c != ';' && c != ' ' && c != '\t') return std::unexpected(bad("a chunk's size is not a number"));
  state_ = State::extension;
  return drop(c);
}

Result<void> ChunkedDecoder::drop(char c) {
  if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f)
    return std::unexpected(bad("a control character stands in its chunks"));
  if (++dropped_ > kDroppedBytesMax)
    return std::unexpected(bad("its chunks carry too many extensions or trailers"));
  return ok();
}

}  // namespace axonite::http
