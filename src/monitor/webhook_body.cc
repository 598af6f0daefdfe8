#include <boost/json.hpp>

#include "base/id.h"
#include "base/text.h"
#include "monitor/activity_log.h"
#include "monitor/alert_rule.h"

namespace axonite::monitor {
namespace {

std::string subscription_of(std::string_view resource_id) {
  auto parts = text::split(resource_id, '/');
  return parts.size() > 2 ? std::string(parts[2]) : std::string();
}

std::string_view last_segment(std::string_view id) { return id.substr(id.rfind('/') + 1); }

// The event as both schemas carry it.
json::Object event_context(const event::Event& event, const json::Value& body) {
  auto text = [&](std::string_view member) { return json::string_or(body, member); };
  const json::Value* properties = json::find(body, "properties");
  return {{"authorization", json::Object{{"action", text("operationName")}, {"scope", text("resourceId")}}},
          {"channels", "Operation"},
          {"caller", text("caller")},
          {"correlationId", text("correlationId")},
          {"eventSource", "Administrative"},
          {"eventTimestamp", format_iso(event.time)},
          {"eventDataId", text("eventDataId")},
          {"level", text("level")},
          {"operationName", text("operationName")},
          {"operationId", text("correlationId")},
          {"resourceId", text("resourceId")},
          {"resourceGroupName", text("resourceGroupName")},
          {"resourceProviderName", activity_field(body, "resourceProvider").value_or("")},
          {"resourceType", text("resourceType")},
          {"status", text("status")},
          {"subStatus", text("subStatus")},
          {"subscriptionId", text("subscriptionId")},
          {"description", text("description")},
          {"properties", properties ? *properties : json::Value(json::Object{})}};
}

json::Value parsed_or_null(const std::string& text) {
  if (text.empty()) return nullptr;
  auto parsed = json::parse(text);
  return parsed ? *parsed : json::Value();
}

json::Value common_schema(const AlertRule& rule, const AlertRule::Action& action, const event::Event& event, const json::Value& body, Time fired) {
  std::string target = json::string_or(body, "resourceId");
  std::string subscription = subscription_of(rule.id);
  json::Object essentials{
      {"alertId", "/subscriptions/" + subscription + "/providers/Microsoft.AlertsManagement/alerts/" + new_uuid()},
      {"alertRule", rule.name},
      {"alertRuleID", rule.id},
      {"severity", "Sev4"},
      {"signalType", "Activity Log"},
      {"monitorCondition", "Fired"},
      {"monitoringService", "Activity Log - Administrative"},
      {"alertTargetIDs", json::Array{text::to_lower(target)}},
      {"configurationItems", json::Array{last_segment(target)}},
      {"originAlertId", json::string_or(body, "eventDataId") + "_" + std::string(last_segment(rule.id))},
      {"firedDateTime", format_iso(fired)},
      {"description", rule.description},
      {"essentialsVersion", "1.0"},
      {"alertContextVersion", "1.0"}};
  return json::Object{{"schemaId", "azureMonitorCommonAlertSchema"},
                      {"data", json::Object{{"essentials", std::move(essentials)},
                                            {"alertContext", event_context(event, body)},
                                            {"customProperties", parsed_or_null(action.webhook_properties)}}}};
}

}  // namespace

std::string webhook_body(const AlertRule& rule, const AlertRule::Action& action, const Webhook& webhook,
                         const event::Event& event, const json::Value& event_body, Time fired) {
  if (webhook.use_common_alert_schema) return json::write(common_schema(rule, action, event, event_body, fired));
  json::Object data{{"status", "Activated"},
                    {"context", json::Object{{"activityLog", event_context(event, event_body)}}},
                    {"properties", parsed_or_null(action.webhook_properties)}};
  return json::write(json::Object{{"schemaId", "Microsoft.Insights/activityLogs"}, {"data", std::move(data)}});
}

}  // namespace axonite::monitor
