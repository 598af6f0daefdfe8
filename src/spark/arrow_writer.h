#pragma once
// DuckDB's chunks as Arrow IPC streams in Spark's types (columnar format 1.0, "IPC Streaming Format").
#include <memory>
#include <string>
#include <vector>

#include "spark/type.h"

struct _duckdb_data_chunk;

namespace axonite::spark {

class ArrowWriter {
 public:
  // `time_zone`: of the timestamps' type.
  ArrowWriter(const std::vector<Field>& fields, std::string time_zone);
  ~ArrowWriter();
  void append(_duckdb_data_chunk* chunk);
  std::int64_t rows() const { return rows_; }
  std::size_t bytes() const;
  // What was appended since the last take, as one stream: schema, one record batch, end.
  std::string take();

  struct Column;

 private:
  std::vector<Field> fields_;
  std::string time_zone_;
  std::string schema_;  // the message, framed
  std::vector<std::unique_ptr<Column>> columns_;
  std::int64_t rows_ = 0;
};

}  // namespace axonite::spark
