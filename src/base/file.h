#pragma once
// Files of the data directory: what is written here survives a power cut once the call returns.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace axonite {

// An open file; closes with its last owner, so an answer that streams a file outlives its deletion.
class File {
 public:
  static Result<std::shared_ptr<File>> open_read(const std::filesystem::path& path);
  // Creates; fails with conflict("FileExists") when it is there. `mode` as in open(2).
  static Result<std::shared_ptr<File>> create(const std::filesystem::path& path, unsigned mode = 0600);
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  int descriptor() const { return descriptor_; }
  Result<std::uint64_t> size() const;
  // Reads up to buffer.size() bytes at `offset`; fewer only at the end of the file.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> buffer) const;
  Result<void> write_at(std::uint64_t offset, std::string_view bytes);
  // fdatasync.
  Result<void> sync();

 private:
  int descriptor_;
};

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t bytes_max = 64u << 20);
// Temporary name, fsync, rename, fsync of the directory.
Result<void> write_file_durably(const std::filesystem::path& path, std::string_view content, unsigned mode = 0600);
Result<void> sync_directory(const std::filesystem::path& directory);

}  // namespace axonite
