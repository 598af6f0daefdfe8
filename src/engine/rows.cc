#include "engine/rows.h"

#include "duckdb.h"
#include "engine/error.h"
#include "engine/value.h"

namespace axonite::engine {
namespace {

class StreamingRows : public Rows {
 public:
  StreamingRows(duckdb_result result, std::shared_ptr<Caller> caller) : result_(result), caller_(std::move(caller)) {}
  ~StreamingRows() override {
    duckdb_destroy_data_chunk(&chunk_);
    for (auto& type : types_) duckdb_destroy_logical_type(&type);
    duckdb_destroy_result(&result_);
  }

  // Reads the columns, or the count of a statement that only changes rows.
  Result<void> start() {
    switch (duckdb_result_return_type(result_)) {
      case DUCKDB_RESULT_TYPE_QUERY_RESULT: break;
      case DUCKDB_RESULT_TYPE_CHANGED_ROWS: return read_count();
      default:
        TRY(bool more, fetch());  // runs it to the end
        (void)more;
        return ok();
    }
    for (idx_t i = 0; i < duckdb_column_count(&result_); ++i) {
      types_.push_back(duckdb_column_logical_type(&result_, i));
      columns_.push_back({duckdb_column_name(&result_, i), type_of(types_.back())});
    }
    return ok();
  }

  const std::vector<Column>& columns() const override { return columns_; }
  Result<bool> next() override {
    if (columns_.empty() || ended_) return false;
    return fetch();
  }
  std::size_t size() const override { return chunk_ ? duckdb_data_chunk_get_size(chunk_) : 0; }
  Value value(std::size_t column, std::size_t row) const override {
    return value_of(duckdb_data_chunk_get_vector(chunk_, column), types_[column], row);
  }
  _duckdb_data_chunk* chunk() const override { return chunk_; }
  std::optional<std::int64_t> rows_changed() const override { return changed_; }

 private:
  Result<bool> fetch() {
    duckdb_destroy_data_chunk(&chunk_);
    do {
      duckdb_destroy_data_chunk(&chunk_);
      chunk_ = duckdb_fetch_chunk(result_);
    } while (chunk_ && duckdb_data_chunk_get_size(chunk_) == 0);
    if (chunk_) return true;
    ended_ = true;
    if (auto message = duckdb_result_error(&result_); message && *message) {
      return std::unexpected(error_behind(message, *caller_));
    }
    return false;
  }
  Result<void> read_count() {
    changed_ = 0;
    while (true) {
      TRY(bool more, fetch());
      if (!more) return ok();
      auto counts = static_cast<const std::int64_t*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk_, 0)));
      for (std::size_t i = 0; i < size(); ++i) *changed_ += counts[i];
    }
  }

  duckdb_result result_;
  std::shared_ptr<Caller> caller_;
  std::vector<Column> columns_;
  std::vector<duckdb_logical_type> types_;
  duckdb_data_chunk chunk_ = nullptr;
  std::optional<std::int64_t> changed_;
  bool ended_ = false;
};

}  // namespace

Error error_behind(const char* message, Caller& caller) {
  std::string_view text = message ? message : "";
  if (auto lake_error = caller.take(text)) return std::move(*lake_error);
  return error_of(text);
}

Result<std::unique_ptr<Rows>> rows_of(duckdb_pending_result pending, std::shared_ptr<Caller> caller) {
  duckdb_result result;
  auto state = duckdb_execute_pending(pending, &result);
  if (state != DuckDBSuccess) {
    auto message = duckdb_result_error(&result);
    if (!message || !*message) message = duckdb_pending_error(pending);
    auto error = error_behind(message, *caller);
    duckdb_destroy_result(&result);
    duckdb_destroy_pending(&pending);
    return std::unexpected(std::move(error));
  }
  duckdb_destroy_pending(&pending);
  auto rows = std::make_unique<StreamingRows>(result, std::move(caller));
  CHECK_OK(rows->start());
  return rows;
}

}  // namespace axonite::engine
