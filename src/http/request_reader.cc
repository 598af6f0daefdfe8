#include "http/request_reader.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <cstring>

#include "base/id.h"
#include "base/text.h"
#include "http/chunked_decoder.h"

namespace axonite::http {
namespace {

namespace beast = boost::beast::http;

constexpr std::size_t kReadBytes = 64u << 10;
constexpr std::size_t kTargetBytesMax = 16u << 10;
constexpr std::size_t kHeadersMax = 200;

Error bad(std::string why) { return invalid("BadRequest", "The request is not valid HTTP: " + std::move(why) + "."); }

}  // namespace

struct RequestReader::State {
  State(net::Stream& stream_, ReadAhead& ahead_, std::chrono::milliseconds body_read_max_)
      : stream(stream_), ahead(ahead_), body_read_max(body_read_max_) {}

  net::Stream& stream;
  ReadAhead& ahead;
  std::chrono::milliseconds body_read_max;
  beast::request_parser<beast::empty_body> parser;  // of the head only
  std::uint64_t body_left = 0;                      // of a body with a length
  std::optional<ChunkedDecoder> chunks;
  bool expects_continue = false, continue_sent = false, broken = false, absolute_form = false;

  // More bytes behind those that are there; false at the end of the stream.
  Result<bool> fill(net::Deadline deadline) {
    char buffer[kReadBytes];
    TRY(std::size_t got, stream.read(buffer, deadline));
    ahead.bytes.append(buffer, got);
    return got > 0;
  }

  // Gives the parser of the head what is there.
  Result<void> parse() {
    boost::system::error_code error;
    std::size_t used = parser.put(boost::asio::buffer(ahead.bytes), error);
    ahead.bytes.erase(0, used);
    if (!error || error == beast::error::need_more) return ok();
    broken = true;
    if (error == beast::error::header_limit) return std::unexpected(too_large("HeadersTooLarge", "The request's headers are too large."));
    return std::unexpected(bad(error.message()));
  }

  bool body_done() const { return !broken && (chunks ? chunks->is_done() : body_left == 0); }

  // A body that cannot be read on is broken, and so is its connection.
  Result<std::size_t> read_body(std::span<char> buffer) {
    if (broken) return std::unexpected(bad("its body is broken"));
    if (body_done()) return 0;
    auto got = read_on(buffer);
    broken = !got;
    return got;
  }

  Result<std::size_t> read_on(std::span<char> buffer) {
    if (expects_continue && !std::exchange(continue_sent, true))
      CHECK_OK(stream.write("HTTP/1.1 100 Continue\r\n\r\n", net::in(body_read_max)));
    return chunks ? read_chunks(buffer) : read_sized(buffer);
  }

  Result<std::size_t> read_sized(std::span<char> buffer) {
    buffer = buffer.first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), body_left)));
    std::size_t got = std::min(buffer.size(), ahead.bytes.size());
    if (got > 0) {
      std::memcpy(buffer.data(), ahead.bytes.data(), got);
      ahead.bytes.erase(0, got);
    } else {
      TRY(got, stream.read(buffer, net::in(body_read_max)));
      if (got == 0) return std::unexpected(ended());
    }
    body_left -= got;
    return got;
  }

  Result<std::size_t> read_chunks(std::span<char> buffer) {
    while (!chunks->is_done()) {
      if (ahead.bytes.empty()) {
        TRY(bool more, fill(net::in(body_read_max)));
        if (!more) return std::unexpected(ended());
      }
      TRY(ChunkedDecoder::Progress progress, chunks->decode(ahead.bytes, buffer));
      ahead.bytes.erase(0, progress.taken);
      if (progress.produced > 0) return progress.produced;
    }
    return 0;
  }

  static Error ended() { return cancelled("ConnectionClosed", "The connection was closed within the body."); }
};

namespace {

class WireBody : public BodySource {
 public:
  explicit WireBody(std::function<Result<std::size_t>(std::span<char>)> read) : read_(std::move(read)) {}
  Result<std::size_t> read(std::span<char> buffer) override { return buffer.empty() ? Result<std::size_t>(0) : read_(buffer); }

 private:
  std::function<Result<std::size_t>(std::span<char>)> read_;
};

// "host:port", "[::1]:port" or "host".
void set_host(Request& request, std::string_view authority) {
  std::size_t colon = authority.rfind(':');
  bool has_port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  request.host = text::to_lower(authority.substr(0, has_port ? colon : authority.size()));
  if (has_port) request.port = text::parse_int<std::uint16_t>(authority.substr(colon + 1)).value_or(0);
}

// Path and query of origin-form; also takes the host from absolute-form and CONNECT's authority-form.
Result<void> set_target(Request& request, std::string_view target, bool& absolute_form) {
  if (target.size() > kTargetBytesMax) return std::unexpected(too_large("UriTooLong", "The request's target is too long."));
  if (request.method == "CONNECT") {
    set_host(request, target);
    return ok();
  }
  set_host(request, request.headers.get("Host"));
  if (std::size_t scheme = target.find("://"); scheme != std::string_view::npos && scheme < 6) {
    absolute_form = true;
    std::string_view rest = target.substr(scheme + 3);
    std::size_t slash = std::min(rest.find_first_of("/?"), rest.size());
    set_host(request, rest.substr(0, slash));
    target = rest.substr(slash);
  }
  std::size_t mark = std::min(target.find('?'), target.size());
  request.path = mark == 0 ? "/" : std::string(target.substr(0, mark));
  if (!request.path.starts_with('/') && request.path != "*") return std::unexpected(bad("its target is not a path"));
  request.raw_query = mark < target.size() ? std::string(target.substr(mark + 1)) : "";
  TRY(request.query, Query::parse(request.raw_query));
  return ok();
}

// What Beast lets through and two readers could understand differently (RFC 9112 §3.2, §6.1).
template <class Message>
Result<void> check_framing(const Message& message, bool chunked) {
  if (message.count("Host") > 1) return std::unexpected(bad("it has more than one Host"));
  if (message.count("Content-Length") > 1) return std::unexpected(bad("it has more than one Content-Length"));
  if (message.count("Transfer-Encoding") == 0) return ok();
  if (chunked && message.version() == 11 && text::equals_ignoring_case(std::string_view(message["Transfer-Encoding"]), "chunked")) return ok();
  return std::unexpected(unsupported("TransferEncodingUnsupported", "The only transfer encoding that is understood is chunked, in HTTP/1.1."));
}

}  // namespace

RequestReader::RequestReader(net::Stream& stream, ReadAhead& ahead, std::chrono::milliseconds body_read_max)
    : state_(std::make_shared<State>(stream, ahead, body_read_max)) {}
RequestReader::~RequestReader() = default;

Result<std::unique_ptr<Request>> RequestReader::read_head(std::size_t head_bytes_max, net::Deadline deadline) {
  State& state = *state_;
  state.parser.header_limit(static_cast<std::uint32_t>(head_bytes_max));
  state.parser.body_limit(boost::none);
  while (!state.parser.is_header_done()) {
    if (state.ahead.bytes.empty() || state.parser.got_some()) {
      TRY(bool more, state.fill(deadline));
      if (!more && state.ahead.bytes.empty() && !state.parser.got_some()) return nullptr;
      if (!more) return std::unexpected(bad("it ends within its headers"));
    }
    CHECK_OK(state.parse());
    if (!state.parser.is_header_done() && state.ahead.bytes.size() > head_bytes_max)
      return std::unexpected(too_large("HeadersTooLarge", "The request's headers are too large."));
  }
  auto request = std::make_unique<Request>();
  const auto& message = state.parser.get();
  request->method = std::string(message.method_string());
  for (const auto& field : message) request->headers.add(std::string(field.name_string()), std::string(field.value()));
  CHECK_OK(check_framing(message, state.parser.chunked()));
  if (request->headers.size() > kHeadersMax) return std::unexpected(too_large("HeadersTooLarge", "The request has too many headers."));
  CHECK_OK(set_target(*request, message.target(), state.absolute_form));
  if (state.parser.chunked()) state.chunks.emplace();
  else request->content_length = state.body_left = state.parser.content_length().value_or(0);
  state.expects_continue = text::equals_ignoring_case(request->headers.get("Expect"), "100-continue");
  request->secure = state.stream.secure();
  std::string_view trace = request->headers.get("x-ms-client-request-id");
  request->trace_id = trace.empty() || trace.size() > 128 ? new_uuid() : std::string(trace);
  request->body = std::make_unique<WireBody>([shared = state_](std::span<char> buffer) { return shared->read_body(buffer); });
  return request;
}

bool RequestReader::keep_alive() const { return !state_->broken && state_->parser.is_header_done() && state_->parser.get().keep_alive(); }
bool RequestReader::body_done() const { return state_->body_done(); }
bool RequestReader::absolute_form() const { return state_->absolute_form; }
bool RequestReader::http_1_0() const { return state_->parser.is_header_done() && state_->parser.get().version() < 11; }
bool RequestReader::started() const { return state_->parser.got_some() || !state_->ahead.bytes.empty(); }
bool RequestReader::awaits_continue() const { return state_->expects_continue && !state_->continue_sent && !state_->body_done(); }

bool RequestReader::skip_body(std::size_t bytes_max) {
  // A client that waits for 100-continue has not sent its body and need not after a final answer.
  if (awaits_continue()) return false;
  char buffer[kReadBytes];
  while (!state_->body_done() && bytes_max > 0) {
    auto read = state_->read_body(std::span(buffer, std::min(sizeof buffer, bytes_max)));
    if (!read) return false;
    bytes_max -= std::min(bytes_max, *read);
  }
  return state_->body_done();
}

}  // namespace axonite::http
