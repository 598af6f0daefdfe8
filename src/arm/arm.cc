#include "arm/arm.h"

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace axonite::arm {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// 2018-06-01 or 2018-06-01-preview.
bool is_api_version(std::string_view text) {
  if (text.size() < 10 || text.size() > 32 || text[4] != '-' || text[7] != '-') return false;
  if (!is_digits(text.substr(0, 4)) || !is_digits(text.substr(5, 2)) || !is_digits(text.substr(8, 2))) return false;
  return text.size() == 10 || text[10] == '-';
}

front::OperationHandler with_api_version(front::OperationHandler handler) {
  return [handler = std::move(handler)](front::Call& call) -> Result<http::Response> {
    CHECK_OK(check_api_version(call));
    return handler(call);
  };
}

// "W/\"x\"" → "x".
std::string unquoted(std::string_view etag) {
  etag = text::trim(etag);
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return std::string(etag);
}

constexpr std::string_view kSkipToken = "$skiptoken";

// This request's query without its own page mark.
std::string query_with_token(const front::Call& call, std::string_view token) {
  std::string query;
  for (const auto& [key, value] : call.request.query) {
    if (text::equals_ignoring_case(key, kSkipToken)) continue;
    query += text::percent_encode(key, "$") + "=" + text::percent_encode(value) + "&";
  }
  return query + std::string(kSkipToken) + "=" + text::percent_encode(token);
}

}  // namespace

front::Service management_service(std::string name, std::vector<front::Operation> operations) {
  for (front::Operation& operation : operations) operation.handler = with_api_version(std::move(operation.handler));
  return {.name = std::move(name),
          .hosts = {"management.azure.com", "management.core.windows.net"},
          .audiences = {"https://management.azure.com", "https://management.core.windows.net"},
          .operations = std::move(operations),
          .ignore_path_case = true,
          .authenticate = {},
          .scope = {},
          .shape_error = error_response,
          .finish = add_standard_headers};
}

Result<void> check_api_version(const front::Call& call) {
  std::string_view version = call.query("api-version");
  if (version.empty())
    return std::unexpected(invalid("MissingApiVersionParameter",
                                   "The api-version query parameter (?api-version=) is required for all requests."));
  if (is_api_version(version)) return ok();
  return std::unexpected(invalid("InvalidApiVersionParameter",
                                 "The api-version '" + std::string(version.substr(0, 40)) +
                                     "' is invalid; it must be a date such as '2021-04-01', with or without '-preview'."));
}

Result<resource::ResourceId> target(const front::Call& call) {
  auto decoded = text::percent_decode(call.request.path);
  // An encoded slash would shift the segments; no name of a resource may hold one.
  if (!decoded || text::to_lower(call.request.path).find("%2f") != std::string::npos)
    return std::unexpected(invalid("InvalidResourceId", "The path is not a valid resource id."));
  std::string path = std::move(*decoded);
  while (path.ends_with('/')) path.pop_back();
  auto parts = text::split(path, '/');  // the first is empty
  auto drop = [&] { path.resize(path.rfind('/')); };
  if (parts.size() % 2 == 0) {
    drop();
    parts.pop_back();
  }
  // What is left of a collection right below a group or resource: "…/providers/{namespace}".
  if (parts.size() >= 3 && text::equals_ignoring_case(parts[parts.size() - 2], "providers")) drop(), drop();
  return resource::ResourceId::parse(path);
}

resource::Condition condition(const front::Call& call) {
  resource::Condition condition;
  if (call.request.headers.contains("If-Match")) condition.if_match = unquoted(call.request.headers.get("If-Match"));
  condition.if_none_match_any = text::trim(call.request.headers.get("If-None-Match")) == "*";
  return condition;
}

bool has_current(const front::Call& call, const resource::Document& document) {
  std::string_view held = call.request.headers.get("If-None-Match");
  return !held.empty() && unquoted(held) == document.etag;
}

http::Response not_modified() { return http::empty_response(304); }

resource::Author author(const front::Call& call, std::string operation) {
  return {.principal = call.principal, .operation = std::move(operation), .correlation_id = call.correlation_id};
}

Result<json::Value> body_of(const resource::Document& document) {
  auto body = json::parse(document.body);
  if (!body || !body->is_object()) return std::unexpected(internal("the document " + document.id.text() + " is no object"));
  return body;
}

Result<json::Value> envelope(const resource::Document& document, Etag etag) {
  TRY(json::Value body, body_of(document));
  json::Object shaped{
      {"id", document.id.text()}, {"name", std::string(document.id.name())}, {"type", document.id.type()}};
  for (auto& member : body.get_object()) shaped[member.key()] = std::move(member.value());
  if (etag == Etag::shown) shaped["etag"] = document.etag;
  return shaped;
}

Result<http::Response> resource_response(int status, const resource::Document& document, Etag etag) {
  TRY(json::Value shaped, envelope(document, etag));
  http::Response response = json_response(status, shaped);
  if (etag == Etag::shown) response.headers.set("ETag", "\"" + document.etag + "\"");
  return response;
}

http::Response json_response(int status, const json::Value& body) { return http::json_response(status, json::write(body)); }

std::string absolute_url(const front::Call& call, std::string_view path, std::string_view raw_query) {
  std::string url = call.request.secure || call.request.client_address == "in-process" ? "https://" : "http://";
  url += call.request.host;
  if (call.request.port != 0) url += ":" + std::to_string(call.request.port);
  url += path;
  return raw_query.empty() ? url : url + "?" + std::string(raw_query);
}

Result<http::Response> list_response(const front::Call& call, const resource::Page& page, const Shape& shape) {
  json::Array values;
  for (const resource::Document& document : page.documents) {
    TRY(json::Value shaped, shape(document));
    values.push_back(std::move(shaped));
  }
  json::Object body{{"value", std::move(values)}};
  if (!page.continuation.empty())
    body["nextLink"] = absolute_url(call, call.request.path, query_with_token(call, page.continuation));
  return json_response(200, body);
}

Result<http::Response> list_children(const front::Call& call, const resource::Documents& documents,
                                     const resource::ResourceId& parent, std::string_view type, const Shape& shape) {
  std::size_t count_max = text::parse_int<std::size_t>(call.query("$top")).value_or(100);
  TRY(resource::Page page, documents.list(parent, type, call.query(kSkipToken), count_max));
  return list_response(call, page, shape);
}

Result<json::Value> properties_of(const json::Value& body) {
  if (!body.is_object())
    return std::unexpected(invalid("InvalidRequestContent", "The request content must be a JSON object."));
  const json::Value* properties = json::find_ignoring_case(body, "properties");
  if (!properties || properties->is_null()) return json::Object{};
  if (!properties->is_object())
    return std::unexpected(invalid("InvalidRequestContent", "'properties' must be a JSON object.", "properties"));
  return *properties;
}

json::Value resource_body(const json::Value& request, json::Value properties) {
  json::Object body;
  for (std::string_view member : {"location", "tags", "identity", "sku", "kind", "zones"})
    if (const json::Value* found = json::find_ignoring_case(request, member); found && !found->is_null())
      body[member] = *found;
  body["properties"] = std::move(properties);
  return body;
}

}  // namespace axonite::arm
