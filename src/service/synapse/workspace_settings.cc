#include <boost/json.hpp>

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "service/synapse/handlers.h"

namespace axonite::service::synapse {
namespace {

std::optional<std::uint32_t> ipv4(std::string_view text) {
  auto parts = text::split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  std::uint32_t address = 0;
  for (std::string_view part : parts) {
    auto octet = text::parse_int<std::uint8_t>(part);
    if (!octet) return std::nullopt;
    address = address << 8 | *octet;
  }
  return address;
}

}  // namespace

// Kept and answered; they open nothing, since the server listens on loopback unless told otherwise.
Answer put_firewall_rule(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  std::string start = json::string_or(properties, "startIpAddress"), end = json::string_or(properties, "endIpAddress");
  auto low = ipv4(start), high = ipv4(end);
  if (!low || !high || *low > *high)
    return std::unexpected(validation_failed("IpFirewallRule", "'" + start + "' to '" + end + "' is not a range of IPv4 addresses."));
  json::Object body{{"properties", json::Object{{"startIpAddress", start}, {"endIpAddress", end}, {"provisioningState", "Succeeded"}}}};
  TRY(auto document, rooms.documents.put(id, json::write(body), arm::condition(call), arm::author(call, "Microsoft.Synapse/workspaces/firewallRules/write")));
  return arm::resource_response(200, document);
}

Answer put_administrator(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  std::string login = json::string_or(properties, "login"), sid = json::string_or(properties, "sid");
  if (!text::equals_ignoring_case(id.name(), "activeDirectory") || login.empty() || !is_uuid(sid))
    return std::unexpected(validation_failed("Administrator", "properties.login and properties.sid (an object id) are required for 'activeDirectory'."));
  json::Object body{{"properties", json::Object{{"administratorType", "ActiveDirectory"}, {"login", login}, {"sid", sid}, {"tenantId", rooms.tenant_id}}}};
  TRY(auto document, rooms.documents.put(id, json::write(body), arm::condition(call), arm::author(call, "Microsoft.Synapse/workspaces/administrators/write")));
  CHECK_OK(rooms.access.set_entra_administrator(id.parent()->name(), sid, login));
  return arm::resource_response(200, document);
}

Answer delete_administrator(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(auto workspace, rooms.documents.get(*id.parent()));
  CHECK_OK(rooms.access.set_entra_administrator(workspace.id.name(), {}, {}));
  TRY(bool removed, rooms.documents.remove(id, arm::condition(call), arm::author(call, "Microsoft.Synapse/workspaces/administrators/delete")));
  return http::empty_response(removed ? 200 : 204);
}

}  // namespace axonite::service::synapse
