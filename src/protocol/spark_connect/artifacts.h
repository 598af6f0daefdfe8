#pragma once
// The upload of artifacts: whole ones in batches, large ones in chunks, each chunk with its CRC-32 (base.proto).
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace spark::connect {
class AddArtifactsRequest;
}

namespace axonite::protocol::spark_connect {

// Follows one AddArtifacts stream.
class Upload {
 public:
  explicit Upload(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  struct Artifact {
    std::string name, bytes;
    bool crc_ok = true;
  };
  // The artifacts that `request` completed. invalid("ARTIFACT_…") for a broken sequence, too_large over the bound.
  Result<std::vector<Artifact>> take(const ::spark::connect::AddArtifactsRequest& request);

 private:
  std::size_t bytes_max_, bytes_ = 0;
  std::optional<Artifact> open_;
  std::int64_t chunks_left_ = 0;
};

}  // namespace axonite::protocol::spark_connect
