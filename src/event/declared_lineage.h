#pragma once
// Events of the category "lineage" that a person wrote down: the extended property DATA_LINEAGE of a table or view. The
// SQL engine appends one when the change of the property is committed; the catalog makes declared lineage of it.
#include <string>
#include <string_view>

#include "event/stream.h"

namespace axonite::event {

inline constexpr std::string_view kLineage = "lineage";
inline constexpr std::string_view kDataLineageProperty = "DATA_LINEAGE";

struct DeclaredLineage {
  std::string server, database;  // "ws.sql.azuresynapse.net", "SQLPool1"
  std::string object;            // "dbo.ProcessedCustomerData": schema.name
  bool is_view = false;
  // As given: {"sourceTable": "raw.CustomerData" | "sourceTables": […], "processingSteps": […], "dataMovementType": "Copy"}.
  // Empty when the property was dropped.
  std::string value;
  std::string user;
};

// The event's body: {"declared":{"server","database","object","isView","value","user"}}.
std::string write_body(const DeclaredLineage& lineage);
// Durable when it returns.
Result<std::uint64_t> append(Stream& stream, const DeclaredLineage& lineage);

}  // namespace axonite::event
