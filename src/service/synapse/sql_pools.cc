#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "base/json.h"
#include "base/text.h"
#include "service/synapse/handlers.h"

namespace axonite::service::synapse {
namespace {

constexpr std::string_view kCreation = "synapse.CreateSqlPool";
constexpr std::string_view kDeletion = "synapse.DeleteSqlPool";
constexpr std::string_view kSwitch = "synapse.SwitchSqlPool";
constexpr std::string_view kWrite = "Microsoft.Synapse/workspaces/sqlPools/write";
constexpr std::string_view kCollation = "SQL_Latin1_General_CP1_CI_AS";
constexpr std::int64_t kBytesMax = 263'882'790'666'240;  // 240 TB, the service's own figure

Error bad(std::string message) { return validation_failed("Sql pool", std::move(message)); }

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 60 && !text::equals_ignoring_case(name, "master") && !text::equals_ignoring_case(name, "Built-in") &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

// DW100c to DW30000c.
bool is_service_level(std::string_view name) {
  if (!text::starts_with_ignoring_case(name, "DW") || !text::ends_with_ignoring_case(name, "c")) return false;
  auto units = text::parse_int<int>(name.substr(2, name.size() - 3));
  return units && *units >= 100 && *units <= 30'000;
}

Result<void> check_request(const resource::ResourceId& id, const json::Value& request, const json::Value& properties) {
  if (!is_name(id.name()))
    return std::unexpected(bad("The pool name '" + std::string(id.name()) + "' must have 1 to 60 letters, digits and underscores and not be 'master'."));
  std::string level = json::string_or(request, "sku.name");
  if (!level.empty() && !is_service_level(level)) return std::unexpected(bad("The service level '" + level + "' is not valid."));
  std::string mode = json::string_or(properties, "createMode");
  if (!mode.empty() && mode != "Default")
    return std::unexpected(unsupported("CreateModeNotSupported", "The create mode '" + mode + "' is not supported by Axonite; use 'Default'."));
  std::string collation = json::string_or(properties, "collation");
  if (!collation.empty() && !text::equals_ignoring_case(collation, kCollation))
    return std::unexpected(unsupported("CollationNotSupported", "The collation '" + collation + "' is not supported by Axonite; use '" + std::string(kCollation) + "'."));
  return ok();
}

json::Value stored_body(const json::Value& request, json::Value properties, const json::Value& before, const json::Value& workspace) {
  json::Object& object = properties.get_object();
  std::string created = json::string_or(before, "properties.creationDate");
  object["creationDate"] = created.empty() ? format_iso(system_clock().now()) : created;
  object["provisioningState"] = "Provisioning";
  std::string status = json::string_or(before, "properties.status");
  object["status"] = status.empty() ? "Creating" : status;
  object["collation"] = kCollation;
  object["createMode"] = "Default";
  if (!object.contains("maxSizeBytes") || object["maxSizeBytes"].is_null()) object["maxSizeBytes"] = kBytesMax;
  object["storageAccountType"] = "LRS";
  json::Value body = arm::resource_body(request, std::move(properties));
  if (json::string_or(body, "location").empty()) body.get_object()["location"] = json::string_or(workspace, "location");
  if (!json::find(body, "sku")) body.get_object()["sku"] = json::Object{{"name", "DW100c"}, {"capacity", 0}};
  return body;
}

Result<json::Value> create(Rooms& rooms, const arm::Input& input) {
  CHECK_OK(rooms.databases.create(input.resource.parent()->name(), input.resource.name()));
  // A pool that was paused stays so when it is put again.
  TRY(auto current, rooms.documents.get(input.resource));
  TRY(json::Value body, arm::body_of(current));
  std::string status = json::string_or(body, "properties.status") == "Paused" ? "Paused" : "Online";
  TRY(auto document, set_properties(rooms.documents, input.resource, {{"provisioningState", "Succeeded"}, {"status", status}}));
  return arm::envelope(document);
}

// A connection to a paused pool is refused by who opens it; the database itself stays.
Answer switch_to(Rooms& rooms, front::Call& call, std::string_view passing, std::string_view end, std::string_view action) {
  TRY(auto id, arm::target(call));
  TRY(auto current, rooms.documents.get(id));
  TRY(json::Value body, arm::body_of(current));
  if (json::string_or(body, "properties.status") == end) return arm::resource_response(200, current);
  if (rooms.operations.busy(id))
    return std::unexpected(conflict("OperationInProgress", "Another operation on the SQL pool '" + std::string(id.name()) + "' is in progress."));
  TRY(auto document, set_properties(rooms.documents, id, {{"status", passing}}));
  TRY(std::string operation, rooms.operations.begin(kSwitch, document.id, json::Object{{"status", end}}, arm::author(call, std::string(action))));
  return began(call, 202, document, operation);
}

}  // namespace

void define_sql_pool_operations(Rooms& rooms) {
  rooms.operations.define(std::string(kCreation), [&rooms](const arm::Input& input, std::stop_token) {
    auto outcome = create(rooms, input);
    if (!outcome) (void)set_properties(rooms.documents, input.resource, {{"provisioningState", "Failed"}});
    return outcome;
  });
  rooms.operations.define(std::string(kDeletion), [&rooms](const arm::Input& input, std::stop_token) -> Result<json::Value> {
    CHECK_OK(rooms.databases.drop(input.resource.parent()->name(), input.resource.name()));
    CHECK_OK(rooms.documents.remove(input.resource, {}, input.author));
    return json::Value();
  });
  rooms.operations.define(std::string(kSwitch), [&rooms](const arm::Input& input, std::stop_token) -> Result<json::Value> {
    TRY(auto document, set_properties(rooms.documents, input.resource, {{"status", json::string_or(*input.arguments, "status")}}));
    return arm::envelope(document);
  });
}

Answer put_sql_pool(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  CHECK_OK(check_request(id, request, properties));
  TRY(auto workspace, rooms.documents.get(*id.parent()));
  TRY(json::Value workspace_body, arm::body_of(workspace));
  auto existing = rooms.documents.get(id);
  json::Value before;
  if (existing) {
    TRY(before, arm::body_of(*existing));
  }
  json::Value body = stored_body(request, std::move(properties), before, workspace_body);
  auto author = arm::author(call, std::string(kWrite));
  TRY(auto document, rooms.documents.put(id, json::write(body), arm::condition(call), author));
  TRY(std::string operation, rooms.operations.begin(kCreation, document.id, json::Object{}, author));
  return began(call, 202, document, operation);
}

Answer patch_sql_pool(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  CHECK_OK(check_request(id, request, properties));
  auto change = [&](const resource::Document& document) -> Result<std::string> {
    TRY(json::Value body, arm::body_of(document));
    for (std::string_view member : {"tags", "sku"})
      if (const json::Value* given = json::find(request, member); given && !given->is_null()) body.get_object()[member] = *given;
    return json::write(body);
  };
  TRY(auto document, rooms.documents.update(id, change, arm::condition(call), arm::author(call, std::string(kWrite))));
  return arm::resource_response(200, document);
}

Answer delete_sql_pool(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  CHECK_OK(rooms.documents.get(*id.parent()));
  auto document = set_properties(rooms.documents, id, {{"provisioningState", "Deleting"}});
  if (!document && document.error().kind == Error::Kind::not_found) return http::empty_response(204);
  if (!document) return std::unexpected(std::move(document.error()));
  TRY(std::string operation,
      rooms.operations.begin(kDeletion, document->id, json::Object{}, arm::author(call, "Microsoft.Synapse/workspaces/sqlPools/delete")));
  return began(call, 202, *document, operation);
}

Answer pause_sql_pool(Rooms& rooms, front::Call& call) {
  return switch_to(rooms, call, "Pausing", "Paused", "Microsoft.Synapse/workspaces/sqlPools/pause/action");
}

Answer resume_sql_pool(Rooms& rooms, front::Call& call) {
  return switch_to(rooms, call, "Resuming", "Online", "Microsoft.Synapse/workspaces/sqlPools/resume/action");
}

}  // namespace axonite::service::synapse
