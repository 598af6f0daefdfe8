#include "lake/state.h"

namespace axonite::lake {
namespace {

// What stands at the destination makes way, or refuses.
Result<void> replace(Lake::State& state, store::Connection& c, const Node& source, const Node& target, const Guard& guard, tables::Garbage& garbage) {
  CHECK_OK(check_lease(guard.lease_id, target, state.clock.now()));
  if (target.is_directory != source.is_directory)
    return std::unexpected(conflict("InvalidSourceOrDestinationResourceType", "The source and destination resource type must be identical."));
  if (target.is_directory) {
    TRY(bool full, tables::has_children(c, target.id));
    if (full) return std::unexpected(conflict("DestinationPathIsNotEmpty", "The destination directory is not empty."));
  }
  return tables::erase(c, target, garbage);
}

}  // namespace

// The node keeps its id, so that everything below a directory moves with it, and its version, so that its etag
// survives (ABFS compares etags to learn whether a lost answer had been a success).
Result<Node> Lake::rename(const Location& from, const Location& to, const Guard& source, const Guard& destination) {
  CHECK_OK(check_path(from));
  CHECK_OK(check_path(to));
  if (from.account != to.account) return std::unexpected(invalid("InvalidRenameSourcePath", "The source of a rename is in another account."));
  if (to.filesystem == from.filesystem && to.path.starts_with(from.path + "/"))
    return std::unexpected(conflict("InvalidRenameSourcePath", "A directory cannot be moved below itself."));
  auto missing = [](const char* code, const char* what) { return std::unexpected(not_found(code, what)); };
  auto seen = stat(from);
  if (!seen) return seen.error().code == "PathNotFound" ? missing("SourcePathNotFound", "The source path for a rename operation does not exist.") : seen;
  std::vector<std::string> keys;
  if (!seen->is_directory) keys = {cache_key(from), cache_key(to)};
  return state_->change<Node>(std::move(keys), [&](store::Connection& c, tables::Garbage& garbage) -> Result<Node> {
    TRY(auto moved, tables::find(c, from));
    if (!moved) return missing("SourcePathNotFound", "The source path for a rename operation does not exist.");
    if (moved->is_directory != seen->is_directory) return std::unexpected(conflict("PathConflict", "The source has just been replaced."));
    CHECK_OK(check_for_write(source.conditions, &*moved));
    CHECK_OK(check_lease(source.lease_id, *moved, state_->clock.now()));
    TRY(auto parent, tables::find(c, parent_of(to)));
    if (!parent || !parent->is_directory)
      return missing("RenameDestinationParentPathNotFound", "The parent directory of the destination path does not exist.");
    TRY(auto target, tables::find_child(c, parent->id, last_part(to.path)));
    if (target && target->id == moved->id) return std::move(*moved);
    CHECK_OK(check_for_write(destination.conditions, target ? &*target : nullptr));
    if (target) CHECK_OK(replace(*state_, c, *moved, *target, destination, garbage));
    moved->parent = parent->id;
    moved->name = last_part(to.path);
    moved->path = to.path;
    CHECK_OK(tables::update(c, *moved));
    return std::move(*moved);
  });
}

}  // namespace axonite::lake
