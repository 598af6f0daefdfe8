#include "spark/arrow_writer.h"

#include <duckdb.h>

#include <functional>
#include <numeric>

#include "spark/arrow_types.h"
#include "spark/flat.h"

namespace axonite::spark {
namespace {

using Selection = std::vector<idx_t>;

bool is_valid(std::uint64_t* validity, idx_t row) { return !validity || duckdb_validity_row_is_valid(validity, row); }

void set_bit(std::string& bits, std::size_t index, bool value) {
  if (index % 8 == 0) bits += '\0';
  if (value) bits[index / 8] = static_cast<char>(bits[index / 8] | (1 << (index % 8)));
}

template <class T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

__int128 wide(duckdb_hugeint value) { return (static_cast<__int128>(value.upper) << 64) | value.lower; }

}  // namespace

struct ArrowWriter::Column {
  explicit Column(const DataType& of) : type(of) {
    for (auto& field : of.fields) children.push_back(std::make_unique<Column>(field.type));
    if (is_variable()) put<std::int32_t>(offsets, 0);
  }

  DataType type;
  std::int64_t rows = 0, nulls = 0;
  std::string validity, offsets, data;
  std::vector<std::unique_ptr<Column>> children;

  bool is_list() const { return type.is(TypeKind::array) || type.is(TypeKind::map); }
  bool is_variable() const { return type.is(TypeKind::string) || type.is(TypeKind::binary) || is_list(); }

  std::size_t bytes() const {
    auto total = validity.size() + offsets.size() + data.size();
    for (auto& child : children) total += child->bytes();
    return total;
  }

  void append(duckdb_vector vector, const Selection& selection) {
    auto* valid = duckdb_vector_get_validity(vector);
    auto* values = static_cast<char*>(duckdb_vector_get_data(vector));
    if (type.is(TypeKind::struct_)) {
      for (std::size_t i = 0; i < children.size(); ++i) children[i]->append(duckdb_struct_vector_get_child(vector, i), selection);
    } else if (is_list()) {
      append_lists(vector, reinterpret_cast<duckdb_list_entry*>(values), valid, selection);
    }
    if (append_whole(values, valid, selection)) return;
    auto width = type.is(TypeKind::decimal) ? decimal_bytes(vector) : 0;
    for (auto row : selection) {
      bool present = !type.is(TypeKind::null) && is_valid(valid, row);
      set_bit(validity, static_cast<std::size_t>(rows), present);
      nulls += !present;
      if (!is_list() && !type.is(TypeKind::struct_) && !type.is(TypeKind::null)) append_value(values, row, present, width);
      ++rows;
    }
  }

 private:
  static bool is_fixed(const DataType& type) {
    return (type.kind >= TypeKind::byte && type.kind <= TypeKind::double_) || type.is(TypeKind::date) || type.is(TypeKind::timestamp) || type.is(TypeKind::timestamp_ntz);
  }

  // A run of rows without NULL, of fixed width or texts: the common case, copied at once. False: row by row.
  bool append_whole(const char* values, std::uint64_t* valid, const Selection& selection) {
    bool text = type.is(TypeKind::string) || type.is(TypeKind::binary);
    if (selection.empty() || rows % 8 != 0 || !(text || is_fixed(type))) return false;
    auto count = selection.size(), from = static_cast<std::size_t>(selection.front());
    if (selection.back() - selection.front() + 1 != count) return false;
    for (auto row = from; valid && row < from + count; ++row)
      if (!is_valid(valid, row)) return false;
    validity.append((count + 7) / 8, '\xFF');
    if (count % 8) validity.back() = static_cast<char>((1 << (count % 8)) - 1);
    if (text) {
      auto* strings = reinterpret_cast<duckdb_string_t*>(const_cast<char*>(values)) + from;
      auto place = offsets.size();
      offsets.resize(place + count * sizeof(std::int32_t));
      for (std::size_t i = 0; i < count; ++i) {
        data.append(duckdb_string_t_data(&strings[i]), duckdb_string_t_length(strings[i]));
        auto end = static_cast<std::int32_t>(data.size());
        std::memcpy(offsets.data() + place + i * sizeof end, &end, sizeof end);
      }
    } else {
      auto size = fixed_bytes(type);
      data.append(values + from * size, count * size);
    }
    rows += static_cast<std::int64_t>(count);
    return true;
  }

  static std::size_t decimal_bytes(duckdb_vector vector) {
    auto logical = duckdb_vector_get_column_type(vector);
    auto internal = duckdb_decimal_internal_type(logical);
    duckdb_destroy_logical_type(&logical);
    return internal == DUCKDB_TYPE_SMALLINT ? 2 : internal == DUCKDB_TYPE_INTEGER ? 4 : internal == DUCKDB_TYPE_BIGINT ? 8 : 16;
  }

  void append_lists(duckdb_vector vector, duckdb_list_entry* entries, std::uint64_t* valid, const Selection& selection) {
    Selection inner;
    std::int32_t end;
    std::memcpy(&end, offsets.data() + offsets.size() - 4, 4);
    for (auto row : selection) {
      if (is_valid(valid, row))
        for (idx_t i = 0; i < entries[row].length; ++i) inner.push_back(entries[row].offset + i);
      put<std::int32_t>(offsets, end + static_cast<std::int32_t>(inner.size()));
    }
    auto child = duckdb_list_vector_get_child(vector);
    if (type.is(TypeKind::array)) {
      children[0]->append(child, inner);
    } else {
      children[0]->append(duckdb_struct_vector_get_child(child, 0), inner);
      children[1]->append(duckdb_struct_vector_get_child(child, 1), inner);
    }
  }

  void append_value(const char* values, idx_t row, bool present, std::size_t width) {
    switch (type.kind) {
      case TypeKind::boolean: set_bit(data, static_cast<std::size_t>(rows), present && values[row]); return;
      case TypeKind::string:
      case TypeKind::binary: {
        if (present) {
          auto text = reinterpret_cast<const duckdb_string_t*>(values)[row];
          data.append(duckdb_string_t_data(&text), duckdb_string_t_length(text));
        }
        put<std::int32_t>(offsets, static_cast<std::int32_t>(data.size()));
        return;
      }
      case TypeKind::decimal: {
        __int128 value = 0;
        if (present && width == 2) value = reinterpret_cast<const std::int16_t*>(values)[row];
        if (present && width == 4) value = reinterpret_cast<const std::int32_t*>(values)[row];
        if (present && width == 8) value = reinterpret_cast<const std::int64_t*>(values)[row];
        if (present && width == 16) value = wide(reinterpret_cast<const duckdb_hugeint*>(values)[row]);
        return put(data, value);
      }
      case TypeKind::day_time_interval:
      case TypeKind::year_month_interval:
      case TypeKind::calendar_interval: return append_interval(present ? reinterpret_cast<const duckdb_interval*>(values)[row] : duckdb_interval{});
      default: {
        auto size = fixed_bytes(type);
        if (present) data.append(values + row * size, size);
        else data.append(size, '\0');
      }
    }
  }

  void append_interval(duckdb_interval value) {
    if (type.is(TypeKind::year_month_interval)) return put<std::int32_t>(data, value.months);
    if (type.is(TypeKind::day_time_interval)) return put<std::int64_t>(data, value.micros + value.days * 86'400'000'000LL);
    put<std::int32_t>(data, value.months);
    put<std::int32_t>(data, value.days);
    put<std::int64_t>(data, value.micros * 1000);
  }
};

ArrowWriter::ArrowWriter(const std::vector<Field>& fields, std::string time_zone) : fields_(fields), time_zone_(std::move(time_zone)) {
  schema_ = framed(schema_message(fields_, time_zone_));
  for (auto& field : fields_) columns_.push_back(std::make_unique<Column>(field.type));
}

ArrowWriter::~ArrowWriter() = default;

void ArrowWriter::append(_duckdb_data_chunk* chunk) {
  auto handle = reinterpret_cast<duckdb_data_chunk>(chunk);
  auto rows = duckdb_data_chunk_get_size(handle);
  Selection all(rows);
  std::iota(all.begin(), all.end(), idx_t{0});
  for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i]->append(duckdb_data_chunk_get_vector(handle, i), all);
  rows_ += static_cast<std::int64_t>(rows);
}

std::size_t ArrowWriter::bytes() const {
  std::size_t total = 0;
  for (auto& column : columns_) total += column->bytes();
  return total;
}

namespace {

struct Body {
  std::vector<std::pair<std::int64_t, std::int64_t>> nodes, buffers;
  std::string bytes;

  void buffer(std::string_view content) {
    buffers.emplace_back(static_cast<std::int64_t>(bytes.size()), static_cast<std::int64_t>(content.size()));
    bytes += content;
    bytes.append((8 - bytes.size() % 8) % 8, '\0');
  }

  void column(const ArrowWriter::Column& column) {
    nodes.emplace_back(column.rows, column.nulls);
    if (column.type.is(TypeKind::null)) return;
    buffer(column.nulls ? std::string_view(column.validity) : std::string_view());
    if (column.is_variable()) buffer(column.offsets);
    if (column.type.is(TypeKind::map)) {  // the entries: a struct that is never NULL
      nodes.emplace_back(column.children[0]->rows, 0);
      buffer({});
    } else if (!column.is_list() && !column.type.is(TypeKind::struct_)) {
      buffer(column.data);
    }
    for (auto& child : column.children) this->column(*child);
  }
};

}  // namespace

std::string ArrowWriter::take() {
  Body body;
  for (auto& column : columns_) body.column(*column);
  FlatWriter flat;
  std::vector<std::size_t> message, batch;
  auto root = flat.table({{0, 2, 4}, {1, 1, 3}, {2, 4, 0}, {3, 8, static_cast<std::int64_t>(body.bytes.size())}}, message);
  flat.point(message[2], flat.table({{0, 8, rows_}, {1, 4, 0}, {2, 4, 0}}, batch));
  flat.point(batch[1], flat.pairs(body.nodes));
  flat.point(batch[2], flat.pairs(body.buffers));
  auto out = schema_ + framed(flat.finish(root)) + body.bytes + std::string("\xFF\xFF\xFF\xFF\0\0\0\0", 8);
  rows_ = 0;
  columns_.clear();
  for (auto& field : fields_) columns_.push_back(std::make_unique<Column>(field.type));
  return out;
}

}  // namespace axonite::spark
