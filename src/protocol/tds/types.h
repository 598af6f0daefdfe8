#pragma once
// T-SQL's types on the wire (MS-TDS 2.2.5.4, 2.2.5.5): descriptions, rows straight from the engine's vectors, and
// the values of RPC parameters.
#include <span>
#include <vector>

#include "protocol/tds/wire.h"
#include "tsql/session.h"
#include "tsql/type.h"

struct _duckdb_vector;

namespace axonite::protocol::tds {

void write_type_info(Bytes& out, const tsql::Type& type);
void write_column_metadata(Bytes& out, std::span<const tsql::Column> columns);
// A value in engine form, as RETURNVALUE carries it; text that is no value of the type becomes NULL.
// Error: internal, for a number where the type wants text.
Result<void> write_value(Bytes& out, const tsql::Type& type, const engine::Value& value);

// A parameter's TYPE_INFO and value. unsupported("TdsType") names what is not decoded (table types, xml, udt).
struct TypedValue {
  tsql::Type type;
  engine::Value value;
};
Result<TypedValue> read_typed_value(Reader& reader, std::size_t value_bytes_max);

// Encodes chunks as ROW tokens. `columns` must outlive it.
class RowEncoder {
 public:
  explicit RowEncoder(std::span<const tsql::Column> columns) : columns_(columns) {}
  // Rows [from, to) of the current chunk; ends early once `out` has `bytes_enough`. Returns the next row.
  // internal when a vector is not in the engine type of its column.
  Result<std::size_t> encode(Bytes& out, engine::Rows& rows, std::size_t from, std::size_t bytes_enough);

 private:
  std::span<const tsql::Column> columns_;
};

// "2013-01-01 10:00:00.1234567 +02:00" → 100 ns ticks since 0001-01-01 in UTC, and the offset in minutes.
struct DateTimeOffset {
  std::int64_t ticks = 0;
  std::int16_t offset_minutes = 0;
};
std::optional<DateTimeOffset> parse_date_time_offset(std::string_view text);
// Parts of the above, for values that travel as text.
std::optional<std::int32_t> parse_days(std::string_view date);             // since 1970-01-01
std::optional<std::int64_t> parse_ticks(std::string_view time);            // of 100 ns since midnight
std::optional<__int128> parse_decimal(std::string_view text, int scale);   // unscaled; rounds half away from zero

}  // namespace axonite::protocol::tds
