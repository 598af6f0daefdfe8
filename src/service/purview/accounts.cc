#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "base/text.h"
#include "service/purview/handlers.h"

namespace axonite::service::purview {
namespace {

constexpr std::string_view kWrite = "Microsoft.Purview/accounts/write";

Result<void> check_new(const Rooms& rooms, const resource::ResourceId& id, const json::Value& request) {
  std::string_view name = id.name();
  auto alphanumeric = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  bool fits = name.size() >= 3 && name.size() <= 63 && alphanumeric(name.front()) && alphanumeric(name.back()) &&
              std::ranges::all_of(name, [&](char c) { return alphanumeric(c) || c == '-'; });
  if (!fits) return std::unexpected(invalid("InvalidAccountName", "'" + std::string(name) + "' is not a valid Purview account name.", "name"));
  if (json::string_or(request, "location").empty()) return std::unexpected(invalid("LocationRequired", "The location property is required for this definition.", "location"));
  if (auto other = rooms.documents.find_by_name(kAccountType, name); other && other->id != id)
    return std::unexpected(conflict("AccountNameInUse", "The account name '" + std::string(name) + "' is already in use."));
  return ok();
}

json::Value stored(const Rooms& rooms, const resource::ResourceId& id, json::Value properties) {
  json::Object& object = properties.get_object();
  std::string host = "https://" + text::to_lower(id.name()) + ".purview.azure.com";
  object["friendlyName"] = id.name();
  object["provisioningState"] = "Succeeded";
  if (!object.contains("publicNetworkAccess")) object["publicNetworkAccess"] = "Enabled";
  if (!object.contains("createdAt")) object["createdAt"] = format_iso(rooms.clock.now());
  object["endpoints"] = json::Object{{"catalog", host + "/catalog"}, {"scan", host + "/scan"}, {"guardian", host + "/guardian"}};
  return properties;
}

}  // namespace

Answer put_account(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  CHECK_OK(rooms.documents.get(id.group_id()));
  CHECK_OK(check_new(rooms, id, request));
  auto there = rooms.documents.get(id);
  if (there) {
    TRY(json::Value before, arm::body_of(*there));
    properties.get_object()["createdAt"] = json::string_or(before, "properties.createdAt");
  }
  json::Value body = arm::resource_body(request, stored(rooms, id, std::move(properties)));
  const json::Value* identity = json::find(request, "identity");
  TRY(json::Value given, arm::resolve_identity(identity, nullptr, id, rooms.identities));
  if (!given.is_null()) body.get_object()["identity"] = std::move(given);
  else body.get_object().erase("identity");
  body.get_object()["sku"] = json::Object{{"name", "Standard"}, {"capacity", 1}};
  TRY(auto document, rooms.documents.put(id, json::write(body), arm::condition(call), arm::author(call, std::string(kWrite))));
  return arm::resource_response(there ? 200 : 201, document);
}

Answer patch_account(Rooms& rooms, front::Call& call) {
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

Answer get_account(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(auto document, rooms.documents.get(id));
  return arm::resource_response(200, document);
}

Answer delete_account(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  CHECK_OK(rooms.documents.get(id.group_id()));
  TRY(bool removed, rooms.documents.remove(id, arm::condition(call), arm::author(call, "Microsoft.Purview/accounts/delete")));
  return http::empty_response(removed ? 200 : 204);
}

Answer list_accounts(Rooms& rooms, front::Call& call) {
  TRY(auto scope, arm::target(call));
  return arm::list_children(call, rooms.documents, scope, kAccountType, [](const resource::Document& document) { return arm::envelope(document); });
}

}  // namespace axonite::service::purview
