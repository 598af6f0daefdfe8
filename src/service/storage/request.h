#pragma once
// What the handlers read from requests and write into answers.
#include "front/operation.h"
#include "lake/namespace.h"
#include "service/storage/service.h"

namespace axonite::service::storage {

// Whether the account is the first segment of the path, as at http://127.0.0.1:PORT/acct/container/blob.
bool is_path_style(const http::Request& request);
// "acct" of acct.blob.core.windows.net or of the path; a "-secondary" suffix is the same account.
std::string account_of(const http::Request& request);
// The container and the path below it that a request's path (still encoded) names; nothing when it is badly encoded.
std::optional<std::pair<std::string, std::string>> resource_path(const http::Request& request);
bool is_dfs(const front::Call& call);
lake::Location location_of(const front::Call& call);
// Roles or ACLs of the caller, and what its SAS allows: `sas` = letters of which one must be in sp.
Result<void> allow(const Rooms& rooms, const front::Call& call, lake::Right right, const lake::Location& at, std::string_view sas);
Result<void> allow_action(const Rooms& rooms, const front::Call& call, std::string_view action, const lake::Location& at, std::string_view sas);

// Headers "<prefix>If-Match" …; invalid("InvalidHeaderValue") for bad dates.
Result<lake::Conditions> conditions_of(const front::Call& call, const std::string& prefix = "");
Result<lake::Guard> guard_of(const front::Call& call);
// x-ms-meta-* and, of DFS, x-ms-properties: "k=base64,…".
Result<std::map<std::string, std::string>> metadata_of(const front::Call& call);
// x-ms-blob-content-* (blob), x-ms-content-* (DFS); content headers of the request itself where `plain`.
Result<lake::Properties> properties_of(const front::Call& call, bool plain = false);
std::string owner_of(const front::Call& call);
// x-ms-access-tier: Hot, Cool, Cold or Archive; empty when not given.
Result<std::string> tier_of(const front::Call& call);
// The body as sealed content; checks Content-MD5. `md5` gets the body's digest when it was checked.
Result<lake::Content> receive(const Rooms& rooms, front::Call& call, std::uint64_t bytes_max, std::string* md5 = nullptr);

void add_identity(http::Response& response, const lake::Node& node);  // ETag, Last-Modified
http::Response created(const lake::Node& node, int status = 201);
// Everything HEAD tells about a node: the union of what Blob and DFS say.
void describe(http::Response& response, const lake::Node& node, Time now);
void describe_lease(http::Response& response, const lake::Node& node, Time now);
// What lists name as their ServiceEndpoint.
std::string endpoint_of(const http::Request& request);
std::string escape_xml(std::string_view text);
http::Response xml_response(int status, std::string body);
std::string encode_marker(std::string_view path);
Result<std::string> decode_marker(std::string_view marker);

}  // namespace axonite::service::storage
