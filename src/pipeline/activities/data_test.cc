// Activities over a real lake and a real engine, called as the runner calls them.
#include "pipeline/activities/data.h"

#include <boost/json.hpp>

#include "lake/lake_fixture.h"
#include "pipeline/connectors/conversion.h"
#include "pipeline/connectors/files.h"

namespace axonite::pipeline::activities {
namespace {

class FakeDefinitions : public Definitions {
 public:
  std::map<std::string, std::string> texts;  // "datasets/Csv"
  Result<Owner> owner(std::string_view id) override { return Owner{.id = std::string(id)}; }
  Result<std::string> definition(std::string_view, std::string_view kind, std::string_view name) override {
    auto found = texts.find(std::string(kind) + "/" + std::string(name));
    if (found == texts.end()) return std::unexpected(not_found("ResourceNotFound", std::string(name) + " is not there"));
    return found->second;
  }
};

class FakeTokens : public linked_service::TokenSource {
 public:
  Result<Secret> token(const identity::Principal& principal, std::string_view audience) override {
    return Secret(principal.object_id + "@" + std::string(audience));
  }
};

class FakeSql : public linked_service::SqlPort {
 public:
  std::vector<std::string> batches, keys;
  std::string password;
  Result<linked_service::SqlOutcome> run(const linked_service::SqlTarget& target, std::string_view batch, std::string_view key,
                                         std::size_t, std::stop_token) override {
    batches.emplace_back(batch);
    keys.emplace_back(key);
    password = target.password.reveal();
    if (batch == "bad") return std::unexpected(invalid("SqlOperationFailed", "Incorrect syntax near 'bad'."));
    return linked_service::SqlOutcome{.result_sets = {{.columns = {"n"}, .rows_json = {R"({"n":7})"}}}, .records_affected = 3};
  }
};

class DataTest : public lake::LakeFixture {
 protected:
  FakeDefinitions definitions_;
  FakeTokens tokens_;
  FakeSql sql_;
  int vault_status_ = 200;
  std::unique_ptr<http::Transport> transport_ = http::in_process_transport([this](http::Request& request) {
    bool right = request.headers.get("Authorization") == "Bearer owner@https://vault.azure.net";
    return http::json_response(right ? vault_status_ : 401, R"({"value":"hush","error":{"code":"SecretNotFound","message":"no"}})");
  });
  linked_service::Caller caller_{*transport_, tokens_, nullptr, system_clock()};
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<event::Stream> events_;
  std::unique_ptr<DataPorts> ports_;
  std::shared_ptr<const Pipeline> pipeline_;

  void SetUp() override {
    auto view_of = [this](const identity::Principal& who) { return lake->view(who); };
    engine_ = std::move(*engine::Engine::open({.directory = folder_ / "engine", .memory_limit = "256MB"}, view_of));
    events_ = std::move(*event::Stream::open(folder_ / "events.db", system_clock()));
    ports_ = std::unique_ptr<DataPorts>(new DataPorts{definitions_, caller_, &sql_,
                                                      [this]() -> Result<engine::Engine*> { return engine_.get(); }, view_of,
                                                      events_.get(), system_clock()});
    define("linkedservices/Lake", R"({"type":"AzureBlobFS","typeProperties":{"url":"https://acct.dfs.core.windows.net/"}})");
    define("linkedservices/KV", R"({"type":"AzureKeyVault","typeProperties":{"baseUrl":"https://kv.vault.azure.net/"}})");
    define("linkedservices/Pool", R"({"type":"AzureSqlDW","typeProperties":{"server":"ws.sql.azuresynapse.net","database":"p","userName":"u",
      "password":{"type":"AzureKeyVaultSecret","store":{"referenceName":"KV","type":"LinkedServiceReference"},"secretName":"s"}}})");
    define("datasets/Csv", R"j({"type":"DelimitedText","parameters":{"file":{"type":"string"}},"linkedServiceName":{"referenceName":"Lake"},
      "typeProperties":{"location":{"fileSystem":"raw","folderPath":"in","fileName":{"value":"@{dataset().file}.csv","type":"Expression"}},
      "columnDelimiter":",","quoteChar":"\"","escapeChar":"\\","firstRowAsHeader":true,"nullValue":"NA"}})j");
    define("datasets/Parquet", R"({"type":"Parquet","linkedServiceName":{"referenceName":"Lake"},
      "typeProperties":{"location":{"fileSystem":"raw","folderPath":"out","fileName":"x.parquet"},"compressionCodec":"snappy"}})");
    define("datasets/Json", R"({"type":"Json","linkedServiceName":{"referenceName":"Lake"},
      "typeProperties":{"location":{"fileSystem":"raw","folderPath":"in","fileName":"list.json"}}})");
    define("datasets/Query", R"({"type":"AzureSqlDWTable","linkedServiceName":{"referenceName":"Pool"},"typeProperties":{}})");
    ASSERT_TRUE(put("in/a.csv", "id,delay,name,when,ok\n1,5,\"x, y\",2013-01-01 05:00:00,true\n2,NA,NA,NA,FALSE\n"));
    ASSERT_TRUE(put("in/bad.csv", "id,delay,name,when,ok\n1,5,x,NA,true\n2,1.5,y,NA,true\n"));
    ASSERT_TRUE(put("in/list.json", R"([{"table":"a","mapping":"{\"x\":1}"},{"table":"b","n":2}])"));
    pipeline_ = *parse_pipeline("p", std::string_view(R"({"properties":{"activities":[{"name":"A","type":"Copy"}]}})"));
  }
  void define(const std::string& name, const std::string& properties) { definitions_.texts[name] = "{\"properties\":" + properties + "}"; }
  static JsonPointer hold(std::string_view text) { return std::make_shared<const json::Value>(*json::parse(text)); }
  Work work(std::string_view properties) {
    return {.owner = {.id = "/f", .name = "f", .principal = caller("owner")}, .pipeline = pipeline_,
            .activity = &pipeline_->activities[0], .run_id = "run", .instance = "A", .properties = hold(properties)};
  }
  static std::string said(const ActivityResult& result) {
    return result.error ? result.error->code + ": " + result.error->message : json::write(*result.output);
  }
  ActivityResult run_copy(const std::string& file, const std::string& who = "owner") {
    Work copying = work(R"({"source":{"type":"DelimitedTextSource"},"sink":{"type":"ParquetSink"},"translator":{"type":"TabularTranslator","mappings":[
      {"source":{"name":"id"},"sink":{"name":"id","type":"Int64"}},{"source":{"name":"delay"},"sink":{"name":"minutes","type":"Int32"}},
      {"source":{"name":"name"},"sink":{"name":"name","type":"String"}},{"source":{"name":"when"},"sink":{"name":"when","type":"DateTime"}},
      {"source":{"ordinal":5},"sink":{"name":"ok","type":"Boolean"}}]}})");
    copying.inputs = hold(R"([{"referenceName":"Csv","parameters":{"file":")" + file + "\"}}]");
    copying.outputs = hold(R"([{"referenceName":"Parquet"}])");
    copying.owner.principal = caller(who);
    return copy(*ports_, copying);
  }
  std::string lookup_all(const std::string& dataset, const std::string& source = "{}", const std::string& parameters = "{}") {
    return said(lookup(*ports_, work(R"({"firstRowOnly":false,"source":)" + source + R"(,"dataset":{"referenceName":")" + dataset +
                                     R"(","parameters":)" + parameters + "}}")));
  }
};

TEST_F(DataTest, CopiesCsvToTypedParquetAndReadsItBack) {
  ActivityResult copied = run_copy("a");
  ASSERT_FALSE(copied.error) << said(copied);
  EXPECT_EQ(json::find(*copied.output, "rowsCopied")->get_int64(), 2);
  EXPECT_EQ(json::find(*copied.output, "filesRead")->to_number<int>(), 1);
  EXPECT_EQ(lookup_all("Parquet"),
            R"({"count":2,"value":[{"id":1,"minutes":5,"name":"x, y","when":"2013-01-01T05:00:00Z","ok":true},)"
            R"({"id":2,"minutes":null,"name":null,"when":null,"ok":false}]})");
}

TEST_F(DataTest, NamesTheValueThatDoesNotConvertAndLeavesNothing) {
  ActivityResult copied = run_copy("bad");
  ASSERT_TRUE(copied.error);
  EXPECT_EQ(copied.error->code, "TypeConversionFailure");
  EXPECT_NE(copied.error->message.find("'1.5' for column name 'minutes'"), std::string::npos) << copied.error->message;
  EXPECT_NE(copied.error->message.find("Row: 2"), std::string::npos);
  EXPECT_NE(read("out/x.parquet").find("NotFound"), std::string::npos);
}

TEST_F(DataTest, CopiesWithTheOwnersRightsOnly) {
  EXPECT_TRUE(run_copy("a", "reader").error);
  EXPECT_TRUE(run_copy("a", "stranger").error);
  EXPECT_EQ(run_copy("missing").error->code, "UserErrorSourceBlobNotExist");
}

TEST_F(DataTest, ReportsTheLineageOfACopy) {
  ASSERT_FALSE(run_copy("a").error);
  ASSERT_TRUE(events_->wait_after(0, {}));
  auto events = events_->read_after(0, 10, "lineage");
  ASSERT_EQ(events->size(), 1u);
  EXPECT_NE(events->front().body.find(R"({"source":"delay","sink":"minutes"})"), std::string::npos);
}

TEST_F(DataTest, LooksUpFilesInTheShapesOfTheService) {
  EXPECT_EQ(lookup_all("Json"), R"({"count":2,"value":[{"table":"a","mapping":"{\"x\":1}"},{"table":"b","n":2}]})");
  EXPECT_EQ(said(lookup(*ports_, work(R"({"source":{},"dataset":{"referenceName":"Csv","parameters":{"file":"a"}}})"))),
            R"({"firstRow":{"id":"1","delay":"5","name":"x, y","when":"2013-01-01 05:00:00","ok":"true"}})");
  EXPECT_EQ(lookup_all("Csv").substr(0, 10), "BadRequest");
  EXPECT_EQ(lookup_all("Nowhere").substr(0, 16), "ResourceNotFound");
}

TEST_F(DataTest, ScriptsAndQueriesLogInWithTheVaultsSecret) {
  EXPECT_EQ(lookup_all("Query", R"({"sqlReaderQuery":"SELECT 7 AS n"})"), R"({"count":1,"value":[{"n":7}]})");
  EXPECT_EQ(sql_.password, "hush");
  Work scripting = work(R"({"scripts":[{"type":"NonQuery","text":"DELETE t"},{"type":"Query","text":"SELECT 7"}]})");
  scripting.linked_service = hold(R"({"referenceName":"Pool"})");
  ActivityResult result = script(*ports_, scripting);
  ASSERT_FALSE(result.error) << said(result);
  EXPECT_EQ(json::find(*result.output, "recordsAffected")->to_number<int>(), 6);
  EXPECT_EQ(sql_.keys.back(), "run/A#1/1");
  EXPECT_EQ(said(result).find("hush"), std::string::npos);
  vault_status_ = 404;
  EXPECT_EQ(script(*ports_, scripting).error->code, "AzureKeyVaultSecretNotFound");
}

TEST_F(DataTest, AsksAboutFilesAndDeletesThem) {
  EXPECT_EQ(said(get_metadata(*ports_, work(R"({"dataset":{"referenceName":"Json"},"fieldList":["exists","itemName","itemType"]})"))),
            R"({"exists":true,"itemName":"list.json","itemType":"File"})");
  EXPECT_EQ(said(get_metadata(*ports_, work(R"({"dataset":{"referenceName":"Parquet"},"fieldList":["exists"]})"))), R"({"exists":false})");
  EXPECT_TRUE(get_metadata(*ports_, work(R"({"dataset":{"referenceName":"Parquet"},"fieldList":["size"]})")).error);
  ActivityResult deleted = remove(*ports_, work(R"({"dataset":{"referenceName":"Json"}})"));
  ASSERT_FALSE(deleted.error) << said(deleted);
  EXPECT_EQ(json::find(*deleted.output, "filesDeleted")->to_number<int>(), 1);
  EXPECT_NE(read("in/list.json").find("NotFound"), std::string::npos);
}

TEST(Wildcards, MatchAsInStoreSettings) {
  EXPECT_TRUE(connectors::matches_wildcard("part-1.csv", "*.csv"));
  EXPECT_TRUE(connectors::matches_wildcard("a1b", "a?b"));
  EXPECT_FALSE(connectors::matches_wildcard("a.csv.gz", "*.csv"));
}

TEST(Translator, RefusesWhatItCannotDo) {
  auto code = [](std::string_view text) {
    json::Value value = *json::parse(text);
    auto read = connectors::read_translator(&value);
    return read ? std::string("ok") : read.error().code;
  };
  EXPECT_EQ(code(R"({"columnMappings":"a: b, c: d"})"), "ok");
  EXPECT_EQ(code(R"({"mappings":[{"source":{"name":"a"},"sink":{"name":"b","type":"Complex"}}]})"), "UserErrorInvalidTranslator");
  EXPECT_EQ(code(R"({"collectionReference":"$.x"})"), "UnsupportedMapping");
}

}  // namespace
}  // namespace axonite::pipeline::activities
