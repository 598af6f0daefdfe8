// Files and directories: reading, replacing, editing, removing.
#include <algorithm>

#include "base/text.h"
#include "lake/state.h"

namespace axonite::lake {
namespace {

std::string octal(unsigned mode) {
  return {static_cast<char>('0' + (mode >> 6 & 7)), static_cast<char>('0' + (mode >> 3 & 7)), static_cast<char>('0' + (mode & 7))};
}

Result<std::string> acl_of_new(const Node& parent, bool is_directory, const NewPath& how) {
  if (!how.permissions) return inherited_acl(parent.acl, is_directory, is_directory ? 0777 : 0666, how.umask);
  TRY(unsigned mode, parse_mode(*how.permissions));
  std::string inherited = inherited_acl(parent.acl, is_directory, 0, 0);
  return with_permissions(inherited, octal(mode & ~how.umask));
}

}  // namespace

Result<Node> Lake::State::ensure_parent(store::Connection& c, const Location& location, const NewPath& how) {
  TRY(auto nodes, tables::chain(c, parent_of(location)));
  Node parent = std::move(nodes.back());
  std::string_view wanted = location.path;
  wanted = wanted.substr(0, wanted.size() - last_part(wanted).size());
  if (wanted.ends_with('/')) wanted.remove_suffix(1);
  while (parent.path != wanted) {
    if (!parent.is_directory) break;
    std::size_t begin = parent.path.empty() ? 0 : parent.path.size() + 1;
    std::string path(wanted.substr(0, std::min(wanted.find('/', begin), wanted.size())));
    Node child{.parent = parent.id, .name = path.substr(begin), .path = path, .is_directory = true};
    child.created = child.modified = clock.now();
    child.version = next_version();
    child.owner = how.owner.empty() ? "$superuser" : how.owner;
    child.group = parent.group;
    child.acl = inherited_acl(parent.acl, true, 0777, 027);
    CHECK_OK(tables::insert(c, child));
    parent = std::move(child);
  }
  if (!parent.is_directory) return std::unexpected(conflict("PathConflict", "A parent of the path is a file."));
  return parent;
}

Result<Node> Lake::State::node_for_write(store::Connection& c, const Location& location, const NewPath& how, const Guard& guard) {
  TRY(Node parent, ensure_parent(c, location, how));
  TRY(auto found, tables::find_child(c, parent.id, last_part(location.path)));
  CHECK_OK(check_for_write(guard.conditions, found ? &*found : nullptr));
  Node node;
  if (found) {
    node = std::move(*found);
    CHECK_OK(check_lease(guard.lease_id, node, clock.now()));
  } else {
    if (!guard.lease_id.empty()) return std::unexpected(precondition_failed("LeaseNotPresentWithBlobOperation", "There is currently no lease on the resource."));
    node.parent = parent.id;
    node.name = last_part(location.path);
    node.created = clock.now();
    node.owner = how.owner.empty() ? "$superuser" : how.owner;
    node.group = parent.group;
  }
  node.path = location.path;
  if (node.acl.empty()) node.acl = parent.acl;  // the caller narrows it for what it makes
  return node;
}

Result<Node> Lake::State::existing_for_write(store::Connection& c, const Location& location, const Guard& guard) {
  TRY(Node node, tables::get(c, location));
  CHECK_OK(check_for_write(guard.conditions, &node));
  CHECK_OK(check_lease(guard.lease_id, node, clock.now()));
  return node;
}

ContentWriter Lake::new_content() const { return ContentWriter(state_->content); }

Result<Node> Lake::put(const Location& location, const Content& content, const NewPath& how, const Guard& guard) {
  CHECK_OK(check_path(location));
  return state_->change_with<Node>(content, {cache_key(location)}, [&](store::Connection& c, tables::Garbage& garbage) -> Result<Node> {
    TRY(Node node, state_->node_for_write(c, location, how, guard));
    if (node.is_directory) return std::unexpected(conflict("PathConflict", "The path is a directory."));
    if (node.id == 0 || how.permissions) {
      Node parent{.acl = node.acl};
      TRY(node.acl, acl_of_new(parent, false, how));
    }
    node.properties = how.properties;
    node.is_append_blob = how.is_append_blob;
    node.tier = how.tier;
    node.modified = state_->clock.now();
    node.version = state_->next_version(&node);
    if (node.id == 0 && content.file.empty()) {
      node.size = content.size;
      CHECK_OK(tables::insert(c, node, store::Blob{content.bytes}));
      return node;
    }
    bool existed = node.id != 0;
    CHECK_OK(existed ? tables::update(c, node) : tables::insert(c, node));
    if (existed) CHECK_OK(tables::drop_appends(c, node, garbage));
    CHECK_OK(tables::set_content(c, node, content, garbage));
    return node;
  });
}

Result<Node> Lake::make_directory(const Location& location, const NewPath& how, const Guard& guard) {
  CHECK_OK(check_path(location));
  return state_->change<Node>({cache_key(location)}, [&](store::Connection& c, tables::Garbage&) -> Result<Node> {
    TRY(Node node, state_->node_for_write(c, location, how, guard));
    if (node.id != 0 && !node.is_directory)
      return std::unexpected(conflict("PathAlreadyExists", "The specified path already exists and is a file."));
    if (node.id == 0) {
      Node parent{.acl = node.acl};
      TRY(node.acl, acl_of_new(parent, true, how));
    }
    node.is_directory = true;
    node.properties = how.properties;
    node.modified = state_->clock.now();
    node.version = state_->next_version(&node);
    CHECK_OK(node.id != 0 ? tables::update(c, node) : tables::insert(c, node));
    return node;
  });
}

Result<Node> Lake::edit(const Location& location, const Guard& guard, const Edit& change) {
  return state_->change<Node>({cache_key(location)}, [&](store::Connection& c, tables::Garbage&) -> Result<Node> {
    TRY(Node node, state_->existing_for_write(c, location, guard));
    CHECK_OK(change(node));
    node.modified = state_->clock.now();
    node.version = state_->next_version(&node);
    CHECK_OK(tables::update(c, node));
    return node;
  });
}

Result<void> Lake::set_tier(const Location& location, const std::string& tier, const Guard& guard) {
  auto set = state_->change<bool>({cache_key(location)}, [&](store::Connection& c, tables::Garbage&) -> Result<bool> {
    TRY(Node node, state_->existing_for_write(c, location, guard));
    if (node.is_directory || node.is_append_blob) return std::unexpected(conflict("InvalidBlobType", "The blob type is invalid for this operation."));
    node.tier = tier;
    CHECK_OK(tables::update(c, node));
    return true;
  });
  CHECK_OK(set);
  return ok();
}

Result<void> Lake::remove(const Location& location, bool recursive, const Guard& guard) {
  CHECK_OK(check_path(location));
  TRY(Node seen, stat(location));
  // A directory's going changes every key below it.
  std::vector<std::string> keys;
  if (!seen.is_directory) keys.push_back(cache_key(location));
  TRY(bool discarded, state_->change<bool>(std::move(keys), [&](store::Connection& c, tables::Garbage& garbage) -> Result<bool> {
    TRY(Node node, state_->existing_for_write(c, location, guard));
    if (!node.is_directory) {
      CHECK_OK(tables::erase(c, node, garbage));
      return false;
    }
    if (!seen.is_directory) return std::unexpected(conflict("PathConflict", "The path has just become a directory."));
    TRY(bool full, tables::has_children(c, node.id));
    if (full && !recursive)
      return std::unexpected(conflict("DirectoryNotEmpty", "The recursive query parameter value must be true to delete a non-empty directory."));
    CHECK_OK(tables::discard(c, node));
    return true;
  }));
  return discarded ? state_->purge() : ok();
}

Result<Node> Lake::copy(const Location& from, const Location& to, const Conditions& source, const Guard& guard,
                        const std::optional<std::map<std::string, std::string>>& metadata, const NewPath& how) {
  CHECK_OK(check_path(to));
  return state_->change<Node>({cache_key(to)}, [&](store::Connection& c, tables::Garbage& garbage) -> Result<Node> {
    TRY(Node original, tables::get(c, from));
    if (original.is_directory) return std::unexpected(conflict("PathConflict", "A directory cannot be copied."));
    CHECK_OK(check_for_write(source, &original));
    TRY(Snapshot taken, tables::load_content(c, original));
    TRY(Node node, state_->node_for_write(c, to, how, guard));
    if (node.is_directory) return std::unexpected(conflict("PathConflict", "The path is a directory."));
    if (original.tier == "Archive") return std::unexpected(conflict("BlobArchived", "This operation is not permitted on an archived blob."));
    node.properties = original.properties;
    node.tier = how.tier;
    if (metadata) node.properties.metadata = *metadata;
    if (node.id == 0) node.acl = inherited_acl(node.acl, false, 0666, 027);
    node.modified = state_->clock.now();
    node.version = state_->next_version(&node);
    CHECK_OK(node.id != 0 ? tables::update(c, node) : tables::insert(c, node));
    if (taken.bytes) CHECK_OK(tables::set_content(c, node, {taken.bytes->size(), *taken.bytes, {}}, garbage));
    else CHECK_OK(tables::set_extents(c, node, taken.extents, garbage));
    return node;
  });
}

}  // namespace axonite::lake
