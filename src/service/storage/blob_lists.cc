// List Blobs, flat or by the delimiter "/".
#include "base/text.h"
#include "service/storage/handlers.h"

namespace axonite::service::storage {
namespace {

std::string element(const char* name, const std::string& value) {
  return value.empty() ? "" : std::string("<") + name + ">" + escape_xml(value) + "</" + name + ">";
}

std::string blob_element(const lake::Node& node, bool with_metadata, Time now) {
  const lake::Properties& p = node.properties;
  std::string xml = "<Blob><Name>" + escape_xml(node.path) + "</Name><Properties><Creation-Time>" + format_http_date(node.created) + "</Creation-Time><Last-Modified>" +
                    format_http_date(node.modified) + "</Last-Modified><Etag>" + node.etag() + "</Etag><ResourceType>" + (node.is_directory ? "directory" : "file") +
                    "</ResourceType><Content-Length>" + std::to_string(node.size) + "</Content-Length>";
  xml += element("Content-Type", p.content_type) + element("Content-Encoding", p.content_encoding) + element("Content-Language", p.content_language);
  if (!p.content_md5.empty()) xml += element("Content-MD5", text::base64_encode(p.content_md5));
  xml += element("Cache-Control", p.cache_control) + element("Content-Disposition", p.content_disposition);
  if (!node.is_directory && !node.is_append_blob)
    xml += "<AccessTier>" + (node.tier.empty() ? "Hot" : node.tier) + "</AccessTier>" + (node.tier.empty() ? "<AccessTierInferred>true</AccessTierInferred>" : "");
  bool locked = node.lease.is_active(now);
  xml += std::string("<BlobType>") + (node.is_append_blob ? "AppendBlob" : "BlockBlob") + "</BlobType><LeaseStatus>" + (locked ? "locked" : "unlocked") + "</LeaseStatus><LeaseState>" +
         (locked ? "leased" : "available") + "</LeaseState><ServerEncrypted>true</ServerEncrypted></Properties>";
  if (with_metadata || node.is_directory) {
    xml += "<Metadata>";
    for (const auto& [key, value] : p.metadata) xml += "<" + key + ">" + escape_xml(value) + "</" + key + ">";
    if (node.is_directory && !p.metadata.contains("hdi_isfolder")) xml += "<hdi_isfolder>true</hdi_isfolder>";
    xml += "</Metadata>";
  }
  return xml + "</Blob>";
}

Result<lake::ListOptions> options_of(const front::Call& call) {
  lake::ListOptions options{.prefix = std::string(call.query("prefix"))};
  if (std::string_view given = call.query("maxresults"); !given.empty()) {
    auto count = text::parse_int<std::uint32_t>(given);
    if (!count || *count == 0) return std::unexpected(invalid("OutOfRangeQueryParameterValue", "One of the query parameters specified in the request URI is outside the permissible range.", "maxresults"));
    options.count_max = std::min<std::size_t>(*count, 5000);
  }
  options.from = call.query("startFrom");
  if (!call.query("marker").empty()) {
    TRY(options.from, decode_marker(call.query("marker")));
  }
  return options;
}

}  // namespace

Answer list_blobs(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  TRY(lake::ListOptions options, options_of(call));
  std::string_view delimiter = call.query("delimiter");
  if (!delimiter.empty() && delimiter != "/") return std::unexpected(unsupported("DelimiterNotSupported", "Only the delimiter '/' is supported by Axonite."));
  options.recursive = delimiter.empty();
  lake::Location right = at;
  // With a delimiter (or a whole directory as prefix) only that directory is read.
  if (std::size_t slash = options.prefix.rfind('/'); slash != std::string::npos && slash > 0) right.path = options.prefix.substr(0, slash);
  CHECK_OK(allow(rooms, call, lake::Right::list, right, "l"));
  TRY(lake::Node root, rooms.lake.stat(at));
  Result<lake::Listing> listing = rooms.lake.list(right, options);
  if (!listing && listing.error().code == "PathNotFound") listing = lake::Listing{};
  if (!listing) return std::unexpected(std::move(listing.error()));
  bool with_metadata = call.query("include").find("metadata") != std::string_view::npos;
  std::string body = "<EnumerationResults ServiceEndpoint=\"" + endpoint_of(call.request) + "\" ContainerName=\"" + escape_xml(at.filesystem) + "\"><Prefix>" +
                     escape_xml(options.prefix) + "</Prefix><Marker>" + escape_xml(call.query("marker")) + "</Marker><MaxResults>" + std::to_string(options.count_max) + "</MaxResults>";
  if (!delimiter.empty()) body += "<Delimiter>/</Delimiter>";
  body += "<Blobs>";
  for (const lake::Node& node : listing->nodes) {
    if (node.is_directory && !options.recursive) body += "<BlobPrefix><Name>" + escape_xml(node.path) + "/</Name></BlobPrefix>";
    else body += blob_element(node, with_metadata, rooms.clock.now());
  }
  return xml_response(200, body + "</Blobs><NextMarker>" + encode_marker(listing->next) + "</NextMarker></EnumerationResults>");
}

}  // namespace axonite::service::storage
