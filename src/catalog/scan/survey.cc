#include "catalog/scan/survey.h"

#include <algorithm>
#include <boost/json.hpp>

namespace axonite::catalog::scan {

bool Settings::takes(std::string_view name) const {
  auto begins = [&](const std::string& prefix) { return name.starts_with(prefix); };
  return (include.empty() || std::ranges::any_of(include, begins)) && std::ranges::none_of(exclude, begins);
}

bool Survey::add_found(const Settings& settings, std::string type, std::string name, std::string mark) {
  auto before = settings.before.find(name);
  bool same = before != settings.before.end() && before->second == mark;
  unchanged += same;
  found.push_back({std::move(type), std::move(name), std::move(mark)});
  return !same;
}

// The attributes are the evidence: which rule, how many of how many values. Values themselves are nowhere kept.
bool classify_column(Entity& column, const Values& values, const Settings& settings) {
  if (!settings.classifies) return false;
  json::Array list;
  for (const Match& match : classify(column.attributes.at("name").get_string(), values, settings.rules))
    list.push_back(json::Object{{"typeName", match.classification}, {"entityStatus", "ACTIVE"}, {"source", "Axonite scan"},
                                {"sourceDetails", json::Object{{"ScanResourceId", settings.scan_id}, {"Rule", match.rule}, {"SampledValues", match.sampled}, {"MatchedValues", match.matched},
                                                               {"MatchedPercent", match.sampled ? match.matched * 100 / match.sampled : 100}}}});
  bool any = !list.empty();
  column.others["classifications"] = std::move(list);
  return any;
}

void roll_up(Entity& table, const std::vector<Entity>& columns) {
  json::Array list;
  for (const Entity& column : columns)
    if (const json::Value* given = column.others.if_contains("classifications"))
      for (const json::Value& one : given->get_array()) {
        std::string name = json::string_or(one, "typeName");
        if (std::ranges::none_of(list, [&](const json::Value& there) { return json::string_or(there, "typeName") == name; })) list.push_back(one);
      }
  table.others["classifications"] = std::move(list);
}

}  // namespace axonite::catalog::scan
