#pragma once
// TDS packets (MS-TDS 2.2.3): an 8-byte header before every packet, messages of one or more packets.
#include <functional>
#include <memory>
#include <string>

#include "net/stream.h"
#include "protocol/tds/wire.h"

namespace axonite::protocol::tds {

enum class PacketType : std::uint8_t {
  batch = 0x01, rpc = 0x03, response = 0x04, attention = 0x06, bulk = 0x07, fedauth_token = 0x08,
  transaction = 0x0E, login = 0x10, prelogin = 0x12,
};

struct Message {
  PacketType type{};
  std::uint8_t status = 0;  // of the first packet: 0x08 RESETCONNECTION, 0x10 …SKIPTRAN
  std::string body;
};

inline constexpr std::uint8_t kEndOfMessage = 0x01;
inline constexpr std::uint8_t kIgnore = 0x02;
inline constexpr std::size_t kHeaderBytes = 8;

// Reads a whole message. too_large("TdsMessageTooLarge"), invalid("TdsProtocol"), and the stream's errors.
Result<Message> read_message(net::Stream& stream, std::size_t bytes_max, net::Deadline deadline);
// Writes `body` as packets of at most `packet_bytes`; `last` marks the end of the message on the last of them.
// A part that is not the last must be a multiple of packet_bytes - 8 long.
Result<void> write_packets(net::Stream& stream, PacketType type, std::string_view body, std::size_t packet_bytes,
                           bool last, std::uint8_t& packet_id, net::Deadline deadline);

// The stream below TLS while TDS wraps its handshake: writes and reads travel in PRELOGIN packets until unwrap(),
// after it as they are (MS-TDS 2.2.6.5). Shared, because login-only encryption goes back to it after LOGIN7.
std::unique_ptr<net::Stream> wrapped_stream(std::shared_ptr<net::Stream> lower, std::shared_ptr<bool> wrapping);
std::unique_ptr<net::Stream> shared_stream(std::shared_ptr<net::Stream> lower);

}  // namespace axonite::protocol::tds
