#include <boost/json.hpp>

#include "base/text.h"
#include "pipeline/activities/data.h"
#include "pipeline/connectors/files.h"
#include "pipeline/model_json.h"

namespace axonite::pipeline::activities {
namespace {

constexpr std::size_t kRowsMax = 5000;
constexpr std::size_t kBytesMax = 4u << 20;
using definition::member;

struct Request {
  bool first_only = true, decimals_as_text = false;
  const json::Value* source = nullptr;
  Dataset dataset;
  std::size_t rows_max() const { return first_only ? 1 : kRowsMax; }
};

Result<json::Array> from_sql(const DataPorts& ports, const Work& work, const Request& request) {
  std::string query = json::string_or(*request.source, "sqlReaderQuery");
  if (query.empty() && member(*request.source, "sqlReaderStoredProcedureName"))
    return std::unexpected(unsupported("UnsupportedSource", "'sqlReaderStoredProcedureName' is not supported here."));
  if (query.empty()) {
    std::string table = json::string_or(request.dataset.properties(), "table", json::string_or(request.dataset.properties(), "tableName"));
    std::string schema = json::string_or(request.dataset.properties(), "schema", "dbo");
    if (table.empty()) return std::unexpected(invalid("BadRequest", "The Lookup needs a query or a dataset with a table."));
    query = table.find('.') != std::string::npos ? "SELECT * FROM " + table : "SELECT * FROM [" + schema + "].[" + table + "]";
  }
  TRY(auto target, resolve_sql(ports, work, request.dataset.target));
  TRY(auto outcome, ports.sql->run(target, query, "", request.rows_max(), work.stop));
  json::Array rows;
  if (outcome.result_sets.empty()) return rows;
  for (const std::string& row : outcome.result_sets.front().rows_json) {
    TRY(json::Value value, json::parse(row));
    rows.push_back(std::move(value));
  }
  return rows;
}

// An array, one object, or an object a line.
Result<json::Array> parse_rows(std::string_view text) {
  json::Array rows;
  auto first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first == std::string_view::npos) return rows;
  text.remove_prefix(first);
  if (auto whole = json::parse(text)) {
    if (whole->is_array()) return std::move(whole->get_array());
    rows.push_back(std::move(*whole));
    return rows;
  }
  for (std::string_view line : text::split(text, '\n')) {
    if (text::trim(line).empty()) continue;
    auto row = json::parse(line);
    if (!row) return std::unexpected(invalid("UserErrorJsonInvalidData", "The JSON file could not be read: " + row.error().message));
    rows.push_back(std::move(*row));
  }
  return rows;
}

Result<json::Array> from_json(const DataPorts& ports, const Work& work, const Request& request) {
  auto view = ports.view_of(work.owner.principal);
  TRY(auto set, connectors::list_files(*view, request.dataset, member(*request.source, "storeSettings")));
  json::Array rows;
  for (const lake::Entry& file : set.files) {
    if (file.size > 4 * kBytesMax) return std::unexpected(too_large("LookupOutputTooLarge", "The file is too large for a Lookup."));
    TRY(auto reader, view->open(file.location));
    std::string text(reader->entry().size, '\0');
    for (std::size_t done = 0; done < text.size();) {
      TRY(std::size_t got, reader->read_at(done, std::span(text).subspan(done)));
      if (got == 0) break;
      done += got;
    }
    TRY(json::Array more, parse_rows(text));
    for (json::Value& row : more) rows.push_back(std::move(row));
  }
  return rows;
}

Result<json::Array> from_engine(const DataPorts& ports, const Work& work, const Request& request) {
  auto view = ports.view_of(work.owner.principal);
  TRY(auto set, connectors::list_files(*view, request.dataset, member(*request.source, "storeSettings")));
  TRY(std::string scan, connectors::scan_sql(request.dataset, set));
  TRY(auto session, open_session(ports, work));
  std::stop_callback stop(work.stop, [&] { session->interrupt(); });
  TRY(auto result, session->query("SELECT * FROM " + scan + " LIMIT " + std::to_string(request.rows_max() + 1)));
  json::Array rows;
  while (true) {
    TRY(bool more, result->next());
    if (!more) return rows;
    for (std::size_t r = 0; r < result->size(); ++r) rows.push_back(row_json(*result, r, request.decimals_as_text));
  }
}

Result<json::Value> run(const DataPorts& ports, const Work& work) {
  const json::Value& properties = *work.properties;
  Request request;
  const std::string path = "$.typeProperties";
  TRY(request.first_only, definition::boolean_or(properties, "firstRowOnly", true, path));
  TRY(request.decimals_as_text, definition::boolean_or(properties, "treatDecimalAsString", false, path));
  request.source = member(properties, "source");
  const json::Value* reference = member(properties, "dataset");
  if (!request.source || !reference) return std::unexpected(invalid("BadRequest", "A Lookup needs 'source' and 'dataset'."));
  TRY(request.dataset, resolve_dataset(ports, work, *reference));
  bool sql = request.dataset.target.kind == linked_service::Target::Kind::sql;
  bool is_json = text::equals_ignoring_case(request.dataset.type, "Json");
  TRY(json::Array rows, sql ? from_sql(ports, work, request) : is_json ? from_json(ports, work, request) : from_engine(ports, work, request));
  if (request.first_only) {
    json::Object output;
    if (!rows.empty()) output["firstRow"] = std::move(rows.front());
    return output;
  }
  if (rows.size() > kRowsMax)
    return std::unexpected(too_large("LookupTooManyRows", "The Lookup found more than 5000 rows."));
  std::size_t count = rows.size();
  json::Value output = json::Object{{"count", count}, {"value", std::move(rows)}};
  if (json::write(output).size() > kBytesMax)
    return std::unexpected(too_large("LookupOutputTooLarge", "The Lookup's output is larger than 4 MB."));
  return output;
}

}  // namespace

ActivityResult lookup(const DataPorts& ports, const Work& work) { return finish(run(ports, work)); }

}  // namespace axonite::pipeline::activities
