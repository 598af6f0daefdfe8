// GET and HEAD of a path: one answer for both APIs.
#include "base/text.h"
#include "service/storage/handlers.h"

namespace axonite::service::storage {
namespace {

struct Range {
  std::uint64_t first = 0, length = 0;
};

Error bad_range() { return invalid("InvalidRange", "The range specified is invalid for the current size of the resource."); }

// "bytes=a-b" or "bytes=a-"; suffix ranges do not exist here. Nothing when there is no range.
Result<std::optional<Range>> range_of(const front::Call& call, std::uint64_t size) {
  std::string_view header = call.request.headers.get("x-ms-range");
  if (header.empty()) header = call.request.headers.get("Range");
  if (header.empty()) return std::nullopt;
  std::size_t dash = header.find('-');
  if (!text::starts_with_ignoring_case(header, "bytes=") || dash == std::string_view::npos) return std::nullopt;
  auto first = text::parse_int<std::uint64_t>(text::trim(header.substr(6, dash - 6)));
  std::string_view end = text::trim(header.substr(dash + 1));
  auto last = end.empty() ? std::optional(size) : text::parse_int<std::uint64_t>(end);
  if (!first || !last) return std::unexpected(invalid("InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format.", "Range"));
  if (*first >= size || *last < *first) return std::unexpected(bad_range());
  return Range{*first, std::min(*last, size - 1) - *first + 1};
}

// Opens every file first: later deletes cannot disturb an answer that has begun.
Result<http::Body> body_of(const lake::Lake& room, std::shared_ptr<const lake::Snapshot> snapshot, Range range) {
  if (snapshot->bytes) return http::Body(snapshot->bytes->substr(range.first, range.length));
  if (range.length == 0) return http::Body(std::string());
  std::vector<http::FileSlice> slices;
  bool all_files = true;
  for (const lake::Extent& extent : snapshot->extents) {
    std::uint64_t begin = std::max(extent.start, range.first), end = std::min(extent.start + extent.size, range.first + range.length);
    if (begin >= end) continue;
    all_files &= !extent.file.empty();
    if (extent.file.empty()) {
      slices.push_back({nullptr, begin, end - begin});
      continue;
    }
    TRY(auto file, room.open_file(extent));
    slices.push_back({std::move(file), begin - extent.start, end - begin});
  }
  if (slices.size() == 1 && all_files) return http::Body(std::move(slices.front()));
  auto write = [&room, snapshot, slices = std::move(slices)](http::BodySink& sink) -> Result<void> {
    std::vector<char> buffer(256u << 10);
    for (const http::FileSlice& slice : slices)
      for (std::uint64_t done = 0; done < slice.length;) {
        auto part = std::span(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), slice.length - done)));
        TRY(std::size_t got, slice.file ? slice.file->read_at(slice.offset + done, part) : room.read_at(*snapshot, slice.offset + done, part));
        if (got == 0) return std::unexpected(internal("content ended early"));
        CHECK_OK(sink.write({buffer.data(), got}));
        done += got;
      }
    return ok();
  };
  return http::Body(http::Stream{std::move(write), range.length});
}

}  // namespace

Answer get_path(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::read, at, "r"));
  TRY(auto conditions, conditions_of(call));
  for (int attempt = 0;; ++attempt) {
    TRY(auto snapshot, rooms.lake.snapshot(at));
    const lake::Node& node = snapshot->node;
    CHECK_OK(lake::check_for_read(conditions, node));
    if (node.tier == "Archive") return std::unexpected(conflict("BlobArchived", "This operation is not permitted on an archived blob."));
    TRY(auto range, range_of(call, node.size));
    Range wanted = range.value_or(Range{0, node.size});
    auto body = body_of(rooms.lake, snapshot, wanted);
    // A file that went between lookup and opening was replaced: look again.
    if (!body && body.error().kind == Error::Kind::not_found && attempt < 8) continue;
    if (!body) return std::unexpected(std::move(body.error()));
    http::Response response{.status = range ? 206 : 200, .body = std::move(*body)};
    describe(response, node, rooms.clock.now());
    std::string md5 = text::base64_encode(node.properties.content_md5);
    if (range) response.headers.set("Content-Range", "bytes " + std::to_string(wanted.first) + "-" + std::to_string(wanted.first + wanted.length - 1) + "/" + std::to_string(node.size));
    if (!md5.empty()) response.headers.set(range ? "x-ms-blob-content-md5" : "Content-MD5", md5);
    return response;
  }
}

Answer head_path(Rooms& rooms, front::Call& call) {
  lake::Location at = location_of(call);
  CHECK_OK(allow(rooms, call, lake::Right::stat, at, "rl"));
  TRY(auto conditions, conditions_of(call));
  TRY(auto snapshot, rooms.lake.snapshot(at));
  CHECK_OK(lake::check_for_read(conditions, snapshot->node));
  http::Response response = http::empty_response(200);
  response.head_length = snapshot->node.size;
  describe(response, snapshot->node, rooms.clock.now());
  if (!snapshot->node.properties.content_md5.empty()) response.headers.set("Content-MD5", text::base64_encode(snapshot->node.properties.content_md5));
  return response;
}

}  // namespace axonite::service::storage
