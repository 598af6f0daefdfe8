// rooms: catalog
// Entities as clients send them, and the references among them: read or refused, within limits.
#include <boost/json.hpp>
#include <cstddef>
#include <cstdint>

#include "catalog/entity_request.h"
#include "catalog/reports.h"
#include "catalog/types.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace axonite;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto entities = catalog::read_entities_text(text))
    for (const catalog::Entity& entity : *entities)
      for (const auto& [key, value] : entity.attributes) (void)catalog::read_references(value);
  if (auto body = json::parse(text)) {
    (void)catalog::entities_of_report(*body, {});
    if (auto definitions = catalog::read_definitions(*body)) (void)catalog::Types::make(std::move(*definitions));
  }
  return 0;
}
