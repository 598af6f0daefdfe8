#pragma once
#include <string>

#include "base/text.h"
#include "lake/lake.h"

namespace axonite::delta {

// "lake://account/filesystem/path": how the engine's file system names a location of the lake.
inline std::string engine_path(const lake::Location& location) {
  return "lake://" + location.account + "/" + location.filesystem + "/" + location.path;
}

// The other way: "lake://account/filesystem/path".
inline Result<lake::Location> parse_engine_path(std::string_view path) {
  constexpr std::string_view kScheme = "lake://";
  if (!path.starts_with(kScheme)) return lake::Location::parse(path);
  path.remove_prefix(kScheme.size());
  std::size_t account = path.find('/');
  std::size_t filesystem = account == std::string_view::npos ? account : path.find('/', account + 1);
  if (filesystem == std::string_view::npos) return std::unexpected(invalid("InvalidUri", "The path names no file system of an account."));
  return lake::Location{std::string(path.substr(0, account)), std::string(path.substr(account + 1, filesystem - account - 1)), std::string(path.substr(filesystem + 1))};
}

// The location of a data file as an add action names it: percent-encoded and relative, or an absolute URL.
inline Result<lake::Location> data_file(const lake::Location& table, std::string_view path) {
  auto decoded = text::percent_decode(path);
  if (!decoded) return std::unexpected(invalid("DeltaLogCorrupt", "A file name of the table is not percent-encoded."));
  if (decoded->find("://") != std::string::npos) return lake::Location::parse(*decoded);
  return lake::Location{table.account, table.filesystem, table.path.empty() ? *decoded : table.path + "/" + *decoded};
}

}  // namespace axonite::delta
