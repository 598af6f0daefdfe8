#include "store/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/log.h"

namespace axonite::store {
namespace {

constexpr std::chrono::milliseconds kGatherMax{5};

Error sqlite_error(sqlite3* handle, std::string_view what) {
  int code = sqlite3_extended_errcode(handle);
  std::string log = std::string(what) + ": " + sqlite3_errmsg(handle);
  if ((code & 0xFF) == SQLITE_FULL) {
    Error error = unavailable("DiskFull", "The disk of the data directory is full.");
    error.log = std::move(log);
    return error;
  }
  if ((code & 0xFF) == SQLITE_CONSTRAINT) {
    Error error = conflict("ConstraintViolated", "The change conflicts with what is stored.");
    error.log = std::move(log);
    return error;
  }
  return internal(std::move(log));
}

class SqliteStatement : public Statement {
 public:
  SqliteStatement(sqlite3* handle, sqlite3_stmt* statement) : handle_(handle), statement_(statement) {}
  ~SqliteStatement() override { sqlite3_finalize(statement_); }

  void bind(int index, std::int64_t value) override { sqlite3_bind_int64(statement_, index, value); }
  void bind(int index, double value) override { sqlite3_bind_double(statement_, index, value); }
  void bind(int index, std::string_view text) override {
    sqlite3_bind_text64(statement_, index, text.data() ? text.data() : "", text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  void bind(int index, const Blob& blob) override {
    sqlite3_bind_blob64(statement_, index, blob.bytes.data(), blob.bytes.size(), SQLITE_TRANSIENT);
  }
  void bind(int index, Null) override { sqlite3_bind_null(statement_, index); }

  Result<bool> step() override {
    int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) {
      sqlite3_reset(statement_);
      return false;
    }
    Error error = sqlite_error(handle_, sqlite3_sql(statement_));
    sqlite3_reset(statement_);
    return std::unexpected(std::move(error));
  }
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  double real(int column) const override { return sqlite3_column_double(statement_, column); }
  std::string_view text(int column) const override {
    const void* data = sqlite3_column_blob(statement_, column);
    return {static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

  void reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3* handle_;
  sqlite3_stmt* statement_;
};

class SqliteConnection : public Connection {
 public:
  static Result<std::unique_ptr<SqliteConnection>> open(const std::filesystem::path& file, bool writer) {
    sqlite3* handle = nullptr;
    int flags = (writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(file.c_str(), &handle, flags, nullptr) != SQLITE_OK) {
      Error error = internal("open " + file.string() + ": " + sqlite3_errmsg(handle));
      sqlite3_close(handle);
      return std::unexpected(std::move(error));
    }
    auto connection = std::make_unique<SqliteConnection>(handle);
    sqlite3_busy_timeout(handle, 5000);
    CHECK_OK(connection->run("PRAGMA journal_mode=WAL"));
    CHECK_OK(connection->run("PRAGMA synchronous=FULL"));
    CHECK_OK(connection->run("PRAGMA foreign_keys=ON"));
    CHECK_OK(connection->run("PRAGMA temp_store=MEMORY"));
    CHECK_OK(connection->run("PRAGMA mmap_size=268435456"));
    if (writer) CHECK_OK(connection->run("PRAGMA wal_autocheckpoint=4000"));  // pages; a checkpoint costs two fsyncs
    return connection;
  }
  explicit SqliteConnection(sqlite3* handle) : handle_(handle) {}
  ~SqliteConnection() override {
    statements_.clear();
    sqlite3_close(handle_);
  }

  Result<Statement*> prepare(std::string_view sql) override {
    if (auto found = statements_.find(sql); found != statements_.end()) {
      found->second->reset();
      return found->second.get();
    }
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement,
                           nullptr) != SQLITE_OK)
      return std::unexpected(sqlite_error(handle_, sql));
    auto owned = std::make_unique<SqliteStatement>(handle_, statement);
    Statement* result = owned.get();
    statements_.emplace(std::string(sql), std::move(owned));
    return result;
  }
  std::int64_t changes() const override { return sqlite3_changes64(handle_); }
  std::int64_t last_insert_id() const override { return sqlite3_last_insert_rowid(handle_); }

  // Once more, without parsing it again: BEGIN, COMMIT and the like.
  Result<void> again(std::string_view sql) { return execute(sql); }

  // For statements without parameters, and for scripts.
  Result<void> run(const char* sql) {
    if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
      return std::unexpected(sqlite_error(handle_, sql));
    return ok();
  }
  bool in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  sqlite3* handle_;
  std::unordered_map<std::string, std::unique_ptr<SqliteStatement>, Hash, std::equal_to<>> statements_;
};

struct PendingWrite {
  std::function<Result<void>(Connection&)> work;
  std::function<void(Result<void>)> done;
  Result<void> outcome;
};

class SqliteDatabase : public Database {
 public:
  SqliteDatabase(std::filesystem::path file, std::unique_ptr<SqliteConnection> writer, Options options)
      : file_(std::move(file)), options_(options), writer_(std::move(writer)) {
    thread_ = std::thread([this] { run(); });
  }
  ~SqliteDatabase() override {
    {
      std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void write_async(std::function<Result<void>(Connection&)> work, std::function<void(Result<void>)> done) override {
    bool wakes = false;
    {
      std::lock_guard lock(mutex_);
      if (queue_.size() < options_.queue_max && !closing_) {
        queue_.push_back({std::move(work), std::move(done), {}});
        done = nullptr;
        wakes = queue_.size() == wanted_;
      }
    }
    if (done) return done(std::unexpected(throttled("DatabaseBusy", "Too many writes are waiting.")));
    if (wakes) wake_.notify_one();
  }

  Result<void> write(std::function<Result<void>(Connection&)> work) override {
    std::promise<Result<void>> promise;
    auto future = promise.get_future();
    write_async(std::move(work), [&promise](Result<void> outcome) { promise.set_value(std::move(outcome)); });
    return future.get();
  }

  Result<void> read(std::function<Result<void>(Connection&)> work) override {
    TRY(auto connection, take_reader());
    Result<void> outcome = connection->again("BEGIN");
    if (outcome) {
      outcome = work(*connection);
      if (auto end = connection->again("COMMIT"); !end && outcome) outcome = std::move(end);
    }
    if (!connection->in_transaction()) {
      std::lock_guard lock(readers_mutex_);
      readers_.push_back(std::move(connection));
    }
    return outcome;
  }

 private:
  Result<std::unique_ptr<SqliteConnection>> take_reader() {
    {
      std::lock_guard lock(readers_mutex_);
      if (!readers_.empty()) {
        auto connection = std::move(readers_.back());
        readers_.pop_back();
        return connection;
      }
    }
    return SqliteConnection::open(file_, false);
  }

  void run() {
    while (true) {
      std::vector<PendingWrite> batch = next_batch();
      if (batch.empty()) return;
      auto begin = std::chrono::steady_clock::now();
      commit(batch);
      {
        std::lock_guard lock(mutex_);
        commit_time_ = std::chrono::steady_clock::now() - begin;
        writers_seen_ = std::min(batch.size() + queue_.size(), options_.batch_max);
      }
      for (PendingWrite& pending : batch) pending.done(std::move(pending.outcome));
    }
  }

  // What waits, at most batch_max; nothing when closing. A writer that was just answered is likely to come again, and one
  // that comes while a commit is under way waits for the next one. So that a commit's fsync is shared by all of them and
  // not by every second, as many as were seen in the last round are waited for, but no longer than a commit takes.
  std::vector<PendingWrite> next_batch() {
    std::unique_lock lock(mutex_);
    wait_for(lock, 1, std::nullopt);
    if (writers_seen_ > queue_.size()) wait_for(lock, writers_seen_, std::min<std::chrono::nanoseconds>(commit_time_, kGatherMax));
    std::vector<PendingWrite> batch;
    while (!queue_.empty() && batch.size() < options_.batch_max) {
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    return batch;
  }

  void wait_for(std::unique_lock<std::mutex>& lock, std::size_t count, std::optional<std::chrono::nanoseconds> time_max) {
    wanted_ = count;
    auto enough = [&] { return closing_ || queue_.size() >= count; };
    if (time_max) wake_.wait_for(lock, *time_max, enough);
    else wake_.wait(lock, enough);
    wanted_ = 0;
  }

  void commit(std::vector<PendingWrite>& batch) {
    Result<void> transaction = writer_->again("BEGIN IMMEDIATE");
    if (transaction) {
      for (PendingWrite& pending : batch) pending.outcome = run_one(pending);
      transaction = writer_->again("COMMIT");
      if (!transaction && writer_->in_transaction()) (void)writer_->again("ROLLBACK");
    }
    if (transaction) return;
    log::error("store", file_.filename().string() + ": " + transaction.error().log);
    for (PendingWrite& pending : batch) pending.outcome = transaction;
  }

  Result<void> run_one(PendingWrite& pending) {
    CHECK_OK(writer_->again("SAVEPOINT one"));
    Result<void> outcome = pending.work(*writer_);
    // A failed RELEASE or ROLLBACK means the transaction itself is gone; COMMIT then reports it for everybody.
    if (!outcome) (void)writer_->again("ROLLBACK TO one");
    (void)writer_->again("RELEASE one");
    return outcome;
  }

  std::filesystem::path file_;
  Options options_;
  std::unique_ptr<SqliteConnection> writer_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<PendingWrite> queue_;
  std::size_t wanted_ = 0;        // length of the queue at which the writer thread wants to be woken
  std::size_t writers_seen_ = 0;  // in the last commit and behind it
  std::chrono::nanoseconds commit_time_{};
  bool closing_ = false;
  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<SqliteConnection>> readers_;
  std::thread thread_;
};

Result<std::int64_t> schema_version(SqliteConnection& connection) {
  TRY(auto version, connection.first("PRAGMA user_version", [](Statement& row) { return row.integer(0); }));
  return version.value_or(0);
}

Result<void> migrate(SqliteConnection& connection, std::span<const std::string_view> migrations) {
  TRY(std::int64_t version, schema_version(connection));
  if (version > static_cast<std::int64_t>(migrations.size()))
    return std::unexpected(unsupported(
        "NewerDataDirectory", "The data directory was written by a newer version of Axonite; start that version."));
  for (std::size_t i = static_cast<std::size_t>(version); i < migrations.size(); ++i) {
    std::string script = "BEGIN IMMEDIATE;" + std::string(migrations[i]) + ";PRAGMA user_version=" +
                         std::to_string(i + 1) + ";COMMIT";
    CHECK_OK(connection.run(script.c_str()));
  }
  return ok();
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file,
                                                 std::span<const std::string_view> migrations, Options options) {
  TRY(auto writer, SqliteConnection::open(file, true));
  ::chmod(file.c_str(), 0600);
  CHECK_OK(migrate(*writer, migrations));
  return std::make_unique<SqliteDatabase>(file, std::move(writer), options);
}

}  // namespace axonite::store
