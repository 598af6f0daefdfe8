#include "base/text.h"
#include "lake/lake.h"

namespace axonite::lake {
namespace {

Error bad_url(std::string_view url) {
  return invalid("InvalidUri", "'" + std::string(url.substr(0, 200)) + "' is no location in a storage account.");
}

std::string clean(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::string(path);
}

std::string account_of(std::string_view host) { return text::to_lower(host.substr(0, host.find_first_of(".:"))); }

}  // namespace

Result<Location> Location::parse(std::string_view url) {
  std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return std::unexpected(bad_url(url));
  std::string scheme = text::to_lower(url.substr(0, scheme_end));
  std::string_view rest = url.substr(scheme_end + 3);
  if (std::size_t query = rest.find('?'); query != std::string_view::npos) rest = rest.substr(0, query);
  std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view authority = rest.substr(0, slash), path = rest.substr(slash);
  Location location;
  if (scheme == "abfs" || scheme == "abfss" || scheme == "wasb" || scheme == "wasbs") {
    std::size_t at = authority.find('@');
    if (at == std::string_view::npos) return std::unexpected(bad_url(url));
    location = {account_of(authority.substr(at + 1)), std::string(authority.substr(0, at)), clean(path)};
  } else if (scheme == "https" || scheme == "http") {
    auto decoded = text::percent_decode(path);
    if (!decoded) return std::unexpected(bad_url(url));
    std::string whole = clean(*decoded);
    std::size_t end = std::min(whole.find('/'), whole.size());
    location = {account_of(authority), whole.substr(0, end), clean(std::string_view(whole).substr(end))};
  } else {
    return std::unexpected(bad_url(url));
  }
  if (location.account.empty() || location.filesystem.empty()) return std::unexpected(bad_url(url));
  return location;
}

std::string Location::abfss() const {
  return "abfss://" + filesystem + "@" + account + ".dfs.core.windows.net/" + path;
}

}  // namespace axonite::lake
