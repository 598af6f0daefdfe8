#include "event/declared_lineage.h"

#include <boost/json.hpp>

#include "base/json.h"

namespace axonite::event {

std::string write_body(const DeclaredLineage& lineage) {
  return json::write(json::Object{{"declared", json::Object{{"server", lineage.server},
                                                            {"database", lineage.database},
                                                            {"object", lineage.object},
                                                            {"isView", lineage.is_view},
                                                            {"value", lineage.value},
                                                            {"user", lineage.user}}}});
}

Result<std::uint64_t> append(Stream& stream, const DeclaredLineage& lineage) {
  return stream.append({.category = std::string(kLineage), .body = write_body(lineage)});
}

}  // namespace axonite::event
