// The lake as one caller may see it.
#include <utility>

#include "lake/state.h"

namespace axonite::lake {
namespace {

Entry to_entry(const Location& at, const Node& node) {
  Entry entry;
  entry.location = at;
  entry.is_directory = node.is_directory;
  entry.size = node.size;
  entry.etag = node.etag();
  entry.created = node.created;
  entry.modified = node.modified;
  entry.content_type = node.properties.content_type;
  entry.content_md5 = node.properties.content_md5;
  entry.metadata = node.properties.metadata;
  entry.owner = node.owner;
  entry.group = node.group;
  entry.permissions = permissions_of(node.acl);
  entry.acl = node.acl;
  return entry;
}

class SnapshotReader : public Reader {
 public:
  SnapshotReader(const Lake& lake, Location at, std::shared_ptr<const Snapshot> snapshot)
      : lake_(lake), snapshot_(std::move(snapshot)), entry_(to_entry(at, snapshot_->node)) {}
  // Holds the files open: a later delete of the path takes its content only when the reader is gone.
  Result<void> open_files() {
    for (const Extent& extent : snapshot_->extents) {
      if (extent.file.empty()) {
        files_.push_back(nullptr);
        TRY(std::string bytes, small(extent));
        bytes_.emplace(extent.start, std::move(bytes));
        continue;
      }
      TRY(auto file, lake_.open_file(extent));
      files_.push_back(std::move(file));
    }
    return ok();
  }
  const Entry& entry() const override { return entry_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> buffer) const override {
    if (snapshot_->bytes) return lake_.read_at(*snapshot_, offset, buffer);
    std::size_t done = 0;
    for (std::size_t i = 0; i < files_.size() && done < buffer.size(); ++i) {
      const Extent& extent = snapshot_->extents[i];
      std::uint64_t at = offset + done;
      if (at < extent.start || at >= extent.start + extent.size) continue;
      std::size_t part = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size() - done, extent.start + extent.size - at));
      if (files_[i]) {
        TRY(std::size_t got, files_[i]->read_at(at - extent.start, buffer.subspan(done, part)));
        if (got != part) return std::unexpected(internal("content file " + extent.file + " is too short"));
      } else {
        bytes_.at(extent.start).copy(buffer.data() + done, part, static_cast<std::size_t>(at - extent.start));
      }
      done += part;
    }
    return done;
  }

 private:
  Result<std::string> small(const Extent& extent) const {
    std::string bytes(static_cast<std::size_t>(extent.size), '\0');
    CHECK_OK(lake_.read_at(*snapshot_, extent.start, bytes));
    return bytes;
  }
  const Lake& lake_;
  std::shared_ptr<const Snapshot> snapshot_;
  Entry entry_;
  std::vector<std::shared_ptr<File>> files_;
  std::map<std::uint64_t, std::string> bytes_;
};

class PathWriter : public Writer {
 public:
  PathWriter(Lake& lake, Location at, Conditions conditions, std::string owner)
      : lake_(lake), at_(std::move(at)), conditions_(std::move(conditions)), owner_(std::move(owner)), content_(lake.new_content()) {}
  Result<void> append(std::string_view bytes) override { return content_.append(bytes); }
  Result<Entry> commit() override {
    TRY(Content content, content_.seal());
    NewPath how;
    how.properties.content_type = "application/octet-stream";
    how.owner = owner_;
    TRY(Node node, lake_.put(at_, content, how, {conditions_, {}}));
    return to_entry(at_, node);
  }

 private:
  Lake& lake_;
  Location at_;
  Conditions conditions_;
  std::string owner_;
  ContentWriter content_;
};

class CallerView : public View {
 public:
  CallerView(Lake& lake, identity::Principal principal) : lake_(lake), principal_(std::move(principal)) {}

  Result<Entry> stat(const Location& at) const override {
    CHECK_OK(lake_.allow(principal_, Right::stat, at));
    TRY(Node node, lake_.stat(at));
    return to_entry(at, node);
  }
  Result<std::unique_ptr<Reader>> open(const Location& at, const Conditions& conditions) const override {
    CHECK_OK(lake_.allow(principal_, Right::read, at));
    // A file that went between lookup and opening was replaced: look again.
    for (int attempt = 0;; ++attempt) {
      TRY(auto snapshot, lake_.snapshot(at));
      if (snapshot->node.is_directory) return std::unexpected(conflict("PathConflict", "The path is a directory."));
      CHECK_OK(check_for_read(conditions, snapshot->node));
      auto reader = std::make_unique<SnapshotReader>(lake_, at, std::move(snapshot));
      auto opened = reader->open_files();
      if (opened) return reader;
      if (opened.error().kind != Error::Kind::not_found || attempt == 8) return std::unexpected(std::move(opened.error()));
    }
  }
  Result<std::unique_ptr<Writer>> create(const Location& at, const Conditions& conditions) override {
    CHECK_OK(lake_.allow(principal_, Right::create, at));
    return std::make_unique<PathWriter>(lake_, at, conditions, owner());
  }
  Result<std::vector<Entry>> list(const Location& directory, bool recursive) const override {
    CHECK_OK(lake_.allow(principal_, Right::list, directory));
    std::vector<Entry> entries;
    ListOptions options{.recursive = recursive};
    do {
      TRY(Listing page, lake_.list(directory, options));
      for (const Node& node : page.nodes) entries.push_back(to_entry({directory.account, directory.filesystem, node.path}, node));
      options.from = page.next;
    } while (!options.from.empty());
    return entries;
  }
  Result<void> make_directory(const Location& at) override {
    CHECK_OK(lake_.allow(principal_, Right::create, at));
    NewPath how;
    how.owner = owner();
    CHECK_OK(lake_.make_directory(at, how, {}));
    return ok();
  }
  Result<void> remove(const Location& at, bool recursive) override {
    CHECK_OK(lake_.allow(principal_, Right::remove, at));
    return lake_.remove(at, recursive, {});
  }
  Result<void> rename(const Location& from, const Location& to, const Conditions& conditions) override {
    CHECK_OK(lake_.allow(principal_, Right::remove, from));
    CHECK_OK(lake_.allow(principal_, Right::create, to));
    CHECK_OK(lake_.rename(from, to, {}, {conditions, {}}));
    return ok();
  }

 private:
  std::string owner() const { return principal_.kind == identity::Principal::Kind::system ? "" : principal_.object_id; }
  Lake& lake_;
  identity::Principal principal_;
};

}  // namespace

std::unique_ptr<View> Lake::view(const identity::Principal& principal) { return std::make_unique<CallerView>(*this, principal); }

}  // namespace axonite::lake
