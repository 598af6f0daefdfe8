#include "lake/content.h"

#include <system_error>

#include "base/id.h"
#include "base/text.h"

namespace axonite::lake {
namespace {

Error file_error(const std::error_code& error, std::string_view what) {
  if (error == std::errc::no_space_on_device) return unavailable("DiskFull", "The disk of the data directory is full.");
  return internal(std::string(what) + ": " + error.message());
}

}  // namespace

ContentWriter::~ContentWriter() {
  std::error_code ignored;
  if (file_) std::filesystem::remove(folder_->temporary(name_), ignored);
}

Result<void> ContentWriter::append(std::string_view bytes) {
  if (!file_ && size_ + bytes.size() <= folder_->inline_bytes_max()) {
    bytes_.append(bytes);
    size_ += bytes.size();
    return ok();
  }
  if (!file_) {
    name_ = text::hex_encode(random_bytes(16));
    TRY(file_, File::create(folder_->temporary(name_)));
    CHECK_OK(file_->write_at(0, bytes_));
    bytes_.clear();
  }
  CHECK_OK(file_->write_at(size_, bytes));
  size_ += bytes.size();
  return ok();
}

Result<Content> ContentWriter::seal() {
  if (!file_) return Content{size_, std::move(bytes_), {}};
  CHECK_OK(file_->sync());
  std::error_code error;
  auto place = folder_->path_of(name_);
  std::filesystem::rename(folder_->temporary(name_), place, error);
  if (error) return std::unexpected(file_error(error, "rename content"));
  file_.reset();
  CHECK_OK(sync_directory(place.parent_path()));
  return Content{size_, {}, name_};
}

Result<ContentFolder> ContentFolder::open(std::filesystem::path folder, std::size_t inline_bytes_max) {
  std::error_code error;
  std::filesystem::create_directories(folder / "tmp", error);
  for (unsigned i = 0; i < 256 && !error; ++i)
    std::filesystem::create_directories(folder / text::hex_encode(std::string(1, static_cast<char>(i))), error);
  if (error) return std::unexpected(file_error(error, "create content folder"));
  CHECK_OK(sync_directory(folder));
  return ContentFolder(std::move(folder), inline_bytes_max);
}

std::filesystem::path ContentFolder::path_of(std::string_view file) const { return folder_ / file.substr(0, 2) / file; }
std::filesystem::path ContentFolder::temporary(std::string_view file) const { return folder_ / "tmp" / file; }

void ContentFolder::remove(const std::vector<std::string>& files) const {
  std::error_code ignored;
  for (const std::string& file : files) std::filesystem::remove(path_of(file), ignored);
}

Result<std::size_t> ContentFolder::sweep(const std::function<bool(const std::string&)>& is_named) const {
  std::error_code error;
  std::vector<std::filesystem::path> orphans;
  for (std::filesystem::recursive_directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
    if (!it->is_regular_file(error)) continue;
    bool temporary = it->path().parent_path() == folder_ / "tmp";
    if (temporary || !is_named(it->path().filename())) orphans.push_back(it->path());
  }
  if (error) return std::unexpected(file_error(error, "sweep content"));
  for (const auto& orphan : orphans) std::filesystem::remove(orphan, error);
  return orphans.size();
}

}  // namespace axonite::lake
