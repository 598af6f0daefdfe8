#include "store/database.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/id.h"

namespace axonite::store {
namespace {

constexpr std::string_view kMigrations[] = {"CREATE TABLE item(name TEXT PRIMARY KEY, size INTEGER) WITHOUT ROWID"};

class DatabaseTest : public testing::Test {
 protected:
  std::filesystem::path directory_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  std::filesystem::path file_ = directory_ / "test.db";
  void SetUp() override { std::filesystem::create_directories(directory_); }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::unique_ptr<Database> open() {
    auto database = Database::open(file_, kMigrations);
    EXPECT_TRUE(database) << database.error().log;
    return std::move(*database);
  }
  static std::int64_t count(Database& database) {
    auto rows = read<std::int64_t>(database, [](Connection& c) -> Result<std::int64_t> {
      TRY(auto n, c.first("SELECT count(*) FROM item", [](Statement& row) { return row.integer(0); }));
      return n.value_or(-1);
    });
    return rows.value_or(-1);
  }
};

TEST_F(DatabaseTest, KeepsWhatItAcknowledgedAcrossReopen) {
  {
    auto database = open();
    ASSERT_TRUE(database->write([](Connection& c) { return c.execute("INSERT INTO item VALUES(?1,?2)", "a", 1); }));
  }
  EXPECT_EQ(count(*open()), 1);
}

TEST_F(DatabaseTest, AFailedWriteUndoesOnlyItself) {
  auto database = open();
  auto insert = [](std::string name) {
    return [name](Connection& c) { return c.execute("INSERT INTO item VALUES(?1,?2)", name, 1); };
  };
  ASSERT_TRUE(database->write(insert("a")));
  auto failed = database->write([&](Connection& c) -> Result<void> {
    CHECK_OK(c.execute("INSERT INTO item VALUES('b',2)"));
    return c.execute("INSERT INTO item VALUES('a',2)");
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, Error::Kind::conflict);
  EXPECT_EQ(count(*database), 1);
}

TEST_F(DatabaseTest, ManyWritersShareCommits) {
  auto database = open();
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        std::string name = std::to_string(t) + "-" + std::to_string(i);
        if (!database->write([&](Connection& c) { return c.execute("INSERT INTO item VALUES(?1,0)", name); })) ++failures;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(count(*database), 400);
}

TEST_F(DatabaseTest, RefusesANewerFile) {
  open();
  auto refused = Database::open(file_, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "NewerDataDirectory");
}

}  // namespace
}  // namespace axonite::store
