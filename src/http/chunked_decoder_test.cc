#include "http/chunked_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace axonite::http {
namespace {

using testing::HasSubstr;

// The body that `wire` carries, given in pieces of `piece_bytes`; then "!" and why it is broken, or "…" when
// it goes on.
std::string decoded(std::string_view wire, std::size_t piece_bytes, std::size_t buffer_bytes = 7) {
  ChunkedDecoder decoder;
  std::string body;
  std::vector<char> buffer(buffer_bytes);
  for (std::size_t at = 0; at < wire.size() && !decoder.is_done();) {
    auto progress = decoder.decode(wire.substr(at, piece_bytes), buffer);
    if (!progress) return body + "!" + progress.error().message;
    at += progress->taken;
    body.append(buffer.data(), progress->produced);
  }
  return decoder.is_done() ? body : body + "…";
}

TEST(ChunkedDecoder, ReadsTheSameInPiecesOfAnySize) {
  std::string_view wire =
      "3\r\nabc\r\n00C;name=\"value\"\r\n0123456789ab\r\n0 \r\nTrailer: x\r\n\r\nGET / HTTP/1.1";
  for (std::size_t piece = 1; piece <= wire.size(); ++piece)
    EXPECT_EQ(decoded(wire, piece), "abc0123456789ab") << piece;
}

TEST(ChunkedDecoder, LeavesWhatFollowsTheBody) {
  ChunkedDecoder decoder;
  char buffer[16];
  auto progress = *decoder.decode("1\r\na\r\n0\r\n\r\nGET", buffer);
  EXPECT_TRUE(decoder.is_done());
  EXPECT_EQ(progress.taken, 11u);
  EXPECT_EQ(progress.produced, 1u);
}

TEST(ChunkedDecoder, GivesWhatIsGoodBeforeItTellsWhatIsNot) {
  for (std::size_t piece = 1; piece < 12; ++piece)
    EXPECT_THAT(decoded("3\r\nabc\r\nx", piece), testing::StartsWith("abc!")) << piece;
}

TEST(ChunkedDecoder, WaitsForWhatIsMissing) {
  EXPECT_EQ(decoded("5\r\nabc", 2), "abc…");
  EXPECT_EQ(decoded("0\r\n", 1), "…");
  EXPECT_EQ(decoded("0\r\n\r", 1), "…");
}

TEST(ChunkedDecoder, RefusesWhatTwoReadersCouldUnderstandDifferently) {
  EXPECT_THAT(decoded("3\nabc", 9), HasSubstr("not a number"));
  EXPECT_THAT(decoded("3\r\nabcd\r\n", 9), HasSubstr("does not end where its size says"));
  EXPECT_THAT(decoded("3\r\nabc\n0\r\n\r\n", 99), HasSubstr("does not end where its size says"));
  EXPECT_THAT(decoded("3\rabc", 9), HasSubstr("CRLF"));
  EXPECT_THAT(decoded("\r\n", 9), HasSubstr("no size"));
  EXPECT_THAT(decoded("-1\r\n", 9), HasSubstr("no size"));
  EXPECT_THAT(decoded("0x3\r\nabc\r\n", 9), HasSubstr("not a number"));
  EXPECT_THAT(decoded("3;a\nb\r\nabc", 9), HasSubstr("control character"));
  EXPECT_THAT(decoded("0\r\nT: v\nGET / HTTP/1.1\r\n\r\n", 99), HasSubstr("control character"));
  EXPECT_THAT(decoded("6;eabcGETc\r\n0\nT: v", 3), HasSubstr("…"));
}

TEST(ChunkedDecoder, BoundsSizesExtensionsAndTrailers) {
  EXPECT_EQ(decoded("fffffffffffffff\r\nab", 99), "ab…");
  EXPECT_THAT(decoded("1000000000000000\r\n", 99), HasSubstr("too large"));
  EXPECT_EQ(decoded("0;" + std::string((16u << 10) - 1, 'e') + "\r\n\r\n", 99), "");
  EXPECT_THAT(decoded("0;" + std::string(16u << 10, 'e') + "\r\n\r\n", 99), HasSubstr("too many"));
  std::string many;
  for (int i = 0; i < 9000; ++i) many += "1;e\r\na\r\n";
  EXPECT_THAT(decoded(many, many.size()), HasSubstr("too many"));
}

}  // namespace
}  // namespace axonite::http
