#include "service/storage/request.h"

#include "base/digest.h"
#include "base/text.h"
#include "service/storage/sas.h"

namespace axonite::service::storage {
namespace {

constexpr std::size_t kReadBytes = 256u << 10;

Error bad_header(std::string_view name) {
  return invalid("InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format.", std::string(name));
}

Result<std::map<std::string, std::string>> dfs_properties(std::string_view header) {
  std::map<std::string, std::string> pairs;
  if (header.empty()) return pairs;
  for (std::string_view pair : text::split(header, ',')) {
    std::size_t equal = pair.find('=');
    if (equal == std::string_view::npos) return std::unexpected(bad_header("x-ms-properties"));
    auto value = text::base64_decode(text::trim(pair.substr(equal + 1)));
    if (!value) return std::unexpected(bad_header("x-ms-properties"));
    pairs[std::string(text::trim(pair.substr(0, equal)))] = *value;
  }
  return pairs;
}

std::string_view state_name(lake::LeaseState state) {
  switch (state) {
    case lake::LeaseState::available: return "available";
    case lake::LeaseState::leased: return "leased";
    case lake::LeaseState::expired: return "expired";
    case lake::LeaseState::breaking: return "breaking";
    case lake::LeaseState::broken: return "broken";
  }
  return "available";
}

Result<void> check_sas(const front::Call& call, std::string_view letters) {
  if (!call.request.query.contains("sig")) return ok();
  if (call.request.query.get("sp").find_first_of(letters) != std::string_view::npos) return ok();
  return std::unexpected(forbidden("AuthorizationPermissionMismatch", "This request is not authorized to perform this operation using this permission."));
}

}  // namespace

bool is_path_style(const http::Request& request) { return !request.host.ends_with(".core.windows.net"); }

std::optional<std::pair<std::string, std::string>> resource_path(const http::Request& request) {
  auto decoded = text::percent_decode(request.path);
  if (!decoded || !decoded->starts_with('/')) return std::nullopt;
  std::string_view path = std::string_view(*decoded).substr(1);
  auto take = [&] {
    std::size_t slash = std::min(path.find('/'), path.size());
    std::string_view segment = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    return segment;
  };
  if (is_path_style(request)) take();
  std::string container(take());
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::pair(std::move(container), std::string(path));
}

std::string account_of(const http::Request& request) {
  std::size_t end = std::min(request.path.find('/', 1), request.path.size());
  std::string label = is_path_style(request) ? request.path.substr(1, end - 1) : request.host.substr(0, request.host.find('.'));
  if (label.ends_with("-secondary")) label.resize(label.size() - 10);
  return label;
}

bool is_dfs(const front::Call& call) {
  const http::Request& request = call.request;
  for (const char* key : {"resource", "action"})
    if (request.query.contains(key)) return true;
  if (request.query.contains("comp") || request.query.contains("restype")) return false;
  return request.host.find(".dfs.") != std::string::npos || request.headers.contains("x-ms-rename-source");
}

lake::Location location_of(const front::Call& call) {
  std::string_view path = call.path("path");
  while (path.ends_with('/')) path.remove_suffix(1);
  return {account_of(call.request), std::string(call.path("container")), std::string(path)};
}

Result<void> allow(const Rooms& rooms, const front::Call& call, lake::Right right, const lake::Location& at, std::string_view sas) {
  CHECK_OK(check_sas(call, sas));
  CHECK_OK(check_sas_scope(call.request, at));
  return rooms.lake.allow(call.principal, right, at);
}

Result<void> allow_action(const Rooms& rooms, const front::Call& call, std::string_view action, const lake::Location& at, std::string_view sas) {
  CHECK_OK(check_sas(call, sas));
  CHECK_OK(check_sas_scope(call.request, at));
  return rooms.lake.allow_action(call.principal, action, at);
}

Result<lake::Conditions> conditions_of(const front::Call& call, const std::string& prefix) {
  const http::Headers& headers = call.request.headers;
  lake::Conditions conditions;
  auto text = [&](const char* name, std::optional<std::string>& into) {
    if (headers.contains(prefix + name)) into = headers.get(prefix + name);
  };
  text("If-Match", conditions.if_match);
  text("If-None-Match", conditions.if_none_match);
  for (auto [name, into] : {std::pair{"If-Modified-Since", &conditions.if_modified_since}, {"If-Unmodified-Since", &conditions.if_unmodified_since}}) {
    if (!headers.contains(prefix + name)) continue;
    *into = parse_http_date(headers.get(prefix + name));
    if (!*into) return std::unexpected(bad_header(prefix + name));
  }
  return conditions;
}

Result<lake::Guard> guard_of(const front::Call& call) {
  TRY(auto conditions, conditions_of(call));
  return lake::Guard{std::move(conditions), std::string(call.request.headers.get("x-ms-lease-id"))};
}

Result<std::map<std::string, std::string>> metadata_of(const front::Call& call) {
  TRY(auto metadata, dfs_properties(call.request.headers.get("x-ms-properties")));
  for (const auto& [name, value] : call.request.headers)
    if (text::starts_with_ignoring_case(name, "x-ms-meta-") && name.size() > 10) metadata[name.substr(10)] = value;
  return metadata;
}

Result<lake::Properties> properties_of(const front::Call& call, bool plain) {
  const http::Headers& headers = call.request.headers;
  lake::Properties properties;
  TRY(properties.metadata, metadata_of(call));
  auto pick = [&](const char* name, std::string& into) {
    for (const char* prefix : {"x-ms-blob-", "x-ms-"})
      if (into.empty()) into = headers.get(std::string(prefix) + name);
    if (into.empty() && plain) into = headers.get(name);
  };
  pick("content-type", properties.content_type);
  pick("content-encoding", properties.content_encoding);
  pick("content-language", properties.content_language);
  pick("content-disposition", properties.content_disposition);
  pick("cache-control", properties.cache_control);
  std::string md5;
  pick("content-md5", md5);
  if (!md5.empty()) {
    auto raw = text::base64_decode(md5);
    if (!raw || raw->size() != 16) return std::unexpected(invalid("InvalidMd5", "The MD5 value specified in the request is invalid."));
    properties.content_md5 = *raw;
  }
  if (properties.content_type.empty()) properties.content_type = "application/octet-stream";
  return properties;
}

std::string owner_of(const front::Call& call) {
  return call.principal.kind == identity::Principal::Kind::account_key ? "" : call.principal.object_id;
}

Result<std::string> tier_of(const front::Call& call) {
  std::string_view given = call.request.headers.get("x-ms-access-tier");
  if (given.empty()) return std::string();
  for (const char* tier : {"Hot", "Cool", "Cold", "Archive"})
    if (text::equals_ignoring_case(given, tier)) return std::string(tier);
  return std::unexpected(bad_header("x-ms-access-tier"));
}

Result<lake::Content> receive(const Rooms& rooms, front::Call& call, std::uint64_t bytes_max, std::string* md5) {
  Error large = too_large("RequestBodyTooLarge", "The request body is too large and exceeds the maximum permissible limit.");
  if (call.request.content_length.value_or(0) > bytes_max) return std::unexpected(large);
  lake::ContentWriter writer = rooms.lake.new_content();
  std::string_view wanted = call.request.headers.get("Content-MD5");
  std::string whole;  // kept only where a digest was asked for
  std::vector<char> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(kReadBytes, std::max<std::uint64_t>(call.request.content_length.value_or(kReadBytes), 1))));
  while (true) {
    TRY(std::size_t got, call.request.body->read(buffer));
    if (got == 0) break;
    if (writer.size() + got > bytes_max) return std::unexpected(large);
    if (!wanted.empty()) whole.append(buffer.data(), got);
    CHECK_OK(writer.append({buffer.data(), got}));
  }
  if (!wanted.empty()) {
    std::string digest = digest::md5(whole);
    if (text::base64_encode(digest) != wanted)
      return std::unexpected(invalid("Md5Mismatch", "The MD5 value specified in the request did not match with the MD5 value calculated by the server."));
    if (md5) *md5 = digest;
  }
  return writer.seal();
}

void add_identity(http::Response& response, const lake::Node& node) {
  response.headers.add("ETag", "\"" + node.etag() + "\"");
  response.headers.add("Last-Modified", format_http_date(node.modified));
}

http::Response created(const lake::Node& node, int status) {
  http::Response response = http::empty_response(status);
  add_identity(response, node);
  response.headers.set("x-ms-request-server-encrypted", "true");
  return response;
}

void describe_lease(http::Response& response, const lake::Node& node, Time now) {
  lake::LeaseState state = node.lease.state(now);
  response.headers.add("x-ms-lease-status", node.lease.is_active(now) ? "locked" : "unlocked");
  response.headers.add("x-ms-lease-state", std::string(state_name(state)));
  if (state == lake::LeaseState::leased) response.headers.add("x-ms-lease-duration", node.lease.seconds < 0 ? "infinite" : "fixed");
}

// Into an answer that has no headers yet: nothing is looked for.
void describe(http::Response& response, const lake::Node& node, Time now) {
  http::Headers& headers = response.headers;
  add_identity(response, node);
  const lake::Properties& p = node.properties;
  auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) headers.add(name, value);
  };
  put("Content-Type", p.content_type);
  put("Content-Encoding", p.content_encoding);
  put("Content-Language", p.content_language);
  put("Content-Disposition", p.content_disposition);
  put("Cache-Control", p.cache_control);
  headers.add("Accept-Ranges", "bytes");
  headers.add("x-ms-blob-type", node.is_append_blob ? "AppendBlob" : "BlockBlob");
  headers.add("x-ms-creation-time", format_http_date(node.created));
  headers.add("x-ms-server-encrypted", "true");
  headers.add("x-ms-resource-type", node.is_directory ? "directory" : "file");
  if (!node.is_directory && !node.is_append_blob) {
    headers.add("x-ms-access-tier", node.tier.empty() ? "Hot" : node.tier);
    if (node.tier.empty()) headers.add("x-ms-access-tier-inferred", "true");
  }
  headers.add("x-ms-owner", node.owner);
  headers.add("x-ms-group", node.group);
  headers.add("x-ms-permissions", lake::permissions_of(node.acl));
  describe_lease(response, node, now);
  std::string pairs;
  for (const auto& [key, value] : p.metadata) {
    headers.add("x-ms-meta-" + key, value);
    pairs += (pairs.empty() ? "" : ",") + key + "=" + text::base64_encode(value);
  }
  put("x-ms-properties", pairs);
  if (node.is_directory && !p.metadata.contains("hdi_isfolder")) headers.add("x-ms-meta-hdi_isfolder", "true");
}

std::string endpoint_of(const http::Request& request) {
  std::string port = request.port ? ":" + std::to_string(request.port) : "";
  return (request.secure ? "https://" : "http://") + escape_xml(request.host) + port + "/" + (is_path_style(request) ? account_of(request) + "/" : "");
}

std::string escape_xml(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else out += c;
  }
  return out;
}

http::Response xml_response(int status, std::string body) {
  return http::text_response(status, "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>" + std::move(body), "application/xml");
}

std::string encode_marker(std::string_view path) { return path.empty() ? "" : text::base64_encode(path); }

Result<std::string> decode_marker(std::string_view marker) {
  auto path = text::base64_decode(marker);
  if (!path) return std::unexpected(invalid("OutOfRangeQueryParameterValue", "The marker is not one that was given out.", "marker"));
  return *path;
}

}  // namespace axonite::service::storage
