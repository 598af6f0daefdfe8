#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "base/id.h"
#include "engine/fake_lake.h"
#include "engine/glob.h"
#include "engine/session.h"

namespace axonite::engine {
namespace {

class EngineTest : public testing::Test {
 protected:
  std::filesystem::path directory_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  FakeLake lake_;
  std::unique_ptr<Engine> engine_ = open();

  std::unique_ptr<Engine> open() {
    auto engine = Engine::open({.directory = directory_, .memory_limit = "128MB"},
                               [this](const identity::Principal& who) { return fake_view(lake_, who.name); });
    EXPECT_TRUE(engine) << engine.error().message << engine.error().log;
    return std::move(*engine);
  }
  std::unique_ptr<Session> session(std::string account = "mine", std::string database = {}, Dialect dialect = {}) {
    auto opened = engine_->open_session({.principal = {.name = account}, .database = database, .dialect = dialect});
    EXPECT_TRUE(opened) << opened.error().message << opened.error().log;
    return std::move(*opened);
  }
  void TearDown() override {
    engine_.reset();
    std::filesystem::remove_all(directory_);
  }
  static Value one(Session& session, std::string_view sql, std::span<const Value> parameters = {}) {
    auto rows = session.query(sql, parameters);
    if (!rows) return "error: " + rows.error().code + ' ' + rows.error().message + rows.error().log;
    auto more = (*rows)->next();
    if (!more) return "error: " + more.error().code;
    return *more ? (*rows)->value(0, 0) : Value("no row");
  }
  static std::string text(Session& session, std::string_view sql) {
    auto value = one(session, sql);
    return std::holds_alternative<std::string>(value) ? std::get<std::string>(value) : "not text";
  }
  static std::string code(Session& session, std::string_view sql) {
    auto outcome = session.execute(sql);
    return outcome ? "ok" : outcome.error().code;
  }
};

TEST_F(EngineTest, ValuesTravelInDuckDbsOwnSpelling) {
  auto s = session();
  EXPECT_EQ(one(*s, "SELECT 42"), Value(std::int64_t{42}));
  EXPECT_EQ(one(*s, "SELECT NULL"), Value());
  EXPECT_EQ(one(*s, "SELECT 1.5::DOUBLE"), Value(1.5));
  for (auto expression : {"12.340::DECIMAL(9,3)", "(-0.05)::DECIMAL(4,2)", "99999999999999999999::DECIMAL(38,0)", "DATE '2026-02-28'",
                          "DATE '9999-12-31'", "DATE '0001-01-01'", "TIME '01:02:03.4'", "TIMESTAMP '1969-12-31 23:59:59.5'",
                          "UUID 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'", "170141183460469231731687303715884105727::HUGEINT",
                          "INTERVAL '14 months 3 days 4 hours'", "18446744073709551615::UBIGINT", "'b'::ENUM('a','b')"}) {
    EXPECT_EQ(text(*s, std::string("SELECT ") + expression), text(*s, "SELECT (" + std::string(expression) + ")::VARCHAR"))
        << expression;
  }
  EXPECT_EQ(text(*s, "SELECT {'a': [1, NULL], 'b': MAP {'k': 'q\"'}}"), R"({"a":[1,null],"b":{"k":"q\""}})");
}

TEST_F(EngineTest, BindsParametersAndCountsThem) {
  auto s = session();
  Value parameters[] = {std::int64_t{40}, std::string("2")};
  EXPECT_EQ(one(*s, "SELECT $1 + $2::INT", parameters), Value(std::int64_t{42}));
  EXPECT_EQ(s->query("SELECT $1", {}).error().code, "EngineParameter");
}

TEST_F(EngineTest, TellsChangedRowsAndDescribesWithoutRunning) {
  auto s = session();
  EXPECT_EQ(*s->execute("CREATE TABLE t(a INT, b DECIMAL(9,2))"), 0);
  EXPECT_EQ(*s->execute("INSERT INTO t SELECT i, i FROM range(5000) r(i)"), 5000);
  EXPECT_EQ(*s->execute("SELECT * FROM t"), 5000);
  auto rows = s->query("DELETE FROM t WHERE a < 10");
  EXPECT_TRUE((*rows)->columns().empty());
  EXPECT_EQ((*rows)->rows_changed(), 10);
  auto columns = s->describe("SELECT a, b FROM t WHERE a = $1");
  ASSERT_TRUE(columns);
  EXPECT_EQ((*columns)[1].name, "b");
  EXPECT_EQ((*columns)[1].type.precision, 9);
}

TEST_F(EngineTest, ErrorsKeepTheirKind) {
  auto s = session();
  EXPECT_EQ(code(*s, "SELEC 1"), "EngineSyntax");
  EXPECT_EQ(code(*s, "SELECT nothing"), "EngineBinder");
  EXPECT_EQ(code(*s, "SELECT * FROM nowhere"), "EngineCatalog");
  EXPECT_EQ(code(*s, "SELECT 'x'::INT"), "EngineConversion");
  EXPECT_EQ(code(*s, "SELECT 300::TINYINT"), "EngineConversion");
  EXPECT_EQ(code(*s, "SELECT error('mine')"), "EngineInput");
  EXPECT_EQ(code(*s, "SELECT 1; SELECT 2"), "EngineSyntax");
  EXPECT_EQ(code(*s, ""), "EngineSyntax");
}

TEST_F(EngineTest, KnowsItsTransaction) {
  auto s = session();
  EXPECT_FALSE(s->in_transaction());
  ASSERT_EQ(code(*s, "CREATE TABLE t(a INT PRIMARY KEY)"), "ok");
  ASSERT_EQ(code(*s, "BEGIN TRANSACTION"), "ok");
  EXPECT_TRUE(s->in_transaction());
  ASSERT_EQ(code(*s, "INSERT INTO t VALUES (1)"), "ok");
  EXPECT_EQ(code(*s, "INSERT INTO t VALUES (1)"), "EngineConstraint");
  EXPECT_EQ(code(*s, "SELECT 1"), "EngineTransactionAborted");
  EXPECT_TRUE(s->in_transaction());
  ASSERT_EQ(code(*s, "ROLLBACK"), "ok");
  EXPECT_FALSE(s->in_transaction());
  EXPECT_EQ(one(*s, "SELECT count(*) FROM t"), Value(std::int64_t{0}));
}

TEST_F(EngineTest, DialectAndTimeZoneBelongToOneSession) {
  auto tsql = session("mine", {}, {.integer_division = true, .ieee_floating_point_ops = false,
                                   .default_null_order = "nulls_first_on_asc_last_on_desc", .default_collation = "nocase"});
  auto plain = session();
  ASSERT_TRUE(tsql->set_time_zone("Europe/Berlin"));
  EXPECT_EQ(tsql->set_time_zone("Mars/Olympus").error().kind, Error::Kind::invalid);
  auto all = "SELECT concat_ws(' ', 7/2, 'a'='A', (SELECT list(x ORDER BY x) FROM (VALUES (1),(NULL)) t(x)), "
             "current_setting('TimeZone'))";
  EXPECT_EQ(text(*tsql, all), "3 true [NULL, 1] Europe/Berlin");
  EXPECT_EQ(text(*plain, all), "3.5 false [1, NULL] UTC");
  EXPECT_EQ(text(*plain, "SELECT (1/0.0::DOUBLE)::VARCHAR"), "inf");
  EXPECT_NE(text(*tsql, "SELECT (1/0.0::DOUBLE)::VARCHAR"), "inf");
}

TEST_F(EngineTest, ScratchDatabasesArePrivate) {
  auto a = session(), b = session();
  ASSERT_EQ(code(*a, "CREATE TABLE t AS SELECT 1 x"), "ok");
  EXPECT_EQ(code(*b, "SELECT * FROM t"), "EngineCatalog");
  EXPECT_EQ(code(*b, "SELECT * FROM scratch_1.t"), "EngineDatabase");
  EXPECT_EQ(code(*b, "INSERT INTO scratch_1.t VALUES (2)"), "EngineDatabase");
}

TEST_F(EngineTest, PoolsAreSharedByTheirSessionsAndClosedToOthers) {
  ASSERT_TRUE(engine_->attach("ws/Pool1"));
  ASSERT_TRUE(engine_->attach("WS/pool1"));
  ASSERT_TRUE(engine_->attach("ws/pool2"));
  auto a = session("mine", "ws/pool1"), b = session("mine", "WS/POOL1"), other = session("mine", "ws/pool2");
  ASSERT_EQ(code(*a, "CREATE TABLE t AS SELECT 1 x"), "ok");
  EXPECT_EQ(one(*b, "SELECT x FROM t"), Value(std::int64_t{1}));
  EXPECT_EQ(code(*other, "SELECT x FROM \"ws/pool1\".t"), "EngineDatabase");
  (void)other->execute("CREATE VIEW v AS SELECT x FROM \"ws/pool1\".t");
  EXPECT_EQ(code(*other, "SELECT x FROM v"), "EngineDatabase");
  EXPECT_EQ(engine_->open_session({.database = "ws/none"}).error().code, "DatabaseNotFound");
  b.reset();
  ASSERT_TRUE(engine_->drop("ws/pool1"));
  EXPECT_EQ(engine_->drop("ws/pool1").error().code, "DatabaseNotFound");
  EXPECT_NE(code(*a, "SELECT x FROM t"), "ok");
}

TEST_F(EngineTest, ConflictingWritesAreNamed) {
  ASSERT_TRUE(engine_->attach("ws/p"));
  auto a = session("mine", "ws/p"), b = session("mine", "ws/p");
  ASSERT_EQ(code(*a, "CREATE TABLE t AS SELECT 1 x"), "ok");
  ASSERT_EQ(code(*a, "BEGIN TRANSACTION"), "ok");
  ASSERT_EQ(code(*a, "UPDATE t SET x = 2"), "ok");
  EXPECT_EQ(code(*b, "UPDATE t SET x = 3"), "EngineTransactionConflict");
}

TEST_F(EngineTest, ParquetAndCsvGoThroughTheLake) {
  auto s = session();
  ASSERT_EQ(code(*s, "COPY (SELECT i, i % 7 AS j FROM range(10000) r(i)) TO 'lake://mine/raw/a/1.parquet'"), "ok");
  ASSERT_EQ(code(*s, "COPY (SELECT 1 i, 2 j) TO 'lake://mine/raw/a/b/2.parquet'"), "ok");
  ASSERT_EQ(code(*s, "COPY (SELECT 5 i) TO 'lake://mine/raw/c.csv' (HEADER)"), "ok");
  EXPECT_EQ(one(*s, "SELECT count(*) FROM 'lake://mine/raw/**/*.parquet'"), Value(std::int64_t{10001}));
  EXPECT_EQ(one(*s, "SELECT count(*) FROM 'lake://mine/raw/*/*.parquet'"), Value(std::int64_t{10000}));
  EXPECT_EQ(one(*s, "SELECT i FROM read_csv('lake://mine/raw/*.csv')"), Value(std::int64_t{5}));
  ASSERT_EQ(code(*s, "COPY (SELECT 1 i) TO 'lake://mine/raw/a/1.parquet'"), "ok");
  EXPECT_EQ(one(*s, "SELECT count(*) FROM 'lake://mine/raw/a/1.parquet'"), Value(std::int64_t{1}));
  ASSERT_EQ(code(*s, "COPY (SELECT i, i % 2 AS p FROM range(10) r(i)) TO 'lake://mine/raw/parts' (FORMAT parquet, PARTITION_BY p)"), "ok");
  EXPECT_EQ(one(*s, "SELECT sum(p)::BIGINT FROM read_parquet('lake://mine/raw/parts/*/*.parquet', hive_partitioning=true)"), Value(std::int64_t{5}));
}

TEST_F(EngineTest, AFailedCopyLeavesNothing) {
  auto s = session();
  EXPECT_EQ(code(*s, "COPY (SELECT error('x') FROM range(100000)) TO 'lake://mine/raw/x.parquet'"), "EngineInput");
  EXPECT_TRUE(lake_.files.empty());
}

TEST_F(EngineTest, RightsAreThoseOfTheSessionsCaller) {
  auto mine = session("mine"), theirs = session("theirs");
  ASSERT_EQ(code(*mine, "COPY (SELECT 1 i) TO 'lake://mine/raw/a.parquet'"), "ok");
  for (int round = 0; round < 3; ++round) {  // also with warm caches
    EXPECT_EQ(one(*mine, "SELECT i FROM 'lake://mine/raw/a.parquet'"), Value(std::int64_t{1}));
    auto read = theirs->query("SELECT i FROM 'lake://mine/raw/a.parquet'");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, Error::Kind::forbidden);
    EXPECT_EQ(read.error().code, "AuthorizationPermissionMismatch");
    EXPECT_EQ(code(*theirs, "SELECT i FROM 'lake://mine/raw/*.parquet'"), "AuthorizationPermissionMismatch");
    EXPECT_EQ(code(*theirs, "COPY (SELECT 2) TO 'lake://mine/raw/b.parquet'"), "AuthorizationPermissionMismatch");
  }
  EXPECT_EQ(code(*mine, "SELECT * FROM 'lake://mine/raw/none.parquet'"), "EngineIo");
}

TEST_F(EngineTest, TheMachineIsOutOfReach) {
  ASSERT_TRUE(engine_->attach("ws/p"));
  auto s = session("mine", "ws/p");
  auto outside = directory_.parent_path() / ("axonite-outside-" + new_uuid() + ".csv");
  std::ofstream(outside) << "secret\n1\n";
  auto inside = (directory_ / "ws%2Fp.duckdb").string();
  for (auto& sql : std::initializer_list<std::string>{"SELECT * FROM read_csv('" + outside.string() + "')", "SELECT * FROM '" + outside.string() + "'",
                   "SELECT * FROM read_blob('" + inside + "')", "SELECT * FROM glob('/etc/*')", "SELECT * FROM read_text('/etc/passwd')",
                   "COPY (SELECT 1) TO '" + outside.string() + "'", "COPY (SELECT 1) TO '" + (directory_ / "x.csv").string() + "'",
                   "CREATE TABLE t AS FROM read_csv('file://" + outside.string() + "')", "SELECT * FROM 'https://localhost/x.parquet'",
                   "ATTACH '" + inside + "' AS again", "ATTACH ':memory:' AS m", "DETACH \"ws/p\"",
                   "LOAD httpfs", "INSTALL httpfs", "FORCE INSTALL delta",
                   "SET threads = 1", "SET SESSION integer_division = true", "RESET ALL",
                   "PRAGMA memory_limit='1GB'", "SET enable_external_access = true",
                   "EXPORT DATABASE '" + directory_.string() + "/e'", "CALL enable_logging()",
                   "SELECT * FROM enable_logging(storage='file')", "COPY FROM DATABASE \"ws/p\" TO temp",
                   "PREPARE p AS SELECT 1", "SET VARIABLE x = 1", "CREATE PERSISTENT SECRET s (TYPE http)"}) {
    EXPECT_NE(code(*s, sql), "ok") << sql;
  }
  std::filesystem::remove(outside);
  EXPECT_EQ(one(*s, "SELECT 1"), Value(std::int64_t{1}));
}

TEST_F(EngineTest, InterruptEndsAStatementFast) {
  auto s = session();
  std::chrono::steady_clock::time_point asked;
  std::jthread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    asked = std::chrono::steady_clock::now();
    s->interrupt();
  });
  auto outcome = s->execute("SELECT sum(a.i * b.i) FROM range(1000000) a(i), range(1000000) b(i)");
  auto took = std::chrono::steady_clock::now() - asked;
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, "QueryCancelled");
  EXPECT_LT(took, std::chrono::milliseconds(250));
  EXPECT_EQ(one(*s, "SELECT 1"), Value(std::int64_t{1}));
}

TEST_F(EngineTest, SpillsToItsOwnFolderAndSaysWhenMemoryEnds) {
  auto s = session();
  EXPECT_EQ(*s->execute("SELECT * FROM (SELECT i, md5(i::VARCHAR) m FROM range(2000000) r(i)) ORDER BY m LIMIT 1500000"), 1500000);
  EXPECT_EQ(code(*s, "SELECT length(list(md5(i::VARCHAR))::VARCHAR) FROM range(10000000) r(i)"), "EngineOutOfMemory");
}

TEST_F(EngineTest, ClosingCheckpointsThePools) {
  ASSERT_TRUE(engine_->attach("ws/p"));
  ASSERT_EQ(code(*session("mine", "ws/p"), "CREATE TABLE t AS SELECT 7 x"), "ok");
  engine_.reset();
  EXPECT_FALSE(std::filesystem::exists(directory_ / "ws%2Fp.duckdb.wal"));
  engine_ = open();
  ASSERT_TRUE(engine_->attach("ws/p"));
  EXPECT_EQ(one(*session("mine", "ws/p"), "SELECT x FROM t"), Value(std::int64_t{7}));
}

TEST_F(EngineTest, CommittedRowsSurviveAKill) {
  engine_.reset();
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  auto child = fork();
  if (child == 0) {
    auto engine = open();
    (void)engine->attach("ws/p");
    engine_ = std::move(engine);
    auto s = session("mine", "ws/p");
    bool done = s->execute("CREATE TABLE t(x INT)") && s->execute("INSERT INTO t SELECT i FROM range(1000) r(i)") &&
                s->execute("BEGIN TRANSACTION") && s->execute("INSERT INTO t VALUES (-1)");
    (void)!write(pipe_ends[1], done ? "y" : "n", 1);
    pause();
  }
  char answer = 0;
  ASSERT_EQ(read(pipe_ends[0], &answer, 1), 1);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_EQ(answer, 'y');
  engine_ = open();
  ASSERT_TRUE(engine_->attach("ws/p"));
  EXPECT_EQ(one(*session("mine", "ws/p"), "SELECT count(*) FROM t"), Value(std::int64_t{1000}));
}

TEST(Glob, MatchesSegments) {
  EXPECT_TRUE(glob_matches("a/*.csv", "a/b.csv"));
  EXPECT_FALSE(glob_matches("a/*.csv", "a/b/c.csv"));
  EXPECT_TRUE(glob_matches("a/**/*.csv", "a/c.csv"));
  EXPECT_TRUE(glob_matches("a/**", "a/b/c"));
  EXPECT_TRUE(glob_matches("x[0-9]?", "x5y"));
  EXPECT_FALSE(glob_matches("x[!0-9]", "x5"));
  EXPECT_TRUE(glob_matches("a[*]", "a*"));
  EXPECT_FALSE(glob_matches("a[*]", "ab"));
  EXPECT_TRUE(glob_matches("a[b", "a[b"));
  EXPECT_FALSE(glob_matches(std::string(500, '*') + "b", std::string(5000, 'a')));
  EXPECT_EQ(folder_before_wildcard("a/b/*.csv"), "a/b");
  EXPECT_EQ(folder_before_wildcard("*.csv"), "");
}

TEST(Quote, DoublesItsQuotes) {
  EXPECT_EQ(quote_identifier("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(quote_literal("it's"), "'it''s'");
}

}  // namespace
}  // namespace axonite::engine
