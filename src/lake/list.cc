// Lists in the byte order of full paths over a tree that is ordered by name within each directory: the subtree of "a"
// belongs at "a/", which is after "a-b". A directory whose subtree is still to come waits until the names pass it.
#include <algorithm>

#include "lake/state.h"

namespace axonite::lake {
namespace {

constexpr int kBatch = 512;

class Walk {
 public:
  // `from` and `prefix` are relative to the directory they are given for. `take` returns false to stop.
  Walk(store::Connection& c, bool recursive, std::function<bool(Node&)> take) : c_(c), recursive_(recursive), take_(std::move(take)) {}

  // False when stopped.
  Result<bool> directory(std::int64_t id, const std::string& base, std::string from, const std::string& prefix) {
    if (std::size_t slash = prefix.find('/'); slash != std::string::npos) return only_child(id, base, from, prefix, slash);
    TRY(auto waiting, passed_parents(id, from, prefix));
    std::string cursor = std::max(from, prefix);
    bool exclusive = false;
    for (bool more = true; more;) {
      TRY(auto nodes, tables::children(c_, id, cursor, exclusive, kBatch));
      more = nodes.size() == kBatch;
      for (Node& node : nodes) {
        if (!node.name.starts_with(prefix)) {
          more = false;
          break;
        }
        TRY(bool go_on, subtrees_before(waiting, node.name, base, from));
        if (!go_on) return false;
        node.path = base + node.name;
        if (node.is_directory && recursive_) waiting.push_back({node.name, node.id});
        if (!take_(node)) return false;
        cursor = node.name;
        exclusive = true;
      }
    }
    return subtrees_before(waiting, std::nullopt, base, from);
  }

 private:
  struct Waiting {
    std::string name;
    std::int64_t id;
  };

  Result<bool> only_child(std::int64_t id, const std::string& base, const std::string& from, const std::string& prefix, std::size_t slash) {
    std::string name = prefix.substr(0, slash);
    TRY(auto child, tables::find_child(c_, id, name));
    if (!child || !child->is_directory) return true;
    return descend({name, child->id}, base, from, prefix.substr(slash + 1));
  }

  Result<bool> descend(const Waiting& child, const std::string& base, const std::string& from, const std::string& prefix) {
    std::string start = child.name + "/";
    if (from.starts_with(start)) return directory(child.id, base + start, from.substr(start.size()), prefix);
    if (start < from) return true;
    return directory(child.id, base + start, "", prefix);
  }

  // Directories before `from` whose subtrees are at or after it: their names are proper prefixes of it.
  Result<std::vector<Waiting>> passed_parents(std::int64_t id, const std::string& from, const std::string& prefix) {
    std::vector<Waiting> found;
    if (!recursive_) return found;
    for (std::size_t size = std::max<std::size_t>(prefix.size(), 1); size < from.size(); ++size) {
      if (from[size - 1] == '/') break;
      if (static_cast<unsigned char>(from[size]) > '/' || from.compare(0, prefix.size(), prefix) != 0) continue;
      TRY(auto child, tables::find_child(c_, id, std::string_view(from).substr(0, size)));
      if (child && child->is_directory) found.push_back({child->name, child->id});
    }
    return found;
  }

  Result<bool> subtrees_before(std::vector<Waiting>& waiting, std::optional<std::string_view> name, const std::string& base, const std::string& from) {
    auto key = [](const Waiting& one) { return one.name + "/"; };
    while (!waiting.empty()) {
      auto first = std::ranges::min_element(waiting, {}, key);
      if (name && !(key(*first) < *name)) return true;
      Waiting next = std::move(*first);
      waiting.erase(first);
      TRY(bool go_on, descend(next, base, from, ""));
      if (!go_on) return false;
    }
    return true;
  }

  store::Connection& c_;
  bool recursive_;
  std::function<bool(Node&)> take_;
};

std::string relative(const std::string& path, const std::string& base) { return path.starts_with(base) ? path.substr(base.size()) : path < base ? "" : "\xff"; }

}  // namespace

Result<Listing> Lake::list(const Location& directory, const ListOptions& options) const {
  return store::read<Listing>(*state_->database, [&](store::Connection& c) -> Result<Listing> {
    TRY(Node node, tables::get(c, directory));
    if (!node.is_directory) return std::unexpected(not_found("PathNotFound", "The specified path is no directory."));
    std::string base = directory.path.empty() ? "" : directory.path + "/";
    Listing listing;
    auto take = [&](Node& found) {
      if (listing.nodes.size() == options.count_max) {
        listing.next = found.path;
        return false;
      }
      listing.nodes.push_back(std::move(found));
      return true;
    };
    std::string prefix = options.prefix.starts_with(base) ? options.prefix.substr(base.size()) : std::string();
    CHECK_OK(Walk(c, options.recursive, take).directory(node.id, base, relative(options.from, base), prefix));
    return listing;
  });
}

}  // namespace axonite::lake
