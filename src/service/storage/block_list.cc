#include "service/storage/block_list.h"

#include <pugixml.hpp>

#include "base/text.h"

namespace axonite::service::storage {

Result<std::vector<lake::BlockReference>> parse_block_list(std::string_view xml) {
  auto bad = [] { return std::unexpected(invalid("InvalidXmlDocument", "XML specified is not syntactically valid.")); };
  pugi::xml_document document;
  if (!document.load_buffer(xml.data(), xml.size(), pugi::parse_default)) return bad();
  pugi::xml_node root = document.child("BlockList");
  if (!root) return bad();
  std::vector<lake::BlockReference> list;
  for (pugi::xml_node entry : root.children()) {
    std::string_view kind = entry.name();
    lake::BlockReference reference{.id = std::string(text::trim(entry.child_value()))};
    if (kind == "Latest") reference.source = lake::BlockSource::latest;
    else if (kind == "Committed") reference.source = lake::BlockSource::committed;
    else if (kind == "Uncommitted") reference.source = lake::BlockSource::uncommitted;
    else return bad();
    list.push_back(std::move(reference));
    if (list.size() > 50'000) return std::unexpected(too_large("BlockListTooLong", "The block list may not contain more than 50,000 blocks."));
  }
  return list;
}

}  // namespace axonite::service::storage
