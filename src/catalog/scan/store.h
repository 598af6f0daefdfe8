#pragma once
// What the scanning plane keeps in scans.db: definitions by path ("datasources/x/scans/y/triggers/default"), runs, and what
// each scan found last. Names compare without case, within one account.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/clock.h"
#include "base/json.h"
#include "store/database.h"

namespace axonite::catalog::scan {

struct Definition {
  std::string path;  // lower case
  json::Value body;
};

struct Run {
  std::string account, source, scan, id;
  std::string status;  // "Accepted", "InProgress", "Succeeded", "Failed", "Canceled"
  json::Value body;    // the scan result as clients see it
};

struct FoundAsset {
  std::string type, name;
  std::string mark;  // of what was seen: the same mark again needs no second look
};

class Store {
 public:
  static Result<std::unique_ptr<Store>> open(const std::filesystem::path& file);

  Result<std::optional<json::Value>> get(std::string_view account, std::string_view path) const;
  // Whether it is new. The parent ("datasources/x" of "datasources/x/scans/y") must be there: not_found("…_NotFound").
  Result<bool> put(std::string_view account, std::string_view path, const json::Value& body);
  // With all below it; whether it was there.
  Result<bool> remove(std::string_view account, std::string_view path);
  // Direct children, by name.
  Result<std::vector<Definition>> list(std::string_view account, std::string_view collection) const;
  // Every trigger of every account.
  struct Place {
    std::string account, source, scan;
    json::Value body;
  };
  Result<std::vector<Place>> triggers() const;

  Result<void> put_run(const Run& run);
  Result<std::optional<Run>> run(std::string_view account, std::string_view source, std::string_view scan, std::string_view id) const;
  // Newest first, at most 100.
  Result<std::vector<Run>> runs(std::string_view account, std::string_view source, std::string_view scan) const;
  Result<std::vector<Run>> unfinished() const;

  // `scan` here is "account/source/scan".
  Result<std::vector<FoundAsset>> found(std::string_view scan) const;
  Result<void> replace_found(std::string_view scan, const std::vector<FoundAsset>& assets);

 private:
  explicit Store(std::unique_ptr<store::Database> database) : database_(std::move(database)) {}
  std::unique_ptr<store::Database> database_;
};

}  // namespace axonite::catalog::scan
