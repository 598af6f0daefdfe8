#include "tsql/lineage.h"

#include <boost/json.hpp>

#include "base/json.h"

namespace axonite::tsql {

std::string lineage_json(const State& state, const Lineage& lineage) {
  static constexpr std::string_view kinds[] = {"identity", "transformation", "aggregation"};
  json::Array inputs, columns;
  for (const std::string& input : lineage.inputs) inputs.emplace_back(input);
  for (const LineageColumn& column : lineage.columns) {
    json::Array sources;
    for (const Origin& origin : column.sources) sources.push_back(json::Object{{"object", origin.object}, {"column", origin.column}});
    columns.push_back(json::Object{{"column", column.column}, {"kind", kinds[static_cast<int>(column.kind)]}, {"sources", std::move(sources)}});
  }
  json::Object body{{"operation", lineage.operation},
                    {"engine", "tsql"},
                    {"server", state.options->server},
                    {"database", state.database},
                    {"user", state.options->login.name},
                    {"procedure", state.procedures.empty() ? "" : state.procedures.back()},
                    {"inputs", std::move(inputs)},
                    {"output", lineage.output},
                    {"columns", std::move(columns)}};
  return json::write(json::Value(std::move(body)));
}

}  // namespace axonite::tsql
