#include "server/definitions.h"

#include <boost/json.hpp>

#include "base/json.h"

namespace axonite::server {

Result<pipeline::Owner> DocumentDefinitions::owner(std::string_view owner_id) {
  TRY(auto id, resource::ResourceId::parse(owner_id));
  TRY(auto document, documents_.get(id));
  TRY(json::Value body, json::parse(document.body));
  pipeline::Owner owner{.id = document.id.text(), .name = std::string(document.id.name())};
  owner.principal = {.kind = identity::Principal::Kind::managed_identity,
                     .tenant_id = json::string_or(body, "identity.tenantId"),
                     .object_id = json::string_or(body, "identity.principalId"),
                     .name = owner.name};
  TRY(owner.global_parameters, global_parameters(document.id, body));
  if (owner.principal.object_id.empty()) owner.principal.kind = identity::Principal::Kind::anonymous;
  return owner;
}

// Set with the factory, or beside it as an entity of their own (2018-06-01): the latter wins by name.
Result<pipeline::JsonPointer> DocumentDefinitions::global_parameters(const resource::ResourceId& owner, const json::Value& body) {
  json::Object values;
  auto take = [&](const json::Value* declared) {
    if (!declared || !declared->is_object()) return;
    for (const auto& member : declared->get_object())
      if (const json::Value* value = json::find(member.value(), "value")) values[member.key()] = *value;
  };
  take(json::find_path(body, "properties.globalParameters"));
  TRY(auto page, documents_.list(owner, "globalParameters", "", 100));
  for (const resource::Document& document : page.documents) {
    TRY(json::Value entity, json::parse(document.body));
    take(json::find(entity, "properties"));
  }
  if (values.empty()) return nullptr;
  return std::make_shared<const json::Value>(std::move(values));
}

Result<std::string> DocumentDefinitions::definition(std::string_view owner_id, std::string_view kind, std::string_view name) {
  TRY(auto id, resource::ResourceId::parse(owner_id));
  TRY(auto document, documents_.get(id.child(kind, name)));
  TRY(json::Value body, json::parse(document.body));
  CHECK_OK(linked_service::unseal_secrets(body, sealer_));
  return json::write(body);
}

}  // namespace axonite::server
