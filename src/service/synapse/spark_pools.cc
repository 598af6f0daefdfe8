#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "base/json.h"
#include "base/text.h"
#include "service/synapse/handlers.h"

namespace axonite::service::synapse {
namespace {

constexpr std::string_view kWrite = "Microsoft.Synapse/workspaces/bigDataPools/write";

Error bad(std::string message) { return validation_failed("Big data pool", std::move(message)); }

// 1 to 15 letters and digits, a letter first.
bool is_name(std::string_view name) {
  auto alphanumeric = [](unsigned char c) { return std::isalnum(c) != 0; };
  return !name.empty() && name.size() <= 15 && std::isalpha(static_cast<unsigned char>(name.front())) && std::ranges::all_of(name, alphanumeric);
}

}  // namespace

// A Spark pool is a description: sessions are made when somebody connects, so there is nothing to wait for.
Answer put_spark_pool(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  if (!is_name(id.name())) return std::unexpected(bad("The pool name '" + std::string(id.name()) + "' must have 1 to 15 letters and digits and start with a letter."));
  TRY(auto workspace, rooms.documents.get(*id.parent()));
  TRY(json::Value workspace_body, arm::body_of(workspace));
  auto existing = rooms.documents.get(id);
  json::Object& object = properties.get_object();
  object["provisioningState"] = "Succeeded";
  object["creationDate"] = format_iso(existing ? existing->created : system_clock().now());
  if (json::string_or(properties, "sparkVersion").empty()) object["sparkVersion"] = "3.5";
  json::Value body = arm::resource_body(request, std::move(properties));
  if (json::string_or(body, "location").empty()) body.get_object()["location"] = json::string_or(workspace_body, "location");
  TRY(auto document, rooms.documents.put(id, json::write(body), arm::condition(call), arm::author(call, std::string(kWrite))));
  return arm::resource_response(200, document);
}

Answer patch_spark_pool(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(json::Value request, call.body_json());
  auto change = [&](const resource::Document& document) -> Result<std::string> {
    TRY(json::Value body, arm::body_of(document));
    if (const json::Value* tags = json::find(request, "tags"); tags && !tags->is_null()) body.get_object()["tags"] = *tags;
    return json::write(body);
  };
  TRY(auto document, rooms.documents.update(id, change, arm::condition(call), arm::author(call, std::string(kWrite))));
  return arm::resource_response(200, document);
}

}  // namespace axonite::service::synapse
