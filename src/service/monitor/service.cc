#include "service/monitor/service.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "monitor/activity_log.h"

namespace axonite::service::monitor {
namespace {

using Answer = Result<http::Response>;
namespace room = axonite::monitor;

#define GROUP "/subscriptions/{subscription}/resourcegroups/{group}/providers/Microsoft.Insights/"
#define SUBSCRIPTION "/subscriptions/{subscription}/providers/Microsoft.Insights/"

constexpr std::string_view kRules = "Microsoft.Insights/activityLogAlerts";
constexpr std::string_view kGroups = "Microsoft.Insights/actionGroups";

Result<json::Value> shape(const resource::Document& document) { return arm::envelope(document); }

Answer list_activity(Rooms& rooms, front::Call& call) {
  TRY(auto filter, room::ActivityFilter::parse(call.query("$filter")));
  TRY(auto page, room::list_activity(rooms.events, call.path("subscription"), filter, call.query("$skiptoken")));
  json::Array values(page.events.begin(), page.events.end());
  json::Object body{{"value", std::move(values)}};
  if (!page.continuation.empty())
    body["nextLink"] = arm::absolute_url(call, call.request.path,
                                         "api-version=" + std::string(call.query("api-version")) + "&$filter=" +
                                             text::percent_encode(call.query("$filter")) + "&$skiptoken=" + page.continuation);
  return arm::json_response(200, body);
}

Answer list_categories(Rooms&, front::Call&) {
  json::Object category{{"value", "Administrative"}, {"localizedValue", "Administrative"}};
  return arm::json_response(200, json::Object{{"value", json::Array{std::move(category)}}});
}

// Alert rules and action groups are global: "location" is whatever the client says, or Global.
Answer put(Rooms& rooms, front::Call& call, const json::Value& request, json::Value properties, std::string_view action) {
  TRY(auto id, arm::target(call));
  if (!properties.get_object().contains("enabled")) properties.get_object()["enabled"] = true;
  json::Value body = arm::resource_body(request, std::move(properties));
  if (json::string_or(body, "location").empty()) body.get_object()["location"] = "Global";
  bool existed = rooms.documents.get(id).has_value();
  TRY(auto document, rooms.documents.put(id, json::write(body), arm::condition(call), arm::author(call, std::string(action))));
  return arm::resource_response(existed ? 200 : 201, document);
}

Answer put_rule(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  CHECK_OK(room::AlertRule::parse(id.text(), id.name(), properties));
  return put(rooms, call, request, std::move(properties), "Microsoft.Insights/activityLogAlerts/write");
}

Answer put_group(Rooms& rooms, front::Call& call) {
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  CHECK_OK(room::ActionGroup::parse(properties));
  return put(rooms, call, request, std::move(properties), "Microsoft.Insights/actionGroups/write");
}

// Tags and "enabled", which is all that these two let be changed.
Answer patch(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(json::Value request, call.body_json());
  TRY(json::Value properties, arm::properties_of(request));
  auto change = [&](const resource::Document& document) -> Result<std::string> {
    TRY(json::Value body, arm::body_of(document));
    json::Object& object = body.get_object();
    if (const json::Value* tags = json::find(request, "tags"); tags && !tags->is_null()) object["tags"] = *tags;
    if (const json::Value* enabled = json::find(properties, "enabled"); enabled && enabled->is_bool()) object["properties"].as_object()["enabled"] = *enabled;
    return json::write(body);
  };
  TRY(auto document, rooms.documents.update(id, change, arm::condition(call), arm::author(call, id.type() + "/write")));
  return arm::resource_response(200, document);
}

Answer get(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(auto document, rooms.documents.get(id));
  return arm::resource_response(200, document);
}

Answer remove(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  CHECK_OK(rooms.documents.get(id.group_id()));
  TRY(bool removed, rooms.documents.remove(id, arm::condition(call), arm::author(call, id.type() + "/delete")));
  return http::empty_response(removed ? 200 : 204);
}

Answer list_rules(Rooms& rooms, front::Call& call) {
  TRY(auto scope, arm::target(call));
  return arm::list_children(call, rooms.documents, scope, kRules, shape);
}

Answer list_groups(Rooms& rooms, front::Call& call) {
  TRY(auto scope, arm::target(call));
  return arm::list_children(call, rooms.documents, scope, kGroups, shape);
}

}  // namespace

front::Service monitor_service(Rooms& rooms) {
  using front::action;
  constexpr std::string_view read_rules = "Microsoft.Insights/activityLogAlerts/read", write_rules = "Microsoft.Insights/activityLogAlerts/write";
  constexpr std::string_view read_groups = "Microsoft.Insights/actionGroups/read", write_groups = "Microsoft.Insights/actionGroups/write";
  return arm::management_service("monitor", front::bind(rooms, std::vector<front::OperationOf<Rooms>>{
      {"ListActivityLog", "GET", SUBSCRIPTION "eventtypes/management/values", &list_activity, action("Microsoft.Insights/eventtypes/values/read")},
      {"ListEventCategories", "GET", "/providers/Microsoft.Insights/eventcategories", &list_categories, front::authenticated()},
      {"PutActivityLogAlert", "PUT", GROUP "activityLogAlerts/{name}", &put_rule, action(write_rules)},
      {"UpdateActivityLogAlert", "PATCH", GROUP "activityLogAlerts/{name}", &patch, action(write_rules)},
      {"GetActivityLogAlert", "GET", GROUP "activityLogAlerts/{name}", &get, action(read_rules)},
      {"DeleteActivityLogAlert", "DELETE", GROUP "activityLogAlerts/{name}", &remove, action("Microsoft.Insights/activityLogAlerts/delete")},
      {"ListActivityLogAlertsOfGroup", "GET", GROUP "activityLogAlerts", &list_rules, action(read_rules)},
      {"ListActivityLogAlerts", "GET", SUBSCRIPTION "activityLogAlerts", &list_rules, action(read_rules)},
      {"PutActionGroup", "PUT", GROUP "actionGroups/{name}", &put_group, action(write_groups)},
      {"UpdateActionGroup", "PATCH", GROUP "actionGroups/{name}", &patch, action(write_groups)},
      {"GetActionGroup", "GET", GROUP "actionGroups/{name}", &get, action(read_groups)},
      {"DeleteActionGroup", "DELETE", GROUP "actionGroups/{name}", &remove, action("Microsoft.Insights/actionGroups/delete")},
      {"ListActionGroupsOfGroup", "GET", GROUP "actionGroups", &list_groups, action(read_groups)},
      {"ListActionGroups", "GET", SUBSCRIPTION "actionGroups", &list_groups, action(read_groups)},
  }));
}

}  // namespace axonite::service::monitor
