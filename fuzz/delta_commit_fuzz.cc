// rooms: delta
// Any bytes as a commit file of a Delta log: read or refused; what was read is written so that it reads the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "delta/action_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto actions = axonite::delta::parse_commit(text);
  if (!actions) return 0;
  std::string written = axonite::delta::write_commit(*actions);
  auto again = axonite::delta::parse_commit(written);
  if (!again || axonite::delta::write_commit(*again) != written) std::abort();
  return 0;
}
