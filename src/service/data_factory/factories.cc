#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "base/json.h"
#include "base/text.h"
#include "service/data_factory/handlers.h"

namespace axonite::service::data_factory {
namespace {

constexpr std::string_view kWrite = "Microsoft.DataFactory/factories/write";

// 3 to 63 letters, digits and hyphens, letter or digit at both ends (pattern of the 2018-06-01 schema).
Result<void> check_name(std::string_view name) {
  auto alphanumeric = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  bool fits = name.size() >= 3 && name.size() <= 63 && alphanumeric(name.front()) && alphanumeric(name.back()) &&
              std::ranges::all_of(name, [&](char c) { return alphanumeric(c) || c == '-'; });
  if (fits) return ok();
  return std::unexpected(invalid("BadRequest", "'" + std::string(name) + "' is not a valid data factory name.", "factoryName"));
}

// Names are unique over all of Azure; here, over all groups.
Result<void> check_free(const Rooms& rooms, const resource::ResourceId& id) {
  auto other = rooms.documents.find_by_name(kFactoryType, id.name());
  if (!other || other->id == id) return ok();
  return std::unexpected(conflict("FactoryNameInUse", "The factory name '" + std::string(id.name()) + "' is already in use."));
}

// Factories spell it eTag.
Result<json::Value> shape(const resource::Document& document) {
  TRY(json::Value shaped, arm::envelope(document));
  shaped.get_object()["eTag"] = "\"" + document.etag + "\"";
  return shaped;
}

Answer factory_response(const resource::Document& document) {
  TRY(json::Value shaped, shape(document));
  return arm::json_response(200, shaped);
}

// Members of a factory that would act on things this server does not have.
Result<void> check_properties(const json::Value& properties) {
  for (std::string_view member : {"encryption", "repoConfiguration", "purviewConfiguration"})
    if (const json::Value* found = json::find(properties, member); found && !found->is_null() && !(found->is_object() && found->get_object().empty()))
      return std::unexpected(unsupported("FactoryPropertyNotSupported", "The factory property '" + std::string(member) + "' is not supported by Axonite."));
  return ok();
}

json::Value stamped(json::Value properties, const json::Value* before, Time now) {
  json::Object& object = properties.get_object();
  object["provisioningState"] = "Succeeded";
  std::string created = before ? json::string_or(*before, "properties.createTime") : "";
  object["createTime"] = created.empty() ? format_iso(now) : created;
  object["version"] = "2018-06-01";
  return properties;
}

}  // namespace

Result<resource::ResourceId> factory_of(const front::Call& call) {
  return resource::ResourceId::parse("/subscriptions/" + std::string(call.path("subscription")) + "/resourceGroups/" +
                                     std::string(call.path("group")) + "/providers/" + std::string(kFactoryType) + "/" +
                                     std::string(call.path("factory")));
}

Answer put_factory(Rooms& rooms, front::Call& call) {
  TRY(auto id, factory_of(call));
  CHECK_OK(check_name(id.name()));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  if (json::string_or(request, "location").empty())
    return std::unexpected(invalid("LocationRequired", "The location property is required for this definition.", "location"));
  CHECK_OK(check_properties(properties));
  CHECK_OK(rooms.documents.get(id.group_id()));
  CHECK_OK(check_free(rooms, id));
  auto existing = rooms.documents.get(id);
  json::Value before;
  if (existing) {
    TRY(before, arm::body_of(*existing));
  }
  TRY(json::Value identity, arm::resolve_identity(json::find(request, "identity"), json::find(before, "identity"), id, rooms.identities));
  json::Value body = arm::resource_body(request, stamped(std::move(properties), existing ? &before : nullptr, system_clock().now()));
  body.get_object()["location"] = text::to_lower(text::replace_all(json::string_or(request, "location"), " ", ""));
  body.get_object().erase("identity");
  if (!identity.is_null()) body.get_object()["identity"] = std::move(identity);
  TRY(auto document, rooms.documents.put(id, json::write(body), arm::condition(call), arm::author(call, std::string(kWrite))));
  return factory_response(document);
}

Answer patch_factory(Rooms& rooms, front::Call& call) {
  TRY(auto id, factory_of(call));
  TRY(json::Value request, call.body_json());
  TRY(auto current, rooms.documents.get(id));
  TRY(json::Value body, arm::body_of(current));
  TRY(json::Value identity, arm::resolve_identity(json::find(request, "identity"), json::find(body, "identity"), id, rooms.identities));
  auto change = [&](const resource::Document& document) -> Result<std::string> {
    TRY(json::Value changed, arm::body_of(document));
    if (const json::Value* tags = json::find(request, "tags"); tags && !tags->is_null()) changed.get_object()["tags"] = *tags;
    changed.get_object().erase("identity");
    if (!identity.is_null()) changed.get_object()["identity"] = identity;
    return json::write(changed);
  };
  TRY(auto document, rooms.documents.update(id, change, arm::condition(call), arm::author(call, std::string(kWrite))));
  return factory_response(document);
}

Answer get_factory(Rooms& rooms, front::Call& call) {
  TRY(auto id, factory_of(call));
  TRY(auto document, rooms.documents.get(id));
  if (arm::has_current(call, document)) return arm::not_modified();
  return factory_response(document);
}

Answer delete_factory(Rooms& rooms, front::Call& call) {
  TRY(auto id, factory_of(call));
  CHECK_OK(rooms.documents.get(id.group_id()));
  TRY(bool removed, rooms.documents.remove(id, arm::condition(call), arm::author(call, "Microsoft.DataFactory/factories/delete")));
  CHECK_OK(rooms.identities.remove(id));
  return http::empty_response(removed ? 200 : 204);
}

Answer list_factories(Rooms& rooms, front::Call& call) {
  TRY(auto scope, arm::target(call));
  return arm::list_children(call, rooms.documents, scope, kFactoryType, shape);
}

}  // namespace axonite::service::data_factory
