#pragma once
// POSIX access control lists as ADLS Gen2 writes them: "user::rwx,group::r-x,other::---,user:<oid>:r-x,mask::r-x"
// and the same with "default:" on directories (Azure documentation, "Access control lists in ADLS Gen2").
#include <string>
#include <string_view>

#include "base/result.h"

namespace axonite::lake {

enum Access : unsigned { access_execute = 1, access_write = 2, access_read = 4 };

// Normal form of what a client sent: checked, the three base entries present, a mask where named entries need one.
// Errors: invalid("InvalidAclEntry" …), too_large past 64 entries.
Result<std::string> normalize_acl(std::string_view text);
// "rwxr-x---" with '+' after it when there are named entries; 't' for the sticky bit.
std::string permissions_of(std::string_view acl);
// From "rwxr-x--x" or octal "0750"; keeps the named and default entries of `acl`.
Result<std::string> with_permissions(std::string_view acl, std::string_view permissions);
// `set` replaces all entries, `modify` adds or replaces those given, `remove` takes named ones away (given without their
// permissions: "user:<oid>,default:group:<oid>"). Of a file default entries are left out.
enum class AclMode { set, modify, remove };
Result<std::string> changed_acl(std::string_view acl, AclMode mode, std::string_view entries, bool is_directory);
// What a new child gets: the parent's default entries, else `mode` without the bits of `umask`.
std::string inherited_acl(std::string_view parent_acl, bool is_directory, unsigned mode, unsigned umask);
// Octal digits or symbolic; invalid("InvalidPermission").
Result<unsigned> parse_mode(std::string_view permissions);
// The first class that fits decides: owner, named user, group (named or owning), other; mask applied.
unsigned granted(std::string_view acl, std::string_view owner, std::string_view group, std::string_view object_id);

}  // namespace axonite::lake
