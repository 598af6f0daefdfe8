// rooms: resource
// Any path as a resource id: refused, or an id that reads the same again and lies below its parents.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "resource/resource_id.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto id = axonite::resource::ResourceId::parse(text);
  if (!id) return 0;
  auto again = axonite::resource::ResourceId::parse(id->text());
  if (!again || again->text() != id->text() || !(*again == *id)) std::abort();
  for (auto parent = id->parent(); parent; parent = parent->parent())
    if (!parent->covers(*id)) std::abort();
  return 0;
}
