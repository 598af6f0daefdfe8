#include <boost/json.hpp>

#include "base/text.h"
#include "pipeline/activities/data.h"
#include "pipeline/model_json.h"

namespace axonite::pipeline::activities {
namespace {

constexpr std::size_t kRowsMax = 5000;

// Each script commits its key with its data, so that one whose end was not noted is not run a second time.
Result<void> run_one(const DataPorts& ports, const Work& work, const linked_service::SqlTarget& target, const json::Value& script,
                     std::size_t index, json::Object& output) {
  std::string text = json::string_or(script, "text");
  if (text.empty()) return std::unexpected(invalid("BadRequest", "A script needs 'text'."));
  const json::Value* parameters = definition::member(script, "parameters");
  if (parameters && parameters->is_array() && !parameters->get_array().empty())
    return std::unexpected(unsupported("UnsupportedProperty", "'parameters' of a script are not supported here."));
  TRY(auto outcome, ports.sql->run(target, text, work.idempotency_key() + "/" + std::to_string(index), kRowsMax, work.stop));
  json::Array& sets = output["resultSets"].get_array();
  for (const auto& result_set : outcome.result_sets) {
    json::Array rows;
    for (const std::string& row : result_set.rows_json) {
      TRY(json::Value value, json::parse(row));
      rows.push_back(std::move(value));
    }
    std::size_t count = rows.size();
    sets.push_back(json::Object{{"rowCount", count}, {"rows", std::move(rows)}});
  }
  output["resultSetCount"] = sets.size();
  if (outcome.records_affected > 0) output["recordsAffected"] = output["recordsAffected"].to_number<std::int64_t>() + outcome.records_affected;
  std::string logs = std::string(output["outputLogs"].get_string());
  for (const std::string& message : outcome.messages) logs += (logs.empty() ? "" : "\n") + message;
  output["outputLogs"] = logs;
  return ok();
}

Result<json::Value> run(const DataPorts& ports, const Work& work) {
  if (!work.linked_service) return std::unexpected(invalid("BadRequest", "A Script needs 'linkedServiceName'."));
  TRY(auto service, resolve_linked_service(ports, work, *work.linked_service));
  TRY(auto target, resolve_sql(ports, work, service));
  const json::Value* scripts = definition::member(*work.properties, "scripts");
  if (!scripts || !scripts->is_array() || scripts->get_array().empty())
    return std::unexpected(invalid("BadRequest", "A Script needs 'scripts'."));
  json::Object output{{"resultSetCount", 0}, {"recordsAffected", 0}, {"resultSets", json::Array()},
                      {"outputParameters", json::Object()}, {"outputLogs", ""}, {"outputTruncated", false}};
  for (std::size_t i = 0; i < scripts->get_array().size(); ++i)
    CHECK_OK(run_one(ports, work, target, scripts->get_array()[i], i, output));
  return output;
}

}  // namespace

ActivityResult script(const DataPorts& ports, const Work& work) { return finish(run(ports, work)); }

}  // namespace axonite::pipeline::activities
