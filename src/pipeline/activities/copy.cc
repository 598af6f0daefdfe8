#include <boost/json.hpp>

#include "base/digest.h"
#include "base/text.h"
#include "pipeline/activities/data.h"
#include "pipeline/connectors/conversion.h"
#include "pipeline/connectors/files.h"
#include "pipeline/model_json.h"

namespace axonite::pipeline::activities {
namespace {

using connectors::ColumnMapping;
using definition::member;

struct Plan {
  Dataset source, sink;
  connectors::FileSet files;
  lake::Location target;
  std::string scan;
  std::vector<engine::Column> columns;  // of the source
  std::vector<ColumnMapping> mappings;  // names filled in; empty: everything as it comes
};

Result<Dataset> dataset(const DataPorts& ports, const Work& work, const JsonPointer& references, std::string_view what) {
  if (!references || !references->is_array() || references->get_array().size() != 1)
    return std::unexpected(invalid("BadRequest", "A Copy needs one dataset in '" + std::string(what) + "'."));
  return resolve_dataset(ports, work, references->get_array()[0]);
}

// What would change the result and is not built is refused by name.
Result<void> check_settings(const json::Value& properties) {
  for (std::string_view key : {"redirectIncompatibleRowSettings", "skipErrorFile", "preserve", "preserveRules"})
    if (member(properties, key)) return std::unexpected(unsupported("UnsupportedProperty", "'" + std::string(key) + "' of Copy is not supported here."));
  for (std::string_view key : {"enableSkipIncompatibleRow", "enableStaging"}) {
    TRY(bool wanted, definition::boolean_or(properties, key, false, "$.typeProperties"));
    if (wanted) return std::unexpected(unsupported("UnsupportedProperty", "'" + std::string(key) + "' of Copy is not supported here."));
  }
  for (std::string_view side : {"source", "sink"})
    if (!member(properties, side)) return std::unexpected(invalid("BadRequest", "A Copy needs '" + std::string(side) + "'."));
  if (member(*member(properties, "source"), "additionalColumns"))
    return std::unexpected(unsupported("UnsupportedProperty", "'additionalColumns' of Copy is not supported here."));
  return ok();
}

Result<lake::Location> target_of(const Dataset& sink, const Work& work) {
  TRY(lake::Location target, connectors::location_of(sink));
  const json::Value* location = member(sink.properties(), "location");
  if (!json::string_or(*location, "fileName").empty()) return target;
  // The same name whenever this piece of work is done again.
  std::string name = "data_" + text::hex_encode(digest::sha256(work.run_id + "/" + work.instance)).substr(0, 32) + connectors::extension(sink);
  target.path += target.path.empty() ? name : "/" + name;
  return target;
}

Result<void> bind_columns(Plan& plan) {
  for (ColumnMapping& mapping : plan.mappings) {
    if (mapping.source.empty() && static_cast<std::size_t>(mapping.ordinal) <= plan.columns.size())
      mapping.source = plan.columns[static_cast<std::size_t>(mapping.ordinal - 1)].name;
    bool found = false;
    for (const engine::Column& column : plan.columns) found = found || column.name == mapping.source;  // names are case-sensitive
    if (!found)
      return std::unexpected(invalid("UserErrorInvalidColumnMappingColumnNotFound",
                                     "The column '" + (mapping.source.empty() ? std::to_string(mapping.ordinal) : mapping.source) +
                                         "' of the mapping was not found in the source.", mapping.source));
  }
  return ok();
}

std::string select_list(const Plan& plan) {
  if (plan.mappings.empty()) return "*";
  std::string list;
  for (const ColumnMapping& mapping : plan.mappings) {
    std::string column = engine::quote_identifier(mapping.source);
    if (!mapping.type.empty())
      column = connectors::is_text(plan.source) ? connectors::convert_text(column, mapping.type)
                                                : "CAST(" + column + " AS " + connectors::engine_type(mapping.type) + ")";
    list += (list.empty() ? "" : ", ") + column + " AS " + engine::quote_identifier(mapping.sink);
  }
  return list;
}

// Which value it was: only asked after a conversion failed.
Error name_the_value(engine::Session& session, const Plan& plan, Error error) {
  for (const ColumnMapping& mapping : plan.mappings) {
    if (mapping.type.empty() || !connectors::is_text(plan.source)) continue;
    std::string column = engine::quote_identifier(mapping.source);
    auto rows = session.query("SELECT n, v FROM (SELECT row_number() OVER () AS n, " + column + " AS v, " +
                              connectors::try_convert_text(column, mapping.type) + " AS c FROM " + plan.scan +
                              ") WHERE c IS NULL AND nullif(trim(v), '') IS NOT NULL ORDER BY n LIMIT 1");
    if (!rows) continue;
    auto found = (*rows)->next();
    if (!found || !*found || (*rows)->size() == 0) continue;
    auto value = (*rows)->value(1, 0);
    auto row = (*rows)->value(0, 0);
    std::string text = std::holds_alternative<std::string>(value) ? std::get<std::string>(value) : "";
    std::string number = std::holds_alternative<std::int64_t>(row) ? std::to_string(std::get<std::int64_t>(row)) : "?";
    return invalid("TypeConversionFailure",
                   "ErrorCode=TypeConversionFailure,Exception occurred when converting value '" + text.substr(0, 100) +
                       "' for column name '" + mapping.sink + "' from type 'String' (precision:, scale:) to type '" + mapping.type +
                       "' (precision:, scale:). Row: " + number + ".", mapping.sink);
  }
  error.code = "UserErrorInvalidDataValue";
  return error;
}

Result<Plan> make_plan(const DataPorts& ports, const Work& work) {
  const json::Value& properties = *work.properties;
  CHECK_OK(check_settings(properties));
  Plan plan;
  TRY(plan.source, dataset(ports, work, work.inputs, "inputs"));
  TRY(plan.sink, dataset(ports, work, work.outputs, "outputs"));
  for (const Dataset* side : {&plan.source, &plan.sink})
    if (side->target.kind != linked_service::Target::Kind::lake)
      return std::unexpected(unsupported("UnsupportedDatasetType", "A Copy with the dataset type '" + side->type + "' is not supported here."));
  auto view = ports.view_of(work.owner.principal);
  TRY(plan.files, connectors::list_files(*view, plan.source, member(*member(properties, "source"), "storeSettings")));
  TRY(plan.mappings, connectors::read_translator(member(properties, "translator")));
  TRY(plan.target, target_of(plan.sink, work));
  return plan;
}

// Byte for byte, file by file; a folder keeps its shape.
Result<json::Value> copy_binary(const DataPorts& ports, const Work& work, const Plan& plan) {
  auto view = ports.view_of(work.owner.principal);
  TRY(lake::Location from, connectors::location_of(plan.source));
  TRY(lake::Location to, connectors::location_of(plan.sink));
  bool named = !json::string_or(plan.sink.properties(), "location.fileName").empty() && plan.files.files.size() == 1;
  std::vector<char> buffer(1u << 20);
  for (const lake::Entry& file : plan.files.files) {
    lake::Location target = to;
    if (!named) {
      std::string below = file.location.path;
      if (below.starts_with(from.path + "/")) below = below.substr(from.path.size() + 1);
      else if (auto slash = below.rfind('/'); slash != std::string::npos) below = below.substr(slash + 1);
      target.path += (target.path.empty() ? "" : "/") + below;
    }
    TRY(auto reader, view->open(file.location));
    TRY(auto writer, view->create(target));
    for (std::uint64_t at = 0;;) {
      if (work.stop.stop_requested()) return std::unexpected(cancelled("Cancelled", "The copy was cancelled."));
      TRY(std::size_t got, reader->read_at(at, buffer));
      if (got == 0) break;
      at += got;
      CHECK_OK(writer->append({buffer.data(), got}));
    }
    CHECK_OK(writer->commit());
  }
  return json::Object{{"dataRead", plan.files.bytes}, {"dataWritten", plan.files.bytes},
                      {"filesRead", plan.files.files.size()}, {"filesWritten", plan.files.files.size()}};
}

Result<json::Value> copy_rows(const DataPorts& ports, const Work& work, Plan& plan) {
  TRY(plan.scan, connectors::scan_sql(plan.source, plan.files));
  TRY(std::string options, connectors::write_options(plan.sink));
  TRY(auto session, open_session(ports, work));
  std::stop_callback stop(work.stop, [&] { session->interrupt(); });
  TRY(plan.columns, session->describe("SELECT * FROM " + plan.scan));
  CHECK_OK(bind_columns(plan));
  auto rows = session->execute("COPY (SELECT " + select_list(plan) + " FROM " + plan.scan + ") TO " +
                               engine::quote_literal(connectors::lake_url(plan.target)) + " " + options);
  if (!rows) {
    bool conversion = rows.error().kind == Error::Kind::invalid;
    return std::unexpected(conversion ? name_the_value(*session, plan, std::move(rows.error())) : std::move(rows.error()));
  }
  auto view = ports.view_of(work.owner.principal);
  TRY(lake::Entry written, view->stat(plan.target));
  return json::Object{{"dataRead", plan.files.bytes}, {"dataWritten", written.size}, {"filesRead", plan.files.files.size()},
                      {"filesWritten", 1}, {"rowsRead", *rows}, {"rowsCopied", *rows}};
}

void report_lineage(const DataPorts& ports, const Work& work, const Plan& plan) {
  if (!ports.events) return;
  json::Array inputs, columns;
  for (const lake::Entry& file : plan.files.files)
    inputs.push_back(json::Object{{"type", "azure_datalake_gen2_path"}, {"qualifiedName", file.location.abfss()}});
  for (const ColumnMapping& mapping : plan.mappings) columns.push_back(json::Object{{"source", mapping.source}, {"sink", mapping.sink}});
  if (plan.mappings.empty())
    for (const engine::Column& column : plan.columns) columns.push_back(json::Object{{"source", column.name}, {"sink", column.name}});
  json::Object body{{"process", json::Object{{"type", "adf_copy_activity"}, {"name", work.activity->name}, {"factory", work.owner.id},
                                             {"pipeline", work.pipeline->name}, {"runId", work.run_id}}},
                    {"inputs", std::move(inputs)},
                    {"outputs", json::Array{json::Object{{"type", "azure_datalake_gen2_path"}, {"qualifiedName", plan.target.abfss()}}}},
                    {"columns", std::move(columns)}};
  ports.events->append_async({.category = "lineage", .correlation_id = work.run_id, .body = json::write(body)});
}

Result<json::Value> run(const DataPorts& ports, const Work& work) {
  Time began = ports.clock.now();
  TRY(Plan plan, make_plan(ports, work));
  bool binary = text::equals_ignoring_case(plan.source.type, "Binary");
  TRY(json::Value measured, binary ? copy_binary(ports, work, plan) : copy_rows(ports, work, plan));
  report_lineage(ports, work, plan);
  json::Object& output = measured.get_object();
  double seconds = std::chrono::duration<double>(ports.clock.now() - began).count();
  output["sourcePeakConnections"] = 1;
  output["sinkPeakConnections"] = 1;
  output["copyDuration"] = static_cast<std::int64_t>(seconds + 0.999);
  output["throughput"] = seconds > 0 ? static_cast<double>(plan.files.bytes) / 1024 / seconds : 0.0;
  output["errors"] = json::Array();
  output["effectiveIntegrationRuntime"] = "AutoResolveIntegrationRuntime";
  output["usedDataIntegrationUnits"] = 4;
  output["usedParallelCopies"] = 1;
  output["executionDetails"] = json::Array{json::Object{{"source", json::Object{{"type", plan.source.target.type}}},
                                                        {"sink", json::Object{{"type", plan.sink.target.type}}},
                                                        {"status", "Succeeded"}, {"start", format_iso(began)},
                                                        {"duration", output["copyDuration"]}}};
  return measured;
}

}  // namespace

ActivityResult copy(const DataPorts& ports, const Work& work) { return finish(run(ports, work)); }

}  // namespace axonite::pipeline::activities
