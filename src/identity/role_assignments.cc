#include "identity/role_assignments.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "base/text.h"

namespace axonite::identity {
namespace {

int number(RoleSystem system) { return system == RoleSystem::azure ? 0 : 1; }

std::string scope_key(std::string_view scope) {
  std::string key = text::to_lower(scope);
  while (key.size() > 1 && key.ends_with('/')) key.pop_back();
  return key.empty() ? "/" : key;
}

// "workspaces/w" of "workspaces/w/bigDataPools/p".
std::string_view workspace_of(std::string_view scope) {
  std::size_t name = scope.find('/');
  return name == std::string_view::npos ? scope : scope.substr(0, scope.find('/', name + 1));
}

bool grants(const std::vector<std::string_view>& allowed, const std::vector<std::string_view>& denied, std::string_view action) {
  auto matches = [&](std::string_view pattern) { return action_matches(pattern, action); };
  return std::ranges::any_of(allowed, matches) && std::ranges::none_of(denied, matches);
}

RoleAssignment read_row(store::Statement& row) {
  return {.system = row.integer(0) == 0 ? RoleSystem::azure : RoleSystem::synapse,
          .id = std::string(row.text(1)),
          .scope = std::string(row.text(2)),
          .role_id = std::string(row.text(3)),
          .principal_id = std::string(row.text(4)),
          .created_by = std::string(row.text(5)),
          .created = from_unix_nanoseconds(row.integer(6))};
}

class StoredRoleAssignments : public RoleAssignments {
 public:
  StoredRoleAssignments(store::Database& database, Clock& clock) : database_(database), clock_(clock) {}

  Result<void> load() {
    return database_.read([&](store::Connection& connection) {
      return connection.each("SELECT system,id,scope,role_id,principal_id,created_by,created FROM role_assignment",
                             [&](store::Statement& row) { insert(read_row(row)); });
    });
  }

  Result<void> authorize(const Principal& principal, std::string_view action, std::string_view scope, RoleSystem system) const override {
    return check(principal, action, scope, system, false);
  }
  Result<void> authorize_data(const Principal& principal, std::string_view action, std::string_view scope) const override {
    return check(principal, action, scope, RoleSystem::azure, true);
  }

  Result<RoleAssignment> assign(RoleAssignment wanted) override {
    if (!find_role(wanted.system, wanted.role_id))
      return std::unexpected(not_found("RoleDefinitionDoesNotExist", "The specified role definition with ID '" + wanted.role_id + "' does not exist."));
    wanted.id = text::to_lower(wanted.id);
    wanted.created = clock_.now();
    {
      std::shared_lock lock(mutex_);
      for (const RoleAssignment& there : of(wanted.principal_id)) {
        bool same = there.system == wanted.system && there.role_id == wanted.role_id && scope_key(there.scope) == scope_key(wanted.scope);
        if (same && there.id == wanted.id) return there;
        if (same) return std::unexpected(conflict("RoleAssignmentExists", "The role assignment already exists. The ID of the existing role assignment is " + text::replace_all(there.id, "-", "") + "."));
        if (there.system == wanted.system && there.id == wanted.id)
          return std::unexpected(conflict("RoleAssignmentUpdateNotPermitted", "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."));
      }
    }
    CHECK_OK(database_.write([&](store::Connection& connection) {
      return connection.execute("INSERT INTO role_assignment(system,id,scope,role_id,principal_id,created_by,created) VALUES(?1,?2,?3,?4,?5,?6,?7)",
                                number(wanted.system), wanted.id, wanted.scope, wanted.role_id, wanted.principal_id, wanted.created_by,
                                to_unix_nanoseconds(wanted.created));
    }));
    std::unique_lock lock(mutex_);
    insert(wanted);
    return wanted;
  }

  Result<std::optional<RoleAssignment>> remove(RoleSystem system, std::string_view id) override {
    auto there = find(system, id);
    if (!there) return std::nullopt;
    CHECK_OK(database_.write([&](store::Connection& connection) {
      return connection.execute("DELETE FROM role_assignment WHERE system=?1 AND id=?2", number(system), there->id);
    }));
    std::unique_lock lock(mutex_);
    std::erase_if(by_principal_[there->principal_id], [&](const RoleAssignment& one) { return one.system == system && one.id == there->id; });
    return there;
  }

  Result<void> remove_principal(std::string_view principal_id) override {
    CHECK_OK(database_.write([&](store::Connection& connection) {
      return connection.execute("DELETE FROM role_assignment WHERE principal_id=?1", principal_id);
    }));
    std::unique_lock lock(mutex_);
    by_principal_.erase(std::string(principal_id));
    return ok();
  }

  std::optional<RoleAssignment> find(RoleSystem system, std::string_view id) const override {
    std::shared_lock lock(mutex_);
    for (const auto& [principal, assignments] : by_principal_)
      for (const RoleAssignment& one : assignments)
        if (one.system == system && text::equals_ignoring_case(one.id, id)) return one;
    return std::nullopt;
  }

  std::vector<RoleAssignment> list(RoleSystem system, std::string_view scope, std::string_view principal_id) const override {
    std::shared_lock lock(mutex_);
    std::vector<RoleAssignment> found;
    for (const auto& [principal, assignments] : by_principal_) {
      if (!principal_id.empty() && principal != principal_id) continue;
      for (const RoleAssignment& one : assignments)
        if (one.system == system && (scope_within(scope, one.scope) || scope_within(one.scope, scope))) found.push_back(one);
    }
    std::ranges::sort(found, {}, &RoleAssignment::id);
    return found;
  }

 private:
  const std::vector<RoleAssignment>& of(const std::string& principal_id) const {
    static const std::vector<RoleAssignment> kNone;
    auto found = by_principal_.find(principal_id);
    return found == by_principal_.end() ? kNone : found->second;
  }
  void insert(const RoleAssignment& assignment) { by_principal_[assignment.principal_id].push_back(assignment); }

  Result<void> check(const Principal& principal, std::string_view action, std::string_view scope, RoleSystem system, bool data) const {
    if (principal.kind == Principal::Kind::system) return ok();
    std::shared_lock lock(mutex_);
    for (const RoleAssignment& one : of(principal.object_id)) {
      if (one.system != system) continue;
      // Whoever has a Synapse role anywhere in a workspace is a Synapse User of all of it.
      if (system == RoleSystem::synapse && action == "workspaces/read" && scope_within(one.scope, workspace_of(scope))) return ok();
      if (!scope_within(scope, one.scope)) continue;
      const RoleDefinition* role = find_role(system, one.role_id);
      if (!role) continue;
      if (data ? grants(role->data_actions, role->not_data_actions, action) : grants(role->actions, role->not_actions, action)) return ok();
    }
    return std::unexpected(forbidden("AuthorizationFailed", "The client '" + principal.app_id + "' with object id '" + principal.object_id +
                                                                "' does not have authorization to perform action '" + std::string(action) +
                                                                "' over scope '" + std::string(scope) +
                                                                "' or the scope is invalid. If access was recently granted, please refresh your credentials."));
  }

  store::Database& database_;
  Clock& clock_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::vector<RoleAssignment>> by_principal_;
};

}  // namespace

Result<std::unique_ptr<RoleAssignments>> RoleAssignments::open(store::Database& database, Clock& clock) {
  auto assignments = std::make_unique<StoredRoleAssignments>(database, clock);
  CHECK_OK(assignments->load());
  return assignments;
}

const RoleDefinition* find_role(RoleSystem system, std::string_view id) {
  for (const RoleDefinition& role : role_definitions(system))
    if (text::equals_ignoring_case(role.id, id)) return &role;
  return nullptr;
}

bool action_matches(std::string_view pattern, std::string_view text) {
  std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return text::equals_ignoring_case(pattern, text);
  if (!text::starts_with_ignoring_case(text, pattern.substr(0, star))) return false;
  pattern.remove_prefix(star + 1);
  text.remove_prefix(star);
  if (pattern.empty()) return true;
  for (std::size_t i = 0; i <= text.size(); ++i)
    if (action_matches(pattern, text.substr(i))) return true;
  return false;
}

bool scope_within(std::string_view scope, std::string_view above) {
  while (above.ends_with('/')) above.remove_suffix(1);
  if (above.empty()) return true;
  if (!text::starts_with_ignoring_case(scope, above)) return false;
  return scope.size() == above.size() || scope[above.size()] == '/';
}

}  // namespace axonite::identity
