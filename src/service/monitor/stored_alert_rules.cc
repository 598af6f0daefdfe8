#include <boost/json.hpp>

#include "service/monitor/service.h"

namespace axonite::service::monitor {
namespace {

namespace room = axonite::monitor;

Result<json::Value> properties_of(const resource::Document& document) {
  TRY(json::Value body, arm::body_of(document));
  return arm::properties_of(body);
}

}  // namespace

Result<std::vector<room::AlertRule>> StoredAlertRules::rules() const {
  std::vector<room::AlertRule> rules;
  TRY(resource::Page subscriptions, documents_.list_subscriptions());
  for (const resource::Document& subscription : subscriptions.documents) {
    std::string continuation;
    do {
      TRY(resource::Page page, documents_.list(subscription.id, "Microsoft.Insights/activityLogAlerts", continuation, 500));
      for (const resource::Document& document : page.documents) {
        TRY(json::Value properties, properties_of(document));
        // What is stored was valid when it was put.
        if (auto rule = room::AlertRule::parse(document.id.text(), document.id.name(), properties)) rules.push_back(std::move(*rule));
      }
      continuation = std::move(page.continuation);
    } while (!continuation.empty());
  }
  return rules;
}

Result<room::ActionGroup> StoredAlertRules::action_group(std::string_view id) const {
  TRY(auto parsed, resource::ResourceId::parse(id));
  TRY(auto document, documents_.get(parsed));
  TRY(json::Value properties, properties_of(document));
  return room::ActionGroup::parse(properties);
}

}  // namespace axonite::service::monitor
