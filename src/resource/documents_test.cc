#include "resource/documents.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/id.h"
#include "base/json.h"

namespace axonite::resource {
namespace {

const Author kAuthor{.principal = {.object_id = "o", .name = "me"}, .operation = "A.B/c/write", .correlation_id = "k"};

class DocumentsTest : public testing::Test {
 protected:
  std::filesystem::path directory_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  VirtualClock clock_{from_unix_seconds(1'800'000'000)};
  std::unique_ptr<event::Stream> events_;
  std::unique_ptr<Documents> documents_;
  ResourceId group_ = *ResourceId::parse("/subscriptions/s/resourceGroups/g");

  void SetUp() override {
    std::filesystem::create_directories(directory_);
    events_ = std::move(*event::Stream::open(directory_ / "events.db", clock_));
    open({.body_bytes_max = 1000, .children_max = 5});
    put(group_.subscription_id().text());
    put(group_.text());
  }
  void TearDown() override {
    documents_.reset();
    events_.reset();
    std::filesystem::remove_all(directory_);
  }
  void open(Limits limits) {
    documents_.reset();
    documents_ = std::move(*Documents::open(directory_ / "resources.db", *events_, clock_, limits));
  }
  ResourceId vault(std::string_view name, std::string_view group = "g") {
    return *ResourceId::parse("/subscriptions/s/resourceGroups/" + std::string(group) +
                              "/providers/Microsoft.KeyVault/vaults/" + std::string(name));
  }
  Result<Document> put(const std::string& path, std::string body = "{}", Condition condition = {}) {
    return documents_->put(*ResourceId::parse(path), std::move(body), condition, kAuthor);
  }
  static std::string code(const auto& result) { return result ? "" : result.error().code; }
  static std::vector<std::string> names(const Result<Page>& page) {
    std::vector<std::string> result;
    if (page)
      for (auto& document : page->documents) result.emplace_back(document.id.name());
    return result;
  }
  using Names = std::vector<std::string>;
};

TEST_F(DocumentsTest, GivesBackWhatWasPutWithANewEtagPerWrite) {
  auto first = put(vault("V1").text(), R"({"a":1})");
  ASSERT_TRUE(first);
  clock_.advance(std::chrono::seconds(5));
  auto second = put(vault("v1").text(), R"({"a":2})");
  EXPECT_NE(first->etag, second->etag);
  open({});
  auto read = documents_->get(vault("v1"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->body, R"({"a":2})");
  EXPECT_EQ(read->id.name(), "V1");  // as first written
  EXPECT_EQ(read->created, first->created);
  EXPECT_EQ(read->changed, clock_.now());
}

TEST_F(DocumentsTest, SaysWhichLevelIsMissing) {
  EXPECT_EQ(code(documents_->get(vault("v"))), "ResourceNotFound");
  EXPECT_EQ(code(documents_->get(vault("v", "nope"))), "ResourceGroupNotFound");
  EXPECT_EQ(code(put("/subscriptions/other/resourceGroups/g")), "SubscriptionNotFound");
  EXPECT_EQ(code(put(vault("v", "nope").text())), "ResourceGroupNotFound");
  EXPECT_EQ(code(put(vault("v").child("secrets", "x").text())), "ParentResourceNotFound");
  EXPECT_EQ(code(documents_->list(vault("v"), "secrets")), "ResourceNotFound");
}

TEST_F(DocumentsTest, HoldsConditions) {
  EXPECT_EQ(code(put(vault("v").text(), "{}", {.if_match = "*"})), "PreconditionFailed");
  auto document = put(vault("v").text(), "{}", {.if_none_match_any = true});
  ASSERT_TRUE(document);
  EXPECT_EQ(code(put(vault("v").text(), "{}", {.if_none_match_any = true})), "PreconditionFailed");
  EXPECT_EQ(code(put(vault("v").text(), "{}", {.if_match = "other"})), "PreconditionFailed");
  EXPECT_TRUE(put(vault("v").text(), "{}", {.if_match = document->etag}));
  EXPECT_EQ(code(documents_->remove(vault("v"), {.if_match = document->etag}, kAuthor)), "PreconditionFailed");
}

TEST_F(DocumentsTest, UpdatesInOneStep) {
  auto change = [](const Document& current) -> Result<std::string> { return current.body + " "; };
  EXPECT_EQ(code(documents_->update(vault("v"), change, {}, kAuthor)), "ResourceNotFound");
  put(vault("v").text(), "{}");
  EXPECT_EQ(documents_->update(vault("v"), change, {}, kAuthor)->body, "{} ");
  auto refuse = [](const Document&) -> Result<std::string> { return std::unexpected(conflict("Busy", "no")); };
  EXPECT_EQ(code(documents_->update(vault("v"), refuse, {}, kAuthor)), "Busy");
  EXPECT_EQ(documents_->get(vault("v"))->body, "{} ");
}

TEST_F(DocumentsTest, RemovesWhatLiesBelowAndNothingBeside) {
  put(vault("v").text());
  put(vault("v").child("keys", "k").text());
  put(vault("v2").text());
  EXPECT_TRUE(*documents_->remove(vault("v"), {}, kAuthor));
  EXPECT_FALSE(*documents_->remove(vault("v"), {}, kAuthor));
  EXPECT_FALSE(documents_->get(vault("v").child("keys", "k")));
  EXPECT_TRUE(documents_->get(vault("v2")));
}

TEST_F(DocumentsTest, ListsChildrenByNamePageByPage) {
  put("/subscriptions/s/resourceGroups/h");
  for (const char* name : {"c", "A", "b"}) put(vault(name).text());
  put(vault("z", "h").text());
  put(vault("A").child("keys", "k").text());
  EXPECT_EQ(names(documents_->list(group_, "Microsoft.KeyVault/vaults")), (Names{"A", "b", "c"}));
  EXPECT_EQ(names(documents_->list(group_.subscription_id(), "microsoft.keyvault/VAULTS")), (Names{"A", "b", "c", "z"}));
  EXPECT_EQ(names(documents_->list(vault("a"), "keys")), (Names{"k"}));
  EXPECT_EQ(names(documents_->list(group_.subscription_id(), "Microsoft.Resources/resourceGroups")), (Names{"g", "h"}));
  EXPECT_EQ(names(documents_->list_resources(group_)), (Names{"A", "b", "c"}));
  EXPECT_EQ(names(documents_->list_subscriptions()), (Names{"s"}));

  auto first = documents_->list(group_, "Microsoft.KeyVault/vaults", {}, 2);
  EXPECT_EQ(names(first), (Names{"A", "b"}));
  auto rest = documents_->list(group_, "Microsoft.KeyVault/vaults", first->continuation, 2);
  EXPECT_EQ(names(rest), (Names{"c"}));
  EXPECT_TRUE(rest->continuation.empty());
  EXPECT_EQ(code(documents_->list(vault("a"), "keys", first->continuation)), "InvalidSkipToken");
}

TEST_F(DocumentsTest, FindsByName) {
  put(vault("Kv1").text());
  EXPECT_EQ(documents_->find_by_name("Microsoft.KeyVault/vaults", "kv1")->id, vault("kv1"));
  EXPECT_EQ(code(documents_->find_by_name("Microsoft.KeyVault/vaults", "kv2")), "ResourceNotFound");
}

TEST_F(DocumentsTest, RefusesTooMuch) {
  EXPECT_TRUE(put(vault("v").text(), std::string(1000, 'x')));
  EXPECT_EQ(code(put(vault("v").text(), std::string(1001, 'x'))), "RequestEntityTooLarge");
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(put(vault("w" + std::to_string(i)).text()));
  EXPECT_EQ(code(put(vault("w5").text())), "QuotaExceeded");
  EXPECT_TRUE(put(vault("v").text()));
}

TEST_F(DocumentsTest, EveryChangeIsAnEvent) {
  auto before = events_->read_after(0, 100)->size();
  put(vault("v").text());
  put(vault("v").text());
  documents_->remove(vault("v"), {}, kAuthor).value();
  put(vault("nope", "missing").text());
  documents_->put(vault("silent"), "{}", {}, Author{}).value();
  auto events = *events_->read_after(before, 100, "administrative");
  ASSERT_EQ(events.size(), 3u);
  auto body = json::parse(events[0].body).value();
  EXPECT_EQ(json::string_or(body, "operationName"), "A.B/c/write");
  EXPECT_EQ(json::string_or(body, "resourceId"), vault("v").text());
  EXPECT_EQ(json::string_or(body, "caller"), "me");
  EXPECT_EQ(json::string_or(body, "subStatus"), "Created");
  EXPECT_EQ(events[0].correlation_id, "k");
}

}  // namespace
}  // namespace axonite::resource
