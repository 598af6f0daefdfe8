#include "lake/acl.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace axonite::lake {
namespace {

constexpr std::size_t kEntriesMax = 64;  // access and default entries together (service: 32 each)

struct AclEntry {
  bool is_default = false;
  std::string kind;  // user, group, mask, other
  std::string id;    // empty = owner, owning group
  unsigned bits = 0;
};

Error bad_entry(std::string_view entry) {
  return invalid("InvalidAclEntry", "The access control list entry '" + std::string(entry.substr(0, 100)) + "' is invalid.");
}

std::string text_of(unsigned bits) {
  return {bits & access_read ? 'r' : '-', bits & access_write ? 'w' : '-', bits & access_execute ? 'x' : '-'};
}

std::optional<unsigned> bits_of(std::string_view text) {
  if (text.size() != 3) return std::nullopt;
  unsigned bits = 0;
  for (int i = 0; i < 3; ++i) {
    char c = text[static_cast<std::size_t>(i)];
    if (c == "rwx"[i]) bits |= 4u >> i;
    else if (i == 2 && c == 't') bits |= 1u;
    else if (c != '-' && !(i == 2 && c == 'T')) return std::nullopt;
  }
  return bits;
}

Result<AclEntry> parse_entry(std::string_view text) {
  auto parts = text::split(text, ':');
  AclEntry entry;
  if (parts.size() == 4 && parts[0] == "default") {
    entry.is_default = true;
    parts.erase(parts.begin());
  }
  if (parts.size() != 3) return std::unexpected(bad_entry(text));
  entry.kind = parts[0];
  entry.id = parts[1];
  auto bits = bits_of(parts[2]);
  bool named = !entry.id.empty();
  if (!bits || !(entry.kind == "user" || entry.kind == "group" || (!named && (entry.kind == "mask" || entry.kind == "other"))))
    return std::unexpected(bad_entry(text));
  entry.bits = *bits;
  return entry;
}

Result<std::vector<AclEntry>> parse(std::string_view text) {
  std::vector<AclEntry> entries;
  if (text.empty()) return entries;
  for (std::string_view part : text::split(text, ',')) {
    TRY(AclEntry entry, parse_entry(text::trim(part)));
    for (const AclEntry& other : entries)
      if (other.is_default == entry.is_default && other.kind == entry.kind && other.id == entry.id) return std::unexpected(bad_entry(part));
    entries.push_back(std::move(entry));
    if (entries.size() > kEntriesMax) return std::unexpected(too_large("TooManyAclEntries", "An access control list has at most 64 entries here."));
  }
  return entries;
}

std::string write(const std::vector<AclEntry>& entries) {
  std::string text;
  for (const AclEntry& entry : entries) {
    if (!text.empty()) text += ',';
    if (entry.is_default) text += "default:";
    text += entry.kind + ":" + entry.id + ":" + text_of(entry.bits);
  }
  return text;
}

AclEntry* find(std::vector<AclEntry>& entries, bool is_default, std::string_view kind) {
  for (AclEntry& entry : entries)
    if (entry.is_default == is_default && entry.kind == kind && entry.id.empty()) return &entry;
  return nullptr;
}

void complete(std::vector<AclEntry>& entries, bool is_default) {
  for (const char* kind : {"user", "group", "other"})
    if (!find(entries, is_default, kind)) entries.push_back({is_default, kind, "", 0});
  unsigned group_class = 0;
  bool named = false;
  for (const AclEntry& entry : entries) {
    if (entry.is_default != is_default) continue;
    named |= !entry.id.empty();
    if (!entry.id.empty() || entry.kind == "group") group_class |= entry.bits;
  }
  if (named && !find(entries, is_default, "mask")) entries.push_back({is_default, "mask", "", group_class});
}

// "user::rwx,group::r-x,other::---" and nothing more, as nearly all are; such need no parsing. Of a normalized text.
bool is_plain(std::string_view acl) { return acl.size() == 31 && acl.starts_with("user::") && acl.substr(9, 8) == ",group::" && acl.substr(20, 8) == ",other::"; }

std::string plain(unsigned mode) { return "user::" + text_of(mode >> 6 & 7) + ",group::" + text_of(mode >> 3 & 7) + ",other::" + text_of(mode & 7); }

// Stored texts were normalized on their way in.
std::vector<AclEntry> stored(std::string_view text) { return parse(text).value_or(std::vector<AclEntry>{}); }

}  // namespace

Result<std::string> normalize_acl(std::string_view text) {
  TRY(auto entries, parse(text));
  complete(entries, false);
  if (std::ranges::any_of(entries, &AclEntry::is_default)) complete(entries, true);
  return write(entries);
}

std::string permissions_of(std::string_view acl) {
  if (is_plain(acl)) return std::string(acl.substr(6, 3)) + std::string(acl.substr(17, 3)) + std::string(acl.substr(28, 3));
  auto entries = stored(acl);
  auto bits = [&](const char* kind) {
    AclEntry* entry = find(entries, false, kind);
    return entry ? entry->bits : 0u;
  };
  bool named = std::ranges::any_of(entries, [](const AclEntry& e) { return !e.id.empty() || e.is_default; });
  unsigned group = find(entries, false, "mask") ? bits("mask") : bits("group");
  return text_of(bits("user")) + text_of(group) + text_of(bits("other")) + (named ? "+" : "");
}

Result<std::string> changed_acl(std::string_view acl, AclMode mode, std::string_view given, bool is_directory) {
  std::string completed;  // entries to remove come without permissions
  if (mode == AclMode::remove)
    for (std::string_view part : text::split(given, ',')) completed += (completed.empty() ? "" : ",") + std::string(text::trim(part)) + ":---";
  TRY(auto changes, parse(mode == AclMode::remove ? std::string_view(completed) : given));
  if (!is_directory) std::erase_if(changes, [](const AclEntry& entry) { return entry.is_default; });
  auto entries = mode == AclMode::set ? std::vector<AclEntry>() : stored(acl);
  for (const AclEntry& change : changes) {
    auto same = [&](const AclEntry& entry) { return entry.is_default == change.is_default && entry.kind == change.kind && entry.id == change.id; };
    auto found = std::ranges::find_if(entries, same);
    if (mode != AclMode::remove && found == entries.end()) entries.push_back(change);
    else if (mode != AclMode::remove) found->bits = change.bits;
    else if (change.id.empty() && change.kind != "mask" && !change.is_default) return std::unexpected(bad_entry(change.kind));  // base entries stay
    else if (found != entries.end()) entries.erase(found);
  }
  if (entries.size() > kEntriesMax) return std::unexpected(too_large("TooManyAclEntries", "An access control list has at most 64 entries here."));
  complete(entries, false);
  if (std::ranges::any_of(entries, &AclEntry::is_default)) complete(entries, true);
  return write(entries);
}

Result<unsigned> parse_mode(std::string_view permissions) {
  Error bad = invalid("InvalidPermission", "The permission value is invalid.");
  if (permissions.size() == 4 && permissions[0] >= '0' && permissions[0] <= '1') permissions.remove_prefix(1);
  if (permissions.size() == 3) {
    unsigned mode = 0;
    for (char c : permissions) {
      if (c < '0' || c > '7') return std::unexpected(bad);
      mode = mode * 8 + static_cast<unsigned>(c - '0');
    }
    return mode;
  }
  if (permissions.size() == 10 && permissions.back() == '+') permissions.remove_suffix(1);
  if (permissions.size() != 9) return std::unexpected(bad);
  unsigned mode = 0;
  for (std::size_t i = 0; i < 9; i += 3) {
    auto bits = bits_of(permissions.substr(i, 3));
    if (!bits) return std::unexpected(bad);
    mode = mode * 8 + *bits;
  }
  return mode;
}

Result<std::string> with_permissions(std::string_view acl, std::string_view permissions) {
  TRY(unsigned mode, parse_mode(permissions));
  auto entries = stored(acl);
  complete(entries, false);
  find(entries, false, "user")->bits = mode >> 6 & 7;
  AclEntry* mask = find(entries, false, "mask");
  (mask ? mask : find(entries, false, "group"))->bits = mode >> 3 & 7;
  find(entries, false, "other")->bits = mode & 7;
  return write(entries);
}

std::string inherited_acl(std::string_view parent_acl, bool is_directory, unsigned mode, unsigned umask) {
  if (is_plain(parent_acl)) return plain(mode & ~umask);
  std::vector<AclEntry> defaults = stored(parent_acl), entries;
  std::erase_if(defaults, [](const AclEntry& entry) { return !entry.is_default; });
  for (AclEntry entry : defaults) {
    entry.is_default = false;
    if (!is_directory && entry.id.empty())
      entry.bits &= ~static_cast<unsigned>(access_execute);
    entries.push_back(entry);
  }
  if (entries.empty()) return plain(mode & ~umask);  // nor are there defaults to hand on
  if (is_directory) entries.insert(entries.end(), defaults.begin(), defaults.end());
  return write(entries);
}

unsigned granted(std::string_view acl, std::string_view owner, std::string_view group, std::string_view object_id) {
  auto entries = stored(acl);
  unsigned mask = 7, other = 0, groups = 0;
  bool in_group = false;
  for (const AclEntry& entry : entries)
    if (!entry.is_default && entry.kind == "mask") mask = entry.bits;
  for (const AclEntry& entry : entries) {
    if (entry.is_default) continue;
    if (entry.kind == "user" && entry.id.empty() && text::equals_ignoring_case(owner, object_id)) return entry.bits;
    if (entry.kind == "other") other = entry.bits;
  }
  for (const AclEntry& entry : entries) {
    if (entry.is_default) continue;
    if (entry.kind == "user" && !entry.id.empty() && text::equals_ignoring_case(entry.id, object_id)) return entry.bits & mask;
    if (entry.kind != "group" || !text::equals_ignoring_case(entry.id.empty() ? group : std::string_view(entry.id), object_id)) continue;
    in_group = true;
    groups |= entry.bits & mask;
  }
  return in_group ? groups : other;
}

}  // namespace axonite::lake
