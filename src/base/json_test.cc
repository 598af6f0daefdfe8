#include "base/json.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/file.h"
#include "base/id.h"

namespace axonite {
namespace {

std::string again(std::string_view text) {
  auto value = json::parse(text);
  return value ? json::write(*value) : value.error().code;
}

TEST(JsonTest, WritesWhatItRead) {
  EXPECT_EQ(again(R"({"b":[1,2.5,true,null],"a":{"x":"ü\n\""}})"), R"({"b":[1,2.5,true,null],"a":{"x":"ü\n\""}})");
  EXPECT_EQ(again("[0.1,1e20,3.0,-0.016666666666666666]"), "[0.1,1e+20,3.0,-0.016666666666666666]");
}

TEST(JsonTest, HoldsItsLimits) {
  EXPECT_EQ(again(std::string(65, '[') + std::string(65, ']')), "InvalidJson");
  EXPECT_EQ(again(std::string(60, '[') + std::string(60, ']')), std::string(60, '[') + std::string(60, ']'));
  EXPECT_EQ(json::parse("[1,2,3]", {.bytes_max = 6}).error().code, "JsonTooLarge");
  for (const char* wrong : {"", "{", "[1,]", "{} x", "nul"}) EXPECT_EQ(again(wrong), "InvalidJson") << wrong;
}

TEST(JsonTest, ReadersNameThePath) {
  auto value = *json::parse(R"({"properties":{"name":5,"none":null}})");
  const json::Value& properties = **json::required_object(value, "properties");
  auto wrong = json::required_string(properties, "name", "$.properties");
  EXPECT_EQ(wrong.error().target, "$.properties.name");
  EXPECT_EQ(*json::optional_string(properties, "none"), std::nullopt);
  EXPECT_EQ(**json::optional_integer(properties, "name"), 5);
  EXPECT_FALSE(json::optional_bool(properties, "name"));
  EXPECT_NE(json::find_path(value, "properties.name"), nullptr);
  EXPECT_NE(json::find_ignoring_case(value, "PROPERTIES"), nullptr);
}

TEST(FileTest, WritesDurablyAndRefusesWhatIsMissing) {
  auto folder = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  std::filesystem::create_directories(folder);
  EXPECT_EQ(read_file(folder / "none").error().kind, Error::Kind::not_found);
  ASSERT_TRUE(write_file_durably(folder / "a", "one"));
  ASSERT_TRUE(write_file_durably(folder / "a", "two"));
  EXPECT_EQ(*read_file(folder / "a"), "two");
  EXPECT_EQ(read_file(folder / "a", 2).error().code, "FileTooLarge");
  EXPECT_EQ(File::create(folder / "a").error().code, "FileExists");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace axonite
