#include "protocol/spark_connect/artifacts.h"

#include <spark/connect/base.pb.h>

#include <array>

namespace axonite::protocol::spark_connect {
namespace {

// CRC-32 of IEEE 802.3, as zlib's and java.util.zip.CRC32.
std::uint32_t crc32(std::string_view bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t c = i;
      for (int k = 0; k < 8; ++k) c = c & 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
      made[i] = c;
    }
    return made;
  }();
  std::uint32_t crc = 0xFFFFFFFFu;
  for (unsigned char byte : bytes) crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8);
  return ~crc;
}

template <class Chunk>
bool crc_matches(const Chunk& chunk) {
  return static_cast<std::int64_t>(crc32(chunk.data())) == chunk.crc();
}

}  // namespace

Result<std::vector<Upload::Artifact>> Upload::take(const ::spark::connect::AddArtifactsRequest& request) {
  bytes_ += request.ByteSizeLong();
  if (bytes_ > bytes_max_) return std::unexpected(too_large("ARTIFACTS_TOO_LARGE", "The artifacts of one upload exceed the bound of the server."));
  std::vector<Artifact> done;
  if (request.has_batch()) {
    for (auto& artifact : request.batch().artifacts()) done.push_back({artifact.name(), artifact.data().data(), crc_matches(artifact.data())});
    return done;
  }
  if (request.has_begin_chunk()) {
    auto& begin = request.begin_chunk();
    if (open_ || begin.num_chunks() < 1) return std::unexpected(invalid("ARTIFACT_SEQUENCE", "A chunked artifact may not begin here."));
    open_ = Artifact{begin.name(), begin.initial_chunk().data(), crc_matches(begin.initial_chunk())};
    chunks_left_ = begin.num_chunks() - 1;
  } else if (request.has_chunk()) {
    if (!open_) return std::unexpected(invalid("ARTIFACT_SEQUENCE", "A chunk came without its artifact."));
    open_->bytes += request.chunk().data();
    open_->crc_ok = open_->crc_ok && crc_matches(request.chunk());
    --chunks_left_;
  }
  if (open_ && chunks_left_ == 0) {
    done.push_back(std::move(*open_));
    open_.reset();
  }
  return done;
}

}  // namespace axonite::protocol::spark_connect
