#include "http/response_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/clock.h"
#include "base/text.h"

namespace axonite::http {
namespace {

constexpr std::size_t kSmallBytes = 32u << 10;

std::string_view reason(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Payload Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Requested Range Not Satisfiable";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return status < 400 ? "OK" : "Error";
  }
}

bool has_no_body(int status) { return status < 200 || status == 204 || status == 304; }

std::optional<std::uint64_t> length_of(const Response& response) {
  if (response.head_length) return response.head_length;
  if (auto* text = std::get_if<std::string>(&response.body)) return text->size();
  if (auto* slice = std::get_if<FileSlice>(&response.body)) return slice->length;
  return std::get<Stream>(response.body).length;
}

// Ours to say: a handler that copies another server's headers must not contradict the bytes that follow.
bool is_framing(std::string_view name) {
  return (name.size() == 14 && text::equals_ignoring_case(name, "Content-Length")) ||
         (name.size() == 17 && text::equals_ignoring_case(name, "Transfer-Encoding")) ||
         (name.size() == 10 && text::equals_ignoring_case(name, "Connection"));
}

// A line break would let a value write headers of its own.
void append_value(std::string& head, std::string_view value) {
  if (std::ranges::none_of(value, [](char c) { return c == '\r' || c == '\n'; })) {
    head += value;
    return;
  }
  for (char c : value) head += c == '\r' || c == '\n' ? ' ' : c;
}

// Made once a second per thread.
const std::string& date_line() {
  thread_local std::int64_t made_at = -1;
  thread_local std::string line;
  Time now = system_clock().now();
  if (std::int64_t second = to_unix_seconds(now); second != made_at) {
    line = "Date: " + format_http_date(now) + "\r\n";
    made_at = second;
  }
  return line;
}

std::string head_of(const Response& response, const Framing& framing, std::optional<std::uint64_t> length) {
  auto* text = std::get_if<std::string>(&response.body);
  std::string head;
  head.reserve(1024 + (text && text->size() <= kSmallBytes ? text->size() : 0));
  fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
  for (const auto& [name, value] : response.headers) {
    if (is_framing(name)) continue;
    head += name;
    head += ": ";
    append_value(head, value);
    head += "\r\n";
  }
  if (!response.headers.contains("Date")) head += date_line();
  if (!has_no_body(response.status) && length) fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", *length);
  if (!has_no_body(response.status) && !length && !framing.http_1_0) head += "Transfer-Encoding: chunked\r\n";
  if (!framing.keep_alive) head += "Connection: close\r\n";
  else if (framing.http_1_0) head += "Connection: keep-alive\r\n";
  head += "\r\n";
  return head;
}

class LengthSink : public BodySink {
 public:
  LengthSink(net::Stream& stream, std::chrono::milliseconds write_max, std::uint64_t length)
      : left(length), stream_(stream), write_max_(write_max) {}
  Result<void> write(std::string_view bytes) override {
    if (bytes.size() > left) return std::unexpected(internal("a stream wrote more than its length"));
    left -= bytes.size();
    return stream_.write(bytes, net::in(write_max_));
  }
  std::uint64_t left;

 private:
  net::Stream& stream_;
  std::chrono::milliseconds write_max_;
};

// Bytes as they are, for HTTP/1.0.
class PlainSink : public BodySink {
 public:
  PlainSink(net::Stream& stream, std::chrono::milliseconds write_max) : stream_(stream), write_max_(write_max) {}
  Result<void> write(std::string_view bytes) override { return stream_.write(bytes, net::in(write_max_)); }

 private:
  net::Stream& stream_;
  std::chrono::milliseconds write_max_;
};

class ChunkSink : public BodySink {
 public:
  ChunkSink(net::Stream& stream, std::chrono::milliseconds write_max) : stream_(stream), write_max_(write_max) {}
  Result<void> write(std::string_view bytes) override {
    if (bytes.empty()) return ok();
    std::string chunk = fmt::format("{:x}\r\n", bytes.size());
    chunk += bytes;
    chunk += "\r\n";
    return stream_.write(chunk, net::in(write_max_));
  }

 private:
  net::Stream& stream_;
  std::chrono::milliseconds write_max_;
};

Result<void> write_stream(net::Stream& stream, const Stream& body, const Framing& framing) {
  if (body.length) {
    LengthSink sink(stream, framing.write_max, *body.length);
    CHECK_OK(body.write(sink));
    return sink.left == 0 ? ok() : std::unexpected(internal("a stream wrote less than its length"));
  }
  if (framing.http_1_0) {
    PlainSink sink(stream, framing.write_max);
    return body.write(sink);
  }
  ChunkSink sink(stream, framing.write_max);
  CHECK_OK(body.write(sink));
  return stream.write("0\r\n\r\n", net::in(framing.write_max));
}

}  // namespace

Result<void> write_response(net::Stream& stream, const Response& response, const Framing& framing) {
  std::string head = head_of(response, framing, length_of(response));
  net::Deadline deadline = net::in(framing.write_max);
  if (framing.head || has_no_body(response.status)) return stream.write(head, deadline);
  if (auto* text = std::get_if<std::string>(&response.body)) {
    if (text->size() <= kSmallBytes) return stream.write(head += *text, deadline);
    CHECK_OK(stream.write(head, deadline));
    return stream.write(*text, deadline);
  }
  if (auto* slice = std::get_if<FileSlice>(&response.body))
    return stream.write_file(head, *slice->file, slice->offset, slice->length, deadline);
  CHECK_OK(stream.write(head, deadline));
  return write_stream(stream, std::get<Stream>(response.body), framing);
}

}  // namespace axonite::http
