#include "catalog/scan/scanner.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>
#include <filesystem>

#include "base/id.h"
#include "base/text.h"
#include "catalog/scan/classifiers.h"

namespace axonite::catalog::scan {
namespace {

Time at(std::string_view iso) { return *parse_iso(iso); }

TEST(RecurrenceTest, SundayAtThree) {
  auto weekly = read_recurrence(json::parse(R"({"frequency":"Week","interval":1,"startTime":"2026-11-01T00:00:00Z","timezone":"UTC","schedule":{"hours":[3],"minutes":[0],"weekDays":["Sunday"]}})").value());
  ASSERT_TRUE(weekly) << weekly.error().message;
  EXPECT_EQ(weekly->next(at("2026-11-25T12:00:00Z")), at("2026-11-29T03:00:00Z"));
  EXPECT_EQ(weekly->next(at("2026-11-29T03:00:00Z")), at("2026-12-06T03:00:00Z"));
  auto monthly = read_recurrence(json::parse(R"({"frequency":"Month","interval":2,"startTime":"2026-01-01T05:30:00Z","schedule":{"monthDays":[-1]}})").value());
  ASSERT_TRUE(monthly) << monthly.error().message;
  EXPECT_EQ(monthly->next(at("2026-02-01T00:00:00Z")), at("2026-03-31T05:30:00Z"));
}

TEST(RecurrenceTest, RefusesWhatIsWrong) {
  for (std::string_view text : {"{}", R"({"frequency":"Day","startTime":"2026-01-01T00:00:00Z"})", R"({"frequency":"Week","startTime":"x"})",
                                R"({"frequency":"Week","startTime":"2026-01-01T00:00:00Z","schedule":{"hours":[24]}})", R"({"frequency":"Week","startTime":"2026-01-01T00:00:00Z","schedule":{"weekDays":["Someday"]}})"})
    EXPECT_EQ(read_recurrence(json::parse(text).value()).error().code, "Trigger_InvalidRecurrence") << text;
}

TEST(ClassifiersTest, Checksums) {
  EXPECT_TRUE(is_credit_card("4111 1111 1111 1111"));
  EXPECT_FALSE(is_credit_card("4111 1111 1111 1112"));
  EXPECT_TRUE(is_iban("DE89 3704 0044 0532 0130 00"));
  EXPECT_FALSE(is_iban("DE88 3704 0044 0532 0130 00"));
  EXPECT_TRUE(is_aba_routing("021000021"));
  EXPECT_FALSE(is_aba_routing("021000022"));
}

std::string classified(std::string_view column, std::vector<std::optional<std::string>> values) {
  std::vector<const ColumnRule*> rules;
  for (const ColumnRule& rule : system_rules()) rules.push_back(&rule);
  auto matches = classify(column, values, rules);
  return matches.empty() ? "" : matches.front().classification;
}

TEST(ClassifiersTest, ColumnsBySixtyPercentOfTheirValues) {
  EXPECT_EQ(classified("x", {"a@b.org", "c@d.com", "none", std::nullopt}), "MICROSOFT.PERSONAL.EMAIL");
  EXPECT_EQ(classified("x", {"a@b.org", "none"}), "");
  EXPECT_EQ(classified("card", {"5500005555555559"}), "MICROSOFT.FINANCIAL.CREDIT_CARD_NUMBER");
  EXPECT_EQ(classified("host", {"10.0.0.1", "::1"}), "MICROSOFT.PERSONAL.IPADDRESS");
  EXPECT_EQ(classified("mobile_phone", {"(425) 555-0100"}), "MICROSOFT.PERSONAL.US.PHONE_NUMBER");
  EXPECT_EQ(classified("id", {"4255550100"}), "");
  EXPECT_EQ(classified("x", {"123-45-6789"}), "MICROSOFT.GOVERNMENT.US.SOCIAL_SECURITY_NUMBER");
  EXPECT_EQ(classified("x", {"666-45-6789"}), "");
  EXPECT_EQ(classified("x", {"12345678Z"}), "MICROSOFT.GOVERNMENT.EU.NATIONAL_IDENTIFICATION_NUMBER");
}

TEST(ClassifiersTest, CustomRulesNameWhatIsWrong) {
  auto rule = [](std::string_view properties) { return custom_rule("r", json::parse("{\"kind\":\"Custom\",\"properties\":" + std::string(properties) + "}").value()); };
  EXPECT_TRUE(rule(R"({"classificationName":"C","dataPatterns":[{"kind":"Regex","pattern":"^E\\d+$"}]})"));
  for (std::string_view bad : {"{}", R"({"classificationName":"C"})", R"({"classificationName":"C","dataPatterns":[{"pattern":"("}]})", R"({"classificationName":"C","columnPatterns":[{"pattern":"x"}],"minimumPercentageMatch":0})"})
    EXPECT_EQ(rule(bad).error().code, "ClassificationRule_Invalid") << bad;
}

using ScanRun = Run;

// A pool whose rows a test gives.
class FakePorts : public Ports {
 public:
  std::string objects = R"([{"id":1,"schema_name":"dbo","name":"people","type":"U","created":"2026-01-01T00:00:00Z","modified":"2026-01-01T00:00:00Z"}])";
  std::atomic<int> samples = 0;

  Result<std::vector<json::Value>> query(const Login& login, std::string_view, std::string_view, std::string_view sql, std::stop_token) override {
    if (login.kind == Login::Kind::sql && login.secret.reveal() != "right") return std::unexpected(unauthenticated("SqlLoginFailed", "Login failed for user 'u'."));
    if (sql.find("sys.objects") != std::string_view::npos) return rows(objects);
    if (sql.find("sys.columns") != std::string_view::npos) return rows(R"([{"id":1,"name":"mail","type":"varchar","length":40,"precision":0,"scale":0,"nullable":true}])");
    if (sql.find("COUNT_BIG") != std::string_view::npos) return rows(R"([{"n":2}])");
    ++samples;
    return rows(R"([{"mail":"a@b.org"},{"mail":"c@d.org"}])");
  }
  Result<std::vector<std::string>> pools(std::string_view) override { return std::vector<std::string>{"Pool"}; }
  Result<std::vector<File>> files(const Login&, std::string_view, std::size_t) override { return std::vector<File>{}; }
  Result<Sample> sample(const Login&, std::string_view, std::size_t) override { return Sample{}; }
  Result<DeltaTable> delta(const Login&, std::string_view, std::size_t) override { return DeltaTable{}; }
  Result<Secret> secret(std::string_view, std::string_view, std::string_view name, std::string_view) override { return Secret(std::string(name)); }

 private:
  static std::vector<json::Value> rows(std::string_view text) {
    json::Value parsed = json::parse(text).value();
    return {parsed.get_array().begin(), parsed.get_array().end()};
  }
};

class ScannerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(directory_);
    put("datasources/ws", R"({"kind":"AzureSynapseWorkspace","properties":{"dedicatedSqlEndpoint":"ws.sql.azuresynapse.net","resourceName":"ws"}})");
    put("datasources/ws/scans/weekly", R"({"kind":"AzureSynapseWorkspaceMsi","properties":{"scanRulesetName":"AzureSynapseSQL","scanRulesetType":"System"}})");
  }
  void TearDown() override {
    scanner_.reset();
    std::filesystem::remove_all(directory_);
  }
  void put(std::string_view path, std::string_view body) { ASSERT_TRUE(store_->put("acct", path, json::parse(body).value())) << path; }
  ScanRun finished(std::string_view id) {
    for (int i = 0; i < 2'000; ++i) {
      auto run = store_->run("acct", "ws", "weekly", id);
      if (run && *run && (*run)->status != "Accepted" && (*run)->status != "InProgress") return **run;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return {};
  }
  ScanRun run(std::string_view level = "Full") {
    std::string id = new_uuid();
    EXPECT_TRUE(scanner_->run("acct", "ws", "weekly", id, level));
    return finished(id);
  }

  std::filesystem::path directory_ = std::filesystem::temp_directory_path() / ("scanner-" + new_uuid());
  VirtualClock clock_{at("2026-11-25T12:00:00Z")};
  std::unique_ptr<Catalog> catalog_ = (std::filesystem::create_directories(directory_), std::move(*Catalog::open(directory_ / "catalog.db", clock_)));
  std::unique_ptr<Store> store_ = std::move(*Store::open(directory_ / "scans.db"));
  FakePorts ports_;
  std::unique_ptr<Scanner> scanner_ = std::move(*Scanner::start(*store_, *catalog_, ports_, clock_));
};

constexpr std::string_view kTable = "mssql://ws.sql.azuresynapse.net/Pool/dbo/people";

TEST_F(ScannerTest, ReadsClassifiesAndMarksWhatIsGone) {
  ScanRun first = run();
  ASSERT_EQ(first.status, "Succeeded") << json::write(first.body);
  auto column = catalog_->find("azure_synapse_dedicated_sql_column", std::string(kTable) + "#mail");
  ASSERT_TRUE(column);
  auto header = catalog_->header(*column);
  EXPECT_EQ(json::write(*json::find(*header, "classificationNames")), R"(["MICROSOFT.PERSONAL.EMAIL"])");
  ports_.objects = "[]";
  ASSERT_EQ(run().status, "Succeeded");
  EXPECT_FALSE(catalog_->find("azure_synapse_dedicated_sql_table", kTable));
  EXPECT_FALSE(catalog_->find("azure_synapse_dedicated_sql_column", std::string(kTable) + "#mail"));
}

TEST_F(ScannerTest, AnIncrementalPassLooksOnlyAtWhatChanged) {
  ASSERT_EQ(run().status, "Succeeded");
  int before = ports_.samples;
  ASSERT_EQ(run("Incremental").status, "Succeeded");
  EXPECT_EQ(ports_.samples, before);
  ports_.objects = text::replace_all(ports_.objects, "\"modified\":\"2026-01-01", "\"modified\":\"2026-02-02");
  ASSERT_EQ(run("Incremental").status, "Succeeded");
  EXPECT_EQ(ports_.samples, before + 1);
}

TEST_F(ScannerTest, TheWeeklyTriggerFiresOnSunday) {
  put("datasources/ws/scans/weekly/triggers/default",
      R"({"properties":{"scanLevel":"Full","recurrence":{"frequency":"Week","interval":1,"startTime":"2026-11-01T00:00:00Z","schedule":{"hours":[3],"minutes":[0],"weekDays":["Sunday"]}}}})");
  scanner_->triggers_changed();
  auto runs = [&] { return store_->runs("acct", "ws", "weekly")->size(); };
  auto settle = [&](std::size_t wanted) {
    for (int i = 0; i < 400 && runs() < wanted; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return runs();
  };
  clock_.advance(std::chrono::hours(24));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(runs(), 0u);
  clock_.advance(std::chrono::hours(72));
  EXPECT_EQ(settle(1), 1u);
  EXPECT_EQ(json::string_or(store_->runs("acct", "ws", "weekly")->front().body, "runType"), "Scheduled");
  clock_.advance(std::chrono::hours(7 * 24));
  EXPECT_EQ(settle(2), 2u);
}

TEST_F(ScannerTest, AWrongCredentialFailsTheRunAndSaysSo) {
  put("azureKeyVaults/kv", R"({"properties":{"baseUrl":"https://kv.vault.azure.net/"}})");
  put("credentials/c", R"({"kind":"SqlAuth","properties":{"typeProperties":{"user":"u","password":{"type":"AzureKeyVaultSecret","secretName":"wrong","store":{"referenceName":"kv"}}}}})");
  put("datasources/ws/scans/weekly", R"({"kind":"AzureSynapseWorkspaceCredential","properties":{"scanRulesetName":"AzureSynapseSQL","credential":{"referenceName":"c"}}})");
  ScanRun failed = run();
  EXPECT_EQ(failed.status, "Failed");
  EXPECT_EQ(json::string_or(failed.body, "error.code"), "SqlLoginFailed");
  EXPECT_FALSE(catalog_->find("azure_synapse_dedicated_sql_table", kTable));
  EXPECT_EQ(scanner_->run("acct", "ws", "none", new_uuid(), "Full").error().code, "Scan_NotFound");
  EXPECT_EQ(scanner_->run("acct", "ws", "weekly", failed.id, "Full").error().code, "Scan_RunExists");
  EXPECT_EQ(scanner_->cancel("acct", "ws", "weekly", "none").error().code, "ScanRun_NotFound");
}

}  // namespace
}  // namespace axonite::catalog::scan
