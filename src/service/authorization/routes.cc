#include <deque>

#include "base/text.h"
#include "service/authorization/handlers.h"

namespace axonite::service::authorization {
namespace {

constexpr std::string_view kProvider = "/providers/Microsoft.Authorization/";
constexpr int kResourceDepth = 5;  // vaults/secrets is 2, storage containers are 3

// Where a role may be assigned, as path templates. They live as long as the program: rows keep views of them.
const std::deque<std::string>& scope_templates() {
  static const std::deque<std::string> kTemplates = [] {
    std::deque<std::string> made{"", "/subscriptions/{subscription}", "/subscriptions/{subscription}/resourceGroups/{group}"};
    std::string resource = made.back() + "/providers/{provider}";
    for (int depth = 1; depth <= kResourceDepth; ++depth) {
      std::string level = std::to_string(depth);
      resource += "/{type" + level + "}/{name" + level + "}";
      made.push_back(resource);
    }
    return made;
  }();
  return kTemplates;
}

std::string_view kept(std::string text) {
  static std::deque<std::string> texts;
  return texts.emplace_back(std::move(text));
}

}  // namespace

std::string scope_of(const front::Call& call) {
  std::string path = text::percent_decode(call.request.path).value_or(call.request.path);
  std::size_t end = text::to_lower(path).rfind(text::to_lower(kProvider));
  std::string_view scope = std::string_view(path).substr(0, end);
  while (scope.starts_with('/')) scope.remove_prefix(1);  // SDKs put a scope that starts with '/' behind another '/'
  while (scope.ends_with('/')) scope.remove_suffix(1);
  return "/" + std::string(scope);
}

std::string subscription_of(std::string_view scope) {
  auto parts = text::split(scope, '/');
  if (parts.size() < 3 || !text::equals_ignoring_case(parts[1], "subscriptions")) return {};
  return "/subscriptions/" + std::string(parts[2]);
}

front::Service authorization_service(Rooms& rooms) {
  std::vector<front::OperationOf<Rooms>> rows;
  for (const std::string& scope : scope_templates()) {
    std::string_view assignments = kept(scope + "/providers/Microsoft.Authorization/roleAssignments");
    std::string_view assignment = kept(std::string(assignments) + "/{name}");
    std::string_view definitions = kept(scope + "/providers/Microsoft.Authorization/roleDefinitions");
    std::string_view definition = kept(std::string(definitions) + "/{name}");
    rows.push_back({"PutRoleAssignment", "PUT", assignment, &put_assignment, front::action("Microsoft.Authorization/roleAssignments/write")});
    rows.push_back({"GetRoleAssignment", "GET", assignment, &get_assignment, front::action("Microsoft.Authorization/roleAssignments/read")});
    rows.push_back({"DeleteRoleAssignment", "DELETE", assignment, &delete_assignment, front::action("Microsoft.Authorization/roleAssignments/delete")});
    rows.push_back({"ListRoleAssignments", "GET", assignments, &list_assignments, front::action("Microsoft.Authorization/roleAssignments/read")});
    // The definitions are the same for everyone, and clients look them up at scopes where they may do nothing yet.
    rows.push_back({"GetRoleDefinition", "GET", definition, &get_definition, front::authenticated()});
    rows.push_back({"ListRoleDefinitions", "GET", definitions, &list_definitions, front::authenticated()});
    rows.push_back({"PutRoleDefinition", "PUT", definition, &refuse_definition, front::action("Microsoft.Authorization/roleDefinitions/write")});
    rows.push_back({"DeleteRoleDefinition", "DELETE", definition, &refuse_definition, front::action("Microsoft.Authorization/roleDefinitions/delete")});
  }
  front::Service service = arm::management_service("authorization", front::bind<Rooms>(rooms, rows));
  service.scope = [](const front::Call& call) -> Result<std::string> { return scope_of(call); };
  return service;
}

}  // namespace axonite::service::authorization
