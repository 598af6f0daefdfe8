#include "protocol/tds/packet.h"

#include <algorithm>

namespace axonite::protocol::tds {
namespace {

constexpr std::size_t kWrappedPacketBytes = 4096;

Result<void> read_exactly(net::Stream& stream, std::span<char> buffer, net::Deadline deadline) {
  while (!buffer.empty()) {
    TRY(std::size_t got, stream.read(buffer, deadline));
    if (got == 0) return std::unexpected(cancelled("ConnectionClosed", "The client closed the connection."));
    buffer = buffer.subspan(got);
  }
  return {};
}

struct Header {
  std::uint8_t type = 0, status = 0;
  std::size_t length = 0;  // with the header
};

Result<Header> read_header(net::Stream& stream, net::Deadline deadline) {
  unsigned char bytes[kHeaderBytes];
  CHECK_OK(read_exactly(stream, {reinterpret_cast<char*>(bytes), sizeof bytes}, deadline));
  Header header{bytes[0], bytes[1], static_cast<std::size_t>(bytes[2] << 8 | bytes[3])};
  if (header.length < kHeaderBytes) return std::unexpected(protocol_error("A packet is shorter than its header."));
  return header;
}

}  // namespace

Result<Message> read_message(net::Stream& stream, std::size_t bytes_max, net::Deadline deadline) {
  Message message;
  for (bool first = true;; first = false) {
    TRY(auto header, read_header(stream, deadline));
    if (first) {
      message.type = static_cast<PacketType>(header.type);
      message.status = header.status;
    } else if (header.type != static_cast<std::uint8_t>(message.type)) {
      return std::unexpected(protocol_error("The packets of one message have different types."));
    }
    auto at = message.body.size();
    auto bytes = header.length - kHeaderBytes;
    if (at + bytes > bytes_max) return std::unexpected(too_large("TdsMessageTooLarge", "The request is too large."));
    message.body.resize(at + bytes);
    CHECK_OK(read_exactly(stream, {message.body.data() + at, bytes}, deadline));
    if (header.status & kEndOfMessage) {
      message.status |= header.status & kIgnore;
      return message;
    }
  }
}

Result<void> write_packets(net::Stream& stream, PacketType type, std::string_view body, std::size_t packet_bytes,
                           bool last, std::uint8_t& packet_id, net::Deadline deadline) {
  auto payload_max = packet_bytes - kHeaderBytes;
  std::string out;
  out.reserve(body.size() + (body.size() / payload_max + 1) * kHeaderBytes);
  do {
    auto payload = body.substr(0, payload_max);
    body.remove_prefix(payload.size());
    auto length = payload.size() + kHeaderBytes;
    bool ends = last && body.empty();
    out += {static_cast<char>(type), static_cast<char>(ends ? kEndOfMessage : 0), static_cast<char>(length >> 8),
            static_cast<char>(length), 0, 0, static_cast<char>(++packet_id), 0};
    out += payload;
  } while (!body.empty());
  return stream.write(out, deadline);
}

namespace {

class WrappedStream : public net::Stream {
 public:
  WrappedStream(std::shared_ptr<net::Stream> lower, std::shared_ptr<bool> wrapping)
      : lower_(std::move(lower)), wrapping_(std::move(wrapping)) {}

  Result<std::size_t> read(std::span<char> buffer, net::Deadline deadline) override {
    if (left_ == 0 && !*wrapping_) return lower_->read(buffer, deadline);
    while (left_ == 0) {
      TRY(auto header, read_header(*lower_, deadline));
      if (header.type != static_cast<std::uint8_t>(PacketType::prelogin)) {
        return std::unexpected(protocol_error("The TLS handshake is not in PRELOGIN packets."));
      }
      left_ = header.length - kHeaderBytes;
    }
    TRY(std::size_t got, lower_->read(buffer.first(std::min(buffer.size(), left_)), deadline));
    left_ -= got;
    return got;
  }
  Result<void> write(std::string_view bytes, net::Deadline deadline) override {
    if (!*wrapping_) return lower_->write(bytes, deadline);
    std::uint8_t id = 0;
    return write_packets(*lower_, PacketType::prelogin, bytes, kWrappedPacketBytes, true, id, deadline);
  }
  Result<void> write_file(std::string_view head, const File& file, std::uint64_t offset, std::uint64_t length,
                          net::Deadline deadline) override {
    return lower_->write_file(head, file, offset, length, deadline);
  }
  bool has_buffered() const override { return lower_->has_buffered(); }
  int descriptor() const override { return lower_->descriptor(); }
  void shutdown() override { lower_->shutdown(); }
  bool secure() const override { return lower_->secure(); }

 private:
  std::shared_ptr<net::Stream> lower_;
  std::shared_ptr<bool> wrapping_;
  std::size_t left_ = 0;
};

}  // namespace

std::unique_ptr<net::Stream> wrapped_stream(std::shared_ptr<net::Stream> lower, std::shared_ptr<bool> wrapping) {
  return std::make_unique<WrappedStream>(std::move(lower), std::move(wrapping));
}

std::unique_ptr<net::Stream> shared_stream(std::shared_ptr<net::Stream> lower) {
  return std::make_unique<WrappedStream>(std::move(lower), std::make_shared<bool>(false));
}

}  // namespace axonite::protocol::tds
