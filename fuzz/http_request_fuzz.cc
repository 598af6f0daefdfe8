// rooms: http
// Requests off a connection until it ends: heads, targets, queries, bodies, keep-alive. The first byte sets the size of
// the pieces in which the rest arrives; what is understood must not depend on it.
#include <cstdint>
#include <cstdlib>

#include "fuzz/scripted_stream.h"
#include "http/request_reader.h"

namespace {

using namespace axonite;

// All that was understood, as one text.
std::string read_all(std::string_view bytes, std::size_t piece_bytes) {
  fuzz::ScriptedStream stream(bytes, piece_bytes);
  http::ReadAhead ahead;
  std::string seen;
  for (int i = 0; i < 8; ++i) {
    http::RequestReader reader(stream, ahead, std::chrono::seconds(1));
    auto request = reader.read_head(4096, net::in(std::chrono::seconds(1)));
    if (!request) return seen + "!" + request.error().code;
    if (!*request) return seen;
    auto body = (*request)->read_body(1u << 16);
    seen += (*request)->method + " " + (*request)->host + " " + (*request)->path + " " + (body ? *body : "!" + body.error().code) + "\n";
    if (!reader.keep_alive() || !reader.skip_body(1u << 16)) return seen;
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > (1u << 14)) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string whole = read_all(bytes, bytes.size());
  // Past the limit of the head it is chance which of two errors comes first, so only short inputs are compared.
  if (bytes.size() < 4096 && whole != read_all(bytes, data[0] + 1u)) std::abort();
  return 0;
}
