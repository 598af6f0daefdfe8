// Blob Batch: a multipart/mixed body of deletes or tiers, each with its own credential and its own answer.
#include "base/text.h"
#include "service/storage/handlers.h"

namespace axonite::service::storage {
namespace {

constexpr std::size_t kPartsMax = 256;
constexpr std::size_t kBodyBytesMax = 4u << 20;

struct Part {
  std::string content_id;
  http::Request request;
};

std::string_view line_of(std::string_view& text) {
  std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void read_headers(std::string_view& text, http::Headers& headers) {
  while (!text.empty()) {
    std::string_view line = line_of(text);
    if (line.empty()) return;
    std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) headers.add(std::string(line.substr(0, colon)), std::string(text::trim(line.substr(colon + 1))));
  }
}

Error bad_batch() { return invalid("InvalidInput", "One of the request inputs is not valid: the batch body."); }

Result<Part> parse_part(std::string_view text, const http::Request& outer) {
  http::Headers envelope;
  read_headers(text, envelope);
  Part part{.content_id = std::string(envelope.get("Content-ID"))};
  auto words = text::split(line_of(text), ' ');
  if (words.size() < 2 || !words[1].starts_with('/')) return std::unexpected(bad_batch());
  part.request.method = words[0];
  std::size_t question = std::min(words[1].find('?'), words[1].size());
  part.request.path = words[1].substr(0, question);
  part.request.raw_query = words[1].substr(std::min(question + 1, words[1].size()));
  TRY(part.request.query, http::Query::parse(part.request.raw_query));
  read_headers(text, part.request.headers);
  part.request.host = outer.host;
  part.request.secure = outer.secure;
  part.request.body = http::memory_body("");
  return part;
}

Result<std::vector<Part>> parse(std::string_view body, const std::string& boundary, const http::Request& outer) {
  std::vector<Part> parts;
  std::string delimiter = "--" + boundary;
  std::size_t at = body.find(delimiter);
  while (at != std::string_view::npos) {
    std::size_t begin = at + delimiter.size();
    if (body.substr(begin, 2) == "--") break;
    std::size_t next = body.find(delimiter, begin);
    if (next == std::string_view::npos) return std::unexpected(bad_batch());
    std::string_view text = body.substr(begin, next - begin);
    line_of(text);
    if (parts.size() == kPartsMax) return std::unexpected(too_large("ExceedsMaxBatchRequestCount", "The batch operation exceeds maximum number of allowed subrequests."));
    TRY(Part part, parse_part(text, outer));
    parts.push_back(std::move(part));
    at = next;
  }
  return parts;
}

Answer run(Rooms& rooms, front::Call& call, const std::string& container) {
  auto named = resource_path(call.request);
  if (!named || named->second.empty() || (!container.empty() && named->first != container)) return std::unexpected(bad_batch());
  call.path_parameters = {{"container", named->first}, {"path", named->second}};
  TRY(call.principal, authenticate(rooms, call));
  if (call.request.method == "DELETE") return delete_path(rooms, call);
  if (call.request.method == "PUT" && call.query("comp") == "tier") return set_tier(rooms, call);
  return std::unexpected(unsupported("BatchOperationNotSupported", "Only deletes and tiers are supported in batches by Axonite."));
}

std::string write_part(const http::Response& response, const std::string& content_id) {
  std::string text = "Content-Type: application/http\r\n";
  if (!content_id.empty()) text += "Content-ID: " + content_id + "\r\n";
  text += "\r\nHTTP/1.1 " + std::to_string(response.status) + (response.status < 300 ? " Accepted\r\n" : " Failed\r\n");
  for (const auto& [name, value] : response.headers) text += name + ": " + value + "\r\n";
  std::string body = http::read_response(response, 1u << 20).value_or("");
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

}  // namespace

Answer batch(Rooms& rooms, front::Call& call) {
  std::string_view type = call.request.headers.get("Content-Type");
  std::size_t at = type.find("boundary=");
  if (at == std::string_view::npos) return std::unexpected(invalid("InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format.", "Content-Type"));
  std::string boundary(text::trim(type.substr(at + 9)));
  if (boundary.size() >= 2 && boundary.front() == '"') boundary = boundary.substr(1, boundary.size() - 2);
  TRY(std::string body, call.request.read_body(kBodyBytesMax));
  TRY(auto parts, parse(body, boundary, call.request));
  std::string answer, mark = "batchresponse_" + call.request_id;
  for (Part& part : parts) {
    front::Call sub(part.request);
    sub.request_id = call.request_id;
    sub.correlation_id = call.correlation_id;
    auto done = run(rooms, sub, std::string(call.path("container")));
    http::Response response = done ? std::move(*done) : shape_error(done.error(), sub);
    finish(response, sub);
    answer += "--" + mark + "\r\n" + write_part(response, part.content_id) + "\r\n";
  }
  answer += "--" + mark + "--";  // no line end: the C++ SDK's parser fails on one
  return http::text_response(202, std::move(answer), "multipart/mixed; boundary=" + mark);
}

}  // namespace axonite::service::storage
