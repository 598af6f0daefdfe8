#include "protocol/spark_connect/tls_relay.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "base/log.h"

namespace axonite::protocol::spark_connect {
namespace {

constexpr std::chrono::seconds kHandshakeMax{10};
constexpr std::chrono::seconds kWriteMax{60};  // both ends read at any time: whoever does not is gone

Result<bool> forward(net::Stream& from, net::Stream& to, std::span<char> buffer) {
  TRY(auto got, from.read(buffer, net::in(kWriteMax)));
  if (got == 0) return false;
  CHECK_OK(to.write({buffer.data(), got}, net::in(kWriteMax)));
  return true;
}

// One thread for both directions: an SSL object bears one caller at a time.
Result<void> relay(net::Stream& tls, net::Stream& plain) {
  std::array<char, 64 * 1024> buffer;
  while (true) {
    std::array<pollfd, 2> waiting{pollfd{tls.descriptor(), POLLIN, 0}, pollfd{plain.descriptor(), POLLIN, 0}};
    if (!tls.has_buffered() && ::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return ok();
    if (tls.has_buffered() || waiting[0].revents) {
      TRY(bool more, forward(tls, plain, buffer));
      if (!more) return ok();
    }
    if (waiting[1].revents) {
      TRY(bool more, forward(plain, tls, buffer));
      if (!more) return ok();
    }
  }
}

}  // namespace

void TlsRelay::start(int descriptor, std::function<void(int)> accept) {
  std::lock_guard lock(mutex_);
  if (stopping_ || descriptors_.size() >= connections_max_) {
    ::close(descriptor);
    return;
  }
  descriptors_.insert(descriptor);
  std::thread([this, descriptor, accept = std::move(accept)] {
    serve(descriptor, accept);
    std::lock_guard ending(mutex_);
    descriptors_.erase(descriptor);
    ::close(descriptor);
    left_.notify_all();
  }).detach();
}

void TlsRelay::serve(int descriptor, const std::function<void(int)>& accept) {
  auto tls = net::tls_accept(net::socket_stream(::dup(descriptor)), context_, net::in(kHandshakeMax));
  if (!tls) {
    log::info("protocol/spark_connect", "a TLS handshake failed: " + tls.error().message);
    return;
  }
  std::array<int, 2> pair;
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair.data()) != 0) return;
  auto plain = net::socket_stream(pair[0]);
  accept(pair[1]);
  auto ended = relay(**tls, *plain);
  (*tls)->shutdown();
}

void TlsRelay::stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  for (int descriptor : descriptors_) ::shutdown(descriptor, SHUT_RDWR);
  left_.wait(lock, [&] { return descriptors_.empty(); });
}

}  // namespace axonite::protocol::spark_connect
