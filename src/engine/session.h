#pragma once
// DuckDB behind one interface. A Session is one connection with the rights of one caller: its SQL sees the pool's
// database and, through the lake's file system ("lake://account/filesystem/path"), what that caller may see.
// It never sees the machine's files, extensions or settings.
#include <cstdint>
#include <filesystem>
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
};

struct Type {
  TypeId id = TypeId::null;
  int precision = 0, scale = 0;  // decimal
};

struct Column {
  std::string name;
  Type type;
};

// decimals, dates, times, timestamps and uuids travel as text in DuckDB's own spelling.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

// A result that streams: one chunk of up to 2,048 rows at a time.
class Rows {
 public:
  virtual ~Rows() = default;
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
  // Errors: invalid("EngineSyntax"|"EngineBinder"|"EngineConversion"|…), too_large("EngineOutOfMemory"), cancelled.
  virtual Result<std::unique_ptr<Rows>> query(std::string_view sql, std::span<const Value> parameters = {}) = 0;
  // query() to the end; rows changed or returned.
  virtual Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters = {}) = 0;
  // Column names and types without running it.
  virtual Result<std::vector<Column>> describe(std::string_view sql) = 0;
  // From any thread: what runs ends with cancelled("QueryCancelled").
  virtual void interrupt() = 0;
  virtual bool in_transaction() const = 0;
};

struct SessionOptions {
  identity::Principal principal;  // whose rights the lake checks
  std::string database;           // an attached pool database; empty = an in-memory scratch database
  std::string time_zone = "UTC";
};

struct EngineOptions {
  std::filesystem::path directory;  // pool databases and spill files
  std::string memory_limit = "4GB";
  unsigned threads = 2;
};

// Opening an Engine loads DuckDB (about 20 ms, 20 MB): do it when first needed.
class Engine {
 public:
  static Result<std::unique_ptr<Engine>> open(EngineOptions options, lake::Lake& lake);
  virtual ~Engine() = default;
  // Creates the database file when missing and attaches it; the name is the pool's key ("workspace/pool").
  virtual Result<void> attach(std::string_view database) = 0;
  // Closes and deletes it.
  virtual Result<void> drop(std::string_view database) = 0;
  virtual Result<std::unique_ptr<Session>> open_session(const SessionOptions& options) = 0;
};

// DuckDB SQL text, where quoting exists once.
std::string quote_identifier(std::string_view name);  // a"b → "a""b"
std::string quote_literal(std::string_view text);     // it's → 'it''s'

}  // namespace axonite::engine
