#include "protocol/spark_connect/artifacts.h"

#include <gtest/gtest.h>
#include <spark/connect/base.pb.h>

namespace axonite::protocol::spark_connect {
namespace {

constexpr std::int64_t kCrcOfAbc = 0x352441C2;  // CRC-32 of "abc", as every implementation of it says

::spark::connect::AddArtifactsRequest batch(const std::string& bytes, std::int64_t crc) {
  ::spark::connect::AddArtifactsRequest request;
  auto* artifact = request.mutable_batch()->add_artifacts();
  artifact->set_name("cache/a");
  artifact->mutable_data()->set_data(bytes);
  artifact->mutable_data()->set_crc(crc);
  return request;
}

TEST(Upload, ChecksEachChunk) {
  Upload upload(1000);
  auto good = upload.take(batch("abc", kCrcOfAbc)), bad = upload.take(batch("abd", kCrcOfAbc));
  ASSERT_TRUE(good && bad);
  EXPECT_TRUE(good->at(0).crc_ok);
  EXPECT_FALSE(bad->at(0).crc_ok);
}

TEST(Upload, PutsChunksTogether) {
  Upload upload(1000);
  ::spark::connect::AddArtifactsRequest begin, chunk;
  begin.mutable_begin_chunk()->set_name("cache/b");
  begin.mutable_begin_chunk()->set_num_chunks(2);
  begin.mutable_begin_chunk()->mutable_initial_chunk()->set_data("abc");
  begin.mutable_begin_chunk()->mutable_initial_chunk()->set_crc(kCrcOfAbc);
  *chunk.mutable_chunk() = begin.begin_chunk().initial_chunk();
  EXPECT_TRUE(upload.take(begin)->empty());
  auto done = upload.take(chunk);
  ASSERT_TRUE(done);
  ASSERT_EQ(done->size(), 1u);
  EXPECT_EQ(done->at(0).bytes, "abcabc");
  EXPECT_EQ(upload.take(chunk).error().code, "ARTIFACT_SEQUENCE") << "its artifact is complete";
}

TEST(Upload, IsBounded) {
  Upload upload(100);
  EXPECT_EQ(upload.take(batch(std::string(200, 'x'), 0)).error().code, "ARTIFACTS_TOO_LARGE");
}

}  // namespace
}  // namespace axonite::protocol::spark_connect
