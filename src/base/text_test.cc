#include "base/text.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/id.h"

namespace axonite {
namespace {

TEST(TextTest, Base64IsExact) {
  for (std::string bytes : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    EXPECT_EQ(text::base64_decode(text::base64_encode(bytes)), bytes);
    EXPECT_EQ(text::base64url_decode(text::base64url_encode(bytes)), bytes);
  }
  EXPECT_EQ(text::base64_encode("fooba"), "Zm9vYmE=");
  EXPECT_EQ(text::base64url_encode("\xFB\xFF"), "-_8");
  for (const char* wrong : {"Zm9vYmE", "Zm9v!mE=", "-_8=", "Z"}) EXPECT_FALSE(text::base64_decode(wrong)) << wrong;
  EXPECT_FALSE(text::base64url_decode("+/8"));
}

TEST(TextTest, PercentCoding) {
  EXPECT_EQ(text::percent_encode("a b/ü~"), "a%20b%2F%C3%BC~");
  EXPECT_EQ(text::percent_encode("a/b", "/"), "a/b");
  EXPECT_EQ(text::percent_decode("a%20b+c"), "a b+c");
  EXPECT_EQ(text::percent_decode("a+b", true), "a b");
  for (const char* wrong : {"%", "%2", "%zz"}) EXPECT_FALSE(text::percent_decode(wrong)) << wrong;
}

TEST(TextTest, NumbersAreWhole) {
  EXPECT_EQ(text::parse_int<int>("-12"), -12);
  for (const char* wrong : {"", " 1", "1 ", "1.0", "+1", "99999999999"}) EXPECT_FALSE(text::parse_int<int>(wrong)) << wrong;
  EXPECT_FALSE(text::parse_int<unsigned>("-1"));
}

TEST(TextTest, CaseSplitTrim) {
  EXPECT_TRUE(text::equals_ignoring_case("ResourceGroups", "resourcegroups"));
  EXPECT_FALSE(text::equals_ignoring_case("a", "ab"));
  EXPECT_EQ(text::split("a,,b", ',').size(), 3u);
  EXPECT_EQ(text::split("", ',').size(), 1u);
  EXPECT_EQ(text::trim(" \t a b \n"), "a b");
  EXPECT_EQ(text::replace_all("a''b", "'", "''"), "a''''b");
}

TEST(TextTest, Utf8) {
  EXPECT_TRUE(text::is_valid_utf8("a ü € 😀"));
  for (std::string wrong : {"\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\x80", "\xE2\x82"}) EXPECT_FALSE(text::is_valid_utf8(wrong));
}

TEST(DigestTest, KnownValues) {
  EXPECT_EQ(text::hex_encode(digest::md5("")), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(text::hex_encode(digest::sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, test case 2.
  EXPECT_EQ(text::hex_encode(digest::hmac_sha256("Jefe", "what do ya want for nothing?")), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(IdTest, UuidsAreVersionFour) {
  std::string id = new_uuid();
  EXPECT_TRUE(is_uuid(id));
  EXPECT_EQ(id[14], '4');
  EXPECT_NE(id, new_uuid());
  EXPECT_FALSE(is_uuid("x" + id.substr(1)));
}

}  // namespace
}  // namespace axonite
