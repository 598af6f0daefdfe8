#include "catalog/catalog.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>

#include "base/id.h"
#include "catalog/feed.h"
#include "catalog/reports.h"
#include "event/declared_lineage.h"

namespace axonite::catalog {
namespace {

class CatalogTest : public testing::Test {
 protected:
  std::filesystem::path directory_ = std::filesystem::temp_directory_path() / ("catalog-" + new_uuid());
  std::unique_ptr<Catalog> catalog_ = open();

  std::unique_ptr<Catalog> open() {
    std::filesystem::create_directories(directory_);
    auto opened = Catalog::open(directory_ / "catalog.db", system_clock());
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }
  void TearDown() override {
    catalog_.reset();
    std::filesystem::remove_all(directory_);
  }
  Result<json::Value> upsert(std::string_view text) {
    auto entities = read_entities_text(text);
    if (!entities) return std::unexpected(entities.error());
    return catalog_->upsert(std::move(*entities), "tester");
  }
  std::string code(std::string_view text) {
    auto answer = upsert(text);
    return answer ? "" : answer.error().code;
  }
  std::string guid(std::string_view type, std::string_view name) { return catalog_->find(type, name).value_or("none"); }
};

constexpr std::string_view kTwoAndAProcess = R"({"entities":[
  {"guid":"-1","typeName":"DataSet","attributes":{"qualifiedName":"a","name":"a"}},
  {"guid":"-2","typeName":"DataSet","attributes":{"qualifiedName":"b","name":"b"}},
  {"guid":"-3","typeName":"Process","attributes":{"qualifiedName":"p","name":"p","inputs":[{"guid":"-1"}],"outputs":[{"typeName":"DataSet","uniqueAttributes":{"qualifiedName":"b"}}]}}]})";

TEST_F(CatalogTest, PlaceholdersBecomeGuidsAndEdges) {
  auto answer = upsert(kTwoAndAProcess);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(json::find_path(*answer, "mutatedEntities.CREATE")->get_array().size(), 3u);
  EXPECT_EQ(json::string_or(*answer, "guidAssignments.-1"), guid("DataSet", "a"));
  auto lineage = catalog_->lineage(guid("DataSet", "b"), {});
  ASSERT_TRUE(lineage);
  EXPECT_EQ(json::find(*lineage, "guidEntityMap")->get_object().size(), 3u);
  const json::Array& relations = json::find(*lineage, "relations")->get_array();
  ASSERT_EQ(relations.size(), 2u);
  EXPECT_EQ(json::string_or(relations[0], "fromEntityId"), guid("Process", "p"));
  EXPECT_EQ(json::string_or(relations[1], "toEntityId"), guid("Process", "p"));
}

TEST_F(CatalogTest, TheSameAgainChangesNothing) {
  ASSERT_TRUE(upsert(kTwoAndAProcess));
  auto again = upsert(kTwoAndAProcess);
  ASSERT_TRUE(again);
  EXPECT_TRUE(json::find(*again, "mutatedEntities")->get_object().empty());
}

TEST_F(CatalogTest, AnUpdateKeepsWhatItDoesNotName) {
  ASSERT_TRUE(upsert(R"({"entity":{"typeName":"DataSet","attributes":{"qualifiedName":"a","name":"a","owner":"me"}}})"));
  ASSERT_TRUE(upsert(R"({"entity":{"typeName":"DataSet","attributes":{"qualifiedName":"a","description":"d"}}})"));
  auto entity = catalog_->entity(guid("DataSet", "a"));
  EXPECT_EQ(json::string_or(*entity, "entity.attributes.owner"), "me");
  EXPECT_EQ(json::string_or(*entity, "entity.attributes.description"), "d");
  EXPECT_EQ(json::string_or(*entity, "entity.lastModifiedTS"), "2");
}

TEST_F(CatalogTest, AProcessThatListsOtherInputsLosesTheOld) {
  ASSERT_TRUE(upsert(kTwoAndAProcess));
  ASSERT_TRUE(upsert(R"({"entity":{"typeName":"Process","attributes":{"qualifiedName":"p","name":"p","inputs":[]}}})"));
  auto lineage = catalog_->lineage(guid("DataSet", "b"), {});
  EXPECT_EQ(json::find(*lineage, "guidEntityMap")->get_object().size(), 2u);
}

TEST_F(CatalogTest, LineageOutlivesTheProgram) {
  ASSERT_TRUE(upsert(kTwoAndAProcess));
  catalog_.reset();
  catalog_ = open();
  EXPECT_EQ(json::find(*catalog_->lineage(guid("DataSet", "a"), {}), "relations")->get_array().size(), 2u);
}

TEST_F(CatalogTest, RefusesWhatIsWrongAndKeepsNothingOfIt) {
  EXPECT_EQ(code(R"({"entity":{"typeName":"Nothing","attributes":{"qualifiedName":"a"}}})"), "ATLAS-400-00-014");
  EXPECT_EQ(code(R"({"entity":{"typeName":"DataSet","attributes":{"name":"a"}}})"), "ATLAS-400-00-02B");
  EXPECT_EQ(code(R"({"entity":{"typeName":"DataSet","attributes":{"qualifiedName":"a"}}})"), "ATLAS-400-00-02B");
  EXPECT_EQ(code(R"({"entity":{"typeName":"DataSet","guid":"11111111-1111-4111-8111-111111111111","attributes":{}}})"), "ATLAS-404-00-005");
  EXPECT_EQ(code(R"({"entities":[{"typeName":"DataSet","attributes":{"qualifiedName":"k","name":"k"}},
    {"typeName":"Process","attributes":{"qualifiedName":"p","name":"p","inputs":[{"guid":"-9"}]}}]})"), "ATLAS-400-00-022");
  EXPECT_EQ(guid("DataSet", "k"), "none");
  EXPECT_EQ(code(R"({"entity":{"typeName":"Process","attributes":{"qualifiedName":"p","name":"p","inputs":[7]}}})"), "ATLAS-400-00-021");
  EXPECT_EQ(code("{}"), "ATLAS-400-00-01A");
  EXPECT_EQ(catalog_->lineage("none", {}).error().code, "ATLAS-404-00-005");
}

TEST_F(CatalogTest, WhatIsOwnedGoesWithItsOwner) {
  ASSERT_TRUE(upsert(R"({"entities":[{"guid":"-1","typeName":"azure_sql_table","attributes":{"qualifiedName":"t","name":"t"}},
    {"typeName":"azure_sql_column","attributes":{"qualifiedName":"t#c","name":"c","data_type":"int"},"relationshipAttributes":{"table":{"guid":"-1"}}}]})"));
  std::string table = guid("azure_sql_table", "t");
  EXPECT_EQ(json::find_path(*catalog_->entity(table), "referredEntities")->get_object().size(), 1u);
  ASSERT_TRUE(catalog_->remove({table}, "tester"));
  EXPECT_EQ(guid("azure_sql_column", "t#c"), "none");
}

TEST_F(CatalogTest, TypesAreMadeChangedAndRemovedUnlessUsed) {
  auto definitions = read_definitions(json::parse(R"({"entityDefs":[{"name":"mine","superTypes":["DataSet"],"attributeDefs":[{"name":"x","typeName":"string","isOptional":true}]}]})").value());
  ASSERT_TRUE(catalog_->create_types(*definitions, "tester"));
  EXPECT_EQ(catalog_->create_types(*definitions, "tester").error().code, "ATLAS-409-00-001");
  ASSERT_TRUE(upsert(R"({"entity":{"typeName":"mine","attributes":{"qualifiedName":"m","name":"m","x":"y"}}})"));
  EXPECT_EQ(catalog_->remove_types({"mine"}).error().code, "ATLAS-409-00-002");
  ASSERT_TRUE(catalog_->remove({guid("mine", "m")}, "tester"));
  EXPECT_TRUE(catalog_->remove_types({"mine"}));
  auto circle = read_definitions(json::parse(R"({"entityDefs":[{"name":"u","superTypes":["v"]},{"name":"v","superTypes":["u"]}]})").value());
  EXPECT_EQ(catalog_->create_types(*circle, "tester").error().code, "ATLAS-400-00-01A");
  EXPECT_EQ(catalog_->remove_types({"DataSet"}).error().code, "ATLAS-409-00-002");
}

TEST(LineageIndexTest, DepthWidthAndCircles) {
  LineageIndex index;
  index.add({"a", "p", "1"});
  index.add({"p", "b", "2"});
  index.add({"b", "q", "3"});
  index.add({"q", "a", "4"});  // a circle
  index.add({"a", "r", "5"});
  EXPECT_EQ(index.walk("a", Direction::output, 1, 10).guids.size(), 3u);
  EXPECT_EQ(index.walk("a", Direction::output, 1, 1).guids.size(), 2u);
  EXPECT_EQ(index.walk("a", Direction::output, 1, 1).output_widths.at("a"), 2u);
  LineageAnswer all = index.walk("a", Direction::both, 50, 10);
  EXPECT_EQ(all.guids.size(), 5u);
  EXPECT_EQ(all.edges.size(), 5u);
  EXPECT_EQ(index.walk("a", Direction::output, 50, 10, 2).guids.size(), 2u);
  EXPECT_EQ(index.next("a", Direction::output, 1, 10).guids, (std::vector<std::string>{"a", "r"}));
  EXPECT_EQ(index.walk("unknown", Direction::both, 3, 10).edges.size(), 0u);
  for (std::string_view relationship : {"1", "2", "3", "4", "5", "5"}) index.remove(relationship);
  EXPECT_EQ(index.size(), 0u);
}

TEST(ReportsTest, OnePlaceHasOneName) {
  std::string wanted = "https://acct.dfs.core.windows.net/c/p/x";
  for (std::string_view url : {"abfss://c@acct.dfs.core.windows.net/p/x/", "https://acct.blob.core.windows.net/c/p/x/*.parquet", "https://ACCT.dfs.core.windows.net/c//p/x?sv=1", "wasbs://c@acct.blob.core.windows.net/p/x"})
    EXPECT_EQ(lake_name(url), wanted) << url;
  for (std::string_view url : {"dbo.t", "https://example.org/c/p", "abfss://nothing", "://", "https://nodot/c"}) EXPECT_EQ(lake_name(url), "") << url;
}

TEST(ReportsTest, RefusesUnknownShapes) {
  for (std::string_view text : {"1", "{}", R"({"engine":"tsql"})", R"({"process":{}})"}) EXPECT_FALSE(entities_of_report(json::parse(text).value(), {})) << text;
}

TEST_F(CatalogTest, ReportsOfEnginesMeetInOneGraph) {
  auto events = *event::Stream::open(directory_ / "events.db", system_clock());
  auto feed = *Feed::start(*catalog_, *events, system_clock());
  (void)events->append({.category = "lineage", .body = R"({"process":{"type":"adf_copy_activity","name":"Copy1","factory":"/subscriptions/s/resourceGroups/g/providers/Microsoft.DataFactory/factories/F","pipeline":"P","runId":"r"},
    "inputs":[{"type":"azure_datalake_gen2_path","qualifiedName":"abfss://raw@acct.dfs.core.windows.net/flights.csv"}],
    "outputs":[{"type":"azure_datalake_gen2_path","qualifiedName":"abfss://staged@acct.dfs.core.windows.net/flights/part.parquet"}],"columns":[{"source":"a","sink":"b"}]})"});
  (void)events->append({.category = "lineage", .body = "not json"});
  auto last = events->append({.category = "lineage", .body = R"({"operation":"COPY INTO","engine":"tsql","server":"ws.sql.azuresynapse.net","database":"Pool","user":"u","procedure":"",
    "inputs":["https://acct.blob.core.windows.net/staged/flights/"],"output":"dbo.flights","columns":[{"column":"b","kind":"identity","sources":[{"object":"https://acct.blob.core.windows.net/staged/flights/","column":"b"}]}]})"});
  ASSERT_TRUE(feed->settle(*last, std::chrono::seconds(20)));
  std::string table = guid("azure_synapse_dedicated_sql_table", "mssql://ws.sql.azuresynapse.net/Pool/dbo/flights");
  auto lineage = catalog_->lineage(table, {.direction = Direction::input, .depth = 10, .include_parent = true});
  ASSERT_TRUE(lineage) << lineage.error().message;
  const json::Object& entities = json::find(*lineage, "guidEntityMap")->get_object();
  EXPECT_TRUE(entities.contains(guid("azure_datalake_gen2_path", "https://acct.dfs.core.windows.net/raw/flights.csv")));
  EXPECT_EQ(json::find(*lineage, "parentRelations")->get_array().size(), 3u);
  EXPECT_EQ(catalog_->feed_position().value(), *last);
}

TEST_F(CatalogTest, WhatPeopleDeclareIsToldApartAndTakenBack) {
  auto events = *event::Stream::open(directory_ / "events.db", system_clock());
  auto feed = *Feed::start(*catalog_, *events, system_clock());
  event::DeclaredLineage declared{.server = "ws.sql.azuresynapse.net", .database = "Pool", .object = "dbo.Processed",
                                  .value = R"({"sourceTable": "raw.CustomerData", "processingSteps": ["cleaned", "transformed"], "dataMovementType": "Copy"})", .user = "u"};
  auto first = event::append(*events, declared);
  ASSERT_TRUE(feed->settle(*first, std::chrono::seconds(20)));
  std::string source = guid("azure_synapse_dedicated_sql_table", "mssql://ws.sql.azuresynapse.net/Pool/raw/CustomerData");
  auto lineage = catalog_->lineage(source, {});
  ASSERT_TRUE(lineage) << lineage.error().message;
  const json::Array& relations = json::find(*lineage, "relations")->get_array();
  ASSERT_EQ(relations.size(), 2u);
  EXPECT_EQ(json::string_or(relations[0], "provenance"), "declared");
  std::string process = guid("axonite_declared_operation", "mssql://ws.sql.azuresynapse.net/Pool/dbo/Processed#DATA_LINEAGE");
  EXPECT_EQ(json::find_path(*catalog_->entity(process), "entity.attributes.processingSteps")->get_array().size(), 2u);
  declared.value = "";
  auto second = event::append(*events, declared);
  ASSERT_TRUE(feed->settle(*second, std::chrono::seconds(20)));
  EXPECT_TRUE(json::find(*catalog_->lineage(source, {}), "relations")->get_array().empty());
}

TEST_F(CatalogTest, TheStrongestProvenanceOfAnEdgeStays) {
  auto provenance = [&] { return json::string_or(json::find(*catalog_->lineage(guid("DataSet", "b"), {}), "relations")->get_array()[0], "provenance"); };
  std::string declared(kTwoAndAProcess);
  declared.insert(declared.rfind("\"attributes\""), R"("customAttributes":{"provenance":"declared"},)");
  ASSERT_TRUE(upsert(declared));
  EXPECT_EQ(provenance(), "declared");
  ASSERT_TRUE(upsert(kTwoAndAProcess));
  EXPECT_EQ(provenance(), "reported");
  ASSERT_TRUE(catalog_->upsert(*read_entities_text(kTwoAndAProcess), "engine", Provenance::observed));
  ASSERT_TRUE(upsert(declared));
  EXPECT_EQ(provenance(), "observed");
  catalog_.reset();
  catalog_ = open();
  EXPECT_EQ(provenance(), "observed");
}

TEST_F(CatalogTest, PartitionedFilesAreOneAssetThatItsReadersMeet) {
  auto events = *event::Stream::open(directory_ / "events.db", system_clock());
  auto feed = *Feed::start(*catalog_, *events, system_clock());
  (void)events->append({.category = "lineage", .body = R"({"process":{"name":"Copy1","factory":"/f","pipeline":"P"},"inputs":[{"qualifiedName":"abfss://raw@acct.dfs.core.windows.net/flights.csv"}],
    "outputs":[{"qualifiedName":"abfss://out@acct.dfs.core.windows.net/2024/05/part1.parquet"},{"qualifiedName":"abfss://out@acct.dfs.core.windows.net/2024/06/part2.parquet"}],"columns":[]})"});
  auto last = events->append({.category = "lineage", .body = R"({"operation":"WRITE","engine":"spark","notebook":"nb","inputs":["abfss://out@acct.dfs.core.windows.net/2024"],
    "output":"abfss://gold@acct.dfs.core.windows.net/delays","columns":[{"column":"late","kind":"aggregation","sources":[{"object":"abfss://out@acct.dfs.core.windows.net/2024","column":"delay"}]}]})"});
  ASSERT_TRUE(feed->settle(*last, std::chrono::seconds(20)));
  EXPECT_NE(guid("azure_datalake_gen2_resource_set", "https://acct.dfs.core.windows.net/out/{N}/{N}/part{N}.parquet"), "none");
  auto lineage = catalog_->lineage(guid("azure_datalake_gen2_path", "https://acct.dfs.core.windows.net/gold/delays"), {.direction = Direction::input, .depth = 9});
  ASSERT_TRUE(lineage) << lineage.error().message;
  EXPECT_TRUE(json::find(*lineage, "guidEntityMap")->get_object().contains(guid("azure_datalake_gen2_path", "https://acct.dfs.core.windows.net/raw/flights.csv")));
  EXPECT_EQ(json::find(*lineage, "relations")->get_array().size(), 5u);
}

TEST(ReportsTest, RefusesDeclarationsThatNameNothing) {
  for (std::string_view value : {"x", "[]", "{}", R"({\"sourceTable\":7})", R"({\"sourceTable\":\"a.b.c.d\"})", R"({\"sourceTable\":\".\"})"}) {
    auto report = json::parse(R"({"declared":{"server":"s","database":"d","object":"dbo.t","value":")" + std::string(value) + "\"}}");
    ASSERT_TRUE(report) << value;
    EXPECT_EQ(entities_of_report(*report, {}).error().code, "LineageReport") << value;
  }
}

}  // namespace
}  // namespace axonite::catalog
