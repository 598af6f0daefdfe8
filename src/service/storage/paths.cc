// What only DFS has: create, rename, append and flush, access control, path lists.
#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "service/storage/handlers.h"

namespace axonite::service::storage {
namespace {

constexpr std::uint64_t kAppendBytesMax = 4000ull << 20;
constexpr std::size_t kAclPathsMax = 2000;  // of one call; the client goes on with its continuation
constexpr std::int64_t kFiletimeEpoch = 116'444'736'000'000'000;  // 1601 to 1970 in 100 ns

Error bad_query(const char* name) {
  return invalid("InvalidQueryParameterValue", "Value for one of the query parameters specified in the request URI is invalid.", name);
}

Result<lake::NewPath> new_path(const front::Call& call) {
  lake::NewPath how;
  TRY(how.properties, properties_of(call));
  how.owner = owner_of(call);
  const http::Headers& headers = call.request.headers;
  if (headers.contains("x-ms-permissions")) how.permissions = headers.get("x-ms-permissions");
  if (headers.contains("x-ms-umask")) {
    TRY(how.umask, lake::parse_mode(headers.get("x-ms-umask")));
  }
  return how;
}

// "/fs/dir/file[?sas]", percent-encoded.
Result<lake::Location> rename_source(const front::Call& call) {
  std::string_view source = call.request.headers.get("x-ms-rename-source");
  if (std::size_t query = source.find('?'); query != std::string_view::npos) source = source.substr(0, query);
  auto decoded = text::percent_decode(source);
  Error bad = invalid("InvalidRenameSourcePath", "The source path for a rename operation is invalid.", "x-ms-rename-source");
  if (!decoded || !decoded->starts_with('/')) return std::unexpected(bad);
  std::string_view path = std::string_view(*decoded).substr(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return std::unexpected(bad);
  return lake::Location{account_of(call.request), std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
}

Result<std::uint64_t> position_of(const front::Call& call) {
  auto position = text::parse_int<std::uint64_t>(call.query("position"));
  if (!position) return std::unexpected(bad_query("position"));
  return *position;
}

json::Value path_entry(const lake::Node& node) {
  auto filetime = [](Time time) { return std::to_string(to_unix_nanoseconds(time) / 100 + kFiletimeEpoch); };
  json::Object entry{{"contentLength", std::to_string(node.size)}, {"creationTime", filetime(node.created)}, {"etag", node.etag()}, {"group", node.group},
                     {"lastModified", format_http_date(node.modified)}, {"name", node.path}, {"owner", node.owner}, {"permissions", lake::permissions_of(node.acl)}};
  if (node.is_directory) entry["isDirectory"] = "true";
  return entry;
}

Result<lake::Listing> listed(Rooms& rooms, const front::Call& call, lake::Location at) {
  std::string_view directory = call.query("directory");
  while (directory.ends_with('/')) directory.remove_suffix(1);
  while (directory.starts_with('/')) directory.remove_prefix(1);
  at.path = directory;
  CHECK_OK(allow(rooms, call, lake::Right::list, at, "l"));
  lake::ListOptions options{.recursive = call.query("recursive") == "true"};
  if (std::string_view given = call.query("maxResults"); !given.empty()) {
    auto count = text::parse_int<std::uint32_t>(given);
    if (!count || *count == 0) return std::unexpected(bad_query("maxResults"));
    options.count_max = std::min<std::size_t>(*count, 5000);
  }
  if (!call.query("continuation").empty()) {
    TRY(options.from, decode_marker(call.query("continuation")));
  }
  return rooms.lake.list(at, options);
}

}  // namespace

Answer create_path(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::create, at, "cw"));
  std::string resource = text::to_lower(call.query("resource"));
  TRY(lake::NewPath how, new_path(call));
  TRY(lake::Guard guard, guard_of(call));
  if (resource != "file" && resource != "directory") return std::unexpected(bad_query("resource"));
  auto node = resource == "file" ? rooms.lake.put(at, {}, how, guard) : rooms.lake.make_directory(at, how, guard);
  if (!node) {
    // ABFS reads from the refusal whether a directory is what stands there.
    if (node.error().code == "PathAlreadyExists")
      if (auto there = rooms.lake.stat(at); there && there->is_directory) node.error().target = "directory";
    return std::unexpected(std::move(node.error()));
  }
  return created(*node);
}

Answer rename_path(Rooms& rooms, front::Call& call) {
  lake::Location to = location_of(call);
  TRY(lake::Location from, rename_source(call));
  CHECK_OK(allow(rooms, call, lake::Right::create, to, "wm"));
  CHECK_OK(allow(rooms, call, lake::Right::remove, from, "wm"));
  TRY(lake::Guard destination, guard_of(call));
  TRY(auto source, conditions_of(call, "x-ms-source-"));
  lake::Guard held{source, std::string(call.request.headers.get("x-ms-source-lease-id"))};
  TRY(lake::Node node, rooms.lake.rename(from, to, held, destination));
  return created(node);
}

Answer append(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::write, at, "aw"));
  TRY(std::uint64_t position, position_of(call));
  TRY(lake::Content content, receive(rooms, call, kAppendBytesMax));
  std::uint64_t end = position + content.size;
  std::string lease(call.request.headers.get("x-ms-lease-id"));
  CHECK_OK(rooms.lake.append(at, position, content, lease));
  http::Response response = http::empty_response(202);
  if (call.query("flush") == "true") {
    TRY(lake::Node node, rooms.lake.flush(at, end, false, nullptr, {{}, lease}));
    add_identity(response, node);
    response.headers.set("x-ms-lease-renewed", "false");
  }
  response.headers.set("x-ms-request-server-encrypted", "true");
  return response;
}

Answer flush(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::write, at, "w"));
  TRY(std::uint64_t position, position_of(call));
  TRY(lake::Guard guard, guard_of(call));
  TRY(lake::Properties headers, properties_of(call));
  bool has_headers = call.request.headers.contains("x-ms-content-type") || call.request.headers.contains("x-ms-content-md5");
  TRY(lake::Node node, rooms.lake.flush(at, position, call.query("retainUncommittedData") == "true", has_headers ? &headers : nullptr, guard));
  http::Response response = created(node, 200);
  return response;
}

Answer set_path_properties(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::write, at, "w"));
  TRY(lake::Properties given, properties_of(call));
  TRY(lake::Guard guard, guard_of(call));
  const http::Headers& sent = call.request.headers;
  TRY(lake::Node node, rooms.lake.edit(at, guard, [&](lake::Node& edited) {
    lake::Properties& now = edited.properties;
    if (sent.contains("x-ms-properties")) now.metadata = given.metadata;
    if (sent.contains("x-ms-content-type")) now.content_type = given.content_type;
    if (sent.contains("x-ms-content-encoding")) now.content_encoding = given.content_encoding;
    if (sent.contains("x-ms-content-language")) now.content_language = given.content_language;
    if (sent.contains("x-ms-content-disposition")) now.content_disposition = given.content_disposition;
    if (sent.contains("x-ms-cache-control")) now.cache_control = given.cache_control;
    return ok();
  }));
  return created(node, 200);
}

Answer set_access_control(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  const http::Headers& sent = call.request.headers;
  CHECK_OK(allow(rooms, call, lake::Right::set_acl, at, "p"));
  if (sent.contains("x-ms-owner") || sent.contains("x-ms-group")) CHECK_OK(allow(rooms, call, lake::Right::set_owner, at, "o"));
  if (sent.contains("x-ms-acl") && sent.contains("x-ms-permissions"))
    return std::unexpected(invalid("InvalidHeaderValue", "x-ms-acl and x-ms-permissions exclude each other.", "x-ms-acl"));
  TRY(lake::Guard guard, guard_of(call));
  TRY(lake::Node node, rooms.lake.edit(at, guard, [&](lake::Node& edited) -> Result<void> {
    if (sent.contains("x-ms-owner")) edited.owner = sent.get("x-ms-owner");
    if (sent.contains("x-ms-group")) edited.group = sent.get("x-ms-group");
    if (sent.contains("x-ms-acl")) {
      TRY(edited.acl, lake::normalize_acl(sent.get("x-ms-acl")));
    }
    if (sent.contains("x-ms-permissions")) {
      TRY(edited.acl, lake::with_permissions(edited.acl, sent.get("x-ms-permissions")));
    }
    return ok();
  }));
  return created(node, 200);
}

Answer set_access_control_recursive(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::set_acl, at, "p"));
  std::string_view mode = call.query("mode");
  lake::AclMode how = mode == "set" ? lake::AclMode::set : mode == "modify" ? lake::AclMode::modify : lake::AclMode::remove;
  if (how == lake::AclMode::remove && mode != "remove") return std::unexpected(bad_query("mode"));
  std::size_t count_max = kAclPathsMax;
  if (std::string_view given = call.query("maxRecords"); !given.empty()) {
    auto count = text::parse_int<std::uint32_t>(given);
    if (!count || *count == 0) return std::unexpected(bad_query("maxRecords"));
    count_max = std::min<std::size_t>(*count, kAclPathsMax);
  }
  TRY(std::string from, decode_marker(call.query("continuation")));
  TRY(lake::AclChange done, rooms.lake.change_acls(at, how, call.request.headers.get("x-ms-acl"), from, count_max));
  json::Array failed;
  for (const auto& [node, error] : done.failed)
    failed.push_back(json::Object{{"errorMessage", error.message}, {"name", node.path}, {"type", node.is_directory ? "DIRECTORY" : "FILE"}});
  json::Object body{{"directoriesSuccessful", done.directories}, {"failedEntries", failed}, {"failureCount", failed.size()}, {"filesSuccessful", done.files}};
  http::Response response = http::json_response(200, json::write(body));
  if (!done.next.empty()) response.headers.set("x-ms-continuation", encode_marker(done.next));
  return response;
}

Answer check_access(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::stat, at, "rel"));
  unsigned access = 0;
  for (char c : call.query("fsAction")) {
    if (c == 'r') access |= lake::access_read;
    else if (c == 'w') access |= lake::access_write;
    else if (c == 'x') access |= lake::access_execute;
    else if (c != '-') return std::unexpected(bad_query("fsAction"));
  }
  if (call.query("fsAction").empty()) return std::unexpected(bad_query("fsAction"));
  TRY(lake::Node node, rooms.lake.stat(at));
  CHECK_OK(rooms.lake.check_access(call.principal, access, at));
  http::Response response = http::empty_response(200);
  add_identity(response, node);
  return response;
}

Answer get_access_control(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::stat, at, "rel"));
  TRY(auto account, rooms.lake.account(at.account));
  // 400 is how clients learn that an account has no hierarchical namespace.
  if (!account->is_hierarchical) return std::unexpected(invalid("UnsupportedOnFlatNamespace", "This operation needs a hierarchical namespace."));
  TRY(lake::Node node, rooms.lake.stat(at));
  http::Response response = http::empty_response(200);
  add_identity(response, node);
  response.headers.set("x-ms-owner", node.owner);
  response.headers.set("x-ms-group", node.group);
  response.headers.set("x-ms-permissions", lake::permissions_of(node.acl));
  response.headers.set("x-ms-acl", node.acl);
  return response;
}

Answer list_paths(Rooms& rooms, front::Call& call) {
  TRY(lake::Listing listing, listed(rooms, call, location_of(call)));
  json::Array paths;
  for (const lake::Node& node : listing.nodes) paths.push_back(path_entry(node));
  http::Response response = http::json_response(200, json::write(json::Object{{"paths", std::move(paths)}}));
  if (!listing.next.empty()) response.headers.set("x-ms-continuation", encode_marker(listing.next));
  return response;
}

}  // namespace axonite::service::storage
