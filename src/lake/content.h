#pragma once
// The folder of content files beside lake.db. A file is written under tmp/, synced, renamed to its place and the
// directory synced before any row names it; files that no row names are orphans of a crash and are swept on start.
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace axonite::lake {

// Sealed bytes that no row names yet: in memory when small, else a file of the folder.
struct Content {
  std::uint64_t size = 0;
  std::string bytes;
  std::string file;  // its name; empty = `bytes`
};

class ContentFolder;

// Collects bytes; spills into a file once they are more than the inline limit. Removes its file unless sealed.
class ContentWriter {
 public:
  explicit ContentWriter(const ContentFolder& folder) : folder_(&folder) {}
  ContentWriter(ContentWriter&&) noexcept = default;
  ~ContentWriter();
  Result<void> append(std::string_view bytes);
  std::uint64_t size() const { return size_; }
  // Durable when it returns.
  Result<Content> seal();

 private:
  const ContentFolder* folder_;
  std::uint64_t size_ = 0;
  std::string bytes_;
  std::string name_;
  std::shared_ptr<File> file_;
};

class ContentFolder {
 public:
  static Result<ContentFolder> open(std::filesystem::path folder, std::size_t inline_bytes_max);
  std::size_t inline_bytes_max() const { return inline_bytes_max_; }
  std::filesystem::path path_of(std::string_view file) const;
  std::filesystem::path temporary(std::string_view file) const;
  // After the commit that dropped the last row naming them; a failure leaves an orphan for the next start.
  void remove(const std::vector<std::string>& files) const;
  // Deletes all files that `is_named` does not know, and everything under tmp/. Returns how many.
  Result<std::size_t> sweep(const std::function<bool(const std::string&)>& is_named) const;

 private:
  ContentFolder(std::filesystem::path folder, std::size_t inline_bytes_max) : folder_(std::move(folder)), inline_bytes_max_(inline_bytes_max) {}
  std::filesystem::path folder_;
  std::size_t inline_bytes_max_;
};

}  // namespace axonite::lake
