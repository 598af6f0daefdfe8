#include <boost/json.hpp>

#include "base/json.h"
#include "service/resource_manager/handlers.h"

namespace axonite::service::resource_manager {
namespace {

constexpr std::string_view kReadSubscription = "Microsoft.Resources/subscriptions/read";

// Location names and what people call them; every one is this machine.
constexpr std::pair<std::string_view, std::string_view> kLocations[] = {
    {"eastus", "East US"},           {"eastus2", "East US 2"},       {"westus", "West US"},
    {"westus2", "West US 2"},        {"centralus", "Central US"},    {"northeurope", "North Europe"},
    {"westeurope", "West Europe"},   {"uksouth", "UK South"},        {"germanywestcentral", "Germany West Central"},
    {"francecentral", "France Central"}, {"southeastasia", "Southeast Asia"}, {"australiaeast", "Australia East"}};

Result<json::Value> shape(const resource::Document& document) {
  TRY(json::Value body, arm::body_of(document));
  std::string id(document.id.subscription());
  json::Object shaped{{"id", "/subscriptions/" + id},
                      {"authorizationSource", "RoleBased"},
                      {"managedByTenants", json::Array{}},
                      {"subscriptionId", id},
                      {"tenantId", json::string_or(body, "tenantId")},
                      {"displayName", json::string_or(body, "displayName")},
                      {"state", "Enabled"},
                      {"subscriptionPolicies",
                       json::Object{{"locationPlacementId", "Internal_2014-09-01"},
                                    {"quotaId", "Internal_2014-09-01"},
                                    {"spendingLimit", "Off"}}}};
  return shaped;
}

// The real service also shows a subscription to who may only read something in it; here the right is asked at the
// subscription itself.
bool may_see(const Rooms& rooms, const front::Call& call, const resource::Document& subscription) {
  return rooms.authorizer.authorize(call.principal, kReadSubscription, subscription.id.text()).has_value();
}

}  // namespace

Answer list_subscriptions(Rooms& rooms, front::Call& call) {
  TRY(resource::Page page, rooms.documents.list_subscriptions());
  std::erase_if(page.documents, [&](const resource::Document& document) { return !may_see(rooms, call, document); });
  json::Array values;
  for (const resource::Document& document : page.documents) {
    TRY(json::Value shaped, shape(document));
    values.push_back(std::move(shaped));
  }
  auto count = static_cast<std::int64_t>(values.size());
  return arm::json_response(
      200, json::Object{{"value", std::move(values)}, {"count", json::Object{{"type", "Total"}, {"value", count}}}});
}

Answer get_subscription(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  // One that is not there is said to be missing before rights are asked, as the service does.
  TRY(auto document, rooms.documents.get(id));
  CHECK_OK(rooms.authorizer.authorize(call.principal, kReadSubscription, id.text()));
  TRY(json::Value shaped, shape(document));
  return arm::json_response(200, shaped);
}

Answer list_locations(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(auto subscription, rooms.documents.get(id.subscription_id()));
  json::Array values;
  for (auto [name, display] : kLocations)
    values.push_back(json::Object{{"id", subscription.id.text() + "/locations/" + std::string(name)},
                                  {"name", name},
                                  {"type", "Region"},
                                  {"displayName", display},
                                  {"regionalDisplayName", display},
                                  {"metadata", json::Object{{"regionType", "Physical"}}}});
  return arm::json_response(200, json::Object{{"value", std::move(values)}});
}

Answer list_tenants(Rooms& rooms, front::Call&) {
  json::Object tenant{{"id", "/tenants/" + rooms.tenant_id},
                      {"tenantId", rooms.tenant_id},
                      {"tenantCategory", "Home"},
                      {"displayName", "Axonite"},
                      {"defaultDomain", "axonite.onmicrosoft.com"},
                      {"domains", json::Array{"axonite.onmicrosoft.com"}},
                      {"tenantType", "AAD"}};
  return arm::json_response(200, json::Object{{"value", json::Array{std::move(tenant)}}});
}

Result<void> ensure_subscription(resource::Documents& documents, std::string_view subscription_id,
                                 std::string_view tenant_id) {
  TRY(auto id, resource::ResourceId::parse("/subscriptions/" + std::string(subscription_id)));
  json::Object body{{"tenantId", tenant_id}, {"displayName", "Axonite"}};
  auto put = documents.put(id, json::write(body), {.if_match = {}, .if_none_match_any = true}, {});
  if (!put && put.error().kind != Error::Kind::precondition) return std::unexpected(std::move(put.error()));
  return ok();
}

}  // namespace axonite::service::resource_manager
