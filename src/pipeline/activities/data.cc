#include "pipeline/activities/data.h"

#include <boost/json.hpp>
#include <charconv>

namespace axonite::pipeline::activities {
namespace {

json::Value value_json(const engine::Value& value, const engine::Type& type, bool decimals_as_text) {
  if (std::holds_alternative<std::monostate>(value)) return nullptr;
  if (const bool* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const double* number = std::get_if<double>(&value)) return *number;
  std::string text = std::get<std::string>(value);
  switch (type.id) {
    case engine::TypeId::decimal:
    case engine::TypeId::hugeint:
    case engine::TypeId::ubigint: {
      if (decimals_as_text) return json::Value(text);
      std::int64_t whole = 0;
      auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
      if (error == std::errc{} && end == text.data() + text.size()) return whole;
      double number = 0;
      std::from_chars(text.data(), text.data() + text.size(), number);
      return number;
    }
    case engine::TypeId::date: return json::Value(text + "T00:00:00Z");
    case engine::TypeId::timestamp:
      if (text.size() > 10) text[10] = 'T';
      return json::Value(text + "Z");
    default: return json::Value(text);
  }
}

}  // namespace

Activities data_activities(const DataPorts& ports) {
  auto bound = [&ports](ActivityResult (*function)(const DataPorts&, const Work&)) -> ActivityFunction {
    return [&ports, function](const Work& work) { return function(ports, work); };
  };
  return {{"Lookup", bound(&lookup)},           {"Copy", bound(&copy)},     {"Script", bound(&script)},
          {"GetMetadata", bound(&get_metadata)}, {"Delete", bound(&remove)}, {"WebActivity", bound(&web)}};
}

ActivityResult finish(Result<json::Value> output) { return output ? succeeded(std::move(*output)) : failed(output.error()); }

Result<std::unique_ptr<engine::Session>> open_session(const DataPorts& ports, const Work& work) {
  TRY(engine::Engine * engine, ports.engine());
  return engine->open_session({.principal = work.owner.principal});
}

json::Value row_json(const engine::Rows& rows, std::size_t row, bool decimals_as_text) {
  json::Object object;
  for (std::size_t c = 0; c < rows.columns().size(); ++c)
    object[rows.columns()[c].name] = value_json(rows.value(c, row), rows.columns()[c].type, decimals_as_text);
  return object;
}

}  // namespace axonite::pipeline::activities
