// rooms: notebook
// Notebooks come from clients and from teams' folders; whatever a document holds, reading ends in cells or an error.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "notebook/notebook.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)axonite::notebook::parse_notebook(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
