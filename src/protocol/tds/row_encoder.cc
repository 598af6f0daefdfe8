// Rows from DuckDB's vectors, row by row, one writer per column chosen once per chunk.
#include "duckdb.h"
#include "protocol/tds/put_value.h"

namespace axonite::protocol::tds {
namespace {

struct ColumnWriter;
using Put = char* (*)(char* out, const ColumnWriter& column, std::size_t row);

struct ColumnWriter {
  const tsql::Type* type = nullptr;
  const void* data = nullptr;
  const std::uint64_t* validity = nullptr;
  Put put = nullptr;
  std::size_t fixed_room = 40;

  bool is_valid(std::size_t row) const { return !validity || (validity[row / 64] >> (row % 64) & 1); }
};

template <class T>
T at(const ColumnWriter& column, std::size_t row) {
  return static_cast<const T*>(column.data)[row];
}

std::string_view text_at(const ColumnWriter& column, std::size_t row) {
  auto& text = static_cast<const duckdb_string_t*>(column.data)[row];
  auto length = text.value.inlined.length;
  return {length <= 12 ? text.value.inlined.inlined : text.value.pointer.ptr, length};
}

template <class T>
char* put_number(char* out, const ColumnWriter& column, std::size_t row) {
  return put_fixed(out, at<T>(column, row));
}

template <class T>
char* put_decimal_of(char* out, const ColumnWriter& column, std::size_t row) {
  if constexpr (std::is_same_v<T, duckdb_hugeint>) {
    auto value = at<T>(column, row);
    return put_decimal(out, (static_cast<__int128>(value.upper) << 64) | value.lower, column.type->precision);
  } else {
    return put_decimal(out, at<T>(column, row), column.type->precision);
  }
}

Put decimal_writer(int width) {
  return width <= 4    ? put_decimal_of<std::int16_t>
         : width <= 9  ? put_decimal_of<std::int32_t>
         : width <= 18 ? put_decimal_of<std::int64_t>
                       : put_decimal_of<duckdb_hugeint>;
}

char* put_money_of(char* out, const ColumnWriter& column, std::size_t row) {  // decimal(19,4) has 128 bits
  return put_money(out, static_cast<std::int64_t>(at<duckdb_hugeint>(column, row).lower));
}
char* put_smallmoney_of(char* out, const ColumnWriter& column, std::size_t row) {
  return put_fixed(out, static_cast<std::int32_t>(at<duckdb_hugeint>(column, row).lower));
}
char* put_smallmoney_of_64(char* out, const ColumnWriter& column, std::size_t row) {
  return put_fixed(out, static_cast<std::int32_t>(at<std::int64_t>(column, row)));
}

char* put_utf16_of(char* out, const ColumnWriter& column, std::size_t row) {
  return put_text(out, text_at(column, row), column.type->length < 0, write_utf16);
}
char* put_cp1252_of(char* out, const ColumnWriter& column, std::size_t row) {
  return put_text(out, text_at(column, row), column.type->length < 0, write_cp1252);
}
char* put_bytes_of(char* out, const ColumnWriter& column, std::size_t row) {
  return put_text(out, text_at(column, row), column.type->length < 0, write_plain);
}

char* put_date_of(char* out, const ColumnWriter& column, std::size_t row) {
  *out++ = 3;
  return put_days(out, at<std::int32_t>(column, row) + kDaysTo1970);
}
char* put_time_of(char* out, const ColumnWriter& column, std::size_t row) {
  *out++ = static_cast<char>(time_bytes(column.type->scale));
  return put_time(out, at<std::int64_t>(column, row) * 10, column.type->scale);
}
char* put_datetime_of(char* out, const ColumnWriter& column, std::size_t row) {
  return put_datetime(out, at<std::int64_t>(column, row));
}
char* put_smalldatetime_of(char* out, const ColumnWriter& column, std::size_t row) {
  return put_smalldatetime(out, at<std::int64_t>(column, row));
}
char* put_datetime2_of(char* out, const ColumnWriter& column, std::size_t row) {
  return put_datetime2(out, at<std::int64_t>(column, row) * 10 + kDaysTo1970 * kTicksPerDay, column.type->scale);
}
char* put_offset_of(char* out, const ColumnWriter& column, std::size_t row) {
  auto value = parse_date_time_offset(text_at(column, row));
  return value ? put_date_time_offset(out, *value, column.type->scale) : put_null(out, *column.type);
}
char* put_uuid_of(char* out, const ColumnWriter& column, std::size_t row) {
  auto value = at<duckdb_hugeint>(column, row);  // the top bit is flipped for sorting
  return put_uuid(out, static_cast<std::uint64_t>(value.upper) ^ (std::uint64_t{1} << 63), value.lower);
}

struct Encoding {
  duckdb_type from;
  Put put;
};

Encoding encoding_of(const tsql::Type& type, int decimal_width) {
  using enum tsql::TypeId;
  switch (type.id) {
    case bit: return {DUCKDB_TYPE_BOOLEAN, put_number<std::uint8_t>};
    case tinyint: return {DUCKDB_TYPE_UTINYINT, put_number<std::uint8_t>};
    case smallint: return {DUCKDB_TYPE_SMALLINT, put_number<std::int16_t>};
    case int_: return {DUCKDB_TYPE_INTEGER, put_number<std::int32_t>};
    case bigint: return {DUCKDB_TYPE_BIGINT, put_number<std::int64_t>};
    case decimal: return {DUCKDB_TYPE_DECIMAL, decimal_writer(decimal_width)};
    case money: return {DUCKDB_TYPE_DECIMAL, put_money_of};
    case smallmoney: return {DUCKDB_TYPE_DECIMAL, decimal_width <= 18 ? put_smallmoney_of_64 : put_smallmoney_of};
    case real: return {DUCKDB_TYPE_FLOAT, put_number<float>};
    case float_: return {DUCKDB_TYPE_DOUBLE, put_number<double>};
    case char_:
    case varchar: return {DUCKDB_TYPE_VARCHAR, put_cp1252_of};
    case nchar:
    case nvarchar: return {DUCKDB_TYPE_VARCHAR, put_utf16_of};
    case binary:
    case varbinary: return {DUCKDB_TYPE_BLOB, put_bytes_of};
    case date: return {DUCKDB_TYPE_DATE, put_date_of};
    case time: return {DUCKDB_TYPE_TIME, put_time_of};
    case datetime: return {DUCKDB_TYPE_TIMESTAMP, put_datetime_of};
    case smalldatetime: return {DUCKDB_TYPE_TIMESTAMP, put_smalldatetime_of};
    case datetime2: return {DUCKDB_TYPE_TIMESTAMP, put_datetime2_of};
    case datetimeoffset: return {DUCKDB_TYPE_VARCHAR, put_offset_of};
    case uniqueidentifier: return {DUCKDB_TYPE_UUID, put_uuid_of};
  }
  return {DUCKDB_TYPE_INVALID, nullptr};
}

bool has_text(const tsql::Type& type) {
  return type.id >= tsql::TypeId::char_ && type.id <= tsql::TypeId::varbinary;
}

Result<ColumnWriter> writer_for(const tsql::Column& column, duckdb_vector vector) {
  auto logical = duckdb_vector_get_column_type(vector);
  auto have = duckdb_get_type_id(logical);
  int width = have == DUCKDB_TYPE_DECIMAL ? duckdb_decimal_width(logical) : 0;
  int scale = have == DUCKDB_TYPE_DECIMAL ? duckdb_decimal_scale(logical) : 0;
  duckdb_destroy_logical_type(&logical);
  auto encoding = encoding_of(column.type, width);
  bool money = column.type.id == tsql::TypeId::money || column.type.id == tsql::TypeId::smallmoney;
  int wanted_scale = money ? 4 : column.type.id == tsql::TypeId::decimal ? column.type.scale : 0;
  bool money_fits = column.type.id != tsql::TypeId::money || width > 18;
  if (have != encoding.from || scale != wanted_scale || !money_fits) {
    return std::unexpected(internal("column '" + column.name + "' is not in the engine type of T-SQL type " +
                                    std::to_string(static_cast<int>(column.type.id))));
  }
  return ColumnWriter{.type = &column.type,
                      .data = duckdb_vector_get_data(vector),
                      .validity = duckdb_vector_get_validity(vector),
                      .put = encoding.put};
}

// What the row may need at most.
std::size_t room_for(const std::vector<ColumnWriter>& writers, std::size_t row) {
  std::size_t bytes = 1;
  for (auto& column : writers) {
    bytes += column.fixed_room;
    if (has_text(*column.type) && column.is_valid(row)) bytes += text_at(column, row).size() * 2;
  }
  return bytes;
}

}  // namespace

Result<std::size_t> RowEncoder::encode(Bytes& out, engine::Rows& rows, std::size_t from, std::size_t bytes_enough) {
  std::vector<ColumnWriter> writers;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    TRY(auto writer, writer_for(columns_[i], duckdb_data_chunk_get_vector(rows.chunk(), i)));
    writers.push_back(writer);
  }
  for (; from < rows.size() && out.size() < bytes_enough; ++from) {
    char* at = out.room(room_for(writers, from));
    *at++ = static_cast<char>(0xD1);
    for (auto& column : writers) {
      at = column.is_valid(from) ? column.put(at, column, from) : put_null(at, *column.type);
    }
    out.advance(at);
  }
  return from;
}

}  // namespace axonite::protocol::tds
