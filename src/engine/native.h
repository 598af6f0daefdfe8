#pragma once
// The little that only DuckDB's C++ API can do, behind C handles: duckdb.hpp costs seconds to compile and is
// included by native.cc and lake_files.cc alone.
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "lake/lake.h"

struct _duckdb_database;
struct _duckdb_connection;
struct _duckdb_prepared_statement;

namespace axonite::engine {

// Who a connection works for. DuckDB hands every file call the context of the connection that caused it; the file
// system finds the Caller there, so rights can neither be forgotten nor reach another session.
struct Caller {
  std::unique_ptr<lake::View> view;

  // The lake's own error behind the text that DuckDB will report, so that "forbidden" stays forbidden.
  void remember(const Error& error);
  // The remembered error whose message DuckDB's text carries; forgets it.
  std::optional<Error> take(std::string_view duckdb_text);
  void forget();

 private:
  std::mutex mutex_;
  std::optional<Error> error_;
};

// From then on connections with a Caller reach lake:// paths and nothing else; DuckDB's own work (pool files, WAL,
// spill) goes to local files. Call before any connection of a caller exists.
Result<void> register_files(_duckdb_database* database);
void set_caller(_duckdb_connection* connection, std::shared_ptr<Caller> caller);

bool in_explicit_transaction(_duckdb_connection* connection);
// The first database a statement reads or changes that is neither `own` nor DuckDB's own (system, temp); or "".
std::string foreign_database(_duckdb_prepared_statement* statement, std::string_view own);

}  // namespace axonite::engine
