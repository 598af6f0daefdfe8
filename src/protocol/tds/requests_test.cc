// Requests byte by byte: what reaches the session, and the tokens that come back.
#include <mutex>

#include "protocol/tds/server_fixture.h"

namespace axonite::protocol::tds {
namespace {

using namespace std::string_literals;

// What a session was asked, and how it is to behave: the text of a batch says it.
struct Asked {
  std::vector<std::string> texts;
  std::vector<std::vector<tsql::Parameter>> parameters;
  int resets = 0;
};

class ScriptedSession : public tsql::Session {
 public:
  explicit ScriptedSession(Asked& asked) : asked_(asked) {}

  Result<void> batch(std::string_view text, tsql::Sink& sink) override { return batch(text, {}, sink); }
  Result<void> batch(std::string_view text, std::span<tsql::Parameter> parameters, tsql::Sink& sink) override {
    asked_.texts.emplace_back(text);
    asked_.parameters.emplace_back(parameters.begin(), parameters.end());
    for (auto& parameter : parameters) {
      if (parameter.output) parameter.value = std::int64_t{42};
    }
    if (text == "silent") return ok();
    if (text == "fail") {
      CHECK_OK(sink.message({.number = 8134, .severity = 16, .state = 1, .line = 2, .text = "Divide by zero error encountered.", .procedure = {}}));
      return sink.statement_done(tsql::Command::other, {});
    }
    if (text == "begin") return begin(sink);
    if (text == "die") {
      CHECK_OK(sink.transaction_changed(false, true));
      return sink.message({.number = 1205, .severity = 13, .text = "deadlock", .procedure = {}});
    }
    if (text == "wait") {
      while (!interrupted_) usleep(1'000);
      return sink.statement_done(tsql::Command::update, 9);
    }
    CHECK_OK(sink.statement_done(tsql::Command::insert, 3));
    return text == "two" ? sink.statement_done(tsql::Command::delete_, {}) : ok();
  }
  Result<bool> batch_once(std::string_view, std::string_view, tsql::Sink&) override { return std::unexpected(unsupported("BatchOnce", "not of TDS")); }
  Result<void> call(std::string_view procedure, std::span<tsql::Parameter> parameters, tsql::Sink& sink) override {
    asked_.texts.push_back("call " + std::string(procedure));
    asked_.parameters.emplace_back(parameters.begin(), parameters.end());
    return sink.return_status(7);
  }
  Result<std::vector<tsql::Column>> describe(std::string_view, std::span<const tsql::Parameter>) override { return std::vector<tsql::Column>(); }
  // "@a @b": all int.
  Result<std::vector<tsql::Parameter>> parse_declarations(std::string_view text) override {
    if (text.contains("broken")) return std::unexpected(invalid("SqlSyntax", "Incorrect syntax near 'broken'."));
    std::vector<tsql::Parameter> declared;
    for (std::size_t at = text.find('@'); at != text.npos; at = text.find('@', at + 1)) {
      declared.push_back({.name = std::string(text.substr(at, text.find(' ', at) - at)), .type = {.id = tsql::TypeId::int_}});
    }
    return declared;
  }
  Result<void> begin(tsql::Sink& sink) override { return sink.transaction_changed(true, false); }
  Result<void> commit(tsql::Sink& sink) override { return sink.transaction_changed(false, false); }
  Result<void> rollback(tsql::Sink& sink) override { return sink.transaction_changed(false, true); }
  Result<void> reset() override {
    ++asked_.resets;
    return ok();
  }
  std::string_view database() const override { return "pool"; }
  void interrupt() override { interrupted_ = true; }

 private:
  Asked& asked_;
  std::atomic<bool> interrupted_ = false;
};

const std::string kHeaders("\x16\0\0\0\x12\0\0\0\2\0\0\0\0\0\0\0\0\0\1\0\0\0", 22);

// An RPC by number, as drivers build it.
class RpcBytes {
 public:
  explicit RpcBytes(std::uint16_t procedure) {
    bytes_.add(kHeaders);
    next(procedure);
  }
  RpcBytes& text(std::string_view name, std::string_view value) {
    auto utf16 = to_utf16(value);
    bytes_.b_varchar(name);
    bytes_.u8(0);
    bytes_.u8(0xE7), bytes_.u16(8000), bytes_.add("\x09\x04\xD0\x00\x34"s);
    bytes_.u16(static_cast<std::uint16_t>(utf16.size()));
    bytes_.add(utf16);
    return *this;
  }
  RpcBytes& integer(std::string_view name, std::optional<std::int32_t> value, bool output = false) {
    bytes_.b_varchar(name);
    bytes_.u8(output ? 1 : 0);
    bytes_.u8(0x26), bytes_.u8(4), bytes_.u8(value ? 4 : 0);
    if (value) bytes_.u32(static_cast<std::uint32_t>(*value));
    return *this;
  }
  RpcBytes& raw(std::string_view bytes) {
    bytes_.add(bytes);
    return *this;
  }
  RpcBytes& then(std::uint16_t procedure) {
    bytes_.u8(0xFF);
    next(procedure);
    return *this;
  }
  std::string_view view() const { return bytes_.view(); }

 private:
  void next(std::uint16_t procedure) { bytes_.u16(0xFFFF), bytes_.u16(procedure), bytes_.u16(0); }
  Bytes bytes_;
};

enum : std::uint16_t { kExecuteSql = 10, kPrepare = 11, kExecute = 12, kPrepExec = 13, kUnprepare = 15 };

// RETURNVALUE of an int.
std::string returned(std::uint16_t ordinal, std::string_view name, std::int32_t value) {
  Bytes bytes;
  bytes.u8(0xAC), bytes.u16(ordinal), bytes.b_varchar(name), bytes.u8(1), bytes.u32(0), bytes.u16(1);
  bytes.u8(0x26), bytes.u8(4), bytes.u8(4), bytes.u32(static_cast<std::uint32_t>(value));
  return std::string(bytes.view());
}

std::string done(std::uint8_t token, std::uint16_t status, std::uint16_t command = 0, std::uint64_t count = 0) {
  Bytes bytes;
  bytes.u8(token), bytes.u16(status), bytes.u16(command), bytes.u64(count);
  return std::string(bytes.view());
}

std::string status(std::int32_t value) { return "\x79" + std::string(reinterpret_cast<char*>(&value), 4); }

// What an ERROR token starts with behind its length.
std::string error(std::uint32_t number) { return std::string(reinterpret_cast<char*>(&number), 4); }

class TdsRequestsTest : public TdsServerTest {
 protected:
  std::unique_ptr<tsql::Session> open_session() override { return std::make_unique<ScriptedSession>(asked_); }
  void SetUp() override { ASSERT_TRUE(log_in().contains("\xAD")); }
  std::string rpc(const RpcBytes& bytes) { return ask(PacketType::rpc, bytes.view()); }
  std::string transaction(std::string_view body) { return ask(PacketType::transaction, kHeaders + std::string(body)); }
  // One packet with a status of its own.
  std::string batch_with_status(std::uint8_t packet_status, std::string_view sql) {
    auto body = kHeaders + to_utf16(sql);
    auto bytes = static_cast<std::uint16_t>(body.size() + 8);
    std::string packet{1, static_cast<char>(packet_status | 1), static_cast<char>(bytes >> 8), static_cast<char>(bytes), 0, 0, 1, 0};
    EXPECT_TRUE(client_->write(packet + body, net::in(std::chrono::seconds(5))));
    return answer();
  }
  std::int64_t integer(std::size_t batch, std::size_t parameter) {
    auto value = std::get_if<std::int64_t>(&asked_.parameters.at(batch).at(parameter).value);
    return value ? *value : -1;
  }
  Asked asked_;
};

TEST_F(TdsRequestsTest, EveryStatementHasADoneAndOnlyTheLastEnds) {
  EXPECT_EQ(batch("one"), done(0xFD, 0x10, 0xC3, 3));
  EXPECT_EQ(batch("two"), done(0xFD, 0x11, 0xC3, 3) + done(0xFD, 0, 0xC4)) << "no count, no DONE_COUNT";
  EXPECT_EQ(batch("silent"), done(0xFD, 0)) << "a batch of declarations alone";
}

TEST_F(TdsRequestsTest, AnErrorMarksTheDone) {
  auto got = batch("fail");
  EXPECT_TRUE(got.contains(error(8134) + "\1\x10"s));
  EXPECT_TRUE(got.ends_with(done(0xFD, 2)));
  EXPECT_EQ(batch("one"), done(0xFD, 0x10, 0xC3, 3)) << "and no later one";
}

TEST_F(TdsRequestsTest, ExecuteSqlPassesParametersByNameAndByPosition) {
  auto got = rpc(RpcBytes(kExecuteSql).text("", "one").text("", "@a int, @b int").integer("@B", 2).integer("@a", 1));
  EXPECT_EQ(got, done(0xFF, 0x11, 0xC3, 3) + status(0) + done(0xFE, 0));
  EXPECT_EQ(integer(0, 0), 1);
  EXPECT_EQ(integer(0, 1), 2);
  rpc(RpcBytes(kExecuteSql).text("", "one").text("", "@a int, @b int").integer("", 3).integer("", 4));
  EXPECT_EQ(integer(1, 0), 3);
  EXPECT_EQ(integer(1, 1), 4);
}

TEST_F(TdsRequestsTest, OutputsComeBackUnderTheClientsNameAfterTheStatus) {
  auto got = rpc(RpcBytes(kExecuteSql).text("", "one").text("", "@a int, @b int").integer("@a", 1).integer("@B", {}, true));
  EXPECT_EQ(got, done(0xFF, 0x11, 0xC3, 3) + status(0) + returned(3, "@B", 42) + done(0xFE, 0));
}

TEST_F(TdsRequestsTest, ParametersThatDoNotFitAreRefusedByNumber) {
  auto missing = rpc(RpcBytes(kExecuteSql).text("", "one").text("", "@a int, @b int").integer("@a", 1));
  EXPECT_TRUE(missing.contains(error(8178)));
  EXPECT_TRUE(missing.ends_with(status(8178) + done(0xFE, 2)));
  EXPECT_TRUE(rpc(RpcBytes(kExecuteSql).text("", "one").text("", "@a int").integer("@c", 1)).contains(error(8145)));
  EXPECT_TRUE(rpc(RpcBytes(kExecuteSql).text("", "one").text("", "@a int").integer("", 1).integer("", 2)).contains(error(8144)));
  EXPECT_TRUE(rpc(RpcBytes(kExecuteSql).text("", "one").text("", "broken").integer("", 1)).contains(error(102)));
  EXPECT_TRUE(asked_.texts.empty());
}

TEST_F(TdsRequestsTest, AFailingCallSaysItsErrorAsStatusAndReturnsNoOutputs) {
  auto got = rpc(RpcBytes(kExecuteSql).text("", "fail").text("", "@a int").integer("@a", {}, true));
  EXPECT_TRUE(got.ends_with(done(0xFF, 3) + status(8134) + done(0xFE, 0)));
}

TEST_F(TdsRequestsTest, PreparedStatementsLiveFromHandleToUnprepare) {
  auto prepared = rpc(RpcBytes(kPrepare).integer("@handle", {}, true).text("@params", "@a int").text("@stmt", "one"));
  EXPECT_EQ(prepared, status(0) + returned(0, "@handle", 1) + done(0xFE, 0));
  EXPECT_TRUE(asked_.texts.empty());
  EXPECT_EQ(rpc(RpcBytes(kExecute).integer("", 1).integer("@a", 5)), done(0xFF, 0x11, 0xC3, 3) + status(0) + done(0xFE, 0));
  EXPECT_EQ(integer(0, 0), 5);
  EXPECT_EQ(rpc(RpcBytes(kUnprepare).integer("", 1)), status(0) + done(0xFE, 0));
  EXPECT_TRUE(rpc(RpcBytes(kExecute).integer("", 1).integer("@a", 5)).contains(error(8179)));
  EXPECT_TRUE(rpc(RpcBytes(kUnprepare).integer("", 1)).contains(error(8179)));
}

TEST_F(TdsRequestsTest, PrepareAndExecuteGivesTheHandleBeforeOtherOutputs) {
  auto got = rpc(RpcBytes(kPrepExec).integer("@handle", {}, true).text("", "@a int").text("", "one").integer("@a", 1, true));
  EXPECT_EQ(got, done(0xFF, 0x11, 0xC3, 3) + status(0) + returned(0, "@handle", 1) + returned(3, "@a", 42) + done(0xFE, 0));
  // A handle that comes in is given back by the same call.
  rpc(RpcBytes(kPrepExec).integer("@handle", 1, true).text("", "").text("", "two"));
  EXPECT_TRUE(rpc(RpcBytes(kExecute).integer("", 1)).contains(error(8179)));
  EXPECT_FALSE(rpc(RpcBytes(kExecute).integer("", 2)).contains(error(8179)));
}

TEST_F(TdsRequestsTest, SeveralCallsInOneMessageEachEnd) {
  auto got = rpc(RpcBytes(kExecuteSql).text("", "one").then(kExecuteSql).text("", "silent"));
  EXPECT_EQ(got, done(0xFF, 0x11, 0xC3, 3) + status(0) + done(0xFE, 1) + status(0) + done(0xFE, 0));
}

TEST_F(TdsRequestsTest, ProceduresGoToTheSessionByName) {
  Bytes bytes;
  bytes.add(kHeaders);
  bytes.us_varchar("[sys].sp_tables"), bytes.u16(0);
  EXPECT_EQ(ask(PacketType::rpc, bytes.view()), status(7) + done(0xFE, 0));
  EXPECT_EQ(asked_.texts.back(), "call [sys].sp_tables");
  Bytes known;
  known.add(kHeaders);
  known.us_varchar("[pool].sys.sp_executesql"), known.u16(0);
  EXPECT_TRUE(ask(PacketType::rpc, std::string(known.view()) + std::string(RpcBytes(0).text("", "one").view().substr(28))).contains(status(0)));
  EXPECT_EQ(asked_.texts.back(), "one");
}

TEST_F(TdsRequestsTest, WhatIsNotSupportedEndsTheCallAndNotTheConnection) {
  auto table = rpc(RpcBytes(kExecuteSql).text("", "one").raw("\0\0\xF3"s));  // a table-valued parameter
  EXPECT_TRUE(table.contains(error(104385)));
  EXPECT_TRUE(table.ends_with(done(0xFE, 2)));
  EXPECT_TRUE(rpc(RpcBytes(2)).ends_with(done(0xFE, 2))) << "a server cursor";
  EXPECT_TRUE(transaction("\x09\0\1s\0"s).ends_with(done(0xFD, 2))) << "a savepoint";
  EXPECT_EQ(batch("one"), done(0xFD, 0x10, 0xC3, 3));
}

TEST_F(TdsRequestsTest, BrokenCallsAreRefused) {
  for (auto& body : {kHeaders + "\xFF\xFF\x63\0\0\0"s, kHeaders + "\xFF"s, kHeaders + "\xFF\xFF\x0A\0\0\0\0\0\xE7"s, "\xFF\xFF\xFF\x7F"s, "\3\0\0\0"s}) {
    EXPECT_TRUE(ask(PacketType::rpc, body).contains(error(4002))) << body.size();
  }
  EXPECT_EQ(batch("one"), done(0xFD, 0x10, 0xC3, 3));
}

TEST_F(TdsRequestsTest, TransactionRequestsGiveTheDescriptorAndTakeItBack) {
  auto begun = transaction("\5\0\0\0"s);
  ASSERT_TRUE(begun.starts_with("\xE3\x0B\0\x08\x08"s));
  auto descriptor = begun.substr(5, 8);
  EXPECT_EQ(begun, "\xE3\x0B\0\x08\x08"s + descriptor + "\0"s + done(0xFD, 0));
  EXPECT_EQ(transaction("\7\0\0\0"s), "\xE3\x0B\0\x09\0\x08"s + descriptor + done(0xFD, 0));
  auto second = transaction("\5\0\0\0"s).substr(5, 8);
  EXPECT_NE(second, descriptor);
  auto rolled_back = transaction("\x08\0\0\1\0\0"s);  // and a new one begins
  EXPECT_TRUE(rolled_back.starts_with("\xE3\x0B\0\x0A\0\x08"s + second + "\xE3\x0B\0\x08\x08"s));
}

TEST_F(TdsRequestsTest, AnErrorThatKillsTheTransactionTellsIt) {
  auto descriptor = batch("begin").substr(5, 8);
  EXPECT_TRUE(batch("die").starts_with("\xE3\x0B\0\x0A\0\x08"s + descriptor));
}

TEST_F(TdsRequestsTest, AResetComesFirstAndTellsTheLostTransaction) {
  rpc(RpcBytes(kPrepare).integer("@handle", {}, true).text("", "").text("", "one"));
  auto descriptor = batch("begin").substr(5, 8);
  EXPECT_EQ(batch_with_status(0x08, "one"), "\xE3\3\0\x12\0\0"s + "\xE3\x0B\0\x0A\0\x08"s + descriptor + done(0xFD, 0x10, 0xC3, 3));
  EXPECT_EQ(asked_.resets, 1);
  EXPECT_TRUE(rpc(RpcBytes(kExecute).integer("", 1)).contains(error(8179))) << "prepared statements go with it";
  EXPECT_EQ(batch_with_status(0x08, "one"), "\xE3\3\0\x12\0\0"s + done(0xFD, 0x10, 0xC3, 3));
}

TEST_F(TdsRequestsTest, AResetThatKeepsATransactionIsRefused) {
  batch("begin");
  auto refused = batch_with_status(0x10, "one");
  EXPECT_TRUE(refused.contains(error(104385)));
  EXPECT_TRUE(refused.ends_with(done(0xFD, 2)));
  EXPECT_EQ(asked_.resets, 0);
  transaction("\7\0\0\0"s);
  EXPECT_EQ(batch_with_status(0x10, "one"), "\xE3\3\0\x12\0\0"s + done(0xFD, 0x10, 0xC3, 3));
}

TEST_F(TdsRequestsTest, AttentionIsAcknowledgedWhetherSomethingRunsOrNot) {
  EXPECT_EQ(ask(PacketType::attention, ""), done(0xFD, 0x20));
  send(PacketType::batch, kHeaders + to_utf16("wait"));
  EXPECT_TRUE(ask(PacketType::attention, "").ends_with(done(0xFD, 0x20)));
  EXPECT_EQ(batch("one"), done(0xFD, 0x10, 0xC3, 3));
}

}  // namespace
}  // namespace axonite::protocol::tds
