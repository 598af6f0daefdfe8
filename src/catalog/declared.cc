#include "catalog/declared.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"

namespace axonite::catalog {
namespace {

constexpr std::size_t kSourcesMax = 100;

Error bad(std::string_view object, std::string message) {
  return invalid("LineageReport", "DATA_LINEAGE of " + std::string(object) + ": " + std::move(message));
}

// "[raw].[Customer Data]" → {"raw", "Customer Data"}; brackets may hold dots.
std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (char c : name) {
    if (c == '[' && !quoted) quoted = true;
    else if (c == ']' && quoted) quoted = false;
    else if (c == '.' && !quoted) parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

Result<Dataset> source_of(const SqlDatabase& database, std::string_view name, std::string_view object) {
  if (name.find("://") != std::string_view::npos) return database.dataset(name);
  std::vector<std::string> parts = parts_of(name);
  if (parts.size() > 3 || std::ranges::any_of(parts, &std::string::empty)) return std::unexpected(bad(object, "'" + std::string(name) + "' is no name of a table"));
  if (parts.size() == 1) parts.insert(parts.begin(), "dbo");
  SqlDatabase of = database;
  if (parts.size() == 3) of.name = parts.front();
  return Dataset{std::string(of.family) + "table", of.root() + "/" + parts[parts.size() - 2] + "/" + parts.back()};
}

// "sourceTable": one, "sourceTables" or "sources": many.
Result<std::set<Dataset>> sources_of(const SqlDatabase& database, const json::Value& value, std::string_view object) {
  std::set<Dataset> all;
  auto take = [&](const json::Value& one) -> Result<void> {
    if (!one.is_string()) return std::unexpected(bad(object, "sources are texts"));
    TRY(Dataset source, source_of(database, one.get_string(), object));
    all.insert(std::move(source));
    return ok();
  };
  for (std::string_view key : {"sourceTable", "sourceTables", "sources"}) {
    const json::Value* found = json::find(value, key);
    if (!found || found->is_null()) continue;
    if (!found->is_array()) CHECK_OK(take(*found));
    else
      for (const json::Value& one : found->get_array()) CHECK_OK(take(one));
  }
  if (all.empty() || all.size() > kSourcesMax) return std::unexpected(bad(object, "1 to 100 sources are named, as sourceTable or sourceTables"));
  return all;
}

}  // namespace

Result<ReportEntities> from_declared(const json::Value& declared) {
  SqlDatabase database = SqlDatabase::of(json::string_or(declared, "server"), json::string_or(declared, "database"));
  std::string object = json::string_or(declared, "object"), text = json::string_or(declared, "value");
  const json::Value* view = json::find(declared, "isView");
  Dataset sink = database.dataset(object);
  if (view && view->is_bool() && view->get_bool()) sink.type = std::string(database.family) + "view";
  ReportEntities all{.provenance = Provenance::declared};
  std::string name = sink.name + "#DATA_LINEAGE";
  if (text.empty()) {
    all.removed.push_back({"axonite_declared_operation", name});
    return all;
  }
  auto value = json::parse(text, {.bytes_max = 64u << 10, .depth_max = 16});
  if (!value || !value->is_object()) return std::unexpected(bad(object, "the value is no JSON object"));
  TRY(auto sources, sources_of(database, *value, object));
  for (const Dataset& source : sources) add_dataset(all.entities, source, &database);
  add_dataset(all.entities, sink, &database);
  std::string operation = json::string_or(*value, "dataMovementType", "Declared");
  Entity process = make_entity("axonite_declared_operation", name, operation + " " + last_segment(sink.name));
  process.attributes["operation"] = operation;
  process.attributes["user"] = json::string_or(declared, "user");
  if (const json::Value* steps = json::find(*value, "processingSteps"); steps && steps->is_array()) process.attributes["processingSteps"] = *steps;
  process.attributes["inputs"] = references(sources);
  process.attributes["outputs"] = references({sink});
  process.others["customAttributes"] = json::Object{{"provenance", "declared"}};
  all.entities.push_back(std::move(process));
  return all;
}

}  // namespace axonite::catalog
