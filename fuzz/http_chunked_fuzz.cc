// rooms: http
// Chunked bodies behind a fixed head, read by buffers of a size that the first byte sets.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "fuzz/scripted_stream.h"
#include "http/request_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace axonite;
  if (size < 2 || size > (1u << 14)) return 0;
  std::string bytes = "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  bytes.append(reinterpret_cast<const char*>(data) + 1, size - 1);
  fuzz::ScriptedStream stream(bytes, (data[0] >> 4) * 7 + 1u);
  http::ReadAhead ahead;
  http::RequestReader reader(stream, ahead, std::chrono::seconds(1));
  auto request = reader.read_head(4096, net::in(std::chrono::seconds(1)));
  if (!request || !*request) std::abort();
  std::vector<char> buffer((data[0] & 15) + 1);
  std::size_t total = 0;
  while (true) {
    auto got = (*request)->body->read(buffer);
    if (!got || *got == 0) break;
    if (*got > buffer.size() || (total += *got) > size) std::abort();
  }
  return 0;
}
