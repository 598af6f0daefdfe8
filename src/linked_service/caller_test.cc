#include "linked_service/caller.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <thread>

#include "linked_service/target.h"

namespace axonite::linked_service {
namespace {

class FakeTokens : public TokenSource {
 public:
  Result<Secret> token(const identity::Principal& principal, std::string_view audience) override {
    if (principal.object_id.empty()) return std::unexpected(forbidden("NoIdentity", "no identity"));
    return Secret(principal.object_id + "@" + std::string(audience));
  }
};

class CallerTest : public testing::Test {
 protected:
  FakeTokens tokens_;
  VirtualClock clock_{from_unix_seconds(1000)};
  std::vector<int> statuses_{200};
  std::size_t asked_ = 0;
  std::string authorization_;
  std::unique_ptr<http::Transport> transport_ = http::in_process_transport([this](http::Request& request) {
    authorization_ = request.headers.get("Authorization");
    return http::text_response(statuses_[std::min(asked_++, statuses_.size() - 1)], "x");
  });
  CallContext context_{.principal = {.object_id = "me"}, .audience = "https://vault.azure.net"};
  CallPolicy policy_{.attempts = 3, .backoff = std::chrono::milliseconds(0), .failures_to_open = 4};
};

TEST_F(CallerTest, CarriesTheCallersToken) {
  Caller caller(*transport_, tokens_, nullptr, clock_, policy_);
  EXPECT_EQ(caller.call(context_, {.url = "https://kv.vault.azure.net/secrets/a"})->status, 200);
  EXPECT_EQ(authorization_, "Bearer me@https://vault.azure.net");
  context_.principal = {};
  EXPECT_FALSE(caller.call(context_, {.url = "https://kv.vault.azure.net/secrets/a"}));
  EXPECT_EQ(asked_, 1u);
}

TEST_F(CallerTest, RepeatsWhatMayPass) {
  Caller caller(*transport_, tokens_, nullptr, clock_, policy_);
  statuses_ = {503, 429, 200};
  EXPECT_EQ(caller.call(context_, {.url = "https://h/"})->status, 200);
  EXPECT_EQ(asked_, 3u);
  asked_ = 0;
  statuses_ = {403};
  EXPECT_EQ(caller.call(context_, {.url = "https://h/"})->status, 403);
  EXPECT_EQ(asked_, 1u);
}

TEST_F(CallerTest, OpensAndHalfOpensTheCircuit) {
  Caller caller(*transport_, tokens_, nullptr, clock_, policy_);
  statuses_ = {500};
  EXPECT_EQ(caller.call(context_, {.url = "https://h/"})->status, 500);
  EXPECT_EQ(caller.call(context_, {.url = "https://h/"}).error().code, "CircuitOpen");
  EXPECT_EQ(caller.breaker("h"), BreakerState::open);
  EXPECT_EQ(caller.breaker("other"), BreakerState::closed);
  std::size_t before = asked_;
  EXPECT_FALSE(caller.call(context_, {.url = "https://h/"}));
  EXPECT_EQ(asked_, before);
  clock_.advance(std::chrono::seconds(31));
  EXPECT_EQ(caller.breaker("h"), BreakerState::half_open);
  statuses_ = {200};
  EXPECT_EQ(caller.call(context_, {.url = "https://h/"})->status, 200);
  EXPECT_EQ(caller.breaker("h"), BreakerState::closed);
}

TEST(Target, ReadsWhatLinkedServicesPointAt) {
  auto read = [](std::string_view text) { return read_target(*json::parse(text)); };
  auto lake = read(R"({"properties":{"type":"AzureBlobFS","typeProperties":{"url":"https://acct.dfs.core.windows.net/"}}})");
  EXPECT_EQ(lake->account, "acct");
  auto pool = read(R"({"properties":{"type":"AzureSqlDW","typeProperties":{"connectionString":"Data Source=tcp:WS.sql.azuresynapse.net,1433;Initial Catalog=P;User ID=u",
    "password":{"type":"AzureKeyVaultSecret","store":{"referenceName":"KV","type":"LinkedServiceReference"},"secretName":"s"}}}})");
  EXPECT_EQ(pool->server, "ws.sql.azuresynapse.net");
  EXPECT_EQ(pool->database, "P");
  EXPECT_EQ(pool->user, "u");
  EXPECT_EQ(std::get<SecretReference>(pool->credential).name, "s");
  auto guide = read(R"({"type":"AzureSynapseAnalytics","typeProperties":{"server":"s","database":"d"}})");
  EXPECT_NE(guide->warning.find("AzureSqlDW"), std::string::npos);
  EXPECT_EQ(read(R"({"type":"Oracle"})").error().kind, Error::Kind::unsupported);
  EXPECT_EQ(read(R"({"type":"AzureKeyVault"})").error().target, "baseUrl");
}

}  // namespace
}  // namespace axonite::linked_service
