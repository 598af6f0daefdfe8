#include "pipeline/connectors/conversion.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "pipeline/model_json.h"

namespace axonite::pipeline::connectors {
namespace {

constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
    {"boolean", "BOOLEAN"}, {"byte", "UTINYINT"}, {"sbyte", "TINYINT"}, {"int16", "SMALLINT"}, {"int32", "INTEGER"},
    {"int64", "BIGINT"}, {"uint16", "USMALLINT"}, {"uint32", "UINTEGER"}, {"uint64", "UBIGINT"}, {"single", "FLOAT"},
    {"double", "DOUBLE"}, {"decimal", "DECIMAL(38,18)"}, {"string", "VARCHAR"}, {"guid", "VARCHAR"}, {"datetime", "TIMESTAMP"},
    {"datetimeoffset", "TIMESTAMPTZ"}, {"timespan", "VARCHAR"}, {"byte[]", "BLOB"}};

Error wrong(std::string message) { return invalid("UserErrorInvalidTranslator", std::move(message)); }

std::string conversion(const std::string& column, std::string_view interim, std::string_view cast) {
  std::string type = engine_type(interim), lower = text::to_lower(interim);
  if (type.empty() || type == "VARCHAR") return column;
  std::string text = "nullif(trim(" + column + "), '')";
  // The engine would round "1.5" and take "1e3"; .NET's parsers refuse both for integers.
  if (type.ends_with("INT") || type == "INTEGER" || type == "UINTEGER") text = "translate(" + text + ", '.eE_', '!!!!')";
  if (type == "BOOLEAN")
    text = "CASE lower(" + text + ") WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE '!' || " + text + " END";
  return std::string(cast) + "(" + text + " AS " + type + ")";
}

Result<ColumnMapping> read_mapping(const json::Value& value) {
  const json::Value* source = definition::member(value, "source");
  const json::Value* sink = definition::member(value, "sink");
  if (!source || !sink) return std::unexpected(wrong("A mapping needs 'source' and 'sink'."));
  ColumnMapping mapping{.source = json::string_or(*source, "name"), .sink = json::string_or(*sink, "name")};
  if (definition::member(*source, "path")) return std::unexpected(unsupported("UnsupportedMapping", "Mappings by 'path' are not supported here."));
  if (definition::member(*source, "format")) return std::unexpected(unsupported("UnsupportedMapping", "'format' of a mapping is not supported here."));
  TRY(auto ordinal, definition::optional_integer(*source, "ordinal", "$.translator.mappings.source"));
  if (mapping.source.empty() && (!ordinal || *ordinal < 1)) return std::unexpected(wrong("A mapping's source needs 'name' or 'ordinal'."));
  mapping.ordinal = static_cast<int>(ordinal.value_or(0));
  if (mapping.sink.empty()) mapping.sink = mapping.source.empty() ? "Prop_" + std::to_string(mapping.ordinal - 1) : mapping.source;
  mapping.type = json::string_or(*sink, "type", json::string_or(*source, "type"));
  if (!mapping.type.empty() && engine_type(mapping.type).empty())
    return std::unexpected(wrong("The type '" + mapping.type + "' of column '" + mapping.sink + "' does not exist."));
  return mapping;
}

}  // namespace

std::string engine_type(std::string_view interim) {
  for (auto [name, type] : kTypes)
    if (text::equals_ignoring_case(name, interim)) return std::string(type);
  return {};
}

std::string convert_text(const std::string& column, std::string_view interim) { return conversion(column, interim, "CAST"); }
std::string try_convert_text(const std::string& column, std::string_view interim) { return conversion(column, interim, "TRY_CAST"); }

Result<std::vector<ColumnMapping>> read_translator(const json::Value* translator) {
  std::vector<ColumnMapping> mappings;
  if (!translator || translator->is_null()) return mappings;
  if (!translator->is_object()) return std::unexpected(wrong("The translator must be an object."));
  if (definition::member(*translator, "collectionReference"))
    return std::unexpected(unsupported("UnsupportedMapping", "'collectionReference' is not supported here."));
  if (const json::Value* list = definition::member(*translator, "mappings")) {
    if (!list->is_array()) return std::unexpected(wrong("'mappings' must be an array."));
    for (const json::Value& value : list->get_array()) {
      TRY(auto mapping, read_mapping(value));
      mappings.push_back(std::move(mapping));
    }
    return mappings;
  }
  const json::Value* older = definition::member(*translator, "columnMappings");
  if (older && older->is_object()) {
    for (const auto& pair : older->get_object())
      if (pair.value().is_string()) mappings.push_back({std::string(pair.key()), 0, std::string(pair.value().get_string()), ""});
  } else if (older && older->is_string()) {
    for (std::string_view pair : text::split(std::string_view(older->get_string()), ',')) {
      auto colon = pair.find(':');
      if (colon == std::string_view::npos) return std::unexpected(wrong("'columnMappings' must be \"a: b, c: d\"."));
      mappings.push_back({std::string(text::trim(pair.substr(0, colon))), 0, std::string(text::trim(pair.substr(colon + 1))), ""});
    }
  }
  return mappings;
}

}  // namespace axonite::pipeline::connectors
