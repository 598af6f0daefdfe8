#include "net/stream.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/file.h"

namespace axonite::net {
namespace {

Error closed() { return cancelled("ConnectionClosed", "The connection was closed."); }
Error timed_out() { return cancelled("ConnectionTimeout", "The other side took too long."); }

// Waits for `events`; an error past the deadline.
Result<void> wait_for(int descriptor, short events, Deadline deadline) {
  while (true) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0) return std::unexpected(timed_out());
    pollfd entry{descriptor, events, 0};
    int ready = ::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left, 1'000'000'000)));
    if (ready > 0) return ok();
    if (ready < 0 && errno != EINTR) return std::unexpected(closed());
  }
}

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

class SocketStream : public Stream {
 public:
  explicit SocketStream(int descriptor) : descriptor_(descriptor) {
    ::fcntl(descriptor_, F_SETFL, ::fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
    int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  ~SocketStream() override { ::close(descriptor_); }

  Result<std::size_t> read(std::span<char> buffer, Deadline deadline) override {
    while (true) {
      ssize_t got = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (!would_block()) return std::unexpected(closed());
      CHECK_OK(wait_for(descriptor_, POLLIN, deadline));
    }
  }

  Result<void> write(std::string_view bytes, Deadline deadline) override { return send_all(bytes, 0, deadline); }

  Result<void> write_file(std::string_view head, const File& file, std::uint64_t offset, std::uint64_t length,
                          Deadline deadline) override {
    CHECK_OK(send_all(head, length > 0 ? MSG_MORE : 0, deadline));
    off_t at = static_cast<off_t>(offset);
    while (length > 0) {
      ssize_t put = ::sendfile(descriptor_, file.descriptor(), &at, std::min<std::uint64_t>(length, 1u << 30));
      if (put > 0) {
        length -= static_cast<std::uint64_t>(put);
      } else if (put == 0) {
        return std::unexpected(internal("a file is shorter than what was to be sent"));
      } else if (would_block()) {
        CHECK_OK(wait_for(descriptor_, POLLOUT, deadline));
      } else {
        return std::unexpected(closed());
      }
    }
    return ok();
  }

  bool has_buffered() const override { return false; }
  int descriptor() const override { return descriptor_; }
  void shutdown() override { ::shutdown(descriptor_, SHUT_RDWR); }
  void finish() override { ::shutdown(descriptor_, SHUT_WR); }
  bool secure() const override { return false; }

 private:
  Result<void> send_all(std::string_view bytes, int flags, Deadline deadline) {
    while (!bytes.empty()) {
      ssize_t put = ::send(descriptor_, bytes.data(), bytes.size(), flags | MSG_NOSIGNAL);
      if (put >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(put));
      } else if (would_block()) {
        CHECK_OK(wait_for(descriptor_, POLLOUT, deadline));
      } else {
        return std::unexpected(closed());
      }
    }
    return ok();
  }

  int descriptor_;
};

}  // namespace

std::unique_ptr<Stream> socket_stream(int descriptor) { return std::make_unique<SocketStream>(descriptor); }

Result<std::unique_ptr<Stream>> connect(const std::string& host, std::uint16_t port, Deadline deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list) != 0)
    return std::unexpected(unavailable("ConnectionFailed", "The host " + host + " was not found."));
  std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(list, ::freeaddrinfo);
  for (addrinfo* address = list; address; address = address->ai_next) {
    int descriptor = ::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) continue;
    auto stream = socket_stream(descriptor);
    if (::connect(descriptor, address->ai_addr, address->ai_addrlen) == 0) return stream;
    int error = 0;
    socklen_t size = sizeof error;
    if (errno == EINPROGRESS && wait_for(descriptor, POLLOUT, deadline) &&
        ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0)
      return stream;
  }
  return std::unexpected(unavailable("ConnectionFailed", "The host " + host + " does not answer."));
}

std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> stream_pair() {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return {};
  return {socket_stream(pair[0]), socket_stream(pair[1])};
}

int peek_byte(const Stream& stream, Deadline deadline) {
  while (true) {
    unsigned char byte = 0;
    ssize_t got = ::recv(stream.descriptor(), &byte, 1, MSG_PEEK);
    if (got == 1) return byte;
    if (got == 0 || !would_block() || !wait_for(stream.descriptor(), POLLIN, deadline)) return -1;
  }
}

}  // namespace axonite::net
