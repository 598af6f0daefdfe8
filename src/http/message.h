#pragma once
// Requests and responses as the whole server sees them, whatever carried them: a socket, a TLS tunnel, or another
// service in this process. Bodies stream in both directions.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace axonite {
class File;
}

namespace axonite::http {

// Names compare without case; order and duplicates are kept.
class Headers {
 public:
  void add(std::string name, std::string value);
  void set(std::string_view name, std::string value);
  void remove(std::string_view name);
  // The first value; empty when absent. Use contains() where the two differ.
  std::string_view get(std::string_view name) const;
  bool contains(std::string_view name) const;
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// The query string, decoded, in order. Keys compare exactly, except through get_ignoring_case.
class Query {
 public:
  // invalid("InvalidQuery") on a broken %-sequence.
  static Result<Query> parse(std::string_view raw);
  std::string_view get(std::string_view key) const;
  bool contains(std::string_view key) const;
  std::string_view get_ignoring_case(std::string_view key) const;
  auto begin() const { return pairs_.begin(); }
  auto end() const { return pairs_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

class BodySource {
 public:
  virtual ~BodySource() = default;
  // Up to buffer.size() bytes; 0 at the end. Errors: cancelled (peer gone or deadline), invalid (bad chunking).
  virtual Result<std::size_t> read(std::span<char> buffer) = 0;
};

class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual Result<void> write(std::string_view bytes) = 0;
};

struct Request {
  std::string method = "GET";  // upper case
  std::string host;            // lower case, without port
  std::uint16_t port = 0;      // as the client named it; 0 = the scheme's own
  bool secure = false;         // came through TLS
  std::string path = "/";      // as sent, still percent-encoded
  std::string raw_query;       // without '?'
  Query query;
  Headers headers;
  std::optional<std::uint64_t> content_length;  // nothing when chunked
  std::unique_ptr<BodySource> body;             // never null once served
  std::string client_address;                   // for audit; "in-process" for calls between services
  std::string trace_id;                         // x-ms-client-request-id or made by us
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::stop_token cancel;

  // The whole body; too_large("RequestBodyTooLarge") past `bytes_max`.
  Result<std::string> read_body(std::size_t bytes_max);
};

// `length` bytes of a file from `offset`; sent without copying where the transport can.
struct FileSlice {
  std::shared_ptr<File> file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// Written piece by piece after the headers. With a length it goes out as Content-Length, else chunked.
struct Stream {
  std::function<Result<void>(BodySink&)> write;
  std::optional<std::uint64_t> length;
};

using Body = std::variant<std::string, FileSlice, Stream>;

struct Response {
  int status = 200;
  Headers headers;
  Body body;
  // A HEAD answer carries the length of what GET would send; nothing else sets it.
  std::optional<std::uint64_t> head_length;
};

Response text_response(int status, std::string body, std::string_view content_type = "text/plain; charset=utf-8");
Response json_response(int status, std::string body);
Response empty_response(int status);

using Handler = std::function<Response(Request&)>;

// A body that is already in memory.
std::unique_ptr<BodySource> memory_body(std::string bytes);
// The whole response body as bytes, whatever its form; for in-process callers and tests.
Result<std::string> read_response(const Response& response, std::size_t bytes_max);

}  // namespace axonite::http
