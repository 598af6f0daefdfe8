#pragma once
// Data Factory's interim types and how a column becomes one, as expressions of the engine.
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace axonite::pipeline::connectors {

struct ColumnMapping {
  std::string source;  // a name; empty: `ordinal`
  int ordinal = 0;     // from 1
  std::string sink;
  std::string type;    // interim type of the sink, "" = as it comes
};

// TabularTranslator: "mappings", or the older "columnMappings" text or object. Null or without both: no mappings.
// Errors: invalid("UserErrorInvalidTranslator"); unsupported for collectionReference and formats.
Result<std::vector<ColumnMapping>> read_translator(const json::Value* translator);
// The engine's type; empty for a type that does not exist.
std::string engine_type(std::string_view interim);
// Converts text strictly: "1.5" is no Int32, "yes" no Boolean. An empty text and null stay null.
std::string convert_text(const std::string& column_sql, std::string_view interim);
// The same, giving null for what does not convert.
std::string try_convert_text(const std::string& column_sql, std::string_view interim);

}  // namespace axonite::pipeline::connectors
