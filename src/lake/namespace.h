#pragma once
// The lake without its callers' rights: accounts, file systems (containers), paths, content, leases. Protocols ask
// allow() first; everybody else goes through view(), which does so for them.
// Thread-safe. What a writing call returned is durable.
#include "base/secret.h"
#include "lake/acl.h"
#include "lake/conditions.h"
#include "lake/content.h"
#include "lake/lake.h"
#include "lake/node.h"

namespace axonite::lake {

struct Account {
  std::string name;
  std::string resource_id;  // of the ARM resource; where roles are checked
  bool is_hierarchical = true;
  Secret keys[2];  // base64
  Time created{};
};

struct LakeOptions {
  std::size_t inline_bytes_max = 64u << 10;  // larger content lies in files
  std::size_t cache_bytes_max = 64u << 20;
  std::chrono::hours uncommitted_kept{7 * 24};  // blocks that no list committed (service: one week)
};

// How a path comes to be.
struct NewPath {
  Properties properties;
  std::string owner;  // object id; empty = "$superuser"
  std::optional<std::string> permissions;  // octal or symbolic, less the umask
  unsigned umask = 027;
  bool is_append_blob = false;
  std::string tier;  // empty = as it is, of a new path the account's
};

enum class Right { read, write, create, remove, list, stat, set_owner, set_acl };

enum class BlockSource { committed, uncommitted, latest };
struct BlockReference {
  BlockSource source = BlockSource::latest;
  std::string id;
};
struct Block {
  std::string id;
  std::uint64_t size = 0;
};
struct Blocks {
  std::vector<Block> committed, uncommitted;
};

struct ListOptions {
  std::string prefix;  // full path, from the root
  std::string from;    // paths below this one in byte order are skipped
  bool recursive = true;
  std::size_t count_max = 5000;
};
struct Listing {
  std::vector<Node> nodes;
  std::string next;  // `from` of the next page; empty on the last
};

struct AclChange {
  std::uint64_t directories = 0, files = 0;
  std::vector<std::pair<Node, Error>> failed;
  std::string next;
};

struct LeaseRequest {
  enum class Action { acquire, renew, change, release, break_ } action = Action::acquire;
  std::string id;
  std::string proposed_id;
  std::int64_t seconds = -1;                   // 15…60, or -1
  std::optional<std::int64_t> break_seconds;   // 0…60
};
struct LeaseAnswer {
  Node node;
  std::string id;
  std::int64_t seconds_left = 0;  // of a break
};

class Lake {
 public:
  static Result<std::unique_ptr<Lake>> open(const std::filesystem::path& folder, const identity::Authorizer& authorizer,
                                            Clock& clock, LakeOptions options = {});
  ~Lake();
  // The lake must outlive it.
  std::unique_ptr<View> view(const identity::Principal& principal);

  // accounts.cc. conflict("StorageAccountAlreadyTaken") when the name belongs to another resource.
  Result<Account> create_account(std::string_view name, std::string_view resource_id, bool is_hierarchical);
  Result<std::shared_ptr<const Account>> account(std::string_view name) const;  // not_found("AccountNotFound")
  Result<Account> regenerate_key(std::string_view name, int index);
  Result<void> remove_account(std::string_view name);

  // filesystems.cc. A file system is the directory "" of its location.
  Result<Node> create_filesystem(const Location& location, const std::map<std::string, std::string>& metadata, std::string owner);
  Result<void> remove_filesystem(const Location& location, const Guard& guard);
  Result<Listing> list_filesystems(std::string_view account, const ListOptions& options) const;

  // paths.cc
  Result<Node> stat(const Location& location) const;
  Result<std::shared_ptr<const Snapshot>> snapshot(const Location& location) const;
  // Bytes of a snapshot; fewer only at the end.
  Result<std::size_t> read_at(const Snapshot& snapshot, std::uint64_t offset, std::span<char> buffer) const;
  // The file of an extent; not_found when a later write has removed it.
  Result<std::shared_ptr<File>> open_file(const Extent& extent) const;
  ContentWriter new_content() const;
  // Creates or replaces a file; parents are created.
  Result<Node> put(const Location& location, const Content& content, const NewPath& how, const Guard& guard);
  Result<Node> make_directory(const Location& location, const NewPath& how, const Guard& guard);
  // Lets `change` edit properties, owner, acl of the node.
  using Edit = std::function<Result<void>(Node&)>;
  Result<Node> edit(const Location& location, const Guard& guard, const Edit& change);
  // Changes neither content nor etag.
  Result<void> set_tier(const Location& location, const std::string& tier, const Guard& guard);
  Result<void> remove(const Location& location, bool recursive, const Guard& guard);
  // Copies within the lake share their bytes.
  Result<Node> copy(const Location& from, const Location& to, const Conditions& source, const Guard& guard,
                    const std::optional<std::map<std::string, std::string>>& metadata, const NewPath& how);
  // rename.cc
  Result<Node> rename(const Location& from, const Location& to, const Guard& source, const Guard& destination);
  // access.cc. Changes the ACLs of `directory` and what is below it, `count_max` paths from `from` on; `next` of the answer
  // is where to go on. A path whose own ACL cannot be changed so is told in `failed` and left as it is.
  Result<AclChange> change_acls(const Location& directory, AclMode mode, std::string_view acl, const std::string& from, std::size_t count_max);
  // list.cc. `directory` must exist; not_found("PathNotFound").
  Result<Listing> list(const Location& directory, const ListOptions& options) const;

  // staging.cc
  // A staged append; visible after flush. invalid("InvalidFlushPosition") where the length does not fit.
  Result<void> append(const Location& location, std::uint64_t position, const Content& content, const std::string& lease_id);
  Result<Node> flush(const Location& location, std::uint64_t position, bool retain_uncommitted, const Properties* headers, const Guard& guard);
  // Append Blob's own: bytes at the end, at once.
  Result<std::pair<Node, std::uint64_t>> append_block(const Location& location, const Content& content, std::optional<std::uint64_t> position,
                                                      std::optional<std::uint64_t> size_max, const Guard& guard);
  Result<void> put_block(const Location& location, const std::string& block_id, const Content& content, const std::string& lease_id);
  Result<Node> put_block_list(const Location& location, const std::vector<BlockReference>& list, const NewPath& how, const Guard& guard);
  Result<std::pair<std::optional<Node>, Blocks>> blocks(const Location& location) const;
  // Removes blocks nobody committed in time, purges what was deleted; also done on open.
  Result<void> sweep();

  // leases.cc
  Result<LeaseAnswer> lease(const Location& location, const LeaseRequest& request, const Conditions& conditions);

  // access.cc. Roles first, then ACLs (hierarchical accounts only). forbidden("AuthorizationPermissionMismatch").
  Result<void> allow(const identity::Principal& principal, Right right, const Location& location) const;
  // Whether roles or ACLs grant all of `access` (bits of Access) on an existing path.
  Result<void> check_access(const identity::Principal& principal, unsigned access, const Location& location) const;
  // Roles only, for containers and accounts: `action` at the account's or the file system's scope.
  Result<void> allow_action(const identity::Principal& principal, std::string_view action, const Location& location) const;

  struct State;

 private:
  Result<void> allow_by_role(const identity::Principal& principal, Right right, const Location& location) const;
  explicit Lake(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace axonite::lake
