#include "arm/operations.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>

#include "base/id.h"

namespace axonite::arm {
namespace {

using namespace std::chrono_literals;

class OperationsTest : public testing::Test {
 protected:
  std::filesystem::path file_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid() + ".db");
  resource::ResourceId vault_ = *resource::ResourceId::parse("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v");
  resource::Author author_{.principal = {.kind = identity::Principal::Kind::service_principal, .object_id = "o"}, .operation = "a", .correlation_id = "c"};
  void TearDown() override {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file_.string() + suffix);
  }
  std::unique_ptr<Operations> open(Operations::Options options = {}) { return std::move(*Operations::open(file_, system_clock(), options)); }
};

TEST_F(OperationsTest, RunsAndKeepsWhatCameOut) {
  std::string id;
  {
    auto operations = open();
    operations->define("add", [](const Input& input, std::stop_token) -> Result<json::Value> {
      EXPECT_EQ(input.author.principal.object_id, "o");
      EXPECT_EQ(input.resource.name(), "v");
      return json::Value(input.arguments->as_int64() + 1);
    });
    operations->define("fail", [](const Input&, std::stop_token) -> Result<json::Value> { return std::unexpected(conflict("Busy", "no")); });
    ASSERT_TRUE(operations->start());
    id = *operations->begin("add", vault_, json::Value(41), author_);
    EXPECT_EQ(operations->wait(id, 5s)->output, "42");
    auto failed = operations->wait(*operations->begin("fail", vault_, json::Value(), author_), 5s);
    EXPECT_EQ(failed->status, "Failed");
    EXPECT_EQ(failed->error->code, "Busy");
    EXPECT_FALSE(operations->busy(vault_));
    EXPECT_FALSE(operations->begin("unknown", vault_, json::Value(), author_));
  }
  EXPECT_EQ(open()->status(id)->status, "Succeeded");
  EXPECT_EQ(open()->status("none").error().code, "OperationNotFound");
}

TEST_F(OperationsTest, WhatWasInterruptedRunsAgain) {
  std::string id;
  {
    auto operations = open();
    operations->define("long", [](const Input&, std::stop_token stop) -> Result<json::Value> {
      system_clock().wait_until(system_clock().now() + 30s, stop);
      return std::unexpected(cancelled("Stopping", "stop"));
    });
    ASSERT_TRUE(operations->start());
    id = *operations->begin("long", vault_, json::Value(), author_);
    EXPECT_TRUE(operations->busy(vault_.group_id()));
    EXPECT_EQ(operations->wait(id, 1ms)->status, "InProgress");
  }
  auto operations = open();
  operations->define("long", [](const Input&, std::stop_token) -> Result<json::Value> { return json::Value("done"); });
  ASSERT_TRUE(operations->start());
  EXPECT_EQ(operations->wait(id, 5s)->output, "\"done\"");
}

TEST_F(OperationsTest, TheQueueHasAnEnd) {
  auto operations = open({.threads = 1, .waiting_max = 2, .finished_kept = 10});
  operations->define("any", [](const Input&, std::stop_token) -> Result<json::Value> { return json::Value(); });
  EXPECT_TRUE(operations->begin("any", vault_, json::Value(), author_));
  EXPECT_TRUE(operations->begin("any", vault_, json::Value(), author_));
  auto full = operations->begin("any", vault_, json::Value(), author_);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, Error::Kind::throttled);
}

}  // namespace
}  // namespace axonite::arm
