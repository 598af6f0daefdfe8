#include "pipeline/activities/notebook.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace axonite::pipeline::activities {
namespace {

class FakeDefinitions : public Definitions {
 public:
  Result<Owner> owner(std::string_view id) override { return Owner{.id = std::string(id)}; }
  Result<std::string> definition(std::string_view, std::string_view, std::string_view name) override {
    if (name == "Artifacts") return R"({"properties":{"type":"AzureSynapseArtifacts","typeProperties":{"endpoint":"https://other.dev.azuresynapse.net/"}}})";
    if (name == "Vault") return R"({"properties":{"type":"AzureKeyVault","typeProperties":{"baseUrl":"https://kv.vault.azure.net/"}}})";
    return std::unexpected(not_found("ResourceNotFound", "no such definition"));
  }
};

class FakeTokens : public linked_service::TokenSource {
 public:
  Result<Secret> token(const identity::Principal& principal, std::string_view audience) override {
    return Secret(principal.object_id + "@" + std::string(audience));
  }
};

class FakeNotebooks : public NotebookPort {
 public:
  NotebookRequest asked;
  Result<NotebookOutcome> answer = NotebookOutcome{.run_id = "r1", .session_id = 4, .spark_pool = "small", .exit_value = "42", .snapshot_url = "https://snap"};
  Result<NotebookOutcome> run(const NotebookRequest& request, std::stop_token) override {
    asked = request;
    return answer;
  }
};

class NotebookActivityTest : public testing::Test {
 protected:
  FakeDefinitions definitions_;
  FakeTokens tokens_;
  FakeNotebooks notebooks_;
  int status_ = 200;
  std::string host_, path_, token_;
  std::unique_ptr<http::Transport> transport_ = http::in_process_transport([this](http::Request& request) {
    host_ = request.host;
    path_ = request.path;
    token_ = request.headers.get("Authorization");
    return http::json_response(status_, status_ == 200 ? R"({"name":"n","properties":{}})" : R"({"error":{"code":"Unauthorized","message":"not you"}})");
  });
  linked_service::Caller caller_{*transport_, tokens_, nullptr, system_clock()};
  DataPorts ports_{definitions_, caller_, nullptr, {}, {}, nullptr, system_clock()};

  static JsonPointer hold(std::string_view text) { return std::make_shared<const json::Value>(*json::parse(text)); }
  ActivityResult run(std::string_view properties, const char* linked_service = R"({"referenceName":"Artifacts"})", std::string owner = "/factories/f") {
    Work work{.owner = {.id = owner, .name = owner.substr(owner.rfind('/') + 1), .principal = {.object_id = "factory"}}, .run_id = "run", .properties = hold(properties)};
    if (linked_service) work.linked_service = hold(linked_service);
    return notebook(ports_, notebooks_, work);
  }
};

TEST_F(NotebookActivityTest, RunsANotebookOfAnotherWorkspaceAsTheFactory) {
  auto result = run(R"({"notebook":{"referenceName":"my notebook","type":"NotebookReference"},"sparkPool":{"referenceName":"small"},
    "parameters":{"year":{"value":"2013","type":"int"},"share":{"value":1,"type":"float"},"name":{"value":5,"type":"string"},"on":{"value":"True","type":"bool"},"plain":7}})");
  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_EQ(host_ + path_, "other.dev.azuresynapse.net/notebooks/my%20notebook");
  EXPECT_EQ(token_, "Bearer factory@https://dev.azuresynapse.net");
  EXPECT_EQ(notebooks_.asked.spark_pool, "small");
  EXPECT_EQ(json::write(*notebooks_.asked.parameters), R"({"year":2013,"share":1,"name":"5","on":true,"plain":7})");
  EXPECT_EQ(json::string_or(*result.output, "status.Output.result.exitValue"), "42");
  EXPECT_EQ(json::string_or(*result.output, "status.Output.result.exitCode"), "42");
  EXPECT_EQ(json::string_or(*result.output, "status.Output.result.runStatus"), "Succeed");
}

TEST_F(NotebookActivityTest, FindsItsOwnWorkspaceAndTheGuidesSpelling) {
  auto result = run(R"({"notebookPath":"folder/etl.ipynb"})", nullptr, "/x/workspaces/ws");
  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_EQ(host_ + path_, "ws.dev.azuresynapse.net/notebooks/etl");
}

TEST_F(NotebookActivityTest, FailsWithWhatTheNotebookRaised) {
  notebooks_.answer->error_name = "ValueError";
  notebooks_.answer->error_value = "no rows";
  auto result = run(R"({"notebook":{"referenceName":"n"}})");
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, "ValueError");
  EXPECT_EQ(result.error->message, "ValueError: no rows");
  EXPECT_EQ(json::string_or(*result.output, "status.Output.result.errors.evalue"), "no rows");
}

TEST_F(NotebookActivityTest, SaysWhatIsWrong) {
  EXPECT_EQ(run("{}").error->code, "BadRequest");
  EXPECT_EQ(run(R"({"notebook":{"referenceName":"n"}})", nullptr).error->message, "In a factory, a SynapseNotebook activity needs a linked service of type AzureSynapseArtifacts.");
  EXPECT_EQ(run(R"({"notebook":{"referenceName":"n"}})", R"({"referenceName":"Vault"})").error->code, "InvalidLinkedService");
  EXPECT_EQ(run(R"({"notebook":{"referenceName":"n"},"parameters":{"a":{"value":"x","type":"int"}}})").error->message, "The value of the notebook's parameter 'a' is no int.");
  status_ = 403;
  EXPECT_EQ(run(R"({"notebook":{"referenceName":"n"}})").error->code, "Unauthorized");
  EXPECT_TRUE(notebooks_.asked.document.empty());
}

}  // namespace
}  // namespace axonite::pipeline::activities
