#include "front/front.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"

namespace axonite::front {
namespace {

class Tokens : public identity::TokenVerifier {
 public:
  Result<identity::Principal> verify(std::string_view token, const std::vector<std::string_view>& audiences) const override {
    if (token == "reader" && audiences.size() == 1 && audiences[0] == "https://vault.example")
      return identity::Principal{.kind = identity::Principal::Kind::service_principal, .object_id = "reader"};
    return std::unexpected(unauthenticated("InvalidAuthenticationToken", "The token is wrong."));
  }
};

class Roles : public identity::Authorizer {
 public:
  Result<void> authorize(const identity::Principal&, std::string_view action, std::string_view scope,
                         identity::RoleSystem) const override {
    return action == "vaults/read" && scope == "/vaults/kv" ? ok() : std::unexpected(forbidden("AuthorizationFailed", "No."));
  }
  Result<void> authorize_data(const identity::Principal& p, std::string_view action, std::string_view scope) const override {
    return authorize(p, action, scope, identity::RoleSystem::azure);
  }
};

class Events : public event::Stream {
 public:
  Result<std::uint64_t> append(event::Event) override { return 0; }
  void append_async(event::Event event) override { events.push_back(std::move(event)); }
  Result<std::vector<event::Event>> read_after(std::uint64_t, std::size_t, std::string_view) const override { return events; }
  Result<std::vector<event::Event>> read_before(std::uint64_t, std::size_t, std::string_view) const override { return events; }
  bool wait_after(std::uint64_t, std::stop_token) const override { return false; }
  std::vector<event::Event> events;
};

struct Rooms {
  int calls = 0;
};

Result<http::Response> get_secret(Rooms& rooms, Call& call) {
  ++rooms.calls;
  return http::text_response(200, std::string(call.path("name")) + " by " + call.principal.object_id);
}
Result<http::Response> list_blocks(Rooms&, Call&) { return http::text_response(200, "blocks"); }
Result<http::Response> set_secret(Rooms&, Call& call) {
  TRY(std::string body, call.body_text());
  return http::text_response(200, body);
}

class FrontTest : public testing::Test {
 protected:
  FrontTest() : front_(tokens_, roles_, events_, system_clock()) {
    front_.add({.name = "vault",
                .hosts = {"*.vault.example"},
                .audiences = {"https://vault.example"},
                .operations = bind<Rooms>(rooms_, {{"GetSecret", "GET", "/secrets/{name}", &get_secret, action("vaults/read")},
                                                   {"ListBlocks", "GET", "/secrets/{name}", &list_blocks, anonymous(), {.query = {{"comp", "blocks"}}}},
                                                   {"SetSecret", "PUT", "/secrets/{name}", &set_secret, action("vaults/write")},
                                                   {"Echo", "POST", "/echo", &set_secret, anonymous(), {}, {.body_bytes_max = 4}}}),
                .scope = [](const Call& call) -> Result<std::string> { return "/vaults/" + call.request.host.substr(0, 2); },
                .shape_error = [](const Error& error, const Call&) { return http::text_response(error.kind == Error::Kind::forbidden ? 403 : error.kind == Error::Kind::unauthenticated ? 401 : 400, error.code); },
                .finish = [](http::Response& response, const Call& call) { response.headers.set("x-ms-request-id", call.request_id); }});
  }

  std::string send(std::string method, std::string path, std::string token, std::string query = {}, std::string body = {}) {
    http::Request request;
    request.method = std::move(method);
    request.host = "kv.vault.example";
    request.path = std::move(path);
    request.query = *http::Query::parse(query);
    request.body = http::memory_body(std::move(body));
    if (!token.empty()) request.headers.add("Authorization", "Bearer " + token);
    http::Response response = front_.handler()(request);
    EXPECT_TRUE(response.headers.contains("x-ms-request-id"));
    return std::to_string(response.status) + " " + *http::read_response(response, 1000);
  }

  Tokens tokens_;
  Roles roles_;
  Events events_;
  Rooms rooms_;
  Front front_;
};

TEST_F(FrontTest, RunsTheHandlerOnlyForWhoMay) {
  EXPECT_EQ(send("GET", "/secrets/a%20b", "reader"), "200 a b by reader");
  EXPECT_EQ(send("GET", "/secrets/a", ""), "401 AuthenticationFailed");
  EXPECT_EQ(send("GET", "/secrets/a", "forged"), "401 InvalidAuthenticationToken");
  EXPECT_EQ(send("PUT", "/secrets/a", "reader"), "403 AuthorizationFailed");
  EXPECT_EQ(rooms_.calls, 1);
}

TEST_F(FrontTest, PrefersTheRowWithMoreConditions) {
  EXPECT_EQ(send("GET", "/secrets/a", "", "comp=blocks"), "200 blocks");
}

TEST_F(FrontTest, HoldsTheBodyLimitOfTheRow) {
  EXPECT_EQ(send("POST", "/echo", "", "", "1234"), "200 1234");
  EXPECT_EQ(send("POST", "/echo", "", "", "12345"), "400 RequestBodyTooLarge");
}

TEST_F(FrontTest, CountsCallsAndMarksWhatIsUnsupported) {
  send("GET", "/secrets/a", "reader");
  send("GET", "/keys", "reader");
  auto counts = front_.call_counts();
  ASSERT_EQ(counts.size(), 2u);
  EXPECT_EQ(counts[0].operation, "/keys");
  EXPECT_FALSE(counts[0].supported);
  EXPECT_EQ(counts[1].operation, "vault.GetSecret");
  EXPECT_EQ(events_.events.size(), 2u);
}

TEST_F(FrontTest, KnowsItsHosts) {
  EXPECT_TRUE(front_.serves("a.vault.example"));
  EXPECT_FALSE(front_.serves("vault.example"));
  EXPECT_FALSE(front_.serves("example.com"));
}

}  // namespace
}  // namespace axonite::front
