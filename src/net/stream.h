#pragma once
// A connected byte stream: a socket, or TLS over another stream. Blocking calls with deadlines; one reader and one
// writer at a time.
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace axonite {
class File;
}

namespace axonite::net {

using Deadline = std::chrono::steady_clock::time_point;
inline Deadline in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

// Errors of all calls: cancelled("ConnectionClosed" | "ConnectionTimeout"), unavailable("ConnectionFailed").
class Stream {
 public:
  virtual ~Stream() = default;
  // At least one byte, or 0 at the end of the stream.
  virtual Result<std::size_t> read(std::span<char> buffer, Deadline deadline) = 0;
  virtual Result<void> write(std::string_view bytes, Deadline deadline) = 0;
  // `head` and then a part of a file; without copying where the transport can.
  virtual Result<void> write_file(std::string_view head, const File& file, std::uint64_t offset, std::uint64_t length,
                                  Deadline deadline) = 0;
  // Whether a read would not wait for the socket (bytes already decrypted).
  virtual bool has_buffered() const = 0;
  // The socket below, for poll and epoll.
  virtual int descriptor() const = 0;
  // Both directions; wakes whoever reads or writes.
  virtual void shutdown() = 0;
  // Nothing more will be written; the other side sees the end, while reading goes on.
  virtual void finish() { shutdown(); }
  virtual bool secure() const = 0;
};

// Owns the descriptor and makes it non-blocking, with TCP_NODELAY.
std::unique_ptr<Stream> socket_stream(int descriptor);
// "127.0.0.1" or "::1" and a port; unavailable("ConnectionFailed").
Result<std::unique_ptr<Stream>> connect(const std::string& host, std::uint16_t port, Deadline deadline);
// A connected pair, for tests.
std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> stream_pair();

// The first byte without taking it; -1 at the end or past the deadline. Only for sockets.
int peek_byte(const Stream& stream, Deadline deadline);

}  // namespace axonite::net
