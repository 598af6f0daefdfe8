#pragma once
// One SQLite database in WAL mode: many readers, one writer thread with group commit.
// A write is a closure. Closures queue up, run inside one transaction (each in a savepoint of its own, so one
// that fails undoes only itself) and are answered after the commit's fsync: what write() returned is durable.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace axonite::store {

// What a row column or parameter may hold; blobs travel as bytes in std::string with kind blob.
struct Null {};
struct Blob {
  std::string bytes;
};

// A prepared statement of one connection; parameters are ?1, ?2, …
class Statement {
 public:
  virtual ~Statement() = default;
  virtual void bind(int index, std::int64_t value) = 0;
  virtual void bind(int index, double value) = 0;
  virtual void bind(int index, std::string_view text) = 0;
  virtual void bind(int index, const Blob& blob) = 0;
  virtual void bind(int index, Null) = 0;
  // True when there is a row.
  virtual Result<bool> step() = 0;
  // Columns of the current row, from 0. Views are valid until the next step.
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;  // also reads blobs
};

// A connection in a transaction. Statements are cached by their text: pass literals, not built strings.
class Connection {
 public:
  virtual ~Connection() = default;
  // Resets and returns the cached statement. It stays owned by the connection.
  virtual Result<Statement*> prepare(std::string_view sql) = 0;
  // Rows changed by the last statement that ran.
  virtual std::int64_t changes() const = 0;
  // Of the last row that was inserted.
  virtual std::int64_t last_insert_id() const = 0;

  // Binds the arguments and steps to the end.
  template <class... Arguments>
  Result<void> execute(std::string_view sql, const Arguments&... arguments) {
    TRY(Statement * statement, bound(sql, arguments...));
    while (true) {
      TRY(bool row, statement->step());
      if (!row) return ok();
    }
  }
  // Calls `row(statement)` for every row.
  template <class Row, class... Arguments>
  Result<void> each(std::string_view sql, Row&& row, const Arguments&... arguments) {
    TRY(Statement * statement, bound(sql, arguments...));
    while (true) {
      TRY(bool more, statement->step());
      if (!more) return ok();
      row(*statement);
    }
  }
  // The first row through `row`, or nothing.
  template <class Row, class... Arguments>
  auto first(std::string_view sql, Row&& row, const Arguments&... arguments)
      -> Result<std::optional<decltype(row(std::declval<Statement&>()))>> {
    TRY(Statement * statement, bound(sql, arguments...));
    TRY(bool found, statement->step());
    if (!found) return std::nullopt;
    auto value = std::optional(row(*statement));
    statement->step();  // to the end, so that the read lock is released
    return value;
  }

 private:
  static void bind_one(Statement& s, int i, std::string_view v) { s.bind(i, v); }
  static void bind_one(Statement& s, int i, const std::string& v) { s.bind(i, std::string_view(v)); }
  static void bind_one(Statement& s, int i, const char* v) { s.bind(i, std::string_view(v)); }
  static void bind_one(Statement& s, int i, double v) { s.bind(i, v); }
  static void bind_one(Statement& s, int i, const Blob& v) { s.bind(i, v); }
  static void bind_one(Statement& s, int i, Null v) { s.bind(i, v); }
  template <std::integral Integer>
  static void bind_one(Statement& s, int i, Integer v) {
    s.bind(i, static_cast<std::int64_t>(v));
  }
  template <class T>
  static void bind_one(Statement& s, int i, const std::optional<T>& v) {
    if (v) bind_one(s, i, *v);
    else s.bind(i, Null{});
  }
  template <class... Arguments>
  Result<Statement*> bound(std::string_view sql, const Arguments&... arguments) {
    TRY(Statement * statement, prepare(sql));
    int index = 0;
    (bind_one(*statement, ++index, arguments), ...);
    return statement;
  }
};

struct Options {
  std::size_t queue_max = 4096;  // writes waiting; more answer throttled("DatabaseBusy")
  std::size_t batch_max = 512;   // writes in one transaction
};

class Database {
 public:
  // Opens or creates the file and applies the migrations that are missing, in order; migration i brings the
  // schema to version i + 1. A file of a newer version is refused: unsupported("NewerDataDirectory").
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& file,
                                                std::span<const std::string_view> migrations, Options options = {});
  virtual ~Database() = default;

  // Runs `work` on the writer thread and returns after its commit is on disk. An error of `work` undoes its
  // changes and comes back. Never call it from inside another write (it would wait for itself).
  virtual Result<void> write(std::function<Result<void>(Connection&)> work) = 0;
  // Queues `work` and returns at once; `done` is called on the writer thread after the commit. Order of calls is
  // order of execution.
  virtual void write_async(std::function<Result<void>(Connection&)> work, std::function<void(Result<void>)> done) = 0;
  // Runs `work` on a pooled read connection inside one read transaction (a consistent snapshot).
  virtual Result<void> read(std::function<Result<void>(Connection&)> work) = 0;
};

// write() and read() with a value.
template <class T, class Work>
Result<T> write(Database& database, Work&& work) {
  std::optional<T> value;
  CHECK_OK(database.write([&](Connection& connection) -> Result<void> {
    TRY(auto produced, work(connection));
    value = std::move(produced);
    return ok();
  }));
  return std::move(*value);
}

template <class T, class Work>
Result<T> read(Database& database, Work&& work) {
  std::optional<T> value;
  CHECK_OK(database.read([&](Connection& connection) -> Result<void> {
    TRY(auto produced, work(connection));
    value = std::move(produced);
    return ok();
  }));
  return std::move(*value);
}

}  // namespace axonite::store
