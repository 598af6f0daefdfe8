#pragma once
// Activity log alert rules (2020-10-01): which events fire one, and what its action groups are told.
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "event/stream.h"

namespace axonite::monitor {

// {"field","equals"} or {"field","containsAny":[…]}; texts compare without case.
struct Leaf {
  std::string field, equals;
  std::vector<std::string> contains_any;
};

struct AlertRule {
  std::string id, name, description;
  std::vector<std::string> scopes;        // resource ids; an event at or below one of them counts
  std::vector<std::vector<Leaf>> all_of;  // each is an anyOf; a plain leaf is an anyOf of one
  struct Action {
    std::string action_group_id;
    std::string webhook_properties;  // JSON object, or empty
  };
  std::vector<Action> actions;
  bool enabled = true;

  // From the resource's properties. Errors: invalid("BadRequest") naming what is wrong.
  static Result<AlertRule> parse(std::string_view id, std::string_view name, const json::Value& properties);
  bool matches(const json::Value& event_body) const;
};

struct Webhook {
  std::string name, url;
  bool use_common_alert_schema = false;
};

struct ActionGroup {
  bool enabled = true;
  std::vector<Webhook> webhooks;
  // Errors: invalid("BadRequest"); unsupported("ReceiverNotSupported") for receivers that nothing here can reach.
  static Result<ActionGroup> parse(const json::Value& properties);
};

// The POST's body: the common alert schema (azureMonitorCommonAlertSchema), or Microsoft.Insights/activityLogs.
std::string webhook_body(const AlertRule& rule, const AlertRule::Action& action, const Webhook& webhook,
                         const event::Event& event, const json::Value& event_body, Time fired);

}  // namespace axonite::monitor
