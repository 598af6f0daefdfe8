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
  if (owner.principal.object_id.empty()) owner.principal.kind = identity::Principal::Kind::anonymous;
  return owner;
}

Result<std::string> DocumentDefinitions::definition(std::string_view owner_id, std::string_view kind, std::string_view name) {
  TRY(auto id, resource::ResourceId::parse(owner_id));
  TRY(auto document, documents_.get(id.child(kind, name)));
  TRY(json::Value body, json::parse(document.body));
  CHECK_OK(linked_service::unseal_secrets(body, sealer_));
  return json::write(body);
}

}  // namespace axonite::server
