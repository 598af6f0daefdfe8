// Rows of `chunks`, `extents` and `appends`: which bytes belong to which node.
#include "base/id.h"
#include "base/text.h"
#include "lake/tables.h"

namespace axonite::lake::tables {
namespace {

constexpr std::string_view kMigrations[] = {
    R"(CREATE TABLE accounts(name TEXT PRIMARY KEY, resource_id TEXT NOT NULL, hierarchical INTEGER NOT NULL, key1 TEXT NOT NULL,
         key2 TEXT NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID;
       CREATE TABLE nodes(id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL, size INTEGER NOT NULL,
         version INTEGER NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL, content_type TEXT, content_encoding TEXT,
         content_language TEXT, content_disposition TEXT, cache_control TEXT, content_md5 BLOB, metadata BLOB, owner TEXT, grp TEXT,
         acl TEXT, lease_id TEXT, lease_seconds INTEGER, lease_end INTEGER, lease_breaking INTEGER, bytes BLOB);
       CREATE UNIQUE INDEX nodes_by_name ON nodes(parent, name);
       CREATE TABLE chunks(id INTEGER PRIMARY KEY, uses INTEGER NOT NULL, size INTEGER NOT NULL, file TEXT, bytes BLOB);
       CREATE UNIQUE INDEX chunks_by_file ON chunks(file) WHERE file IS NOT NULL;
       CREATE TABLE extents(node INTEGER NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, chunk INTEGER NOT NULL,
         size INTEGER NOT NULL, block_id TEXT, PRIMARY KEY(node, number)) WITHOUT ROWID;
       CREATE TABLE appends(node INTEGER NOT NULL, position INTEGER NOT NULL, chunk INTEGER NOT NULL, size INTEGER NOT NULL,
         PRIMARY KEY(node, position)) WITHOUT ROWID;
       CREATE TABLE blocks(root INTEGER NOT NULL, path TEXT NOT NULL, block_id TEXT NOT NULL, chunk INTEGER NOT NULL, size INTEGER NOT NULL,
         staged INTEGER NOT NULL, PRIMARY KEY(root, path, block_id)) WITHOUT ROWID;
       CREATE INDEX blocks_by_age ON blocks(staged);)",
    // What stood there becomes a seed: an account made before gets new keys.
    "ALTER TABLE accounts RENAME COLUMN key1 TO seed1; ALTER TABLE accounts RENAME COLUMN key2 TO seed2",
    "ALTER TABLE nodes ADD COLUMN tier TEXT NOT NULL DEFAULT ''"};

Result<void> drop_extents(store::Connection& c, std::int64_t node, Garbage& garbage) {
  std::vector<std::int64_t> chunks;
  CHECK_OK(c.each("SELECT chunk FROM extents WHERE node = ?1", [&](store::Statement& row) { chunks.push_back(row.integer(0)); }, node));
  if (chunks.empty()) return ok();
  for (std::int64_t chunk : chunks) CHECK_OK(drop_chunk(c, chunk, garbage));
  return c.execute("DELETE FROM extents WHERE node = ?1", node);
}

Result<void> set_size(store::Connection& c, const Node& node, const std::optional<store::Blob>& bytes) {
  return c.execute("UPDATE nodes SET bytes = ?2, size = ?3 WHERE id = ?1", node.id, bytes, node.size);
}

}  // namespace

std::span<const std::string_view> migrations() { return kMigrations; }

Result<std::int64_t> add_chunk(store::Connection& c, const Content& content) {
  auto id = [](store::Statement& row) { return row.integer(0); };
  std::optional<std::string> file;
  std::optional<store::Blob> bytes;
  if (content.file.empty()) bytes = store::Blob{content.bytes};
  else file = content.file;
  TRY(auto chunk, c.first("INSERT INTO chunks(uses, size, file, bytes) VALUES(0, ?1, ?2, ?3) RETURNING id", id, content.size, file, bytes));
  return chunk.value_or(0);
}

Result<void> use_chunk(store::Connection& c, std::int64_t chunk) {
  return c.execute("UPDATE chunks SET uses = uses + 1 WHERE id = ?1", chunk);
}

Result<void> drop_chunk(store::Connection& c, std::int64_t chunk, Garbage& garbage) {
  CHECK_OK(c.execute("UPDATE chunks SET uses = uses - 1 WHERE id = ?1", chunk));
  auto file = [](store::Statement& row) { return std::string(row.text(0)); };
  TRY(auto gone, c.first("DELETE FROM chunks WHERE id = ?1 AND uses <= 0 RETURNING file", file, chunk));
  if (gone && !gone->empty()) garbage.push_back(std::move(*gone));
  return ok();
}

Result<Snapshot> load_content(store::Connection& c, Node node) {
  Snapshot snapshot{std::move(node), nullptr, {}};
  if (snapshot.node.is_directory) return snapshot;
  auto bytes = [](store::Statement& row) { return row.is_null(0) ? nullptr : std::make_shared<const std::string>(row.text(0)); };
  TRY(auto found, c.first("SELECT bytes FROM nodes WHERE id = ?1", bytes, snapshot.node.id));
  if (found && *found) {
    snapshot.bytes = std::move(*found);
    return snapshot;
  }
  TRY(snapshot.extents, extents_of(c, snapshot.node));
  if (snapshot.extents.empty()) snapshot.bytes = std::make_shared<const std::string>();
  return snapshot;
}

Result<void> set_content(store::Connection& c, Node& node, const Content& content, Garbage& garbage) {
  CHECK_OK(drop_extents(c, node.id, garbage));
  node.size = content.size;
  if (content.file.empty()) return set_size(c, node, store::Blob{content.bytes});
  CHECK_OK(set_size(c, node, std::nullopt));
  TRY(std::int64_t chunk, add_chunk(c, content));
  CHECK_OK(use_chunk(c, chunk));
  return c.execute("INSERT INTO extents(node, number, start, chunk, size, block_id) VALUES(?1, 0, 0, ?2, ?3, NULL)", node.id, chunk, content.size);
}

Result<void> set_extents(store::Connection& c, Node& node, const std::vector<Extent>& extents, Garbage& garbage) {
  for (const Extent& extent : extents) CHECK_OK(use_chunk(c, extent.chunk));
  CHECK_OK(drop_extents(c, node.id, garbage));
  std::int64_t number = 0;
  node.size = 0;
  for (const Extent& extent : extents) {
    CHECK_OK(c.execute("INSERT INTO extents(node, number, start, chunk, size, block_id) VALUES(?1, ?2, ?3, ?4, ?5, ?6)", node.id, number++,
                       node.size, extent.chunk, extent.size, extent.block_id));
    node.size += extent.size;
  }
  return set_size(c, node, std::nullopt);
}

Result<std::vector<Extent>> extents_of(store::Connection& c, const Node& node) {
  auto bytes = [](store::Statement& row) { return row.is_null(0) ? std::string() : std::string(row.text(0)); };
  TRY(auto held, c.first("SELECT bytes FROM nodes WHERE id = ?1 AND size > 0", bytes, node.id));
  std::vector<Extent> extents;
  if (held && !held->empty()) {
    extents.push_back({0, held->size(), 0, "", ""});
    return extents;
  }
  CHECK_OK(c.each("SELECT e.start, e.size, e.chunk, c.file, e.block_id FROM extents e JOIN chunks c ON c.id = e.chunk WHERE e.node = ?1 ORDER BY e.number",
                  [&](store::Statement& row) {
                    extents.push_back({static_cast<std::uint64_t>(row.integer(0)), static_cast<std::uint64_t>(row.integer(1)), row.integer(2),
                                       std::string(row.text(3)), std::string(row.text(4))});
                  },
                  node.id));
  return extents;
}

Result<void> drop_appends(store::Connection& c, const Node& node, Garbage& garbage) {
  std::vector<std::int64_t> chunks;
  CHECK_OK(c.each("SELECT chunk FROM appends WHERE node = ?1", [&](store::Statement& row) { chunks.push_back(row.integer(0)); }, node.id));
  if (chunks.empty()) return ok();
  for (std::int64_t chunk : chunks) CHECK_OK(drop_chunk(c, chunk, garbage));
  return c.execute("DELETE FROM appends WHERE node = ?1", node.id);
}

Result<void> erase(store::Connection& c, const Node& node, Garbage& garbage) {
  CHECK_OK(drop_extents(c, node.id, garbage));
  CHECK_OK(drop_appends(c, node, garbage));
  std::vector<std::int64_t> chunks;
  auto take = [&](store::Statement& row) { chunks.push_back(row.integer(0)); };
  if (node.parent == kTop || node.parent == kTrash) {  // a root takes the blocks staged below it along
    CHECK_OK(c.each("SELECT chunk FROM blocks WHERE root = ?1", take, node.id));
    CHECK_OK(c.execute("DELETE FROM blocks WHERE root = ?1", node.id));
  }
  for (std::int64_t chunk : chunks) CHECK_OK(drop_chunk(c, chunk, garbage));
  return c.execute("DELETE FROM nodes WHERE id = ?1", node.id);
}

Result<void> discard(store::Connection& c, const Node& node) {
  return c.execute("UPDATE nodes SET parent = ?2, name = ?3 WHERE id = ?1", node.id, kTrash, text::hex_encode(random_bytes(16)));
}

Result<bool> purge(store::Connection& c, int count_max, Garbage& garbage) {
  TRY(auto waiting, children(c, kTrash, "", false, count_max));
  for (const Node& node : waiting) {
    // Children take their parent's place in the trash; their names are unique only below it.
    if (node.is_directory)
      CHECK_OK(c.execute("UPDATE nodes SET parent = ?2, name = lower(hex(randomblob(16))) WHERE id IN (SELECT id FROM nodes WHERE parent = ?1)", node.id, kTrash));
    CHECK_OK(erase(c, node, garbage));
  }
  return !waiting.empty();
}

}  // namespace axonite::lake::tables
