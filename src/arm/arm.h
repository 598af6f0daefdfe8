#pragma once
// The conventions of Azure Resource Manager that all services on management.azure.com share, on top of front and
// resource: error body, api-version, resource envelope, paging, conditions, standard headers. Facts from the ARM
// resource provider contract (Azure/azure-resource-manager-rpc, v1.0) and azure-mgmt-core's pollers.
//
//   front::Service vaults_service(Rooms& rooms) {
//     return arm::management_service("key_vault", front::bind(rooms, rows));
//   }
//   Result<http::Response> put_vault(Rooms& rooms, front::Call& call) {
//     TRY(auto id, arm::target(call));
//     TRY(auto condition, arm::condition(call));
//     TRY(auto document, rooms.documents.put(id, …, condition, arm::author(call, "Microsoft.KeyVault/vaults/write")));
//     return arm::resource_response(200, document);
//   }
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "front/operation.h"
#include "resource/documents.h"

namespace axonite::arm {

// A service on management.azure.com: host, audiences, error shape and standard headers are set, literals of paths
// compare without case, and every operation first checks api-version. Actions are checked at the request's path.
front::Service management_service(std::string name, std::vector<front::Operation> operations);

// {"error":{"code","message","target"?,"details"?}}: ARM's CloudError, with the status of the kind.
int http_status(Error::Kind kind);
http::Response error_response(const Error& error, const front::Call& call);
json::Value error_body(const Error& error);
// x-ms-request-id, x-ms-correlation-request-id, Cache-Control.
void add_standard_headers(http::Response& response, const front::Call& call);

// The wrapper that management_service puts around every handler, for services on other hosts that want it.
// Errors: invalid("MissingApiVersionParameter" | "InvalidApiVersionParameter"). Any dated version is accepted.
Result<void> check_api_version(const front::Call& call);

// The resource that the path names. An action or a collection at the end is dropped:
// POST …/sqlPools/p/pause → …/sqlPools/p; GET …/resourceGroups/g/providers/Microsoft.KeyVault/vaults → …/resourceGroups/g.
Result<resource::ResourceId> target(const front::Call& call);
// If-Match (quotes and W/ dropped) and If-None-Match: *.
resource::Condition condition(const front::Call& call);
// Whether the client has this version already: If-None-Match of a GET holds its etag (answer not_modified()).
bool has_current(const front::Call& call, const resource::Document& document);
http::Response not_modified();
// `operation` is the ARM action: "Microsoft.KeyVault/vaults/write".
resource::Author author(const front::Call& call, std::string operation);

// A document's body parsed; internal() when it is not an object.
Result<json::Value> body_of(const resource::Document& document);
// {id, name, type, …body…} and, where the provider shows it, etag. `body_of` shapes are spliced in their order.
enum class Etag { hidden, shown };
Result<json::Value> envelope(const resource::Document& document, Etag etag = Etag::hidden);
Result<http::Response> resource_response(int status, const resource::Document& document, Etag etag = Etag::hidden);
http::Response json_response(int status, const json::Value& body);

// {"value":[…],"nextLink":…}; `shape` as envelope() or the service's own. Page size from $top (1…1000, else 100).
using Shape = std::function<Result<json::Value>(const resource::Document&)>;
Result<http::Response> list_response(const front::Call& call, const resource::Page& page, const Shape& shape);
// One page of `documents.list` as the query asks ($top, $skiptoken), shaped.
Result<http::Response> list_children(const front::Call& call, const resource::Documents& documents,
                                     const resource::ResourceId& parent, std::string_view type, const Shape& shape);
// The absolute URL of this request with `query` instead of its own: for nextLink and Location.
std::string absolute_url(const front::Call& call, std::string_view path, std::string_view raw_query);

// For request bodies: the object under "properties", or an empty one; invalid("InvalidRequestContent") when the body
// is not an object or properties is of another type.
Result<json::Value> properties_of(const json::Value& body);
// Takes "location", "tags", "identity", "sku", "kind", "zones" as they are (the members ARM itself owns) and sets properties.
json::Value resource_body(const json::Value& request, json::Value properties);

}  // namespace axonite::arm
