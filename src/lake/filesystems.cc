#include <algorithm>

#include "base/text.h"
#include "lake/state.h"

namespace axonite::lake {
namespace {

// 3 to 63 lower-case letters, digits and single hyphens; "$root" and its like are the service's own.
Result<void> check_name(std::string_view name) {
  auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  bool fits = name.size() >= 3 && name.size() <= 63 && plain(name.front()) && plain(name.back()) &&
              std::ranges::all_of(name, [&](char c) { return plain(c) || c == '-'; }) && name.find("--") == std::string_view::npos;
  if (fits || name == "$root" || name == "$web" || name == "$logs") return ok();
  return std::unexpected(invalid("InvalidResourceName", "The specified resource name contains invalid characters."));
}

}  // namespace

Result<Node> Lake::create_filesystem(const Location& location, const std::map<std::string, std::string>& metadata, std::string owner) {
  CHECK_OK(check_name(location.filesystem));
  CHECK_OK(account(location.account));
  Location at{location.account, location.filesystem, ""};
  return state_->change<Node>({cache_key(at)}, [&](store::Connection& c, tables::Garbage&) -> Result<Node> {
    if (tables::root(c, at)) return std::unexpected(conflict("FilesystemAlreadyExists", "The specified filesystem already exists."));
    Node node{.parent = tables::kTop, .name = at.account + "/" + at.filesystem, .is_directory = true};
    node.created = node.modified = state_->clock.now();
    node.version = state_->next_version();
    node.properties.metadata = metadata;
    node.owner = owner.empty() ? "$superuser" : owner;
    node.group = "$superuser";
    node.acl = "user::rwx,group::r-x,other::---";
    CHECK_OK(tables::insert(c, node));
    return node;
  });
}

Result<void> Lake::remove_filesystem(const Location& location, const Guard& guard) {
  Location at{location.account, location.filesystem, ""};
  CHECK_OK(state_->change<bool>({}, [&](store::Connection& c, tables::Garbage&) -> Result<bool> {
    TRY(Node node, tables::root(c, at));
    CHECK_OK(check_for_write(guard.conditions, &node));
    CHECK_OK(check_lease(guard.lease_id, node, state_->clock.now()));
    CHECK_OK(tables::discard(c, node));
    return true;
  }));
  return state_->purge();
}

Result<Listing> Lake::list_filesystems(std::string_view account, const ListOptions& options) const {
  Listing listing;
  std::string base = std::string(account) + "/";
  std::string from = base + std::max(options.from, options.prefix);
  CHECK_OK(state_->database->read([&](store::Connection& c) -> Result<void> {
    TRY(auto nodes, tables::children(c, tables::kTop, from, false, static_cast<int>(options.count_max) + 1));
    for (Node& node : nodes) {
      if (!node.name.starts_with(base + options.prefix)) break;
      node.name.erase(0, base.size());
      if (listing.nodes.size() == options.count_max) {
        listing.next = node.name;
        break;
      }
      listing.nodes.push_back(std::move(node));
    }
    return ok();
  }));
  return listing;
}

}  // namespace axonite::lake
