// Snapshots and their bytes.
#include <algorithm>
#include <cstring>

#include "lake/state.h"

namespace axonite::lake {

Result<std::shared_ptr<const Snapshot>> Lake::snapshot(const Location& location) const {
  std::string key = cache_key(location);
  std::uint64_t ticket = 0;
  if (auto hit = state_->cache.get(key, ticket)) return hit;
  TRY(Snapshot read, store::read<Snapshot>(*state_->database, [&](store::Connection& c) -> Result<Snapshot> {
    TRY(Node node, tables::get(c, location));
    return tables::load_content(c, std::move(node));
  }));
  auto shared = std::make_shared<const Snapshot>(std::move(read));
  state_->cache.put(key, ticket, shared);
  return shared;
}

Result<Node> Lake::stat(const Location& location) const {
  return map(snapshot(location), [](std::shared_ptr<const Snapshot> snapshot) { return snapshot->node; });
}

Result<std::shared_ptr<File>> Lake::open_file(const Extent& extent) const { return File::open_read(state_->content.path_of(extent.file)); }

Result<std::size_t> Lake::read_at(const Snapshot& snapshot, std::uint64_t offset, std::span<char> buffer) const {
  if (offset >= snapshot.node.size) return 0;
  buffer = buffer.first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), snapshot.node.size - offset)));
  if (snapshot.bytes) {
    std::memcpy(buffer.data(), snapshot.bytes->data() + offset, buffer.size());
    return buffer.size();
  }
  auto extent = std::ranges::upper_bound(snapshot.extents, offset, {}, &Extent::start);
  std::size_t done = 0;
  for (--extent; done < buffer.size() && extent != snapshot.extents.end(); ++extent) {
    std::uint64_t within = offset + done - extent->start;
    std::span<char> part = buffer.subspan(done, static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size() - done, extent->size - within)));
    if (!extent->file.empty()) {
      TRY(auto file, open_file(*extent));
      TRY(std::size_t got, file->read_at(within, part));
      if (got != part.size()) return std::unexpected(internal("content file " + extent->file + " is too short"));
    } else {
      auto copy = [&](store::Statement& row) {
        std::string_view bytes = row.text(0).substr(static_cast<std::size_t>(within));
        std::memcpy(part.data(), bytes.data(), std::min(part.size(), bytes.size()));
        return bytes.size() >= part.size();
      };
      TRY(auto found, store::read<std::optional<bool>>(*state_->database, [&](store::Connection& c) {
        return c.first("SELECT bytes FROM chunks WHERE id = ?1", copy, extent->chunk);
      }));
      if (!found) return std::unexpected(not_found("FileNotFound", "The content has been replaced."));
      if (!*found) return std::unexpected(internal("a chunk is too short"));
    }
    done += part.size();
  }
  return done;
}

}  // namespace axonite::lake
