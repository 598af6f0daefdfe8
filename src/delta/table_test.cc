#include "delta/table.h"

#include <gtest/gtest.h>

#include "base/id.h"
#include "delta/action_json.h"
#include "engine/fake_lake.h"

namespace axonite::delta {
namespace {

class TableTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(directory_);
    engine_ = *engine::Engine::open({.directory = directory_}, [this](const identity::Principal&) { return engine::fake_view(lake_, "acct"); });
    session_ = *engine_->open_session({});
    view_ = engine::fake_view(lake_, "acct");
  }
  void TearDown() override {
    session_.reset();
    engine_.reset();
    std::filesystem::remove_all(directory_);
  }

  std::string put(std::string_view select, const WriteOptions& options = {}) {
    auto written = write(*session_, *view_, table_, select, options, system_clock());
    return written ? std::to_string(written->version) + ":" + std::to_string(written->rows) : written.error().code + " " + written.error().log;
  }
  // The first column of a query over the table, rows joined by commas.
  std::string read(std::string_view what, std::optional<std::int64_t> version = std::nullopt) {
    auto snapshot = load_snapshot(Log(*view_, table_), *session_, version);
    if (!snapshot) return snapshot.error().code;
    auto scan = scan_sql(*snapshot, table_);
    if (!scan) return scan.error().code;
    auto rows = session_->query("SELECT CAST(v AS VARCHAR) FROM (SELECT " + std::string(what) + " AS v FROM (" + *scan + ") t)");
    if (!rows) return rows.error().code + " " + rows.error().message;
    std::string text;
    while (true) {
      auto more = (*rows)->next();
      if (!more) return more.error().code + " " + more.error().message;
      if (!*more) return text;
      for (std::size_t i = 0; i < (*rows)->size(); ++i) {
        engine::Value value = (*rows)->value(0, i);
        text += (text.empty() ? "" : ",") + (std::holds_alternative<std::string>(value) ? std::get<std::string>(value) : std::string("null"));
      }
    }
  }

  std::filesystem::path directory_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  engine::FakeLake lake_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<engine::Session> session_;
  std::unique_ptr<lake::View> view_;
  lake::Location table_{"acct", "gold", "sales/orders"};
};

TEST_F(TableTest, AppendsAndReadsVersions) {
  EXPECT_EQ(read("count(*)"), "DeltaTableNotFound");
  EXPECT_EQ(put("SELECT i::INTEGER AS id, 'n' || i AS name FROM range(3) r(i)"), "0:3");
  EXPECT_EQ(put("SELECT 9::INTEGER AS id, NULL AS name"), "1:1");
  EXPECT_EQ(read("sum(id)"), "12");
  EXPECT_EQ(read("count(*)", 0), "3");
  EXPECT_EQ(read("count(*)", 7), "DeltaVersionNotFound");
  EXPECT_EQ(read("string_agg(coalesce(name,'-'), '' ORDER BY id)"), "n0n1n2-");
}

TEST_F(TableTest, OverwritesKeepsHistoryAndGuardsTheSchema) {
  put("SELECT 1::INTEGER AS id");
  EXPECT_EQ(put("SELECT 5::INTEGER AS id", {.mode = WriteMode::overwrite}), "1:1");
  EXPECT_EQ(read("sum(id)"), "5");
  EXPECT_EQ(read("sum(id)", 0), "1");
  EXPECT_TRUE(put("SELECT 1::INTEGER AS id, 2 AS extra").starts_with("DeltaSchemaMismatch"));
  EXPECT_EQ(put("SELECT 6::INTEGER AS id, 'x' AS extra", {.merge_schema = true}), "2:1");
  EXPECT_EQ(read("count(extra)"), "1");
  EXPECT_EQ(put("SELECT DATE '2013-01-01' AS day", {.mode = WriteMode::overwrite, .overwrite_schema = true}), "3:1");
  EXPECT_EQ(read("day"), "2013-01-01");
  EXPECT_TRUE(put("SELECT 1 AS id", {.mode = WriteMode::error_if_exists}).starts_with("DeltaTableExists"));
  EXPECT_EQ(put("SELECT 1 AS id", {.mode = WriteMode::ignore}), "-1:0");
}

TEST_F(TableTest, PartitionsAreFoldersAndComeBackAsColumns) {
  EXPECT_EQ(put("SELECT i::INTEGER AS id, CASE WHEN i = 3 THEN NULL ELSE 'a b/' || (i % 2) END AS part FROM range(4) r(i)", {.partition_by = {"part"}}), "0:4");
  EXPECT_EQ(read("string_agg(id || coalesce(part,'?'), ' ' ORDER BY id)"), "0a b/0 1a b/1 2a b/0 3?");
  EXPECT_TRUE(put("SELECT 1::INTEGER AS id, 'x' AS part", {.partition_by = {"id"}}).starts_with("DeltaSchemaMismatch"));
}

TEST_F(TableTest, CheckpointsCarryTheState) {
  for (int i = 0; i <= 11; ++i) ASSERT_EQ(put("SELECT " + std::to_string(i) + "::BIGINT AS id, TIMESTAMPTZ '2013-01-01 10:00:00+00' AS moment"), std::to_string(i) + ":1");
  EXPECT_TRUE(lake_.files.contains("acct/gold/sales/orders/_delta_log/00000000000000000010.checkpoint.parquet"));
  for (int i = 0; i < 10; ++i) lake_.files.erase("acct/gold/sales/orders/_delta_log/0000000000000000000" + std::to_string(i) + ".json");
  EXPECT_EQ(read("sum(id)"), "66");
  EXPECT_EQ(read("count(DISTINCT moment)"), "1");
}

TEST_F(TableTest, AnApplicationsVersionIsWrittenOnce) {
  WriteOptions options{.application = "loader", .application_version = 1};
  EXPECT_EQ(put("SELECT 1::BIGINT AS id", options), "0:1");
  EXPECT_EQ(put("SELECT 1::BIGINT AS id", options), "-1:0");
  EXPECT_EQ(read("count(*)"), "1");
}

TEST_F(TableTest, ABlindAppendGoesBehindAnotherWriter) {
  put("SELECT 1::BIGINT AS id");
  Log log(*view_, table_);
  ASSERT_TRUE(log.put_commit(1, write_commit({CommitInfo{"{}"}})));
  auto committed = commit(log, {.read_version = 0, .blind_append = true, .actions = {Add{.path = "x.parquet"}}}, system_clock());
  ASSERT_TRUE(committed);
  EXPECT_EQ(committed->version, 2);
  EXPECT_EQ(committed->retries, 1);
}

TEST_F(TableTest, StatsTellTheBounds) {
  put("SELECT i::INTEGER AS id, 'name ' || i AS name FROM range(5) r(i)");
  std::string commit = lake_.files.at("acct/gold/sales/orders/_delta_log/00000000000000000000.json");
  EXPECT_NE(commit.find(R"(\"numRecords\":5)"), std::string::npos) << commit;
  EXPECT_NE(commit.find(R"(\"maxValues\":{\"id\":4,\"name\":\"name 4\"})"), std::string::npos) << commit;
}

}  // namespace
}  // namespace axonite::delta
