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

Result<void> Lake::allow(const identity::Principal& principal, Right right, const Location& location) const {
  using Kind = identity::Principal::Kind;
  if (principal.kind == Kind::system) return ok();
  if (principal.kind == Kind::account_key) return principal.object_id == location.account ? ok() : std::unexpected(mismatch());
  if (principal.kind == Kind::anonymous || principal.kind == Kind::sql_login) return std::unexpected(mismatch());
  TRY(auto of, account(location.account));
  auto by_role = state_->authorizer.authorize_data(principal, data_action(right), scope_of(*of, location));
  if (by_role) return ok();
  if (!of->is_hierarchical || by_role.error().kind != Error::Kind::forbidden) return std::unexpected(mismatch());
  auto chain = store::read<std::vector<Node>>(*state_->database, [&](store::Connection& c) { return tables::chain(c, location); });
  if (!chain || !acl_allows(*chain, chain->back().path == location.path, right, principal.object_id)) return std::unexpected(mismatch());
  return ok();
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
