#pragma once
// DuckDB behind one interface. A Session is one connection with the rights of one caller: its SQL sees the pool's
// database and, through the lake's file system ("lake://account/filesystem/path"), what that caller may see.
// It never sees the machine's files, extensions or settings.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "identity/principal.h"
#include "lake/lake.h"

struct _duckdb_data_chunk;

namespace axonite::engine {

// The DuckDB types that leave the engine. Nested types come as text (JSON) unless a caller reads chunks itself.
enum class TypeId {
  boolean, tinyint, smallint, integer, bigint, hugeint, utinyint, usmallint, uinteger, ubigint,
  float_, double_, decimal, varchar, blob, date, time, timestamp, timestamp_tz, interval, uuid, list, struct_, map, null,
  timestamp_s, timestamp_ms, timestamp_ns, enum_, array,
  other,  // what no client asks for (BIT, TIME WITH TIME ZONE, UNION, …): cast it in SQL; value() gives "?"
};

struct Type {
  TypeId id = TypeId::null;
  int precision = 0, scale = 0;  // decimal
};

struct Column {
  std::string name;
  Type type;
};

// decimals, dates, times, timestamps, intervals, uuids, hugeint and ubigint travel as text in DuckDB's own spelling
// (timestamps with time zone in UTC, "2026-01-02 03:04:05+00"); blobs as their bytes; nested types as JSON.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

// A result that streams: one chunk of up to 2,048 rows at a time. It ends when its session starts another statement;
// it may outlive neither its Session nor be used from two threads.
class Rows {
 public:
  virtual ~Rows() = default;
  // Empty when the statement has no result set (DDL, INSERT without RETURNING, BEGIN, …).
  virtual const std::vector<Column>& columns() const = 0;
  // The next chunk; false at the end. Errors of execution come from here too.
  virtual Result<bool> next() = 0;
  virtual std::size_t size() const = 0;  // rows of the current chunk
  virtual Value value(std::size_t column, std::size_t row) const = 0;
  // The chunk for encoders that read vectors with DuckDB's C API; owned by Rows, valid until next().
  virtual _duckdb_data_chunk* chunk() const = 0;
  // After the last chunk of INSERT/UPDATE/DELETE/CTAS/COPY.
  virtual std::optional<std::int64_t> rows_changed() const = 0;
};

class Session {
 public:
  virtual ~Session() = default;
  // One DuckDB statement; parameters are $1, $2, …. Starts executing; rows come by next().
  // Errors: invalid("EngineSyntax"|"EngineBinder"|"EngineConversion"|…), too_large("EngineOutOfMemory"),
  // cancelled("QueryCancelled"); engine/error.h lists the codes. What the lake refused comes back as the lake's error.
  // Refused by kind of statement, forbidden("EngineStatement"): SET, PRAGMA, ATTACH, LOAD, CALL, EXPORT and the like;
  // and, forbidden("EngineDatabase"), whatever names another attached database than the session's own.
  virtual Result<std::unique_ptr<Rows>> query(std::string_view sql, std::span<const Value> parameters = {}) = 0;
  // query() to the end; rows changed or returned.
  virtual Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters = {}) = 0;
  // Rows for a table of this session, as an encoder of C vectors made them; invalid("EngineAppend") when they do not fit.
  virtual Result<void> append(std::string_view, _duckdb_data_chunk*) { return std::unexpected(unsupported("EngineAppend", "This session takes no chunks.")); }
  // Column names and types without running it.
  virtual Result<std::vector<Column>> describe(std::string_view sql) = 0;
  // From any thread: what runs ends with cancelled("QueryCancelled").
  virtual void interrupt() = 0;
  // Also true in a transaction that an error has ended and that waits for its ROLLBACK.
  virtual bool in_transaction() const = 0;
  // For dates and times with zone from the next statement on: invalid("EngineSettings") when unknown.
  virtual Result<void> set_time_zone(std::string_view name) = 0;
};

// What a SQL dialect may ask of DuckDB; these five are per connection (docs/decisions.md).
struct Dialect {
  bool integer_division = false;                           // 7/2 = 3
  bool ieee_floating_point_ops = true;                     // false: 1/0.0 is an error instead of infinity
  std::string default_null_order = "nulls_last";           // T-SQL and Spark: "nulls_first_on_asc_last_on_desc"
  std::string default_collation;                           // "nocase", …; empty = binary
};

struct SessionOptions {
  identity::Principal principal;  // whose rights the lake checks
  std::string database;           // an attached pool database; empty = an in-memory database of this session alone
  std::string time_zone = "UTC";
  Dialect dialect = {};
};

struct EngineOptions {
  std::filesystem::path directory;  // pool databases and spill files
  std::string memory_limit = "4GB";
  std::string spill_limit = "20GB";
  unsigned threads = 2;
};

// The lake as one caller may see it. Called once per session.
using ViewOf = std::function<std::unique_ptr<lake::View>(const identity::Principal&)>;

// Opening an Engine loads DuckDB (about 20 ms, 20 MB): do it when first needed.
class Engine {
 public:
  static Result<std::unique_ptr<Engine>> open(EngineOptions options, ViewOf view_of);
  virtual ~Engine() = default;
  // Creates the database file when missing and attaches it; the name is the pool's key ("workspace/pool"), without
  // regard to ASCII case. Attaching again does nothing.
  virtual Result<void> attach(std::string_view database) = 0;
  // Closes and deletes it; sessions that still have it fail from then on. not_found("DatabaseNotFound").
  virtual Result<void> drop(std::string_view database) = 0;
  // Sessions keep DuckDB open: an Engine that goes first ends no session.
  virtual Result<std::unique_ptr<Session>> open_session(const SessionOptions& options) = 0;
};

// DuckDB SQL text, where quoting exists once.
std::string quote_identifier(std::string_view name);  // a"b → "a""b"
std::string quote_literal(std::string_view text);     // it's → 'it''s'

}  // namespace axonite::engine
