// The lake as a DuckDB file system, with DuckDB's C++ API (the C API cannot register one).
// It answers for every path. Which side a call belongs to is decided by who causes it, not by how the path looks:
// calls of a session reach the lake under that session's rights and nothing else, calls of DuckDB itself (pool files,
// write-ahead log, spill) reach local files and never the lake.
#include <algorithm>

#include "duckdb.hpp"
#include "duckdb/common/file_opener.hpp"
#include "duckdb/common/local_file_system.hpp"
#include "duckdb/main/capi/capi_internal.hpp"
#include "duckdb/main/client_context_state.hpp"
#include "engine/glob.h"
#include "engine/native.h"

namespace axonite::engine {
namespace {

using duckdb::FileHandle;
using duckdb::FileOpener;
using duckdb::FileOpenFlags;
using duckdb::idx_t;
using duckdb::optional_ptr;

constexpr std::string_view kScheme = "lake://";
constexpr const char* kCallerKey = "axonite_caller";

struct CallerState : duckdb::ClientContextState {
  explicit CallerState(std::shared_ptr<Caller> who) : caller(std::move(who)) {}
  std::shared_ptr<Caller> caller;
};

std::shared_ptr<Caller> caller_of(optional_ptr<FileOpener> opener) {
  auto context = FileOpener::TryGetClientContext(opener);
  if (!context) return nullptr;
  auto state = context->registered_state->Get<CallerState>(kCallerKey);
  return state ? state->caller : nullptr;
}

[[noreturn]] void fail(Caller& caller, const Error& error) {
  caller.remember(error);
  throw duckdb::IOException(error.message);
}

template <class T>
T value_or_fail(Caller& caller, Result<T> result) {
  if (!result) fail(caller, result.error());
  return std::move(*result);
}

void check(Caller& caller, Result<void> result) {
  if (!result) fail(caller, result.error());
}

// "lake://account/filesystem/path". Whatever else a session names is refused here.
lake::Location location_of(Caller& caller, std::string_view url) {
  if (!url.starts_with(kScheme)) fail(caller, forbidden("EngineLocalFile", "Only paths of the lake can be read or written."));
  auto rest = url.substr(kScheme.size());
  auto account_end = rest.find('/');
  auto filesystem_end = account_end == rest.npos ? rest.npos : rest.find('/', account_end + 1);
  if (filesystem_end == rest.npos) fail(caller, invalid("EnginePath", "A path of the lake names account, file system and file."));
  auto path = rest.substr(filesystem_end + 1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return {.account = std::string(rest.substr(0, account_end)),
          .filesystem = std::string(rest.substr(account_end + 1, filesystem_end - account_end - 1)),
          .path = std::string(path)};
}

std::string url_of(const lake::Location& location) {
  return std::string(kScheme) + location.account + '/' + location.filesystem + '/' + location.path;
}

// Reads committed content that is fixed at open, or writes new content that close() makes visible. A handle that is
// dropped without Close (a query that failed) leaves nothing behind.
struct LakeFile : FileHandle {
  LakeFile(duckdb::FileSystem& files, std::string path, FileOpenFlags flags, std::shared_ptr<Caller> who)
      : FileHandle(files, std::move(path), flags), caller(std::move(who)) {}
  void Close() override {
    reader.reset();
    if (auto committing = std::move(writer)) value_or_fail(*caller, committing->commit());
  }

  std::shared_ptr<Caller> caller;
  std::unique_ptr<lake::Reader> reader;
  std::unique_ptr<lake::Writer> writer;
  std::uint64_t position = 0;
};

class LakeFiles : public duckdb::FileSystem {
 public:
  std::string GetName() const override { return "LakeFiles"; }
  bool CanHandleFile(const std::string&) override { return true; }
  bool CanSeek() override { return true; }
  bool OnDiskFile(FileHandle&) override { return true; }  // random reads are cheap: no prefetch as for HTTP
  std::string PathSeparator(const std::string&) override { return "/"; }
  bool IsPipe(const std::string& path, optional_ptr<FileOpener> opener) override {
    return caller_of(opener) ? false : local_.IsPipe(path, opener);
  }

  duckdb::unique_ptr<FileHandle> OpenFile(const std::string& path, FileOpenFlags flags,
                                          optional_ptr<FileOpener> opener) override {
    auto caller = caller_of(opener);
    if (!caller) return local_.OpenFile(path, flags, opener);
    auto location = location_of(*caller, path);
    auto file = duckdb::make_uniq<LakeFile>(*this, path, flags, caller);
    if (flags.OpenForAppending() || (flags.OpenForReading() && flags.OpenForWriting())) {
      fail(*caller, unsupported("EnginePath", "Files of the lake are read, or written anew; not changed."));
    }
    if (flags.OpenForWriting()) {
      lake::Conditions conditions;
      if (flags.ExclusiveCreate()) conditions.if_none_match = "*";
      file->writer = value_or_fail(*caller, caller->view->create(location, conditions));
    } else {
      auto reader = caller->view->open(location);
      if (!reader && reader.error().kind == Error::Kind::not_found && flags.ReturnNullIfNotExists()) return nullptr;
      file->reader = value_or_fail(*caller, std::move(reader));
    }
    return file;
  }

  void Read(FileHandle& handle, void* buffer, std::int64_t bytes, idx_t at) override {
    auto& file = handle.Cast<LakeFile>();
    auto got = read_at(file, at, buffer, bytes);
    if (got != bytes) fail(*file.caller, unavailable("EngineIo", "The file '" + handle.path + "' ends too early."));
  }
  std::int64_t Read(FileHandle& handle, void* buffer, std::int64_t bytes) override {
    auto& file = handle.Cast<LakeFile>();
    auto got = read_at(file, file.position, buffer, bytes);
    file.position += got;
    return got;
  }
  void Write(FileHandle& handle, void* buffer, std::int64_t bytes, idx_t at) override {
    auto& file = handle.Cast<LakeFile>();
    if (at != file.position) fail(*file.caller, unsupported("EnginePath", "Files of the lake are written front to back."));
    Write(handle, buffer, bytes);
  }
  std::int64_t Write(FileHandle& handle, void* buffer, std::int64_t bytes) override {
    auto& file = handle.Cast<LakeFile>();
    if (!file.writer) fail(*file.caller, invalid("EnginePath", "The file is open for reading."));
    check(*file.caller, file.writer->append({static_cast<const char*>(buffer), static_cast<std::size_t>(bytes)}));
    file.position += bytes;
    return bytes;
  }
  void FileSync(FileHandle&) override {}  // commit() is durable
  std::int64_t GetFileSize(FileHandle& handle) override {
    auto& file = handle.Cast<LakeFile>();
    return static_cast<std::int64_t>(file.reader ? file.reader->entry().size : file.position);
  }
  duckdb::timestamp_t GetLastModifiedTime(FileHandle& handle) override {
    auto& file = handle.Cast<LakeFile>();
    if (!file.reader) return duckdb::timestamp_t(0);
    return duckdb::timestamp_t(to_unix_nanoseconds(file.reader->entry().modified) / 1000);
  }
  std::string GetVersionTag(FileHandle& handle) override {
    auto& file = handle.Cast<LakeFile>();
    return file.reader ? file.reader->entry().etag : std::string();
  }
  duckdb::FileType GetFileType(FileHandle&) override { return duckdb::FileType::FILE_TYPE_REGULAR; }
  void Seek(FileHandle& handle, idx_t at) override { handle.Cast<LakeFile>().position = at; }
  void Reset(FileHandle& handle) override { handle.Cast<LakeFile>().position = 0; }
  idx_t SeekPosition(FileHandle& handle) override { return handle.Cast<LakeFile>().position; }

  bool FileExists(const std::string& path, optional_ptr<FileOpener> opener) override {
    auto caller = caller_of(opener);
    if (!caller) return local_.FileExists(path, opener);
    auto entry = entry_at(*caller, path);
    return entry && !entry->is_directory;
  }
  bool DirectoryExists(const std::string& path, optional_ptr<FileOpener> opener) override {
    auto caller = caller_of(opener);
    if (!caller) return local_.DirectoryExists(path, opener);
    auto entry = entry_at(*caller, path);
    return entry && entry->is_directory;
  }
  void CreateDirectory(const std::string& path, optional_ptr<FileOpener> opener) override {
    auto caller = caller_of(opener);
    if (!caller) return local_.CreateDirectory(path, opener);
    check(*caller, caller->view->make_directory(location_of(*caller, path)));
  }
  void CreateDirectoriesRecursive(const std::string& path, optional_ptr<FileOpener> opener) override {
    if (!caller_of(opener)) return local_.CreateDirectoriesRecursive(path, opener);
    CreateDirectory(path, opener);  // the lake makes parents itself
  }
  void RemoveDirectory(const std::string& path, optional_ptr<FileOpener> opener) override {
    auto caller = caller_of(opener);
    if (!caller) return local_.RemoveDirectory(path, opener);
    check(*caller, caller->view->remove(location_of(*caller, path), true));
  }
  void MoveFile(const std::string& from, const std::string& to, optional_ptr<FileOpener> opener) override {
    auto caller = caller_of(opener);
    if (!caller) return local_.MoveFile(from, to, opener);
    check(*caller, caller->view->rename(location_of(*caller, from), location_of(*caller, to)));
  }
  void RemoveFile(const std::string& path, optional_ptr<FileOpener> opener) override {
    auto caller = caller_of(opener);
    if (!caller) return local_.RemoveFile(path, opener);
    check(*caller, caller->view->remove(location_of(*caller, path), false));
  }
  bool TryRemoveFile(const std::string& path, optional_ptr<FileOpener> opener) override {
    auto caller = caller_of(opener);
    if (!caller) return local_.TryRemoveFile(path, opener);
    auto removed = caller->view->remove(location_of(*caller, path), false);
    if (!removed && removed.error().kind == Error::Kind::not_found) return false;
    check(*caller, std::move(removed));
    return true;
  }
  void RemoveFiles(const duckdb::vector<std::string>& paths, optional_ptr<FileOpener> opener) override {
    for (auto& path : paths) TryRemoveFile(path, opener);
  }
  bool ListFiles(const std::string& path, const std::function<void(const std::string&, bool)>& each,
                 FileOpener* opener) override {
    auto caller = caller_of(opener);
    if (!caller) return local_.ListFiles(path, each, opener);
    auto entries = caller->view->list(location_of(*caller, path), false);
    if (!entries && entries.error().kind == Error::Kind::not_found) return false;
    for (auto& entry : value_or_fail(*caller, std::move(entries))) {
      each(entry.location.path.substr(entry.location.path.rfind('/') + 1), entry.is_directory);
    }
    return true;
  }
  duckdb::vector<duckdb::OpenFileInfo> Glob(const std::string& pattern, FileOpener* opener) override {
    auto caller = caller_of(opener);
    if (!caller) return local_.Glob(pattern, opener);
    auto wanted = location_of(*caller, pattern);
    if (!has_wildcard(wanted.path)) {
      if (!FileExists(pattern, opener)) return {};
      return {duckdb::OpenFileInfo(pattern)};
    }
    return matches(*caller, wanted);
  }

 private:
  static std::int64_t read_at(LakeFile& file, idx_t at, void* buffer, std::int64_t bytes) {
    if (!file.reader) fail(*file.caller, invalid("EnginePath", "The file is open for writing."));
    std::size_t done = 0;
    while (done < static_cast<std::size_t>(bytes)) {
      std::span<char> rest(static_cast<char*>(buffer) + done, static_cast<std::size_t>(bytes) - done);
      auto got = value_or_fail(*file.caller, file.reader->read_at(at + done, rest));
      if (got == 0) break;
      done += got;
    }
    return static_cast<std::int64_t>(done);
  }
  static std::optional<lake::Entry> entry_at(Caller& caller, const std::string& path) {
    auto entry = caller.view->stat(location_of(caller, path));
    if (!entry && entry.error().kind == Error::Kind::not_found) return std::nullopt;
    return value_or_fail(caller, std::move(entry));
  }
  static duckdb::vector<duckdb::OpenFileInfo> matches(Caller& caller, const lake::Location& wanted) {
    auto folder = wanted;
    folder.path = folder_before_wildcard(wanted.path);
    bool recursive = wanted.path.find('/', folder.path.size() + (folder.path.empty() ? 0 : 1)) != std::string::npos ||
                     wanted.path.contains("**");
    auto entries = caller.view->list(folder, recursive);
    if (!entries && entries.error().kind == Error::Kind::not_found) return {};
    duckdb::vector<duckdb::OpenFileInfo> found;
    for (auto& entry : value_or_fail(caller, std::move(entries))) {
      if (!entry.is_directory && glob_matches(wanted.path, entry.location.path)) {
        found.emplace_back(url_of(entry.location));
      }
    }
    return found;
  }

  duckdb::LocalFileSystem local_;
};

}  // namespace

Result<void> register_files(_duckdb_database* database) try {
  auto& wrapper = *reinterpret_cast<duckdb::DatabaseWrapper*>(database);
  wrapper.database->GetFileSystem().RegisterSubSystem(duckdb::make_uniq<LakeFiles>());
  return ok();
} catch (const std::exception& error) {
  return std::unexpected(internal(std::string("register file system: ") + error.what()));
}

void set_caller(_duckdb_connection* connection, std::shared_ptr<Caller> caller) {
  reinterpret_cast<duckdb::Connection*>(connection)
      ->context->registered_state->Insert(kCallerKey, duckdb::make_shared_ptr<CallerState>(std::move(caller)));
}

}  // namespace axonite::engine
