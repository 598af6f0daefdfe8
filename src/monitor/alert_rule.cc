#include "monitor/alert_rule.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "monitor/activity_log.h"

namespace axonite::monitor {
namespace {

constexpr std::size_t kConditionsMax = 100;

Error bad(std::string message, std::string target) { return invalid("BadRequest", std::move(message), std::move(target)); }

bool is_field(std::string_view field) {
  return text::starts_with_ignoring_case(field, "properties.") || activity_field(json::Object{}, field).has_value();
}

Result<Leaf> parse_leaf(const json::Value& value, const std::string& path) {
  Leaf leaf{.field = json::string_or(value, "field"), .equals = json::string_or(value, "equals"), .contains_any = {}};
  if (!is_field(leaf.field)) return std::unexpected(bad("The field '" + leaf.field + "' is not one of an activity log event.", path + ".field"));
  if (const json::Value* any = json::find(value, "containsAny"); any && any->is_array())
    for (const json::Value& text : any->get_array())
      if (text.is_string()) leaf.contains_any.emplace_back(text.get_string());
  if (leaf.equals.empty() == leaf.contains_any.empty())
    return std::unexpected(bad("A condition needs either 'equals' or 'containsAny'.", path));
  return leaf;
}

Result<std::vector<Leaf>> parse_any(const json::Value& value, const std::string& path) {
  std::vector<Leaf> leaves;
  const json::Value* any = json::find(value, "anyOf");
  if (!any || any->is_null()) {
    TRY(Leaf leaf, parse_leaf(value, path));
    leaves.push_back(std::move(leaf));
    return leaves;
  }
  if (!any->is_array() || any->get_array().empty() || any->get_array().size() > kConditionsMax)
    return std::unexpected(bad("'anyOf' must be a list of conditions.", path + ".anyOf"));
  for (const json::Value& element : any->get_array()) {
    TRY(Leaf leaf, parse_leaf(element, path + ".anyOf"));
    leaves.push_back(std::move(leaf));
  }
  return leaves;
}

bool matches_leaf(const Leaf& leaf, const json::Value& body) {
  auto value = activity_field(body, leaf.field);
  if (!value) return false;
  if (!leaf.equals.empty()) return text::equals_ignoring_case(*value, leaf.equals);
  std::string lower = text::to_lower(*value);
  return std::ranges::any_of(leaf.contains_any, [&](const std::string& part) { return lower.find(text::to_lower(part)) != std::string::npos; });
}

bool lies_in(std::string_view scope, std::string_view resource) {
  if (scope.ends_with('/')) scope.remove_suffix(1);
  return text::starts_with_ignoring_case(resource, scope) && (resource.size() == scope.size() || resource[scope.size()] == '/');
}

Result<void> parse_actions(const json::Value& properties, AlertRule& rule) {
  const json::Value* groups = json::find_path(properties, "actions.actionGroups");
  if (!groups || groups->is_null()) return ok();
  if (!groups->is_array()) return std::unexpected(bad("'actions.actionGroups' must be a list.", "properties.actions.actionGroups"));
  for (const json::Value& group : groups->get_array()) {
    AlertRule::Action action{.action_group_id = json::string_or(group, "actionGroupId"), .webhook_properties = {}};
    if (action.action_group_id.empty()) return std::unexpected(bad("An action needs 'actionGroupId'.", "properties.actions.actionGroups"));
    if (const json::Value* own = json::find(group, "webhookProperties"); own && own->is_object()) action.webhook_properties = json::write(*own);
    rule.actions.push_back(std::move(action));
  }
  return ok();
}

}  // namespace

Result<AlertRule> AlertRule::parse(std::string_view id, std::string_view name, const json::Value& properties) {
  AlertRule rule{.id = std::string(id), .name = std::string(name), .description = json::string_or(properties, "description"), .scopes = {}, .all_of = {}, .actions = {}};
  if (const json::Value* enabled = json::find(properties, "enabled"); enabled && enabled->is_bool()) rule.enabled = enabled->get_bool();
  const json::Value* scopes = json::find(properties, "scopes");
  if (!scopes || !scopes->is_array() || scopes->get_array().empty()) return std::unexpected(bad("'scopes' must name at least one resource.", "properties.scopes"));
  for (const json::Value& scope : scopes->get_array()) {
    if (!scope.is_string() || !text::starts_with_ignoring_case(std::string_view(scope.get_string()), "/subscriptions/"))
      return std::unexpected(bad("A scope must be a resource id.", "properties.scopes"));
    rule.scopes.emplace_back(scope.get_string());
  }
  const json::Value* all = json::find_path(properties, "condition.allOf");
  if (!all || !all->is_array() || all->get_array().empty() || all->get_array().size() > kConditionsMax)
    return std::unexpected(bad("'condition.allOf' must be a list of conditions.", "properties.condition.allOf"));
  for (const json::Value& element : all->get_array()) {
    TRY(auto any, parse_any(element, "properties.condition.allOf"));
    rule.all_of.push_back(std::move(any));
  }
  bool has_category = std::ranges::any_of(rule.all_of, [](const auto& any) { return any.size() == 1 && text::equals_ignoring_case(any[0].field, "category"); });
  if (!has_category) return std::unexpected(bad("The condition must have a 'category'.", "properties.condition.allOf"));
  CHECK_OK(parse_actions(properties, rule));
  return rule;
}

bool AlertRule::matches(const json::Value& event_body) const {
  std::string resource = json::string_or(event_body, "resourceId");
  if (!enabled || std::ranges::none_of(scopes, [&](const std::string& scope) { return lies_in(scope, resource); })) return false;
  return std::ranges::all_of(all_of, [&](const auto& any) {
    return std::ranges::any_of(any, [&](const Leaf& leaf) { return matches_leaf(leaf, event_body); });
  });
}

Result<ActionGroup> ActionGroup::parse(const json::Value& properties) {
  ActionGroup group;
  if (json::string_or(properties, "groupShortName").empty() || json::string_or(properties, "groupShortName").size() > 12)
    return std::unexpected(bad("'groupShortName' must have 1 to 12 characters.", "properties.groupShortName"));
  if (const json::Value* enabled = json::find(properties, "enabled"); enabled && enabled->is_bool()) group.enabled = enabled->get_bool();
  for (const auto& member : properties.get_object()) {
    std::string_view name = member.key();
    if (!name.ends_with("Receivers") || name == "webhookReceivers" || !member.value().is_array() || member.value().get_array().empty()) continue;
    return std::unexpected(unsupported("ReceiverNotSupported", "Axonite cannot reach '" + std::string(name) + "'; use webhookReceivers."));
  }
  const json::Value* webhooks = json::find(properties, "webhookReceivers");
  if (!webhooks || !webhooks->is_array()) return group;
  for (const json::Value& receiver : webhooks->get_array()) {
    if (const json::Value* aad = json::find(receiver, "useAadAuth"); aad && aad->is_bool() && aad->get_bool())
      return std::unexpected(unsupported("ReceiverNotSupported", "Webhooks with useAadAuth are not supported by Axonite."));
    Webhook webhook{.name = json::string_or(receiver, "name"), .url = json::string_or(receiver, "serviceUri")};
    if (webhook.name.empty() || !(webhook.url.starts_with("https://") || webhook.url.starts_with("http://")))
      return std::unexpected(bad("A webhook receiver needs a name and an http or https serviceUri.", "properties.webhookReceivers"));
    if (const json::Value* common = json::find(receiver, "useCommonAlertSchema"); common && common->is_bool()) webhook.use_common_alert_schema = common->get_bool();
    group.webhooks.push_back(std::move(webhook));
  }
  return group;
}

}  // namespace axonite::monitor
