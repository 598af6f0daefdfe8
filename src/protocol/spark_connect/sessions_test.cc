#include "protocol/spark_connect/sessions.h"

#include <gtest/gtest.h>
#include <spark/connect/base.pb.h>

namespace axonite::protocol::spark_connect {
namespace {

using namespace std::chrono_literals;

class NoSession : public spark::Session {
  Result<void> execute(const spark::proto::Plan&, const spark::Sink&, std::stop_token) override { return ok(); }
  Result<void> analyze(const spark::proto::AnalyzePlanRequest&, spark::proto::AnalyzePlanResponse&) override { return ok(); }
  Result<void> configure(const spark::proto::ConfigRequest_Operation&, spark::proto::ConfigResponse&) override { return ok(); }
  Result<void> put_artifact(std::string_view, std::string) override { return ok(); }
  bool has_artifact(std::string_view) const override { return false; }
};

const std::string kId = "00112233-4455-6677-8899-aabbccddeeff";
const identity::Principal kAnn{.kind = identity::Principal::Kind::service_principal, .object_id = "ann"};
const identity::Principal kBob{.kind = identity::Principal::Kind::service_principal, .object_id = "bob"};

struct SessionsTest : testing::Test {
  VirtualClock clock{Time{1h}};
  Sessions sessions{{.sessions_max = 2}, [](spark::Session::Options) -> Result<std::unique_ptr<spark::Session>> { return std::make_unique<NoSession>(); }, clock};
  std::string code(const identity::Principal& who, const std::string& id, const std::string& observed = {}) {
    auto session = sessions.get(who, "", id, observed);
    return session ? "" : session.error().code;
  }
};

TEST_F(SessionsTest, AnIdOpensNobodyElsesSession) {
  auto anns = *sessions.get(kAnn, "", kId, ""), bobs = *sessions.get(kBob, "", kId, "");
  EXPECT_NE(anns, bobs);
  EXPECT_EQ(*sessions.get(kAnn, "", kId, anns->server_side_id), anns);
  EXPECT_EQ(code(kAnn, kId, bobs->server_side_id), "INVALID_HANDLE.SESSION_CHANGED");
  EXPECT_EQ(code(kAnn, "no-uuid"), "INVALID_HANDLE.FORMAT");
}

TEST_F(SessionsTest, WhatWasReleasedStaysClosed) {
  auto id = (*sessions.get(kAnn, "", kId, ""))->server_side_id;
  EXPECT_EQ(sessions.release(kBob, kId), "");
  EXPECT_EQ(sessions.release(kAnn, kId), id);
  EXPECT_EQ(code(kAnn, kId), "INVALID_HANDLE.SESSION_CLOSED");
}

TEST_F(SessionsTest, IdleSessionsEndAndTheirNumberIsBounded) {
  auto first = (*sessions.get(kAnn, "", kId, ""))->server_side_id;
  (void)sessions.get(kBob, "", kId, "");
  std::string other = kId;
  other[0] = '1';
  EXPECT_EQ(code(kAnn, other), "TOO_MANY_SESSIONS");
  clock.advance(61min);
  EXPECT_EQ(code(kAnn, kId, first), "INVALID_HANDLE.SESSION_NOT_FOUND");
  EXPECT_EQ(code(kAnn, other), "");
}

TEST_F(SessionsTest, AnOperationIsThereOnceUntilNobodyReadsItAnyMore) {
  auto session = *sessions.get(kAnn, "", kId, "");
  auto first = session->add("op", {}, {});
  ASSERT_TRUE(first);
  (*first)->attach(1, clock.now());
  EXPECT_EQ(session->add("op", {}, {}).error().code, "INVALID_HANDLE.OPERATION_ALREADY_EXISTS");
  clock.advance(6min);
  (void)sessions.get(kAnn, "", kId, "");
  EXPECT_TRUE(session->find("op")) << "a stream is reading it";
  (*first)->attach(-1, clock.now());
  clock.advance(6min);
  (void)sessions.get(kAnn, "", kId, "");
  EXPECT_FALSE(session->find("op"));
}

}  // namespace
}  // namespace axonite::protocol::spark_connect
