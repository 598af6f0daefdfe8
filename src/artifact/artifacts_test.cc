#include "artifact/artifacts.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "artifact/references.h"
#include "base/id.h"

namespace axonite::artifact {
namespace {

class ArtifactsTest : public testing::Test {
 protected:
  std::filesystem::path directory_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  VirtualClock clock_{from_unix_seconds(1'800'000'000)};
  std::unique_ptr<event::Stream> events_;
  std::unique_ptr<resource::Documents> documents_;
  std::unique_ptr<linked_service::Sealer> sealer_;
  std::unique_ptr<Artifacts> artifacts_;
  resource::ResourceId factory_ =
      *resource::ResourceId::parse("/subscriptions/s/resourceGroups/g/providers/Microsoft.DataFactory/factories/f");

  void SetUp() override {
    std::filesystem::create_directories(directory_);
    events_ = std::move(*event::Stream::open(directory_ / "events.db", clock_));
    documents_ = std::move(*resource::Documents::open(directory_ / "resources.db", *events_, clock_));
    sealer_ = std::move(*linked_service::Sealer::open(directory_ / "key"));
    artifacts_ = std::make_unique<Artifacts>(*documents_, *sealer_, Check{});
    for (auto& id : {factory_.subscription_id(), factory_.group_id(), factory_}) documents_->put(id, "{}", {}, {}).value();
  }
  void TearDown() override {
    documents_.reset();
    events_.reset();
    std::filesystem::remove_all(directory_);
  }
  Result<resource::Document> put(const Kind& kind, std::string_view name, std::string_view text) {
    return artifacts_->put(factory_, kind, name, *json::parse(text), {}, {});
  }
  static std::string code(const auto& result) { return result ? "" : result.error().code; }
};

constexpr std::string_view kLake = R"({"properties":{"type":"AzureBlobFS","typeProperties":{"url":"u","accountKey":"hush"}}})";
constexpr std::string_view kTable =
    R"({"properties":{"type":"Parquet","linkedServiceName":{"referenceName":"lake","type":"LinkedServiceReference"}}})";
constexpr std::string_view kCopy =
    R"({"properties":{"activities":[{"name":"c","type":"Copy","inputs":[{"referenceName":"table","type":"DatasetReference"}]}]}})";

TEST_F(ArtifactsTest, ReferencesMustExistInTheOrderOfDeployment) {
  auto early = put(kDataset, "table", kTable);
  EXPECT_EQ(code(early), "BadRequest");
  EXPECT_NE(early.error().message.find("invalid reference 'lake'"), std::string::npos);
  EXPECT_TRUE(put(kLinkedService, "lake", kLake));
  EXPECT_TRUE(put(kDataset, "table", kTable));
  EXPECT_TRUE(put(kPipeline, "copy data", kCopy));
}

TEST_F(ArtifactsTest, WhatOthersReferToStays) {
  put(kLinkedService, "lake", kLake).value();
  put(kDataset, "table", kTable).value();
  EXPECT_EQ(code(artifacts_->remove(factory_, kLinkedService, "LAKE", {}, {})), "BadRequest");
  EXPECT_TRUE(*artifacts_->remove(factory_, kDataset, "table", {}, {}));
  EXPECT_TRUE(*artifacts_->remove(factory_, kLinkedService, "lake", {}, {}));
  EXPECT_FALSE(*artifacts_->remove(factory_, kLinkedService, "lake", {}, {}));
}

TEST_F(ArtifactsTest, SecretsAreSealedAndMasked) {
  auto document = put(kLinkedService, "lake", kLake);
  EXPECT_EQ(document->body.find("hush"), std::string::npos);
  EXPECT_EQ(json::write(*Artifacts::shape(*document)),
            R"({"properties":{"type":"AzureBlobFS","typeProperties":{"url":"u","accountKey":"**********"}}})");
  EXPECT_TRUE(put(kLinkedService, "lake", json::write(*Artifacts::shape(*document))));
  json::Value stored = *json::parse(documents_->get(document->id)->body);
  EXPECT_TRUE(linked_service::unseal_secrets(stored, *sealer_));
  EXPECT_NE(json::write(stored).find("hush"), std::string::npos);
}

TEST_F(ArtifactsTest, RefusesBadNamesAndShapes) {
  for (std::string_view name : {"", "a/b", "a.b", "-a", "a?b", "a*"}) EXPECT_EQ(code(put(kLinkedService, name, kLake)), "BadRequest") << name;
  EXPECT_EQ(code(put(kPipeline, std::string(141, 'x'), kCopy)), "BadRequest");
  for (std::string_view text : {"{}", "[]", R"({"properties":[]})", R"({"properties":{}})"})
    EXPECT_EQ(code(put(kLinkedService, "lake", text)), "BadRequest") << text;
  EXPECT_EQ(code(put(kDataset, "d", R"({"properties":{"type":"Parquet"}})")), "BadRequest");
  EXPECT_EQ(code(put(kPipeline, "p", R"({"properties":{"activities":{}}})")), "BadRequest");
  EXPECT_EQ(code(put(kIntegrationRuntime, "i", R"({"properties":{"type":"Other"}})")), "BadRequest");
}

TEST_F(ArtifactsTest, TriggersStartStopped) {
  constexpr std::string_view trigger = R"({"properties":{"type":"ScheduleTrigger","runtimeState":"Started"}})";
  auto document = put(kTrigger, "daily", trigger);
  ASSERT_TRUE(document);
  EXPECT_NE(document->body.find(R"("runtimeState":"Stopped")"), std::string::npos);
  documents_->put(document->id, R"({"properties":{"type":"ScheduleTrigger","runtimeState":"Started"}})", {}, {}).value();
  EXPECT_EQ(code(put(kTrigger, "daily", trigger)), "TriggerEnabledCannotUpdate");
  EXPECT_EQ(code(artifacts_->remove(factory_, kTrigger, "daily", {}, {})), "TriggerEnabledCannotUpdate");
}

TEST_F(ArtifactsTest, Renames) {
  put(kLinkedService, "lake", kLake).value();
  put(kLinkedService, "other", kLake).value();
  EXPECT_EQ(code(artifacts_->rename(factory_, kLinkedService, "lake", "other", {})), "Conflict");
  EXPECT_EQ(code(artifacts_->rename(factory_, kLinkedService, "none", "new", {})), "ResourceNotFound");
  EXPECT_TRUE(artifacts_->rename(factory_, kLinkedService, "lake", "pond", {}));
  EXPECT_FALSE(artifacts_->get(factory_, kLinkedService, "lake"));
  EXPECT_TRUE(artifacts_->get(factory_, kLinkedService, "pond"));
}

TEST_F(ArtifactsTest, SaysThatTheFactoryIsMissing) {
  auto other = *resource::ResourceId::parse("/subscriptions/s/resourceGroups/g/providers/Microsoft.DataFactory/factories/none");
  auto outcome = artifacts_->put(other, kLinkedService, "lake", *json::parse(kLake), {}, {});
  EXPECT_EQ(code(outcome), "ResourceNotFound");
  EXPECT_NE(outcome.error().message.find("factories/none'"), std::string::npos);
}

TEST(ReferencesTest, ExpressionsAndForeignKindsAreNoReferences) {
  auto found = references_of(*json::parse(
      R"([{"referenceName":"@x","type":"DatasetReference"},{"referenceName":"b","type":"BigDataPoolReference"},
          {"referenceName":"p","type":"PipelineReference"},{"referenceName":"p","type":"PipelineReference"}])"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].name, "p");
}

}  // namespace
}  // namespace axonite::artifact
