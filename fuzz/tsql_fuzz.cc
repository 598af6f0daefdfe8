// rooms: tsql
// Any bytes as a T-SQL batch: the parser answers or refuses within its limits.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tsql/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)axonite::tsql::parse_batch(text, {.batch_bytes_max = 1u << 16, .tokens_max = 10'000});
  (void)axonite::tsql::parse_parameter_list(text);
  return 0;
}
