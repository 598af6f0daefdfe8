#include "catalog/reports.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "base/digest.h"
#include "base/text.h"

namespace axonite::catalog {
namespace {

struct Dataset {
  std::string type, name;
  friend auto operator<=>(const Dataset&, const Dataset&) = default;
};

std::string last_segment(std::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }
std::string folder_of(std::string_view name) { return std::string(name.substr(0, name.rfind('/'))); }

json::Object reference(std::string_view type, std::string_view name) {
  return {{"typeName", type}, {"uniqueAttributes", json::Object{{"qualifiedName", name}}}};
}

Entity entity(std::string_view type, std::string_view qualified_name, std::string_view name) {
  return {.type = std::string(type), .attributes = {{"qualifiedName", qualified_name}, {"name", name}}};
}

// References resolve by name, so datasets come before the processes that name them: both are in one request.
json::Array references(const std::set<Dataset>& datasets) {
  json::Array list;
  for (const Dataset& one : datasets) list.push_back(reference(one.type, one.name));
  return list;
}

std::vector<std::string> texts(const json::Value& report, std::string_view key) {
  std::vector<std::string> list;
  const json::Value* found = json::find(report, key);
  if (found && found->is_array())
    for (const json::Value& one : found->get_array())
      if (one.is_string()) list.emplace_back(one.get_string());
  return list;
}

const json::Array& list_of(const json::Value& value, std::string_view key) {
  static const json::Array none;
  const json::Value* found = json::find(value, key);
  return found && found->is_array() ? found->get_array() : none;
}

// Purview's form: pairs of datasets, with pairs of columns.
class ColumnMapping {
 public:
  void add(const std::string& source, const std::string& sink, std::string_view source_column, std::string_view sink_column) {
    pairs_[{source, sink}].push_back(json::Object{{"Source", source_column}, {"Sink", sink_column}});
  }
  std::string write() const {
    json::Array all;
    for (const auto& [datasets, columns] : pairs_)
      all.push_back(json::Object{{"DatasetMapping", json::Object{{"Source", datasets.first}, {"Sink", datasets.second}}}, {"ColumnMapping", columns}});
    return json::write(json::Value(std::move(all)));
  }

 private:
  std::map<std::pair<std::string, std::string>, json::Array> pairs_;
};

// The datasets of a SQL engine live in its database, unless they are files.
struct Database {
  std::string server, name;
  std::string_view family = "azure_synapse_dedicated_sql_";

  std::string root() const { return "mssql://" + server + "/" + name; }
  Dataset dataset(std::string_view object) const {
    if (std::string lake = lake_name(object); !lake.empty()) return {std::string(kLakeType), lake};
    std::string path(object);
    if (std::size_t dot = path.find('.'); dot != std::string::npos) path[dot] = '/';
    return {std::string(family) + "table", root() + "/" + path};
  }
};

void add_dataset(ReportEntities& all, const Dataset& dataset, const Database* database, bool is_output) {
  Entity one = entity(dataset.type, dataset.name, last_segment(dataset.name));
  if (dataset.type == kLakeType) {
    (is_output ? all.lake_outputs : all.lake_inputs).push_back(dataset.name);
    std::string_view rest = std::string_view(dataset.name).substr(8);
    one.attributes["path"] = rest.substr(std::min(rest.find('/'), rest.size()));
  } else if (database) {
    std::string schema = folder_of(dataset.name);
    all.entities.push_back(entity(std::string(database->family) + "db", database->root(), database->name));
    Entity schema_entity = entity(std::string(database->family) + "schema", schema, last_segment(schema));
    schema_entity.relationship_attributes["db"] = reference(std::string(database->family) + "db", database->root());
    all.entities.push_back(std::move(schema_entity));
    one.relationship_attributes["dbSchema"] = reference(std::string(database->family) + "schema", schema);
  }
  all.entities.push_back(std::move(one));
}

Entity process(std::string_view type, const std::string& qualified_name, const std::string& name, const std::set<Dataset>& inputs, const std::set<Dataset>& outputs, const ColumnMapping& columns, Time when) {
  Entity one = entity(type, qualified_name, name);
  one.attributes["inputs"] = references(inputs);
  one.attributes["outputs"] = references(outputs);
  one.attributes["columnMapping"] = columns.write();
  one.attributes["lastRunTime"] = to_unix_nanoseconds(when) / 1'000'000;
  // Nobody declared this edge: an engine saw it happen.
  one.others["customAttributes"] = json::Object{{"provenance", "observed"}};
  return one;
}

// Statements over the same inputs are one process, however often they run.
std::string key_of(const std::set<Dataset>& inputs, std::string_view more) {
  std::string all(more);
  for (const Dataset& input : inputs) all += "\n" + input.name;
  return text::hex_encode(digest::sha256(all)).substr(0, 16);
}

Result<ReportEntities> from_statement(const json::Value& report, Time when) {
  std::string engine = json::string_or(report, "engine"), operation = json::string_or(report, "operation");
  Database database{.server = text::to_lower(json::string_or(report, "server")), .name = json::string_or(report, "database")};
  if (database.server.find("-ondemand.") != std::string::npos) database.family = "azure_synapse_serverless_sql_";
  std::set<Dataset> inputs, outputs;
  for (const std::string& input : texts(report, "inputs")) inputs.insert(database.dataset(input));
  std::vector<std::string> written = texts(report, "outputs");
  if (std::string one = json::string_or(report, "output"); !one.empty()) written.push_back(one);
  for (const std::string& output : written) outputs.insert(database.dataset(output));
  if (outputs.empty()) return std::unexpected(invalid("LineageReport", "a lineage report names no output"));
  if (inputs.empty()) return ReportEntities{};
  const std::string sink = outputs.begin()->name;
  ColumnMapping columns;
  for (const json::Value& column : list_of(report, "columns"))
    for (const json::Value& source : list_of(column, "sources"))
      columns.add(database.dataset(json::string_or(source, "object")).name, sink, json::string_or(source, "column"), json::string_or(column, "column"));
  bool spark = engine == "spark";
  std::string unit = json::string_or(report, spark ? "notebook" : "procedure");
  ReportEntities all;
  for (const Dataset& input : inputs) add_dataset(all, input, &database, false);
  for (const Dataset& output : outputs) add_dataset(all, output, &database, true);
  Entity one = process(spark ? "axonite_spark_operation" : "axonite_sql_operation", sink + "#" + operation + "#" + key_of(inputs, unit),
                       operation + " " + last_segment(sink), inputs, outputs, columns, when);
  one.attributes["operation"] = operation;
  one.attributes["engine"] = engine;
  one.attributes["user"] = json::string_or(report, "user");
  one.attributes[spark ? "notebook" : "procedure"] = unit;
  all.entities.push_back(std::move(one));
  return all;
}

std::set<Dataset> datasets_of(const json::Array& list) {
  std::set<Dataset> all;
  for (const json::Value& one : list) {
    std::string name = json::string_or(one, "qualifiedName"), lake = lake_name(name);
    all.insert(lake.empty() ? Dataset{json::string_or(one, "type", "DataSet"), name} : Dataset{std::string(kLakeType), lake});
  }
  return all;
}

// Several files of one folder stand for the folder, as statements that read it name it.
std::set<Dataset> by_folder(const std::set<Dataset>& files) {
  std::map<std::string, std::size_t> counts;
  for (const Dataset& file : files) ++counts[folder_of(file.name)];
  std::set<Dataset> all;
  for (const Dataset& file : files) all.insert(file.type == kLakeType && counts[folder_of(file.name)] > 1 ? Dataset{file.type, folder_of(file.name)} : file);
  return all;
}

struct ActivityTypes {
  std::string_view pipeline, activity, operation;
};

// operation → activity → pipeline → factory, as the service hangs them.
void add_activity(ReportEntities& all, const json::Value& process, const ActivityTypes& types, const std::string& owner, const std::string& activity) {
  std::string pipeline = folder_of(folder_of(activity));
  Entity pipeline_entity = entity(types.pipeline, pipeline, json::string_or(process, "pipeline"));
  if (types.pipeline == "adf_pipeline") {
    all.entities.push_back(entity("azure_data_factory", owner, last_segment(owner)));
    pipeline_entity.relationship_attributes["dataFactory"] = reference("azure_data_factory", owner);
  }
  all.entities.push_back(std::move(pipeline_entity));
  Entity activity_entity = entity(types.activity, activity, json::string_or(process, "name"));
  activity_entity.relationship_attributes["parent"] = reference(types.pipeline, pipeline);
  all.entities.push_back(std::move(activity_entity));
}

Result<ReportEntities> from_copy(const json::Value& report, const json::Value& copied, Time when) {
  std::set<Dataset> inputs = by_folder(datasets_of(list_of(report, "inputs"))), outputs = by_folder(datasets_of(list_of(report, "outputs")));
  if (inputs.empty() || outputs.empty()) return std::unexpected(invalid("LineageReport", "a copy's lineage report names no input or no output"));
  std::string owner = text::to_lower(json::string_or(copied, "factory"));
  bool synapse = owner.find("/microsoft.synapse/") != std::string::npos;
  ActivityTypes types = synapse ? ActivityTypes{"azure_synapse_pipeline", "azure_synapse_copy_activity", "azure_synapse_copy_operation"}
                                : ActivityTypes{"adf_pipeline", "adf_copy_activity", "adf_copy_operation"};
  std::string activity = owner + "/pipelines/" + text::to_lower(json::string_or(copied, "pipeline")) + "/activities/" + text::to_lower(json::string_or(copied, "name"));
  ReportEntities all;
  for (const Dataset& input : inputs) add_dataset(all, input, nullptr, false);
  for (const Dataset& output : outputs) add_dataset(all, output, nullptr, true);
  add_activity(all, copied, types, owner, activity);
  ColumnMapping columns;
  for (const Dataset& input : inputs)
    for (const json::Value& column : list_of(report, "columns"))
      columns.add(input.name, outputs.begin()->name, json::string_or(column, "source"), json::string_or(column, "sink"));
  const Dataset& sink = *outputs.begin();
  Entity operation = process(types.operation, activity + "#" + sink.name + "#" + sink.type, json::string_or(copied, "name"), inputs, outputs, columns, when);
  operation.relationship_attributes["parent"] = reference(types.activity, activity);
  all.entities.push_back(std::move(operation));
  return all;
}

}  // namespace

std::string lake_name(std::string_view url) {
  std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return {};
  std::string scheme = text::to_lower(url.substr(0, scheme_end));
  std::string_view rest = url.substr(scheme_end + 3);
  std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string authority = text::to_lower(rest.substr(0, slash)), container;
  std::string path(rest.substr(slash));
  if (scheme.starts_with("abfs") || scheme.starts_with("wasb")) {
    std::size_t at = authority.find('@');
    if (at == std::string::npos) return {};
    container = "/" + authority.substr(0, at);
    authority.erase(0, at + 1);
  } else if (scheme == "https" || scheme == "http") {
    path = path.substr(0, path.find('?'));
    if (auto decoded = text::percent_decode(path)) path = *decoded;
  } else {
    return {};
  }
  std::size_t dot = authority.find('.');
  if (dot == std::string::npos || !authority.ends_with(".core.windows.net")) return {};
  std::string name = "https://" + authority.substr(0, dot) + ".dfs.core.windows.net" + container;
  for (std::string_view segment : text::split(path, '/')) {
    if (segment.find('*') != std::string_view::npos) break;
    if (!segment.empty()) name += "/" + std::string(segment);
  }
  return name;
}

Result<ReportEntities> entities_of_report(const json::Value& report, Time when) {
  if (!report.is_object()) return std::unexpected(invalid("LineageReport", "a lineage report is an object"));
  if (const json::Value* copied = json::find(report, "process")) return from_copy(report, *copied, when);
  if (json::find(report, "engine")) return from_statement(report, when);
  return std::unexpected(invalid("LineageReport", "a lineage report has neither 'process' nor 'engine'"));
}

}  // namespace axonite::catalog
