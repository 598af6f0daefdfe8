// What is written before it is visible: appends until their flush, blocks until their list.
#include "base/text.h"
#include "lake/state.h"

namespace axonite::lake {
namespace {

constexpr std::size_t kBlocksMax = 50'000;   // of a list (service limit)
constexpr std::size_t kAppendsMax = 50'000;  // staged for one file
constexpr std::size_t kBlockIdMax = 88;      // base64 of 64 bytes

struct Staged {
  std::uint64_t position;
  Extent extent;
};

Result<std::vector<Staged>> staged_appends(store::Connection& c, const Node& node) {
  std::vector<Staged> staged;
  CHECK_OK(c.each("SELECT a.position, a.size, a.chunk, c.file FROM appends a JOIN chunks c ON c.id = a.chunk WHERE a.node = ?1 ORDER BY a.position",
                  [&](store::Statement& row) {
                    auto size = static_cast<std::uint64_t>(row.integer(1));
                    staged.push_back({static_cast<std::uint64_t>(row.integer(0)), {0, size, row.integer(2), std::string(row.text(3)), ""}});
                  },
                  node.id));
  return staged;
}

Result<std::string> chunk_bytes(store::Connection& c, std::int64_t chunk) {
  TRY(auto bytes, c.first("SELECT bytes FROM chunks WHERE id = ?1", [](store::Statement& row) { return std::string(row.text(0)); }, chunk));
  return bytes.value_or("");
}

Result<std::string> inline_bytes(store::Connection& c, const Node& node) {
  TRY(auto bytes, c.first("SELECT bytes FROM nodes WHERE id = ?1", [](store::Statement& row) { return std::string(row.text(0)); }, node.id));
  return bytes.value_or("");
}

// Appends `added` to what the node holds: small content stays one inline value, all else becomes extents.
Result<void> extend(store::Connection& c, Node& node, std::vector<Extent> added, std::size_t inline_max, tables::Garbage& garbage) {
  TRY(auto extents, tables::extents_of(c, node));
  std::uint64_t size = node.size;
  bool in_database = extents.empty() || extents.front().chunk == 0;
  for (const Extent& extent : added) {
    size += extent.size;
    in_database &= extent.file.empty();
  }
  if (in_database && size <= inline_max) {
    TRY(std::string bytes, inline_bytes(c, node));
    for (const Extent& extent : added) {
      TRY(std::string more, chunk_bytes(c, extent.chunk));
      bytes += more;
    }
    return tables::set_content(c, node, {bytes.size(), bytes, {}}, garbage);
  }
  if (!extents.empty() && extents.front().chunk == 0) {
    TRY(std::string bytes, inline_bytes(c, node));
    TRY(extents.front().chunk, tables::add_chunk(c, {bytes.size(), bytes, {}}));
  }
  extents.insert(extents.end(), added.begin(), added.end());
  return tables::set_extents(c, node, extents, garbage);
}

Error bad_flush(std::uint64_t there) {
  return invalid("InvalidFlushPosition", "The uploaded data is not contiguous or the position query parameter value is not equal to the length of the file after "
                                         "appending the uploaded data (" + std::to_string(there) + ").");
}

Result<void> check_block_id(const std::string& id) {
  if (!id.empty() && id.size() <= kBlockIdMax && text::base64_decode(id)) return ok();
  return std::unexpected(invalid("InvalidQueryParameterValue", "Value for one of the query parameters specified in the request URI is invalid.", "blockid"));
}

struct StagedBlock {
  std::int64_t chunk = 0;
  std::uint64_t size = 0;
  std::string file;
};

Result<std::map<std::string, StagedBlock>> staged_blocks(store::Connection& c, std::int64_t root, const std::string& path) {
  std::map<std::string, StagedBlock> blocks;
  CHECK_OK(c.each("SELECT b.block_id, b.chunk, b.size, c.file FROM blocks b JOIN chunks c ON c.id = b.chunk WHERE b.root = ?1 AND b.path = ?2",
                  [&](store::Statement& row) {
                    blocks[std::string(row.text(0))] = {row.integer(1), static_cast<std::uint64_t>(row.integer(2)), std::string(row.text(3))};
                  },
                  root, path));
  return blocks;
}

Result<std::vector<Extent>> chosen(const std::vector<BlockReference>& list, const std::map<std::string, StagedBlock>& staged,
                                   const std::vector<Extent>& committed) {
  std::map<std::string, const Extent*> by_id;
  for (const Extent& extent : committed)
    if (!extent.block_id.empty()) by_id[extent.block_id] = &extent;
  std::vector<Extent> extents;
  for (const BlockReference& wanted : list) {
    auto fresh = staged.find(wanted.id);
    auto old = by_id.find(wanted.id);
    if (wanted.source != BlockSource::committed && fresh != staged.end())
      extents.push_back({0, fresh->second.size, fresh->second.chunk, fresh->second.file, wanted.id});
    else if (wanted.source != BlockSource::uncommitted && old != by_id.end())
      extents.push_back(*old->second);
    else
      return std::unexpected(invalid("InvalidBlockList", "The specified block list is invalid."));
  }
  return extents;
}

Result<void> drop_blocks(store::Connection& c, std::int64_t root, const std::string& path, const std::map<std::string, StagedBlock>& staged,
                         tables::Garbage& garbage) {
  CHECK_OK(c.execute("DELETE FROM blocks WHERE root = ?1 AND path = ?2", root, path));
  for (const auto& [id, block] : staged) CHECK_OK(tables::drop_chunk(c, block.chunk, garbage));
  return ok();
}

}  // namespace

Result<void> Lake::append(const Location& location, std::uint64_t position, const Content& content, const std::string& lease_id) {
  auto staged = state_->change_with<bool>(content, {"append"}, [&](store::Connection& c, tables::Garbage& garbage) -> Result<bool> {
    TRY(Node node, tables::get(c, location));
    if (node.is_directory) return std::unexpected(conflict("PathConflict", "The path is a directory."));
    CHECK_OK(check_lease(lease_id, node, state_->clock.now()));
    if (position < node.size) return std::unexpected(bad_flush(node.size));
    if (content.size == 0) return true;
    auto number = [](store::Statement& row) { return row.integer(0); };
    TRY(auto before, c.first("SELECT chunk FROM appends WHERE node = ?1 AND position = ?2", number, node.id, position));
    TRY(auto count, c.first("SELECT count(*) FROM appends WHERE node = ?1", number, node.id));
    if (count.value_or(0) >= static_cast<std::int64_t>(kAppendsMax)) return std::unexpected(too_large("TooManyAppends", "A file has at most 50,000 unflushed appends."));
    TRY(std::int64_t chunk, tables::add_chunk(c, content));
    CHECK_OK(tables::use_chunk(c, chunk));
    CHECK_OK(c.execute("INSERT OR REPLACE INTO appends(node, position, chunk, size) VALUES(?1,?2,?3,?4)", node.id, position, chunk, content.size));
    if (before) CHECK_OK(tables::drop_chunk(c, *before, garbage));
    return true;
  });
  CHECK_OK(staged);
  return ok();
}

Result<Node> Lake::flush(const Location& location, std::uint64_t position, bool retain_uncommitted, const Properties* headers, const Guard& guard) {
  return state_->change<Node>({cache_key(location)}, [&](store::Connection& c, tables::Garbage& garbage) -> Result<Node> {
    TRY(Node node, state_->existing_for_write(c, location, guard));
    if (node.is_directory) return std::unexpected(conflict("PathConflict", "The path is a directory."));
    TRY(auto staged, staged_appends(c, node));
    std::vector<Extent> added;
    std::uint64_t end = node.size;
    for (const Staged& one : staged) {
      if (one.position + one.extent.size > position && retain_uncommitted) continue;
      if (one.position != end) return std::unexpected(bad_flush(end));
      end += one.extent.size;
      added.push_back(one.extent);
    }
    if (end != position) return std::unexpected(bad_flush(end));
    if (!added.empty()) CHECK_OK(extend(c, node, added, state_->options.inline_bytes_max, garbage));
    CHECK_OK(c.execute("DELETE FROM appends WHERE node = ?1 AND position < ?2", node.id, position));
    for (const Extent& extent : added) CHECK_OK(tables::drop_chunk(c, extent.chunk, garbage));
    if (headers) {
      auto metadata = std::move(node.properties.metadata);
      node.properties = *headers;
      node.properties.metadata = std::move(metadata);
    }
    node.modified = state_->clock.now();
    node.version = state_->next_version(&node);
    CHECK_OK(tables::update(c, node));
    return node;
  });
}

Result<std::pair<Node, std::uint64_t>> Lake::append_block(const Location& location, const Content& content, std::optional<std::uint64_t> position,
                                                          std::optional<std::uint64_t> size_max, const Guard& guard) {
  using Answer = std::pair<Node, std::uint64_t>;
  return state_->change_with<Answer>(content, {cache_key(location)}, [&](store::Connection& c, tables::Garbage& garbage) -> Result<Answer> {
    TRY(Node node, state_->existing_for_write(c, location, guard));
    if (!node.is_append_blob) return std::unexpected(conflict("InvalidBlobType", "The blob type is invalid for this operation."));
    std::uint64_t offset = node.size;
    if (position && *position != offset) return std::unexpected(precondition_failed("AppendPositionConditionNotMet", "The append position condition specified was not met."));
    if (size_max && offset + content.size > *size_max) return std::unexpected(precondition_failed("MaxBlobSizeConditionNotMet", "The max blob size condition specified was not met."));
    TRY(std::int64_t chunk, tables::add_chunk(c, content));
    CHECK_OK(tables::use_chunk(c, chunk));
    CHECK_OK(extend(c, node, {{0, content.size, chunk, content.file, ""}}, state_->options.inline_bytes_max, garbage));
    CHECK_OK(tables::drop_chunk(c, chunk, garbage));
    node.modified = state_->clock.now();
    node.version = state_->next_version(&node);
    CHECK_OK(tables::update(c, node));
    return Answer{node, offset};
  });
}

Result<void> Lake::put_block(const Location& location, const std::string& block_id, const Content& content, const std::string& lease_id) {
  CHECK_OK(check_path(location));
  CHECK_OK(check_block_id(block_id));
  auto staged = state_->change_with<bool>(content, {"block"}, [&](store::Connection& c, tables::Garbage& garbage) -> Result<bool> {
    TRY(Node root, tables::root(c, location));
    TRY(auto node, tables::find(c, location));
    if (node) CHECK_OK(check_lease(lease_id, *node, state_->clock.now()));
    TRY(auto before, c.first("SELECT chunk FROM blocks WHERE root = ?1 AND path = ?2 AND block_id = ?3",
                             [](store::Statement& row) { return row.integer(0); }, root.id, location.path, block_id));
    TRY(std::int64_t chunk, tables::add_chunk(c, content));
    CHECK_OK(tables::use_chunk(c, chunk));
    CHECK_OK(c.execute("INSERT OR REPLACE INTO blocks(root, path, block_id, chunk, size, staged) VALUES(?1,?2,?3,?4,?5,?6)", root.id, location.path,
                       block_id, chunk, content.size, to_unix_seconds(state_->clock.now())));
    if (before) CHECK_OK(tables::drop_chunk(c, *before, garbage));
    return true;
  });
  CHECK_OK(staged);
  return ok();
}

Result<Node> Lake::put_block_list(const Location& location, const std::vector<BlockReference>& list, const NewPath& how, const Guard& guard) {
  CHECK_OK(check_path(location));
  if (list.size() > kBlocksMax) return std::unexpected(too_large("BlockListTooLong", "The block list may not contain more than 50,000 blocks."));
  return state_->change<Node>({cache_key(location)}, [&](store::Connection& c, tables::Garbage& garbage) -> Result<Node> {
    TRY(Node root, tables::root(c, location));
    TRY(Node node, state_->node_for_write(c, location, how, guard));
    if (node.is_directory) return std::unexpected(conflict("PathConflict", "The path is a directory."));
    TRY(auto staged, staged_blocks(c, root.id, location.path));
    TRY(auto committed, tables::extents_of(c, node));
    TRY(auto extents, chosen(list, staged, committed));
    if (node.id == 0) node.acl = inherited_acl(node.acl, false, 0666, how.umask);
    node.properties = how.properties;
    node.tier = how.tier;
    node.modified = state_->clock.now();
    node.version = state_->next_version(&node);
    CHECK_OK(node.id != 0 ? tables::update(c, node) : tables::insert(c, node));
    CHECK_OK(tables::set_extents(c, node, extents, garbage));
    CHECK_OK(drop_blocks(c, root.id, location.path, staged, garbage));
    return node;
  });
}

Result<std::pair<std::optional<Node>, Blocks>> Lake::blocks(const Location& location) const {
  using Answer = std::pair<std::optional<Node>, Blocks>;
  return store::read<Answer>(*state_->database, [&](store::Connection& c) -> Result<Answer> {
    Answer answer;
    TRY(Node root, tables::root(c, location));
    TRY(answer.first, tables::find(c, location));
    if (answer.first) {
      TRY(auto extents, tables::extents_of(c, *answer.first));
      for (const Extent& extent : extents)
        if (!extent.block_id.empty()) answer.second.committed.push_back({extent.block_id, extent.size});
    }
    TRY(auto staged, staged_blocks(c, root.id, location.path));
    for (const auto& [id, block] : staged) answer.second.uncommitted.push_back({id, block.size});
    return answer;
  });
}

Result<void> Lake::sweep() {
  std::int64_t before = to_unix_seconds(state_->clock.now() - state_->options.uncommitted_kept);
  CHECK_OK(state_->change<bool>({"block"}, [&](store::Connection& c, tables::Garbage& garbage) -> Result<bool> {
    std::vector<std::int64_t> chunks;
    CHECK_OK(c.each("SELECT chunk FROM blocks WHERE staged < ?1", [&](store::Statement& row) { chunks.push_back(row.integer(0)); }, before));
    CHECK_OK(c.execute("DELETE FROM blocks WHERE staged < ?1", before));
    for (std::int64_t chunk : chunks) CHECK_OK(tables::drop_chunk(c, chunk, garbage));
    return true;
  }));
  return state_->purge();
}

}  // namespace axonite::lake
