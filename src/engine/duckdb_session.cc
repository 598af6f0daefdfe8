#include "engine/duckdb_session.h"

#include <fmt/format.h>

#include "base/text.h"
#include "duckdb.h"
#include "engine/error.h"
#include "engine/rows.h"
#include "engine/value.h"

namespace axonite::engine {
namespace {

constexpr std::size_t kStatementBytesMax = 64u << 20;

struct Extracted {
  ~Extracted() { duckdb_destroy_extracted(&handle); }
  duckdb_extracted_statements handle = nullptr;
};

struct Prepared {
  Prepared() = default;
  Prepared(Prepared&& other) noexcept : handle(std::exchange(other.handle, nullptr)) {}
  ~Prepared() { duckdb_destroy_prepare(&handle); }
  duckdb_prepared_statement handle = nullptr;
};

// An allow list: settings, extensions, other databases and whatever DuckDB adds stay out.
bool is_allowed(duckdb_statement_type type) {
  switch (type) {
    case DUCKDB_STATEMENT_TYPE_SELECT:
    case DUCKDB_STATEMENT_TYPE_INSERT:
    case DUCKDB_STATEMENT_TYPE_UPDATE:
    case DUCKDB_STATEMENT_TYPE_EXPLAIN:
    case DUCKDB_STATEMENT_TYPE_DELETE:
    case DUCKDB_STATEMENT_TYPE_CREATE:
    case DUCKDB_STATEMENT_TYPE_CREATE_FUNC:
    case DUCKDB_STATEMENT_TYPE_ALTER:
    case DUCKDB_STATEMENT_TYPE_TRANSACTION:
    case DUCKDB_STATEMENT_TYPE_COPY:
    case DUCKDB_STATEMENT_TYPE_ANALYZE:
    case DUCKDB_STATEMENT_TYPE_DROP:
    case DUCKDB_STATEMENT_TYPE_VACUUM:
    case DUCKDB_STATEMENT_TYPE_MERGE_INTO: return true;
    default: return false;
  }
}

Result<void> bind(duckdb_prepared_statement statement, idx_t index, const Value& value) {
  auto state = DuckDBSuccess;
  if (std::holds_alternative<std::monostate>(value)) {
    state = duckdb_bind_null(statement, index);
  } else if (auto boolean = std::get_if<bool>(&value)) {
    state = duckdb_bind_boolean(statement, index, *boolean);
  } else if (auto integer = std::get_if<std::int64_t>(&value)) {
    state = duckdb_bind_int64(statement, index, *integer);
  } else if (auto real = std::get_if<double>(&value)) {
    state = duckdb_bind_double(statement, index, *real);
  } else {
    auto& text = std::get<std::string>(value);
    state = duckdb_bind_varchar_length(statement, index, text.data(), text.size());
  }
  if (state == DuckDBSuccess) return ok();
  return std::unexpected(invalid("EngineParameter", fmt::format("Parameter ${} does not fit the statement.", index)));
}

class DuckDbSession : public Session {
 public:
  DuckDbSession(std::shared_ptr<Instance> instance, std::shared_ptr<Caller> caller, bool owns_database,
                std::string database)
      : instance_(std::move(instance)), caller_(std::move(caller)), owns_database_(owns_database),
        database_(std::move(database)) {}

  ~DuckDbSession() override {
    duckdb_disconnect(&connection_);
    if (owns_database_) (void)instance_->administer("DETACH DATABASE IF EXISTS " + quote_identifier(database_));
  }

  Result<void> start(const SessionOptions& options) {
    if (owns_database_) CHECK_OK(instance_->administer("ATTACH ':memory:' AS " + quote_identifier(database_)));
    if (duckdb_connect(instance_->database(), &connection_) != DuckDBSuccess) {
      return std::unexpected(internal("duckdb_connect"));
    }
    set_caller(connection_, caller_);
    CHECK_OK(set("USE " + quote_identifier(database_)));
    CHECK_OK(set(fmt::format("SET SESSION integer_division = {}", options.dialect.integer_division)));
    CHECK_OK(set(fmt::format("SET SESSION ieee_floating_point_ops = {}", options.dialect.ieee_floating_point_ops)));
    CHECK_OK(set("SET SESSION default_null_order = " + quote_literal(options.dialect.default_null_order)));
    CHECK_OK(set("SET SESSION default_collation = " + quote_literal(options.dialect.default_collation)));
    return set_time_zone(options.time_zone);
  }

  Result<std::unique_ptr<Rows>> query(std::string_view sql, std::span<const Value> parameters) override {
    caller_->forget();
    TRY(auto statement, prepare(sql));
    auto wanted = duckdb_nparams(statement.handle);
    if (wanted != parameters.size()) {
      return std::unexpected(invalid("EngineParameter", fmt::format("The statement has {} parameters and got {}.", wanted,
                                                                    parameters.size())));
    }
    for (idx_t i = 0; i < parameters.size(); ++i) CHECK_OK(bind(statement.handle, i + 1, parameters[i]));
    duckdb_pending_result pending = nullptr;
    if (duckdb_pending_prepared_streaming(statement.handle, &pending) != DuckDBSuccess) {
      auto error = error_behind(duckdb_pending_error(pending), *caller_);
      duckdb_destroy_pending(&pending);
      return std::unexpected(std::move(error));
    }
    return rows_of(pending, caller_);
  }

  Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters) override {
    TRY(auto rows, query(sql, parameters));
    std::int64_t count = 0;
    while (true) {
      TRY(bool more, rows->next());
      if (!more) return rows->rows_changed().value_or(count);
      count += static_cast<std::int64_t>(rows->size());
    }
  }

  Result<std::vector<Column>> describe(std::string_view sql) override {
    caller_->forget();
    TRY(auto statement, prepare(sql));
    auto kind = duckdb_prepared_statement_type(statement.handle);
    std::vector<Column> columns;
    if (kind == DUCKDB_STATEMENT_TYPE_CREATE || kind == DUCKDB_STATEMENT_TYPE_TRANSACTION) return columns;
    for (idx_t i = 0; i < duckdb_prepared_statement_column_count(statement.handle); ++i) {
      auto name = duckdb_prepared_statement_column_name(statement.handle, i);
      auto type = duckdb_prepared_statement_column_logical_type(statement.handle, i);
      columns.push_back({name ? name : "", type_of(type)});
      duckdb_free(const_cast<char*>(name));
      duckdb_destroy_logical_type(&type);
    }
    return columns;
  }

  Result<void> append(std::string_view table, _duckdb_data_chunk* chunk) override {
    duckdb_appender appender = nullptr;
    auto state = duckdb_appender_create(connection_, nullptr, std::string(table).c_str(), &appender);
    if (state == DuckDBSuccess) state = duckdb_append_data_chunk(appender, reinterpret_cast<duckdb_data_chunk>(chunk));
    if (state == DuckDBSuccess) state = duckdb_appender_close(appender);
    auto message = state == DuckDBSuccess ? nullptr : duckdb_appender_error(appender);
    auto outcome = state == DuckDBSuccess ? ok() : std::unexpected(invalid("EngineAppend", message ? message : "The rows do not fit the table."));
    duckdb_appender_destroy(&appender);
    return outcome;
  }

  void interrupt() override { duckdb_interrupt(connection_); }
  bool in_transaction() const override { return in_explicit_transaction(connection_); }
  Result<void> set_time_zone(std::string_view name) override {
    if (set("SET SESSION TimeZone = " + quote_literal(name))) return ok();
    return std::unexpected(invalid("EngineSettings", "There is no time zone '" + std::string(name) + "'."));
  }

 private:
  // Our own settings: what is_allowed refuses to everybody else.
  Result<void> set(const std::string& sql) {
    duckdb_result result;
    auto state = duckdb_query(connection_, sql.c_str(), &result);
    auto message = state == DuckDBSuccess ? nullptr : duckdb_result_error(&result);
    auto outcome = state == DuckDBSuccess ? ok() : std::unexpected(error_behind(message, *caller_));
    duckdb_destroy_result(&result);
    return outcome;
  }

  Result<Prepared> prepare(std::string_view sql) {
    if (sql.size() > kStatementBytesMax) {
      return std::unexpected(too_large("EngineStatementTooLarge", "A statement may have 64 MiB."));
    }
    Extracted extracted;
    auto count = duckdb_extract_statements(connection_, std::string(sql).c_str(), &extracted.handle);
    if (count == 0) {
      auto message = duckdb_extract_statements_error(extracted.handle);
      if (message && *message) return std::unexpected(error_behind(message, *caller_));
    }
    if (count != 1) return std::unexpected(invalid("EngineSyntax", fmt::format("One statement is wanted, not {}.", count)));
    Prepared statement;
    if (duckdb_prepare_extracted_statement(connection_, extracted.handle, 0, &statement.handle) != DuckDBSuccess) {
      return std::unexpected(error_behind(duckdb_prepare_error(statement.handle), *caller_));
    }
    CHECK_OK(check_rights(statement.handle));
    return statement;
  }

  Result<void> check_rights(duckdb_prepared_statement statement) const {
    if (!is_allowed(duckdb_prepared_statement_type(statement))) {
      return std::unexpected(forbidden("EngineStatement", "This kind of statement is not for sessions."));
    }
    if (auto foreign = foreign_database(statement, database_); !foreign.empty()) {
      return std::unexpected(forbidden("EngineDatabase", "Database '" + foreign + "' is not the one of this session."));
    }
    return ok();
  }

  std::shared_ptr<Instance> instance_;
  std::shared_ptr<Caller> caller_;
  bool owns_database_;
  std::string database_;
  duckdb_connection connection_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<Session>> open_duckdb_session(std::shared_ptr<Instance> instance, const SessionOptions& options,
                                                     std::shared_ptr<Caller> caller) {
  bool scratch = options.database.empty();
  auto name = scratch ? instance->next_scratch_name() : text::to_lower(options.database);
  auto session = std::make_unique<DuckDbSession>(std::move(instance), std::move(caller), scratch, std::move(name));
  CHECK_OK(session->start(options));
  return session;
}

}  // namespace axonite::engine
