#pragma once
// lake.db: rows of nodes, chunks, extents and what is staged. Every function runs inside a caller's transaction.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lake/content.h"
#include "lake/lake.h"
#include "lake/node.h"
#include "store/database.h"

namespace axonite::lake::tables {

std::span<const std::string_view> migrations();

// The parent of file systems' roots; their names are "<account>/<filesystem>".
inline constexpr std::int64_t kTop = 0;
// Where removed trees wait to be purged.
inline constexpr std::int64_t kTrash = -1;

// Without content. Nothing when absent.
Result<std::optional<Node>> find_child(store::Connection& c, std::int64_t parent, std::string_view name);
// Errors: not_found("FilesystemNotFound").
Result<Node> root(store::Connection& c, const Location& location);
// Walks from the root; nothing when a part is missing. Errors: not_found("FilesystemNotFound").
Result<std::optional<Node>> find(store::Connection& c, const Location& location);
// All nodes from the root to the last that exists; size = parts + 1 when the path itself does.
Result<std::vector<Node>> chain(store::Connection& c, const Location& location);
// not_found("PathNotFound").
Result<Node> get(store::Connection& c, const Location& location);
Result<std::vector<Node>> children(store::Connection& c, std::int64_t parent, std::string_view from, bool exclusive, int count_max);
Result<bool> has_children(store::Connection& c, std::int64_t parent);

// New row; sets node.id. `bytes` is its content where that is inline; node.size must be theirs.
Result<void> insert(store::Connection& c, Node& node, const std::optional<store::Blob>& bytes = std::nullopt);
// Everything but id and content.
Result<void> update(store::Connection& c, const Node& node);

// Files whose last row went; to be removed after the commit.
using Garbage = std::vector<std::string>;

Result<Snapshot> load_content(store::Connection& c, Node node);
// Replaces the content of `node` by whole new bytes and sets its size.
Result<void> set_content(store::Connection& c, Node& node, const Content& content, Garbage& garbage);
// Replaces the content by these extents (their chunks exist; each use counts) and sets its size.
Result<void> set_extents(store::Connection& c, Node& node, const std::vector<Extent>& extents, Garbage& garbage);
// Inline content becomes a chunk so that extents can follow it.
Result<std::vector<Extent>> extents_of(store::Connection& c, const Node& node);

// A chunk nobody uses yet.
Result<std::int64_t> add_chunk(store::Connection& c, const Content& content);
Result<void> use_chunk(store::Connection& c, std::int64_t chunk);
Result<void> drop_chunk(store::Connection& c, std::int64_t chunk, Garbage& garbage);

// Staged appends that were never flushed.
Result<void> drop_appends(store::Connection& c, const Node& node, Garbage& garbage);
// The node with its content, appends and blocks; not what is below it.
Result<void> erase(store::Connection& c, const Node& node, Garbage& garbage);
// Detaches a node with everything below it: gone at once, purged later.
Result<void> discard(store::Connection& c, const Node& node);
// Purges some of what was discarded; false when nothing is left.
Result<bool> purge(store::Connection& c, int count_max, Garbage& garbage);

}  // namespace axonite::lake::tables
