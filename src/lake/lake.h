#pragma once
// Storage accounts: one namespace under Blob and DFS. What the wire protocols, DuckDB, Delta and pipelines share.
// A View is the lake as one caller may see it; every call of it checks that caller's roles and ACLs.
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "identity/access.h"

namespace axonite::lake {

// `path` has no leading slash; "" is the root of the file system.
struct Location {
  std::string account;
  std::string filesystem;
  std::string path;
  // "abfss://raw@acct.dfs.core.windows.net/a/b", "https://acct.dfs|blob.core.windows.net/raw/a/b", "wasbs://…".
  static Result<Location> parse(std::string_view url);
  std::string abfss() const;
};

struct Entry {
  Location location;
  bool is_directory = false;
  std::uint64_t size = 0;
  std::string etag;  // without quotes
  Time created{};
  Time modified{};
  std::string content_type;
  std::string content_md5;                       // raw bytes, empty when unknown
  std::map<std::string, std::string> metadata;   // x-ms-meta-*, x-ms-properties: one store
  std::string owner, group, permissions, acl;    // POSIX side
};

struct Conditions {
  std::optional<std::string> if_match;  // an etag, or "*"
  std::optional<std::string> if_none_match;
  std::optional<Time> if_modified_since, if_unmodified_since;
};

// Committed content, fixed at open: later writes of the path do not change what it reads.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual const Entry& entry() const = 0;
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<char> buffer) const = 0;
};

// New content for a path; nothing is visible before commit(), nothing remains without it.
class Writer {
 public:
  virtual ~Writer() = default;
  virtual Result<void> append(std::string_view bytes) = 0;
  // Durable and visible when it returns; precondition/conflict when the conditions given at create no longer hold.
  virtual Result<Entry> commit() = 0;
};

class View {
 public:
  virtual ~View() = default;
  virtual Result<Entry> stat(const Location& location) const = 0;
  virtual Result<std::unique_ptr<Reader>> open(const Location& location, const Conditions& conditions = {}) const = 0;
  // Parents are created. `conditions.if_none_match == "*"` = only if absent (conflict("PathAlreadyExists")).
  virtual Result<std::unique_ptr<Writer>> create(const Location& location, const Conditions& conditions = {}) = 0;
  // Direct children, or everything below when `recursive`; in path byte order, directories as entries.
  virtual Result<std::vector<Entry>> list(const Location& directory, bool recursive) const = 0;
  virtual Result<void> make_directory(const Location& location) = 0;
  // not_found when absent; conflict("DirectoryNotEmpty") unless recursive.
  virtual Result<void> remove(const Location& location, bool recursive) = 0;
  // Atomic; O(1) for directories. `conditions` hold for the destination.
  virtual Result<void> rename(const Location& from, const Location& to, const Conditions& conditions = {}) = 0;
};

class Lake;  // accounts, file systems, leases, staged appends and blocks: lake/namespace.h

}  // namespace axonite::lake
