#include "delta/schema.h"

#include <gtest/gtest.h>

#include "delta/action_json.h"

namespace axonite::delta {
namespace {

TEST(SchemaTest, ReadsAndWritesSparksForm) {
  std::string text =
      R"({"type":"struct","fields":[{"name":"id","type":"long","nullable":false,"metadata":{}},)"
      R"j({"name":"price","type":"decimal(10,2)","nullable":true,"metadata":{"comment":"EUR"}},)j"
      R"({"name":"tags","type":{"type":"array","elementType":"string","containsNull":true},"nullable":true,"metadata":{}}]})";
  auto schema = parse_schema(text);
  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_EQ(write_schema(*schema), text);
  EXPECT_EQ(duckdb_type(schema->fields[1].type), "DECIMAL(10,2)");
  EXPECT_EQ(duckdb_type(schema->fields[2].type), "VARCHAR[]");
  EXPECT_NE(schema->find("PRICE"), nullptr);
}

TEST(SchemaTest, DuckDbTypesComeBackTheSame) {
  for (std::string_view type : {"BIGINT", "DECIMAL(38,10)", "TIMESTAMP WITH TIME ZONE", "VARCHAR[]", "MAP(VARCHAR, INTEGER[])",
                                "STRUCT(\"a\" INTEGER, \"b c\" STRUCT(\"d\" VARCHAR))"}) {
    auto parsed = from_duckdb_type(type);
    ASSERT_TRUE(parsed) << type;
    EXPECT_EQ(duckdb_type(*parsed), type);
  }
}

TEST(SchemaTest, RefusesWhatDeltaCannotHold) {
  EXPECT_EQ(from_duckdb_type("HUGEINT").error().code, "DeltaTypeUnsupported");
  EXPECT_EQ(parse_schema(R"({"type":"struct","fields":[{"name":"v","type":"variant"}]})").error().code, "DeltaTypeUnsupported");
  EXPECT_EQ(parse_schema(R"("long")").error().code, "DeltaSchemaInvalid");
}

TEST(ActionJsonTest, ReadsWhatItWrites) {
  std::vector<Action> actions{
      Protocol{.min_reader_version = 1, .min_writer_version = 2},
      Metadata{.id = "m", .schema_string = "{}", .partition_columns = {"year"}, .configuration = {{"delta.appendOnly", "true"}}},
      Add{.path = "year=2013/a%20b.parquet", .partition_values = {{"year", "2013"}, {"none", std::nullopt}}, .size = 10, .stats = R"({"numRecords":3})"},
      Remove{.path = "c.parquet", .deletion_timestamp = 5, .extended_file_metadata = true, .size = 7},
      Txn{.app_id = "loader", .version = 4}};
  std::string text = write_commit(actions);
  auto parsed = parse_commit(text);
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->size(), 5u);
  EXPECT_EQ(write_commit(*parsed), text);
  const Add& add = std::get<Add>((*parsed)[2]);
  EXPECT_EQ(add.partition_values.at("none"), std::nullopt);
}

TEST(ActionJsonTest, SkipsUnknownActionsAndNamesBrokenLines) {
  EXPECT_TRUE(parse_commit("{\"cdc\":{}}\n{\"future\":{\"a\":1}}\n")->empty());
  auto broken = parse_commit("{\"add\":{\"path\":\"x\"}}\n{\"add\":");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, "DeltaLogCorrupt");
  EXPECT_NE(broken.error().message.find("Line 2"), std::string::npos);
}

}  // namespace
}  // namespace axonite::delta
