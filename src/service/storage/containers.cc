// Containers (file systems) and what belongs to the account as a whole.
#include <pugixml.hpp>

#include "base/text.h"
#include "service/storage/handlers.h"
#include "service/storage/sas.h"

namespace axonite::service::storage {
namespace {

constexpr std::string_view kContainers = "Microsoft.Storage/storageAccounts/blobServices/containers/";
constexpr std::size_t kXmlBytesMax = 64u << 10;

std::string action(const char* verb) { return std::string(kContainers) + verb; }

Error bad_count(std::string_view name) {
  return invalid("OutOfRangeQueryParameterValue", "One of the query parameters specified in the request URI is outside the permissible range.", std::string(name));
}

Result<std::size_t> count_max(const front::Call& call, const char* name) {
  std::string_view given = call.query(name);
  if (given.empty()) return 5000;
  auto count = text::parse_int<std::uint32_t>(given);
  if (!count || *count == 0) return std::unexpected(bad_count(name));
  return std::min<std::size_t>(*count, 5000);
}

Result<lake::Listing> listed(Rooms& rooms, front::Call& call, std::string_view count_name, std::string_view marker_name) {
  lake::Location at{account_of(call.request), "", ""};
  CHECK_OK(allow_action(rooms, call, action("read"), at, "l"));
  lake::ListOptions options{.prefix = std::string(call.query("prefix"))};
  TRY(options.count_max, count_max(call, count_name.data()));
  if (!call.query(marker_name).empty()) {
    TRY(options.from, decode_marker(call.query(marker_name)));
  }
  return rooms.lake.list_filesystems(at.account, options);
}

}  // namespace

Answer list_containers(Rooms& rooms, front::Call& call) {
  TRY(auto listing, listed(rooms, call, "maxresults", "marker"));
  bool with_metadata = call.query("include").find("metadata") != std::string_view::npos;
  std::string body = "<EnumerationResults ServiceEndpoint=\"" + endpoint_of(call.request) + "\"><Prefix>" + escape_xml(call.query("prefix")) + "</Prefix><Containers>";
  for (const lake::Node& node : listing.nodes) {
    bool active = node.lease.is_active(rooms.clock.now());
    body += "<Container><Name>" + escape_xml(node.name) + "</Name><Properties><Last-Modified>" + format_http_date(node.modified) + "</Last-Modified><Etag>\"" +
            node.etag() + "\"</Etag><LeaseStatus>" + (active ? "locked" : "unlocked") + "</LeaseStatus><LeaseState>" + (active ? "leased" : "available") +
            "</LeaseState><DefaultEncryptionScope>$account-encryption-key</DefaultEncryptionScope><DenyEncryptionScopeOverride>false</DenyEncryptionScopeOverride>"
            "<HasImmutabilityPolicy>false</HasImmutabilityPolicy><HasLegalHold>false</HasLegalHold></Properties>";
    if (with_metadata) {
      body += "<Metadata>";
      for (const auto& [key, value] : node.properties.metadata) body += "<" + key + ">" + escape_xml(value) + "</" + key + ">";
      body += "</Metadata>";
    }
    body += "</Container>";
  }
  return xml_response(200, body + "</Containers><NextMarker>" + encode_marker(listing.next) + "</NextMarker></EnumerationResults>");
}

Answer list_filesystems(Rooms& rooms, front::Call& call) {
  TRY(auto listing, listed(rooms, call, "maxResults", "continuation"));
  std::string body;
  for (const lake::Node& node : listing.nodes)
    body += (body.empty() ? "" : ",") + std::string("{\"name\":\"") + node.name + "\",\"lastModified\":\"" + format_http_date(node.modified) + "\",\"etag\":\"" + node.etag() + "\"}";
  http::Response response = http::json_response(200, "{\"filesystems\":[" + body + "]}");
  if (!listing.next.empty()) response.headers.set("x-ms-continuation", encode_marker(listing.next));
  return response;
}

Answer create_container(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow_action(rooms, call, action("write"), at, "cw"));
  if (call.request.headers.contains("x-ms-blob-public-access"))
    return std::unexpected(conflict("PublicAccessNotPermitted", "Public access is not permitted on this storage account."));
  TRY(auto metadata, metadata_of(call));
  TRY(lake::Node node, rooms.lake.create_filesystem(at, metadata, owner_of(call)));
  http::Response response = created(node);
  response.headers.set("x-ms-namespace-enabled", "true");
  return response;
}

Answer get_container(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow_action(rooms, call, action("read"), at, "rl"));
  TRY(lake::Node node, rooms.lake.stat(at));
  http::Response response = http::empty_response(200);
  describe(response, node, rooms.clock.now());
  for (const char* name : {"Content-Type", "x-ms-blob-type", "x-ms-meta-hdi_isfolder", "x-ms-resource-type", "Accept-Ranges"}) response.headers.remove(name);
  response.headers.set("x-ms-namespace-enabled", "true");
  response.headers.set("x-ms-has-immutability-policy", "false");
  response.headers.set("x-ms-has-legal-hold", "false");
  response.headers.set("x-ms-default-encryption-scope", "$account-encryption-key");
  response.headers.set("x-ms-deny-encryption-scope-override", "false");
  return response;
}

Answer delete_container(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow_action(rooms, call, action("delete"), at, "d"));
  TRY(lake::Guard guard, guard_of(call));
  CHECK_OK(rooms.lake.remove_filesystem(at, guard));
  return http::empty_response(202);
}

Answer set_container_metadata(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow_action(rooms, call, action("write"), at, "w"));
  TRY(auto metadata, metadata_of(call));
  TRY(lake::Guard guard, guard_of(call));
  TRY(lake::Node node, rooms.lake.edit(at, guard, [&](lake::Node& edited) {
    edited.properties.metadata = metadata;
    return ok();
  }));
  return created(node, 200);
}

Answer get_container_acl(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow_action(rooms, call, action("read"), at, "r"));
  TRY(lake::Node node, rooms.lake.stat(at));
  http::Response response = xml_response(200, "<SignedIdentifiers></SignedIdentifiers>");
  add_identity(response, node);
  return response;
}

Answer set_container_acl(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow_action(rooms, call, action("write"), at, "w"));
  if (call.request.headers.contains("x-ms-blob-public-access"))
    return std::unexpected(conflict("PublicAccessNotPermitted", "Public access is not permitted on this storage account."));
  TRY(std::string text, call.body_text());
  pugi::xml_document xml;
  if (text.size() > kXmlBytesMax || (!text.empty() && !xml.load_buffer(text.data(), text.size())))
    return std::unexpected(invalid("InvalidXmlDocument", "XML specified is not syntactically valid."));
  if (xml.child("SignedIdentifiers").first_child())
    return std::unexpected(unsupported("StoredAccessPolicyNotSupported", "Stored access policies are not supported by Axonite."));
  TRY(lake::Node node, rooms.lake.stat(at));
  return created(node, 200);
}

Answer get_account_information(Rooms& rooms, front::Call& call) {
  TRY(auto account, rooms.lake.account(account_of(call.request)));
  http::Response response = http::empty_response(200);
  response.headers.set("x-ms-sku-name", "Standard_LRS");
  response.headers.set("x-ms-account-kind", "StorageV2");
  response.headers.set("x-ms-is-hns-enabled", account->is_hierarchical ? "true" : "false");
  return response;
}

Answer get_service_properties(Rooms& rooms, front::Call& call) {
  CHECK_OK(allow_action(rooms, call, "Microsoft.Storage/storageAccounts/blobServices/read", {account_of(call.request), "", ""}, "r"));
  return xml_response(200,
                      "<StorageServiceProperties><Logging><Version>1.0</Version><Read>false</Read><Write>false</Write><Delete>false</Delete><RetentionPolicy><Enabled>false"
                      "</Enabled></RetentionPolicy></Logging><HourMetrics><Version>1.0</Version><Enabled>false</Enabled><RetentionPolicy><Enabled>false</Enabled>"
                      "</RetentionPolicy></HourMetrics><MinuteMetrics><Version>1.0</Version><Enabled>false</Enabled><RetentionPolicy><Enabled>false</Enabled>"
                      "</RetentionPolicy></MinuteMetrics><Cors /><DeleteRetentionPolicy><Enabled>false</Enabled></DeleteRetentionPolicy><StaticWebsite><Enabled>false"
                      "</Enabled></StaticWebsite></StorageServiceProperties>");
}

Answer get_user_delegation_key(Rooms& rooms, front::Call& call) {
  using Kind = identity::Principal::Kind;
  lake::Location at{account_of(call.request), "", ""};
  if (call.principal.kind != Kind::service_principal && call.principal.kind != Kind::managed_identity)
    return std::unexpected(forbidden("AuthenticationFailed", "Only a bearer token can ask for a user delegation key."));
  CHECK_OK(allow_action(rooms, call, "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action", at, ""));
  TRY(std::string text, call.body_text());
  pugi::xml_document xml;
  if (text.size() > kXmlBytesMax || !xml.load_buffer(text.data(), text.size())) return std::unexpected(invalid("InvalidXmlDocument", "XML specified is not syntactically valid."));
  std::string start = xml.child("KeyInfo").child_value("Start"), expiry = xml.child("KeyInfo").child_value("Expiry");
  auto ends = parse_iso(expiry);
  Time now = rooms.clock.now();
  if (!ends || *ends <= now || *ends > now + std::chrono::hours(24 * 7 + 1) || (!start.empty() && !parse_iso(start)))
    return std::unexpected(invalid("InvalidXmlNodeValue", "The value for one of the XML nodes is not in the correct format.", "Expiry"));
  if (start.empty()) start = format_iso_seconds(now);
  std::string version(call.request.headers.get("x-ms-version"));
  DelegationKey key{call.principal.object_id, call.principal.tenant_id, start, expiry, "b", version.empty() ? "2021-12-02" : version};
  TRY(auto account, rooms.lake.account(at.account));
  return xml_response(200, "<UserDelegationKey><SignedOid>" + key.object_id + "</SignedOid><SignedTid>" + key.tenant_id + "</SignedTid><SignedStart>" + escape_xml(key.start) +
                               "</SignedStart><SignedExpiry>" + escape_xml(key.expiry) + "</SignedExpiry><SignedService>b</SignedService><SignedVersion>" +
                               escape_xml(key.version) + "</SignedVersion><Value>" + key.value(*account).reveal() + "</Value></UserDelegationKey>");
}

}  // namespace axonite::service::storage
