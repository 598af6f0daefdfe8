#pragma once
// Roles and who has them where. Assignments are kept in identity.db and indexed in memory by principal, so that a check
// costs what that principal has, not what is stored.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "identity/access.h"
#include "store/database.h"

namespace axonite::identity {

// A built-in role with its real id. Lists of patterns: "*" stands for any text, compared without case.
struct RoleDefinition {
  std::string_view id, name, description;
  std::vector<std::string_view> actions, not_actions, data_actions, not_data_actions;
  std::vector<std::string_view> scopes = {};  // of Synapse roles: templates of where they may be assigned
};

const std::vector<RoleDefinition>& role_definitions(RoleSystem system);
// By id; nullptr when unknown.
const RoleDefinition* find_role(RoleSystem system, std::string_view id);

struct RoleAssignment {
  RoleSystem system = RoleSystem::azure;
  std::string id;     // a GUID, given by who assigns
  std::string scope;  // "/subscriptions/…", or "workspaces/w" for synapse
  std::string role_id;
  std::string principal_id;
  std::string created_by;
  Time created{};
};

class RoleAssignments : public Authorizer {
 public:
  static Result<std::unique_ptr<RoleAssignments>> open(store::Database& database, Clock& clock);

  // conflict("RoleAssignmentExists") for the same role, principal and scope under another id; not_found("RoleDefinitionDoesNotExist").
  // The same assignment again is no error and changes nothing.
  virtual Result<RoleAssignment> assign(RoleAssignment assignment) = 0;
  virtual Result<std::optional<RoleAssignment>> remove(RoleSystem system, std::string_view id) = 0;
  virtual Result<void> remove_principal(std::string_view principal_id) = 0;
  virtual std::optional<RoleAssignment> find(RoleSystem system, std::string_view id) const = 0;
  // Those at `scope`, above it and below it (as ARM lists), or only of one principal when given.
  virtual std::vector<RoleAssignment> list(RoleSystem system, std::string_view scope, std::string_view principal_id = {}) const = 0;
};

// Whether `pattern` (with '*') matches all of `text`, without case.
bool action_matches(std::string_view pattern, std::string_view text);
// Whether `scope` is `above` or lies below it; "/" is above all.
bool scope_within(std::string_view scope, std::string_view above);

}  // namespace axonite::identity
