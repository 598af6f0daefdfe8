// Writing blobs.
#include "base/text.h"
#include "service/storage/block_list.h"
#include "service/storage/handlers.h"

namespace axonite::service::storage {
namespace {

constexpr std::uint64_t kPutBytesMax = 5000ull << 20, kBlockBytesMax = 4000ull << 20;  // service limits since 2019-12-12

Result<lake::NewPath> new_path(const front::Call& call, bool plain) {
  lake::NewPath how;
  TRY(how.properties, properties_of(call, plain));
  how.owner = owner_of(call);
  return how;
}

}  // namespace

Answer put_blob(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::create, at, "cw"));
  std::string_view type = call.request.headers.get("x-ms-blob-type");
  bool is_append = text::equals_ignoring_case(type, "AppendBlob");
  if (!is_append && !text::equals_ignoring_case(type, "BlockBlob"))
    return std::unexpected(unsupported("PageBlobNotSupported", "The blob type '" + std::string(type.substr(0, 32)) + "' is not supported by Axonite."));
  TRY(lake::NewPath how, new_path(call, true));
  how.is_append_blob = is_append;
  TRY(how.tier, tier_of(call));
  TRY(lake::Guard guard, guard_of(call));
  std::string md5;
  TRY(lake::Content content, receive(rooms, call, kPutBytesMax, &md5));
  if (!md5.empty()) how.properties.content_md5 = md5;
  TRY(lake::Node node, rooms.lake.put(at, content, how, guard));
  http::Response response = created(node);
  if (!node.properties.content_md5.empty()) response.headers.set("Content-MD5", text::base64_encode(node.properties.content_md5));
  return response;
}

Answer put_block(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::create, at, "cw"));
  std::string md5;
  TRY(lake::Content content, receive(rooms, call, kBlockBytesMax, &md5));
  CHECK_OK(rooms.lake.put_block(at, std::string(call.query("blockid")), content, std::string(call.request.headers.get("x-ms-lease-id"))));
  http::Response response = http::empty_response(201);
  if (!md5.empty()) response.headers.set("Content-MD5", text::base64_encode(md5));
  response.headers.set("x-ms-request-server-encrypted", "true");
  return response;
}

Answer put_block_list(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::create, at, "cw"));
  TRY(std::string body, call.body_text());
  TRY(auto list, parse_block_list(body));
  TRY(lake::NewPath how, new_path(call, false));
  TRY(how.tier, tier_of(call));
  TRY(lake::Guard guard, guard_of(call));
  TRY(lake::Node node, rooms.lake.put_block_list(at, list, how, guard));
  return created(node);
}

Answer get_block_list(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::read, at, "r"));
  TRY(auto found, rooms.lake.blocks(at));
  if (!found.first && found.second.uncommitted.empty()) return std::unexpected(not_found("PathNotFound", "The specified blob does not exist."));
  auto write = [](const char* name, const std::vector<lake::Block>& blocks) {
    std::string xml = std::string("<") + name + ">";
    for (const lake::Block& block : blocks) xml += "<Block><Name>" + escape_xml(block.id) + "</Name><Size>" + std::to_string(block.size) + "</Size></Block>";
    return xml + "</" + name + ">";
  };
  std::string kind = text::to_lower(call.query("blocklisttype"));
  std::string xml = "<BlockList>";
  if (kind.empty() || kind == "committed" || kind == "all") xml += write("CommittedBlocks", found.second.committed);
  if (kind == "uncommitted" || kind == "all") xml += write("UncommittedBlocks", found.second.uncommitted);
  http::Response response = xml_response(200, xml + "</BlockList>");
  if (found.first) {
    add_identity(response, *found.first);
    response.headers.set("x-ms-blob-content-length", std::to_string(found.first->size));
  }
  return response;
}

Answer append_block(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::write, at, "aw"));
  TRY(lake::Guard guard, guard_of(call));
  auto position = text::parse_int<std::uint64_t>(call.request.headers.get("x-ms-blob-condition-appendpos"));
  auto size_max = text::parse_int<std::uint64_t>(call.request.headers.get("x-ms-blob-condition-maxsize"));
  TRY(lake::Content content, receive(rooms, call, 100u << 20));
  TRY(auto done, rooms.lake.append_block(at, content, position, size_max, guard));
  http::Response response = created(done.first);
  response.headers.set("x-ms-blob-append-offset", std::to_string(done.second));
  response.headers.set("x-ms-blob-committed-block-count", "1");
  return response;
}

Answer set_metadata(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::write, at, "w"));
  TRY(auto metadata, metadata_of(call));
  TRY(lake::Guard guard, guard_of(call));
  TRY(lake::Node node, rooms.lake.edit(at, guard, [&](lake::Node& edited) {
    edited.properties.metadata = metadata;
    return ok();
  }));
  return created(node, 200);
}

Answer set_properties(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::write, at, "w"));
  TRY(lake::Properties properties, properties_of(call));
  TRY(lake::Guard guard, guard_of(call));
  TRY(lake::Node node, rooms.lake.edit(at, guard, [&](lake::Node& edited) {
    properties.metadata = edited.properties.metadata;
    edited.properties = properties;
    return ok();
  }));
  return created(node, 200);
}

// A tier is a fact of the blob that lists and reads tell; only the archive changes what can be done.
Answer set_tier(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::write, at, "w"));
  TRY(std::string tier, tier_of(call));
  if (tier.empty()) return std::unexpected(invalid("MissingRequiredHeader", "An HTTP header that's mandatory for this request is not specified.", "x-ms-access-tier"));
  TRY(lake::Guard guard, guard_of(call));
  CHECK_OK(rooms.lake.set_tier(at, tier, guard));
  return http::empty_response(200);
}

Answer delete_path(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::remove, at, "d"));
  TRY(lake::Guard guard, guard_of(call));
  bool dfs = call.request.query.contains("recursive") || is_dfs(call);
  CHECK_OK(rooms.lake.remove(at, call.query("recursive") == "true", guard));
  http::Response response = http::empty_response(dfs ? 200 : 202);
  if (!dfs) response.headers.set("x-ms-delete-type-permanent", "true");
  return response;
}

}  // namespace axonite::service::storage
