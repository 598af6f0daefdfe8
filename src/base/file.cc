#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/id.h"

namespace axonite {
namespace {

Error system_error(std::string_view what, const std::filesystem::path& path) {
  Error::Kind kind = errno == ENOENT   ? Error::Kind::not_found
                     : errno == EEXIST ? Error::Kind::conflict
                     : errno == ENOSPC ? Error::Kind::unavailable
                                       : Error::Kind::internal;
  std::string_view code = errno == ENOENT ? "FileNotFound" : errno == EEXIST ? "FileExists" : errno == ENOSPC ? "DiskFull" : "FileError";
  return Error{.kind = kind,
               .code = std::string(code),
               .message = "A file of the data directory could not be used.",
               .log = std::string(what) + " " + path.string() + ": " + std::strerror(errno)};
}

Result<std::shared_ptr<File>> open_file(const std::filesystem::path& path, int flags, unsigned mode) {
  int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  if (descriptor < 0) return std::unexpected(system_error("open", path));
  return std::make_shared<File>(descriptor);
}

}  // namespace

Result<std::shared_ptr<File>> File::open_read(const std::filesystem::path& path) { return open_file(path, O_RDONLY, 0); }

Result<std::shared_ptr<File>> File::create(const std::filesystem::path& path, unsigned mode) {
  return open_file(path, O_RDWR | O_CREAT | O_EXCL, mode);
}

File::~File() { ::close(descriptor_); }

Result<std::uint64_t> File::size() const {
  struct stat status;
  if (::fstat(descriptor_, &status) != 0) return std::unexpected(system_error("fstat", {}));
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::size_t> File::read_at(std::uint64_t offset, std::span<char> buffer) const {
  std::size_t total = 0;
  while (total < buffer.size()) {
    ssize_t got = ::pread(descriptor_, buffer.data() + total, buffer.size() - total, static_cast<off_t>(offset + total));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(system_error("pread", {}));
    if (got == 0) break;
    total += static_cast<std::size_t>(got);
  }
  return total;
}

Result<void> File::write_at(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t put = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return std::unexpected(system_error("pwrite", {}));
    offset += static_cast<std::uint64_t>(put);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return ok();
}

Result<void> File::sync() {
  if (::fdatasync(descriptor_) != 0) return std::unexpected(system_error("fdatasync", {}));
  return ok();
}

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t bytes_max) {
  TRY(auto file, File::open_read(path));
  TRY(std::uint64_t size, file->size());
  if (size > bytes_max) return std::unexpected(too_large("FileTooLarge", "The file is larger than its limit."));
  std::string content(size, '\0');
  TRY(std::size_t read, file->read_at(0, content));
  content.resize(read);
  return content;
}

Result<void> write_file_durably(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  std::filesystem::path temporary = path;
  temporary += ".tmp-" + new_uuid();
  TRY(auto file, File::create(temporary, mode));
  CHECK_OK(file->write_at(0, content));
  CHECK_OK(file->sync());
  if (::rename(temporary.c_str(), path.c_str()) != 0) return std::unexpected(system_error("rename", path));
  return sync_directory(path.parent_path());
}

Result<void> sync_directory(const std::filesystem::path& directory) {
  TRY(auto handle, open_file(directory.empty() ? "." : directory, O_RDONLY | O_DIRECTORY, 0));
  if (::fsync(handle->descriptor()) != 0) return std::unexpected(system_error("fsync", directory));
  return ok();
}

}  // namespace axonite
