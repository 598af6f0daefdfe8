// Who may what. Azure evaluates roles first; only when none grants does the path's ACL decide, which needs execute on
// every directory above (Azure documentation, "Access control model in ADLS Gen2").
#include "lake/state.h"

namespace axonite::lake {
namespace {

constexpr std::string_view kBlobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/";

std::string data_action(Right right) {
  switch (right) {
    case Right::read:
    case Right::list:
    case Right::stat: return std::string(kBlobs) + "read";
    case Right::write:
    case Right::create: return std::string(kBlobs) + "write";
    case Right::remove: return std::string(kBlobs) + "delete";
    case Right::set_owner: return std::string(kBlobs) + "manageOwnership/action";
    case Right::set_acl: return std::string(kBlobs) + "modifyPermissions/action";
  }
  return std::string(kBlobs) + "write";
}

Error mismatch() {
  return forbidden("AuthorizationPermissionMismatch", "This request is not authorized to perform this operation using this permission.");
}

std::string scope_of(const Account& account, const Location& location) {
  if (location.filesystem.empty()) return account.resource_id;
  return account.resource_id + "/blobServices/default/containers/" + location.filesystem;
}

struct Walker {
  const std::string& object_id;
  bool may(const Node& node, unsigned needed) const { return (granted(node.acl, node.owner, node.group, object_id) & needed) == needed; }
};

bool acl_allows(const std::vector<Node>& chain, bool is_whole, Right right, const std::string& object_id) {
  Walker walker{object_id};
  const Node& last = chain.back();
  std::size_t above = is_whole ? chain.size() - 1 : chain.size();
  for (std::size_t i = 0; i < above; ++i)
    if (!walker.may(chain[i], access_execute)) return false;
  const Node& parent = is_whole && chain.size() > 1 ? chain[chain.size() - 2] : last;
  switch (right) {
    case Right::stat: return true;
    case Right::read: return !is_whole || walker.may(last, access_read);
    case Right::list: return !is_whole || walker.may(last, access_read | access_execute);
    case Right::write:
    case Right::create: return is_whole && !last.is_directory ? walker.may(last, access_write) : walker.may(parent, access_write | access_execute);
    case Right::remove: return walker.may(parent, access_write | access_execute);
    case Right::set_acl: return is_whole && last.owner == object_id;
    case Right::set_owner: return false;
  }
  return false;
}

}  // namespace

Result<void> Lake::allow_by_role(const identity::Principal& principal, Right right, const Location& location) const {
  using Kind = identity::Principal::Kind;
  if (principal.kind == Kind::system) return ok();
  if (principal.kind == Kind::account_key) return principal.object_id == location.account ? ok() : std::unexpected(mismatch());
  if (principal.kind == Kind::anonymous || principal.kind == Kind::sql_login) return std::unexpected(mismatch());
  TRY(auto of, account(location.account));
  return state_->authorizer.authorize_data(principal, data_action(right), scope_of(*of, location));
}

Result<void> Lake::allow(const identity::Principal& principal, Right right, const Location& location) const {
  using Kind = identity::Principal::Kind;
  auto by_role = allow_by_role(principal, right, location);
  if (by_role) return ok();
  bool has_acls = principal.kind == Kind::service_principal || principal.kind == Kind::managed_identity;
  if (!has_acls || by_role.error().kind != Error::Kind::forbidden) return std::unexpected(mismatch());
  TRY(auto of, account(location.account));
  if (!of->is_hierarchical) return std::unexpected(mismatch());
  auto chain = store::read<std::vector<Node>>(*state_->database, [&](store::Connection& c) { return tables::chain(c, location); });
  if (!chain || !acl_allows(*chain, chain->back().path == location.path, right, principal.object_id)) return std::unexpected(mismatch());
  return ok();
}

Result<void> Lake::check_access(const identity::Principal& principal, unsigned access, const Location& location) const {
  bool by_right = true;
  if (access & (access_read | access_execute) || access == 0) by_right = allow_by_role(principal, Right::read, location).has_value();
  if (access & access_write) by_right = by_right && allow_by_role(principal, Right::write, location).has_value();
  if (by_right) return ok();
  TRY(auto of, account(location.account));
  if (!of->is_hierarchical) return std::unexpected(mismatch());
  TRY(auto chain, store::read<std::vector<Node>>(*state_->database, [&](store::Connection& c) { return tables::chain(c, location); }));
  if (chain.back().path != location.path) return std::unexpected(not_found("PathNotFound", "The specified path does not exist."));
  Walker walker{principal.object_id};
  for (std::size_t i = 0; i + 1 < chain.size(); ++i)
    if (!walker.may(chain[i], access_execute)) return std::unexpected(mismatch());
  return walker.may(chain.back(), access) ? ok() : std::unexpected(mismatch());
}

Result<AclChange> Lake::change_acls(const Location& directory, AclMode mode, std::string_view acl, const std::string& from, std::size_t count_max) {
  CHECK_OK(changed_acl("user::rwx,group::r-x,other::---", mode, acl, true));  // a bad list changes nothing anywhere
  Listing listing;
  TRY(Node top, stat(directory));
  if (top.is_directory) {
    TRY(listing, list(directory, {.from = from, .count_max = count_max}));
  }
  if (from.empty()) listing.nodes.insert(listing.nodes.begin(), top);
  std::vector<std::string> keys;
  for (const Node& node : listing.nodes) keys.push_back(cache_key({directory.account, directory.filesystem, node.path}));
  return state_->change<AclChange>(keys, [&](store::Connection& c, tables::Garbage&) -> Result<AclChange> {
    AclChange done{.next = listing.next};
    for (const Node& listed : listing.nodes) {
      TRY(auto node, tables::find(c, {directory.account, directory.filesystem, listed.path}));
      if (!node) continue;  // gone since
      auto changed = changed_acl(node->acl, mode, acl, node->is_directory);
      if (!changed) {
        done.failed.emplace_back(*node, changed.error());
        continue;
      }
      node->acl = *changed;
      node->modified = state_->clock.now();
      node->version = state_->next_version(&*node);
      CHECK_OK(tables::update(c, *node));
      ++(node->is_directory ? done.directories : done.files);
    }
    return done;
  });
}

Result<void> Lake::allow_action(const identity::Principal& principal, std::string_view action, const Location& location) const {
  using Kind = identity::Principal::Kind;
  if (principal.kind == Kind::system) return ok();
  if (principal.kind == Kind::account_key) return principal.object_id == location.account ? ok() : std::unexpected(mismatch());
  TRY(auto of, account(location.account));
  if (state_->authorizer.authorize(principal, action, scope_of(*of, location))) return ok();
  return std::unexpected(mismatch());
}

}  // namespace axonite::lake
