#include <boost/json.hpp>
#include <charconv>

#include "base/text.h"
#include "pipeline/runner.h"

namespace axonite::pipeline {
namespace {

Error does_not_fit(const Parameter& parameter) {
  return invalid("BadRequest", "The parameter '" + parameter.name + "' must be of type '" + parameter.type + "'.",
                 parameter.name);
}

Result<json::Value> from_text(const Parameter& parameter, std::string_view text) {
  if (parameter.type == "int") {
    if (auto number = text::parse_int<std::int64_t>(text)) return *number;
  } else if (parameter.type == "float") {
    double number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size()) return number;
  } else if (parameter.type == "bool") {
    if (text::equals_ignoring_case(text, "true")) return true;
    if (text::equals_ignoring_case(text, "false")) return false;
  } else if (auto parsed = json::parse(text)) {  // arrays and objects come as text from ExecutePipeline
    if (parameter.type == "array" ? parsed->is_array() : parsed->is_object()) return std::move(*parsed);
  }
  return std::unexpected(does_not_fit(parameter));
}

Result<json::Value> convert(const Parameter& parameter, const json::Value& value) {
  const std::string& type = parameter.type;
  bool fits = value.is_null() || (type == "string" || type == "securestring" ? value.is_string()
              : type == "int"     ? value.is_int64()
              : type == "float"   ? value.is_double() || value.is_int64()
              : type == "bool"    ? value.is_bool()
              : type == "array"   ? value.is_array()
                                  : true);
  if (fits) return value;
  if (type == "string" || type == "securestring") return json::Value(json::write(value));
  if (type == "int" && value.is_double()) return std::unexpected(does_not_fit(parameter));
  if (value.is_string()) return from_text(parameter, std::string_view(value.get_string()));
  return std::unexpected(does_not_fit(parameter));
}

}  // namespace

Result<json::Value> bind_parameters(const Pipeline& pipeline, const json::Value& given) {
  if (!given.is_object()) return std::unexpected(invalid("BadRequest", "The parameters must be a JSON object."));
  json::Object bound;
  for (const Parameter& parameter : pipeline.parameters) {
    const json::Value* value = json::find_ignoring_case(given, parameter.name);
    if (!value) value = parameter.default_value;
    if (!value)
      return std::unexpected(invalid("BadRequest", "The template validation failed: 'The inputs for workflow run depends "
                                                   "on parameters not equal to parameters defined in definition. The "
                                                   "workflow has parameters '" + parameter.name + "', which are missing in inputs.'.",
                                     parameter.name));
    TRY(bound[parameter.name], convert(parameter, *value));
  }
  return bound;
}

}  // namespace axonite::pipeline
