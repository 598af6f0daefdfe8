#include "catalog/reports.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "base/digest.h"
#include "base/text.h"
#include "catalog/declared.h"

namespace axonite::catalog {
namespace {

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

void add(ReportEntities& all, const Dataset& dataset, const SqlDatabase* database, bool is_output) {
  if (dataset.in_lake()) (is_output ? all.lake_outputs : all.lake_inputs).push_back(dataset);
  add_dataset(all.entities, dataset, database);
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

Entity process(std::string_view type, const std::string& qualified_name, const std::string& name, const std::set<Dataset>& inputs, const std::set<Dataset>& outputs, const ColumnMapping& columns, Time when) {
  Entity one = make_entity(type, qualified_name, name);
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
  SqlDatabase database = SqlDatabase::of(json::string_or(report, "server"), json::string_or(report, "database"));
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
  for (const Dataset& input : inputs) add(all, input, &database, false);
  for (const Dataset& output : outputs) add(all, output, &database, true);
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
    std::string name = json::string_or(one, "qualifiedName");
    Dataset lake = lake_dataset(name);
    all.insert(lake.type.empty() ? Dataset{json::string_or(one, "type", "DataSet"), name} : lake);
  }
  return all;
}

// Several files of one folder stand for the folder, as statements that read it name it.
std::set<Dataset> by_folder(const std::set<Dataset>& files) {
  std::map<std::string, std::size_t> counts;
  for (const Dataset& file : files)
    if (file.type == kLakeType) ++counts[folder_of(file.name)];
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
  Entity pipeline_entity = make_entity(types.pipeline, pipeline, json::string_or(process, "pipeline"));
  if (types.pipeline == "adf_pipeline") {
    all.entities.push_back(make_entity("azure_data_factory", owner, last_segment(owner)));
    pipeline_entity.relationship_attributes["dataFactory"] = reference("azure_data_factory", owner);
  }
  all.entities.push_back(std::move(pipeline_entity));
  Entity activity_entity = make_entity(types.activity, activity, json::string_or(process, "name"));
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
  for (const Dataset& input : inputs) add(all, input, nullptr, false);
  for (const Dataset& output : outputs) add(all, output, nullptr, true);
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

Result<ReportEntities> entities_of_report(const json::Value& report, Time when) {
  if (!report.is_object()) return std::unexpected(invalid("LineageReport", "a lineage report is an object"));
  if (const json::Value* declared = json::find(report, "declared")) return from_declared(*declared);
  if (const json::Value* copied = json::find(report, "process")) return from_copy(report, *copied, when);
  if (json::find(report, "engine")) return from_statement(report, when);
  return std::unexpected(invalid("LineageReport", "a lineage report has neither 'process' nor 'engine'"));
}

}  // namespace axonite::catalog
