#include "delta/transaction.h"

#include <gtest/gtest.h>

namespace axonite::delta {
namespace {

std::string code(const Transaction& ours, std::vector<Action> winner) {
  auto reason = conflict_with(ours, winner);
  return reason ? reason->code : "follows";
}

const Transaction kAppend{.read_version = 3, .blind_append = true, .actions = {Add{.path = "new"}}};
const Transaction kOverwrite{.read_version = 3, .actions = {Remove{.path = "a"}, Add{.path = "new"}}};

TEST(ConflictTest, ABlindAppendFollowsDataChanges) {
  EXPECT_EQ(code(kAppend, {Add{.path = "b"}}), "follows");
  EXPECT_EQ(code(kAppend, {Remove{.path = "b"}, Add{.path = "c"}}), "follows");
  EXPECT_EQ(code(kAppend, {Metadata{}}), "MetadataChangedException");
  EXPECT_EQ(code(kAppend, {Protocol{}}), "ProtocolChangedException");
}

TEST(ConflictTest, AnOverwriteFollowsNothingThatTouchesFiles) {
  EXPECT_EQ(code(kOverwrite, {Add{.path = "b"}}), "ConcurrentAppendException");
  EXPECT_EQ(code(kOverwrite, {Remove{.path = "a"}}), "ConcurrentDeleteDeleteException");
  EXPECT_EQ(code(kOverwrite, {Remove{.path = "b"}}), "ConcurrentDeleteReadException");
  EXPECT_EQ(code(kOverwrite, {Add{.path = "a", .data_change = false}}), "follows");
  EXPECT_EQ(code(kOverwrite, {CommitInfo{"{}"}}), "follows");
}

TEST(ConflictTest, TheSameApplicationNeverFollowsItself) {
  Transaction ours = kAppend;
  ours.actions.push_back(Txn{.app_id = "loader", .version = 2});
  EXPECT_EQ(code(ours, {Txn{.app_id = "loader", .version = 1}}), "ConcurrentTransactionException");
  EXPECT_EQ(code(ours, {Txn{.app_id = "other", .version = 1}}), "follows");
}

TEST(ReplayTest, LaterActionsWin) {
  Replay replay;
  std::string schema = R"({"type":"struct","fields":[]})";
  replay.apply({Protocol{}, Metadata{.id = "old", .schema_string = schema}, Add{.path = "a"}, Add{.path = "b", .size = 1}, Txn{.app_id = "x", .version = 1}});
  replay.apply({Remove{.path = "a"}, Add{.path = "b", .size = 2}, Metadata{.id = "new", .schema_string = schema}, Txn{.app_id = "x", .version = 2}});
  auto snapshot = std::move(replay).finish(1);
  ASSERT_TRUE(snapshot);
  ASSERT_EQ(snapshot->files.size(), 1u);
  EXPECT_EQ(snapshot->files[0].size, 2);
  EXPECT_EQ(snapshot->metadata.id, "new");
  EXPECT_EQ(snapshot->transactions.at("x"), 2);
  EXPECT_EQ(snapshot->tombstones.size(), 1u);
}

TEST(ReplayTest, NeedsProtocolAndMetadata) {
  EXPECT_EQ(Replay().finish(0).error().code, "DeltaLogCorrupt");
}

TEST(FeaturesTest, UnknownFeaturesAreRefusedByName) {
  Protocol protocol{.min_reader_version = 3, .min_writer_version = 7, .reader_features = {"deletionVectors"}, .writer_features = {"deletionVectors"}};
  auto refused = check_readable(protocol, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("deletionVectors"), std::string::npos);
  EXPECT_TRUE(check_writable(Protocol{}, Metadata{}));
  EXPECT_FALSE(check_writable(Protocol{}, Metadata{.configuration = {{"delta.constraints.positive", "a > 0"}}}));
}

}  // namespace
}  // namespace axonite::delta
