#pragma once
// The chunked transfer coding of a request's body (RFC 9112 §7.1), read byte by byte: what it makes of a body
// does not depend on the pieces in which that arrives. Lines end in CRLF and nothing else, since a proxy in
// front may read a bare LF differently. Extensions and trailers are bounded, checked for control characters,
// and dropped.
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"

namespace axonite::http {

class ChunkedDecoder {
 public:
  struct Progress {
    std::size_t taken = 0;     // bytes of the input that are done with
    std::size_t produced = 0;  // bytes of the body, at the front of the buffer
  };
  // Goes on until the input is used up, the buffer full or the body at its end. After invalid("BadRequest"),
  // which comes when all that is good was given out, it must not be called again.
  Result<Progress> decode(std::string_view input, std::span<char> buffer);
  bool is_done() const { return state_ == State::done; }

 private:
  enum class State {
    size_begin,
    size,
    extension,
    size_end,
    data,
    data_cr,
    data_lf,
    trailer_begin,
    trailer,
    trailer_end,
    last_lf,
    done
  };
  Result<void> take(char c);
  Result<void> begin_or_end_size(char c);
  Result<void> drop(char c);

  State state_ = State::size_begin;
  std::uint64_t left_ = 0;   // of the chunk
  unsigned digits_ = 0;      // of its size
  std::size_t dropped_ = 0;  // bytes of extensions and trailers, in the whole body
};

}  // namespace axonite::http
