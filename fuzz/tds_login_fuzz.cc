// rooms: protocol/tds
// What a client says before its first request: packets, PRELOGIN, LOGIN7 with its features, the token message. The
// first byte says which, the second the size of the pieces in which packets arrive.
#include <cstdint>
#include <cstdlib>

#include "fuzz/scripted_stream.h"
#include "protocol/tds/login.h"
#include "protocol/tds/packet.h"

namespace {

using namespace axonite;
using namespace axonite::protocol::tds;

constexpr std::size_t kMessageBytesMax = 8192;

// Messages off a connection until it ends, as one text.
std::string read_all(std::string_view bytes, std::size_t piece_bytes) {
  fuzz::ScriptedStream stream(bytes, piece_bytes);
  std::string seen;
  while (true) {
    auto message = read_message(stream, kMessageBytesMax, net::in(std::chrono::seconds(1)));
    if (!message) return seen + "!" + message.error().code;
    if (message->body.size() > kMessageBytesMax) std::abort();
    seen += std::to_string(static_cast<int>(message->type)) + " " + message->body + "\n";
  }
}

void check_login(std::string_view body) {
  auto login = parse_login(body);
  // No field is longer than what came in: UTF-16 to UTF-8 grows by half at most.
  if (login && login->user.size() + login->database.size() > body.size() * 3) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > (1u << 14)) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  switch (data[0] % 4) {
    case 0: check_login(bytes); break;
    case 1: (void)parse_prelogin(bytes); break;
    case 2: (void)parse_fedauth_token(bytes); break;
    default:
      if (read_all(bytes, bytes.size() + 1) != read_all(bytes, data[1] + 1u)) std::abort();
  }
  return 0;
}
