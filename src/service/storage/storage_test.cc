#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/text.h"
#include "service/storage/block_list.h"
#include "service/storage/sas.h"
#include "service/storage/shared_key.h"

namespace axonite::service::storage {
namespace {

const std::string kKey = text::base64_encode("0123456789abcdef");

lake::Account account() { return {"acct", "/subscriptions/s", true, {Secret(kKey), Secret(text::base64_encode("second"))}, {}}; }

std::string sign(const std::string& text, const std::string& key = "0123456789abcdef") { return text::base64_encode(digest::hmac_sha256(key, text)); }

http::Request request(std::string method, std::string path, std::string raw_query = "") {
  http::Request made;
  made.method = std::move(method);
  made.host = "acct.blob.core.windows.net";
  made.path = std::move(path);
  made.raw_query = std::move(raw_query);
  made.query = std::move(*http::Query::parse(made.raw_query));
  return made;
}

TEST(SharedKeyTest, SignsTheEncodedPathSortedHeadersAndQuery) {
  http::Request made = request("PUT", "/raw/a%20b", "comp=block&blockid=MQ%3D%3D");
  made.headers.add("x-ms-version", "2023-11-03");
  made.headers.add("x-ms-date", "Wed, 25 Nov 2026 08:00:00 GMT");
  made.headers.add("Content-Length", "0");
  std::string text = "PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Wed, 25 Nov 2026 08:00:00 GMT\nx-ms-version:2023-11-03\n/acct/raw/a%20b\nblockid:MQ==\ncomp:block";
  EXPECT_TRUE(verify_shared_key(made, account(), sign(text)));
  EXPECT_TRUE(verify_shared_key(made, account(), sign(text, "second"))) << "either key";
  EXPECT_FALSE(verify_shared_key(made, account(), sign(text, "third")));
  EXPECT_FALSE(verify_shared_key(made, account(), ""));
  made.path = "/raw/other";
  EXPECT_FALSE(verify_shared_key(made, account(), sign(text)));
}

TEST(SasTest, HoldsForItsTimeAndItsPath) {
  Time now = *parse_iso("2026-11-25T08:00:00Z");
  std::string text = "r\n\n2026-11-25T09:00:00Z\n/blob/acct/raw/f\n\n\n\n2021-12-02\nb\n\n\n\n\n\n\n";
  std::string query = "sp=r&se=2026-11-25T09:00:00Z&sv=2021-12-02&sr=b&sig=" + text::percent_encode(sign(text));
  EXPECT_TRUE(verify_sas(request("GET", "/raw/f", query), account(), now));
  EXPECT_FALSE(verify_sas(request("GET", "/raw/g", query), account(), now));
  EXPECT_FALSE(verify_sas(request("GET", "/raw/f", query), account(), now + std::chrono::hours(2)));
  std::string more = text::replace_all(query, "sp=r&", "sp=rw&");
  EXPECT_FALSE(verify_sas(request("GET", "/raw/f", more), account(), now));
  EXPECT_FALSE(check_sas_scope(request("PUT", "/raw/f", query), {"acct", "raw", "g"}));
  EXPECT_FALSE(check_sas_scope(request("PUT", "/raw/f", query), {"acct", "other", "f"}));
}

TEST(BlockListTest, ReadsTheThreeSourcesAndRefusesTheRest) {
  auto list = parse_block_list("<?xml version='1.0'?><BlockList><Latest>MQ==</Latest><Committed>Mg==</Committed><Uncommitted>Mw==</Uncommitted></BlockList>");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 3u);
  EXPECT_EQ((*list)[1].source, lake::BlockSource::committed);
  EXPECT_FALSE(parse_block_list("<BlockList><Other>MQ==</Other></BlockList>"));
  EXPECT_FALSE(parse_block_list("<BlockList><Latest>"));
  EXPECT_FALSE(parse_block_list(""));
}

}  // namespace
}  // namespace axonite::service::storage
