#include <algorithm>
#include <cstring>

#include "base/file.h"
#include "http/message.h"

namespace axonite::http {
namespace {

constexpr std::size_t kChunkBytes = 64u << 10;

class MemoryBody : public BodySource {
 public:
  explicit MemoryBody(std::string bytes) : bytes_(std::move(bytes)) {}
  Result<std::size_t> read(std::span<char> buffer) override {
    std::size_t count = std::min(buffer.size(), bytes_.size() - at_);
    std::memcpy(buffer.data(), bytes_.data() + at_, count);
    at_ += count;
    return count;
  }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

Error body_too_large(std::size_t bytes_max) {
  return too_large("RequestBodyTooLarge",
                   "The request body is too large and exceeds the maximum of " + std::to_string(bytes_max) + " bytes.");
}

// Collects what a Stream writes, up to a limit.
class Collector : public BodySink {
 public:
  explicit Collector(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  Result<void> write(std::string_view bytes) override {
    if (collected.size() + bytes.size() > bytes_max_)
      return std::unexpected(too_large("ResponseTooLarge", "The response is larger than its reader allows."));
    collected += bytes;
    return ok();
  }
  std::string collected;

 private:
  std::size_t bytes_max_;
};

Result<void> copy_file(const FileSlice& slice, BodySink& sink) {
  std::string buffer(std::min<std::uint64_t>(kChunkBytes, slice.length), '\0');
  for (std::uint64_t done = 0; done < slice.length;) {
    std::span<char> part(buffer.data(), std::min<std::uint64_t>(buffer.size(), slice.length - done));
    TRY(std::size_t read, slice.file->read_at(slice.offset + done, part));
    if (read == 0) return std::unexpected(internal("a file is shorter than its slice"));
    CHECK_OK(sink.write({part.data(), read}));
    done += read;
  }
  return ok();
}

Response response_of(int status, std::string body, std::string_view content_type) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", std::string(content_type));
  response.body = std::move(body);
  return response;
}

}  // namespace

Result<std::string> Request::read_body(std::size_t bytes_max) {
  std::string bytes;
  if (!body) return bytes;
  if (content_length && *content_length > bytes_max) return std::unexpected(body_too_large(bytes_max));
  if (content_length) bytes.reserve(*content_length);
  char buffer[kChunkBytes];
  while (true) {
    TRY(std::size_t read, body->read(buffer));
    if (read == 0) return bytes;
    if (bytes.size() + read > bytes_max) return std::unexpected(body_too_large(bytes_max));
    bytes.append(buffer, read);
  }
}

Response text_response(int status, std::string body, std::string_view content_type) {
  return response_of(status, std::move(body), content_type);
}

Response json_response(int status, std::string body) {
  return response_of(status, std::move(body), "application/json; charset=utf-8");
}

Response empty_response(int status) {
  Response response;
  response.status = status;
  return response;
}

std::unique_ptr<BodySource> memory_body(std::string bytes) { return std::make_unique<MemoryBody>(std::move(bytes)); }

Result<std::string> read_response(const Response& response, std::size_t bytes_max) {
  Collector collector(bytes_max);
  if (auto* text = std::get_if<std::string>(&response.body)) CHECK_OK(collector.write(*text));
  if (auto* slice = std::get_if<FileSlice>(&response.body)) CHECK_OK(copy_file(*slice, collector));
  if (auto* stream = std::get_if<Stream>(&response.body); stream && stream->write) CHECK_OK(stream->write(collector));
  return std::move(collector.collected);
}

}  // namespace axonite::http
