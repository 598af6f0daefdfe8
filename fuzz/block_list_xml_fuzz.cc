// rooms: service/storage
// The body of Put Block List: a list or a refusal.
#include <cstddef>
#include <cstdint>

#include "service/storage/block_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)axonite::service::storage::parse_block_list({reinterpret_cast<const char*>(data), size});
  return 0;
}
