// Copies within an account: whole blobs share their bytes; blocks are read and staged.
#include "base/text.h"
#include "service/storage/handlers.h"
#include "service/storage/sas.h"

namespace axonite::service::storage {
namespace {

constexpr std::uint64_t kBlockBytesMax = 4000ull << 20;
constexpr std::size_t kReadBytes = 256u << 10;

Error bad_source() { return invalid("InvalidSourceUri", "The source URI is invalid.", "x-ms-copy-source"); }

// The request that reading x-ms-copy-source would be.
Result<http::Request> source_request(const front::Call& call) {
  std::string_view url = call.request.headers.get("x-ms-copy-source");
  std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::unexpected(bad_source());
  http::Request source;
  source.secure = call.request.secure;
  url.remove_prefix(scheme + 3);
  std::size_t slash = std::min(url.find('/'), url.size());
  std::string_view authority = url.substr(0, slash);
  source.host = text::to_lower(authority.substr(0, authority.rfind(':')));
  url.remove_prefix(slash);
  std::size_t mark = std::min(url.find('?'), url.size());
  source.path = url.substr(0, mark);
  source.raw_query = url.substr(std::min(mark + 1, url.size()));
  TRY(source.query, http::Query::parse(source.raw_query));
  if (source.path.size() < 2) return std::unexpected(bad_source());
  if (account_of(source) != account_of(call.request))
    return std::unexpected(unsupported("CrossAccountCopyNotSupported", "Copies between accounts are not supported by Axonite; read and write instead."));
  return source;
}

// Where the source lies, once whoever asks may read it: by the source's own SAS, else by the caller's rights.
Result<lake::Location> readable_source(const Rooms& rooms, const front::Call& call) {
  TRY(http::Request request, source_request(call));
  auto named = resource_path(request);
  if (!named || named->second.empty()) return std::unexpected(bad_source());
  lake::Location from{account_of(request), named->first, named->second};
  if (!request.query.contains("sig")) {
    CHECK_OK(allow(rooms, call, lake::Right::read, from, "r"));
    return from;
  }
  front::Call source(request);
  TRY(auto account, rooms.lake.account(from.account));
  TRY(source.principal, verify_sas(request, *account, rooms.clock.now()));
  CHECK_OK(allow(rooms, source, lake::Right::read, from, "r"));
  return from;
}

Result<lake::Node> copy(Rooms& rooms, front::Call& call, bool with_properties) {
  lake::Location to = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::create, to, "cw"));
  TRY(lake::Location from, readable_source(rooms, call));
  TRY(lake::Guard guard, guard_of(call));
  TRY(auto source, conditions_of(call, "x-ms-source-"));
  TRY(auto metadata, metadata_of(call));
  lake::NewPath how;
  how.owner = owner_of(call);
  TRY(how.tier, tier_of(call));
  auto replaced = metadata.empty() ? std::nullopt : std::optional(std::move(metadata));
  TRY(lake::Node node, rooms.lake.copy(from, to, source, guard, replaced, how));
  if (!with_properties || !call.request.headers.contains("x-ms-blob-content-type")) return node;
  TRY(lake::Properties given, properties_of(call));
  return rooms.lake.edit(to, {{}, guard.lease_id}, [&](lake::Node& edited) {
    given.metadata = edited.properties.metadata;
    if (given.content_md5.empty()) given.content_md5 = edited.properties.content_md5;
    edited.properties = given;
    return ok();
  });
}

struct Range {
  std::uint64_t first = 0, length = 0;
};

Result<Range> source_range(const front::Call& call, std::uint64_t size) {
  std::string_view header = call.request.headers.get("x-ms-source-range");
  if (header.empty()) return Range{0, size};
  std::size_t dash = header.find('-');
  if (!text::starts_with_ignoring_case(header, "bytes=") || dash == std::string_view::npos) return std::unexpected(bad_source());
  auto first = text::parse_int<std::uint64_t>(header.substr(6, dash - 6)), last = text::parse_int<std::uint64_t>(header.substr(dash + 1));
  if (!first || !last || *last < *first || *last >= size) return std::unexpected(invalid("InvalidRange", "The range specified is invalid for the current size of the resource."));
  return Range{*first, *last - *first + 1};
}

Result<lake::Content> content_of(const Rooms& rooms, const lake::Snapshot& snapshot, Range range) {
  lake::ContentWriter writer = rooms.lake.new_content();
  std::vector<char> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(kReadBytes, std::max<std::uint64_t>(range.length, 1))));
  while (writer.size() < range.length) {
    auto part = std::span(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), range.length - writer.size())));
    TRY(std::size_t got, rooms.lake.read_at(snapshot, range.first + writer.size(), part));
    if (got == 0) return std::unexpected(internal("a copy's source ended early"));
    CHECK_OK(writer.append({part.data(), got}));
  }
  return writer.seal();
}

}  // namespace

Answer copy_blob(Rooms& rooms, front::Call& call) {
  TRY(lake::Node node, copy(rooms, call, false));
  http::Response response = created(node, 202);
  response.headers.set("x-ms-copy-id", call.request_id);
  response.headers.set("x-ms-copy-status", "success");
  return response;
}

Answer put_blob_from_url(Rooms& rooms, front::Call& call) {
  TRY(lake::Node node, copy(rooms, call, true));
  http::Response response = created(node);
  if (!node.properties.content_md5.empty()) response.headers.set("Content-MD5", text::base64_encode(node.properties.content_md5));
  return response;
}

Answer put_block_from_url(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::create, at, "cw"));
  TRY(lake::Location from, readable_source(rooms, call));
  TRY(auto source, conditions_of(call, "x-ms-source-"));
  TRY(auto snapshot, rooms.lake.snapshot(from));
  if (snapshot->node.is_directory) return std::unexpected(bad_source());
  CHECK_OK(lake::check_for_write(source, &snapshot->node));
  TRY(Range range, source_range(call, snapshot->node.size));
  if (range.length > kBlockBytesMax) return std::unexpected(too_large("RequestBodyTooLarge", "The request body is too large and exceeds the maximum permissible limit."));
  TRY(lake::Content content, content_of(rooms, *snapshot, range));
  CHECK_OK(rooms.lake.put_block(at, std::string(call.query("blockid")), content, std::string(call.request.headers.get("x-ms-lease-id"))));
  http::Response response = http::empty_response(201);
  response.headers.set("x-ms-request-server-encrypted", "true");
  return response;
}

}  // namespace axonite::service::storage
