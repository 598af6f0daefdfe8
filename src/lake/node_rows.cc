// Rows of `nodes`.
#include <array>

#include "base/text.h"
#include "lake/tables.h"

namespace axonite::lake::tables {
namespace {

#define NODE_COLUMNS                                                                                               \
  "id, parent, name, kind, size, version, created, modified, content_type, content_encoding, content_language, "  \
  "content_disposition, cache_control, content_md5, metadata, owner, grp, acl, lease_id, lease_seconds, "         \
  "lease_end, lease_breaking, tier"

constexpr int kDirectory = 1, kAppendBlob = 2;

// Netstrings: no byte of a key or value needs escaping.
std::string encode(const std::map<std::string, std::string>& pairs) {
  std::string text;
  for (const auto& [key, value] : pairs)
    for (const std::string* part : {&key, &value}) text += std::to_string(part->size()) + ":" + *part;
  return text;
}

std::map<std::string, std::string> decode(std::string_view text) {
  std::map<std::string, std::string> pairs;
  auto next = [&]() -> std::string {
    std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return text = {}, std::string();
    std::size_t size = text::parse_int<std::size_t>(text.substr(0, colon)).value_or(0);
    std::string part(text.substr(colon + 1, size));
    text.remove_prefix(std::min(text.size(), colon + 1 + size));
    return part;
  };
  while (!text.empty()) {
    std::string key = next();
    pairs[key] = next();
  }
  return pairs;
}

Node read_row(store::Statement& row) {
  Node node;
  node.id = row.integer(0);
  node.parent = row.integer(1);
  node.name = row.text(2);
  node.is_directory = row.integer(3) == kDirectory;
  node.is_append_blob = row.integer(3) == kAppendBlob;
  node.size = static_cast<std::uint64_t>(row.integer(4));
  node.version = row.integer(5);
  node.created = from_unix_nanoseconds(row.integer(6));
  node.modified = from_unix_nanoseconds(row.integer(7));
  Properties& p = node.properties;
  std::array<std::string*, 6> texts{&p.content_type, &p.content_encoding, &p.content_language, &p.content_disposition, &p.cache_control, &p.content_md5};
  for (int i = 0; i < 6; ++i) *texts[static_cast<std::size_t>(i)] = row.text(8 + i);
  p.metadata = decode(row.text(14));
  node.owner = row.text(15);
  node.group = row.text(16);
  node.acl = row.text(17);
  node.lease = {std::string(row.text(18)), row.integer(19), from_unix_nanoseconds(row.integer(20)), row.integer(21) != 0};
  node.tier = row.text(22);
  return node;
}

int kind_of(const Node& node) { return node.is_directory ? kDirectory : node.is_append_blob ? kAppendBlob : 0; }

std::string top_name(const Location& location) { return location.account + "/" + location.filesystem; }

}  // namespace

Result<std::optional<Node>> find_child(store::Connection& c, std::int64_t parent, std::string_view name) {
  return c.first("SELECT " NODE_COLUMNS " FROM nodes WHERE parent = ?1 AND name = ?2", read_row, parent, name);
}

Result<Node> root(store::Connection& c, const Location& location) {
  TRY(auto found, find_child(c, kTop, top_name(location)));
  if (!found) return std::unexpected(not_found("FilesystemNotFound", "The specified filesystem does not exist."));
  return std::move(*found);
}

Result<std::vector<Node>> chain(store::Connection& c, const Location& location) {
  TRY(Node node, root(c, location));
  std::vector<Node> nodes{std::move(node)};
  if (location.path.empty()) return nodes;
  for (std::string_view part : text::split(location.path, '/')) {
    TRY(auto child, find_child(c, nodes.back().id, part));
    if (!child) break;
    child->path = nodes.size() == 1 ? std::string(part) : nodes.back().path + "/" + std::string(part);
    nodes.push_back(std::move(*child));
  }
  return nodes;
}

Result<std::optional<Node>> find(store::Connection& c, const Location& location) {
  TRY(auto nodes, chain(c, location));
  if (nodes.back().path != location.path) return std::nullopt;
  return std::optional(std::move(nodes.back()));
}

Result<Node> get(store::Connection& c, const Location& location) {
  TRY(auto node, find(c, location));
  if (!node) return std::unexpected(not_found("PathNotFound", "The specified path does not exist."));
  return std::move(*node);
}

Result<std::vector<Node>> children(store::Connection& c, std::int64_t parent, std::string_view from, bool exclusive, int count_max) {
  std::vector<Node> nodes;
  auto take = [&](store::Statement& row) { nodes.push_back(read_row(row)); };
  CHECK_OK(exclusive ? c.each("SELECT " NODE_COLUMNS " FROM nodes WHERE parent = ?1 AND name > ?2 ORDER BY name LIMIT ?3", take, parent, from, count_max)
                     : c.each("SELECT " NODE_COLUMNS " FROM nodes WHERE parent = ?1 AND name >= ?2 ORDER BY name LIMIT ?3", take, parent, from, count_max));
  return nodes;
}

Result<bool> has_children(store::Connection& c, std::int64_t parent) {
  TRY(auto found, c.first("SELECT 1 FROM nodes WHERE parent = ?1 LIMIT 1", [](store::Statement&) { return true; }, parent));
  return found.has_value();
}

Result<void> insert(store::Connection& c, Node& node, const std::optional<store::Blob>& bytes) {
  const Properties& p = node.properties;
  CHECK_OK(c.execute("INSERT INTO nodes(parent, name, kind, size, version, created, modified, content_type, content_encoding, "
                     "content_language, content_disposition, cache_control, content_md5, metadata, owner, grp, acl, lease_id, lease_seconds, "
                     "lease_end, lease_breaking, tier, bytes) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23)",
                     node.parent, node.name, kind_of(node), node.size, node.version, to_unix_nanoseconds(node.created),
                     to_unix_nanoseconds(node.modified), p.content_type, p.content_encoding, p.content_language, p.content_disposition,
                     p.cache_control, store::Blob{p.content_md5}, store::Blob{encode(p.metadata)}, node.owner, node.group, node.acl,
                     node.lease.id, node.lease.seconds, to_unix_nanoseconds(node.lease.end), node.lease.is_breaking, node.tier, bytes));
  node.id = c.last_insert_id();
  return ok();
}

Result<void> update(store::Connection& c, const Node& node) {
  const Properties& p = node.properties;
  return c.execute("UPDATE nodes SET parent=?1, name=?2, kind=?3, size=?4, version=?5, created=?6, modified=?7, content_type=?8, "
                   "content_encoding=?9, content_language=?10, content_disposition=?11, cache_control=?12, content_md5=?13, metadata=?14, "
                   "owner=?15, grp=?16, acl=?17, lease_id=?18, lease_seconds=?19, lease_end=?20, lease_breaking=?21, tier=?22 WHERE id=?23",
                   node.parent, node.name, kind_of(node), node.size, node.version, to_unix_nanoseconds(node.created),
                   to_unix_nanoseconds(node.modified), p.content_type, p.content_encoding, p.content_language, p.content_disposition,
                   p.cache_control, store::Blob{p.content_md5}, store::Blob{encode(p.metadata)}, node.owner, node.group, node.acl,
                   node.lease.id, node.lease.seconds, to_unix_nanoseconds(node.lease.end), node.lease.is_breaking, node.tier, node.id);
}

}  // namespace axonite::lake::tables
