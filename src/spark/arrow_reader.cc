#include "spark/arrow_reader.h"

#include <duckdb.h>

#include <algorithm>
#include <cstring>

#include "spark/arrow_types.h"
#include "spark/errors.h"

namespace axonite::spark {
namespace {

Error broken(std::string_view what) { return condition(Error::Kind::invalid, "INVALID_ARROW", "22000", "The local data is no valid Arrow stream: " + std::string(what) + "."); }

constexpr std::size_t kColumnsMax = 10'000;

struct Message {
  FlatTable header;
  int kind = 0;  // 1 schema, 2 dictionary, 3 record batch
  std::string_view body;
};

// Walks the messages of concatenated streams.
class Messages {
 public:
  explicit Messages(std::string_view bytes) : bytes_(bytes) {}
  // Nothing at the end.
  Result<std::optional<Message>> next() {
    while (at_ + 8 <= bytes_.size()) {
      std::uint32_t mark, size;
      std::memcpy(&mark, bytes_.data() + at_, 4);
      std::memcpy(&size, bytes_.data() + at_ + 4, 4);
      if (mark != 0xFFFFFFFFu) return std::unexpected(broken("a message without its mark"));
      at_ += 8;
      if (size == 0) continue;  // end of one stream
      if (size > bytes_.size() - at_) return std::unexpected(broken("a message beyond the end"));
      auto root = FlatTable::root(bytes_.substr(at_, size));
      at_ += size;
      auto header = root ? root->table(2) : std::nullopt;
      if (!header) return std::unexpected(broken("a message without header"));
      auto length = root->scalar<std::int64_t>(3, 0);
      if (length < 0 || static_cast<std::uint64_t>(length) > bytes_.size() - at_) return std::unexpected(broken("a body beyond the end"));
      Message message{*header, root->scalar<std::uint8_t>(1, 0), bytes_.substr(at_, static_cast<std::size_t>(length))};
      at_ += static_cast<std::size_t>(length);
      return message;
    }
    return std::nullopt;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

Result<std::vector<ArrowField>> fields_of(const FlatTable& schema) {
  std::vector<ArrowField> fields;
  for (auto& table : schema.tables(1)) {
    TRY(auto field, arrow_field(table));
    fields.push_back(std::move(field));
  }
  if (fields.size() > kColumnsMax) return std::unexpected(broken("too many columns"));
  return fields;
}

// One column of a record batch: buffers by view, never copied.
struct Column {
  const ArrowField* field = nullptr;
  std::int64_t length = 0;
  std::string_view validity, offsets, data;
  std::vector<Column> children;

  bool valid(std::size_t row) const { return field->id != 1 && (validity.empty() || (static_cast<unsigned char>(validity[row / 8]) >> (row % 8) & 1)); }
  bool wide() const { return field->id == 19 || field->id == 20; }
  std::int64_t offset(std::size_t row) const {
    if (wide()) {
      std::int64_t value;
      std::memcpy(&value, offsets.data() + row * 8, 8);
      return value;
    }
    std::int32_t value;
    std::memcpy(&value, offsets.data() + row * 4, 4);
    return value;
  }
};

class Batch {
 public:
  Batch(const FlatTable& header, std::string_view body) : nodes_(header.pairs(1)), buffers_(header.pairs(2)), body_(body) {}

  Result<Column> column(const ArrowField& field) {
    if (node_ >= nodes_.size()) return std::unexpected(broken("a missing node"));
    Column out{.field = &field, .length = nodes_[node_++].first};
    if (out.length < 0 || out.length > (std::int64_t{1} << 40)) return std::unexpected(broken("a length"));
    auto rows = static_cast<std::size_t>(out.length);
    if (field.id == 1) return out;
    TRY(out.validity, buffer());
    if (!out.validity.empty() && out.validity.size() < (rows + 7) / 8) return std::unexpected(broken("a short validity"));
    bool list = field.id == 12 || field.id == 17, text = field.id == 4 || field.id == 5 || out.wide();
    if (list || text) {
      TRY(out.offsets, buffer());
      if (rows && out.offsets.size() < (rows + 1) * (out.wide() ? 8 : 4)) return std::unexpected(broken("short offsets"));
    }
    if (!list && field.id != 13) {
      TRY(out.data, buffer());
      if (!text && out.data.size() < needed(field, rows)) return std::unexpected(broken("short values"));
    }
    for (auto& child : field.children) {
      TRY(auto made, column(child));
      out.children.push_back(std::move(made));
    }
    CHECK_OK(check(out, list, text));
    return out;
  }

 private:
  static std::size_t needed(const ArrowField& field, std::size_t rows) {
    if (field.id == 6) return (rows + 7) / 8;
    if (field.id == 8) return rows * (field.unit == 0 ? 4 : 8);
    return rows * fixed_bytes(field.field.type);
  }
  Result<std::string_view> buffer() {
    if (at_ >= buffers_.size()) return std::unexpected(broken("a missing buffer"));
    auto [from, length] = buffers_[at_++];
    if (from < 0 || length < 0 || static_cast<std::uint64_t>(from) > body_.size() || static_cast<std::uint64_t>(length) > body_.size() - static_cast<std::uint64_t>(from)) return std::unexpected(broken("a buffer beyond the body"));
    return body_.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(length));
  }
  static Result<void> check(const Column& column, bool list, bool text) {
    auto rows = static_cast<std::size_t>(column.length);
    if (rows && (list || text)) {
      auto end = list ? (column.children.empty() ? 0 : column.children[0].length) : static_cast<std::int64_t>(column.data.size());
      std::int64_t before = column.offset(0);
      if (before < 0) return std::unexpected(broken("an offset"));
      for (std::size_t i = 1; i <= rows; ++i) {
        auto now = column.offset(i);
        if (now < before || now > end) return std::unexpected(broken("an offset"));
        before = now;
      }
    }
    if (column.field->id == 13)
      for (auto& child : column.children)
        if (child.length < column.length) return std::unexpected(broken("a short field"));
    return ok();
  }

  std::vector<std::pair<std::int64_t, std::int64_t>> nodes_, buffers_;
  std::string_view body_;
  std::size_t node_ = 0, at_ = 0;
};

duckdb_logical_type logical_of(const DataType& type) {
  switch (type.kind) {
    case TypeKind::boolean: return duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN);
    case TypeKind::byte: return duckdb_create_logical_type(DUCKDB_TYPE_TINYINT);
    case TypeKind::short_: return duckdb_create_logical_type(DUCKDB_TYPE_SMALLINT);
    case TypeKind::long_: return duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    case TypeKind::float_: return duckdb_create_logical_type(DUCKDB_TYPE_FLOAT);
    case TypeKind::double_: return duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    case TypeKind::decimal: return duckdb_create_decimal_type(static_cast<std::uint8_t>(type.precision), static_cast<std::uint8_t>(type.scale));
    case TypeKind::string: return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    case TypeKind::binary: return duckdb_create_logical_type(DUCKDB_TYPE_BLOB);
    case TypeKind::date: return duckdb_create_logical_type(DUCKDB_TYPE_DATE);
    case TypeKind::timestamp: return duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP_TZ);
    case TypeKind::timestamp_ntz: return duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP);
    case TypeKind::day_time_interval:
    case TypeKind::year_month_interval:
    case TypeKind::calendar_interval: return duckdb_create_logical_type(DUCKDB_TYPE_INTERVAL);
    case TypeKind::null:
    case TypeKind::integer: return duckdb_create_logical_type(DUCKDB_TYPE_INTEGER);
    case TypeKind::array: {
      auto child = logical_of(type.element());
      auto out = duckdb_create_list_type(child);
      duckdb_destroy_logical_type(&child);
      return out;
    }
    case TypeKind::map: {
      auto key = logical_of(type.key()), value = logical_of(type.value());
      auto out = duckdb_create_map_type(key, value);
      duckdb_destroy_logical_type(&key);
      duckdb_destroy_logical_type(&value);
      return out;
    }
    case TypeKind::struct_: {
      std::vector<duckdb_logical_type> types;
      std::vector<const char*> names;
      for (auto& field : type.fields) {
        types.push_back(logical_of(field.type));
        names.push_back(field.name.c_str());
      }
      auto out = duckdb_create_struct_type(types.data(), names.data(), types.size());
      for (auto& one : types) duckdb_destroy_logical_type(&one);
      return out;
    }
  }
  return duckdb_create_logical_type(DUCKDB_TYPE_INTEGER);
}

template <class T>
T value_at(const Column& column, std::size_t row) {
  T value;
  std::memcpy(&value, column.data.data() + row * sizeof(T), sizeof(T));
  return value;
}

std::int64_t micros(const Column& column, std::size_t row) {
  auto value = value_at<std::int64_t>(column, row);
  switch (column.field->unit) {
    case 0: return value * 1'000'000;
    case 1: return value * 1000;
    case 3: return value / 1000;
    default: return value;
  }
}

void write_decimal(void* out, const DataType& type, __int128 value, idx_t at) {
  if (type.precision <= 4) static_cast<std::int16_t*>(out)[at] = static_cast<std::int16_t>(value);
  else if (type.precision <= 9) static_cast<std::int32_t*>(out)[at] = static_cast<std::int32_t>(value);
  else if (type.precision <= 18) static_cast<std::int64_t*>(out)[at] = static_cast<std::int64_t>(value);
  else static_cast<duckdb_hugeint*>(out)[at] = {static_cast<std::uint64_t>(value), static_cast<std::int64_t>(value >> 64)};
}

void write_one(duckdb_vector vector, const Column& column, std::size_t row, idx_t at) {
  auto* out = duckdb_vector_get_data(vector);
  auto& type = column.field->field.type;
  switch (type.kind) {
    case TypeKind::boolean: static_cast<bool*>(out)[at] = static_cast<unsigned char>(column.data[row / 8]) >> (row % 8) & 1; return;
    case TypeKind::string:
    case TypeKind::binary: duckdb_vector_assign_string_element_len(vector, at, column.data.data() + column.offset(row), static_cast<idx_t>(column.offset(row + 1) - column.offset(row))); return;
    case TypeKind::decimal: write_decimal(out, type, value_at<__int128>(column, row), at); return;
    case TypeKind::date: static_cast<std::int32_t*>(out)[at] = column.field->unit == 0 ? value_at<std::int32_t>(column, row) : static_cast<std::int32_t>(value_at<std::int64_t>(column, row) / 86'400'000); return;
    case TypeKind::timestamp:
    case TypeKind::timestamp_ntz: static_cast<std::int64_t*>(out)[at] = micros(column, row); return;
    case TypeKind::day_time_interval: static_cast<duckdb_interval*>(out)[at] = {0, 0, micros(column, row)}; return;
    default: {
      auto size = fixed_bytes(type);
      std::memcpy(static_cast<char*>(out) + at * size, column.data.data() + row * size, size);
    }
  }
}

// Rows [from, from + count) of `column` to `vector` from place `at` on.
void write(duckdb_vector vector, const Column& column, std::size_t from, std::size_t count, idx_t at) {
  duckdb_vector_ensure_validity_writable(vector);
  auto* validity = duckdb_vector_get_validity(vector);
  auto& type = column.field->field.type;
  if (type.is(TypeKind::struct_))
    for (std::size_t i = 0; i < column.children.size(); ++i) write(duckdb_struct_vector_get_child(vector, i), column.children[i], from, count, at);
  bool list = type.is(TypeKind::array) || type.is(TypeKind::map);
  for (std::size_t i = 0; i < count; ++i) {
    bool valid = column.valid(from + i);
    duckdb_validity_set_row_validity(validity, at + i, valid);
    if (list) {
      auto begin = static_cast<std::size_t>(column.offset(from + i)), end = static_cast<std::size_t>(column.offset(from + i + 1));
      auto size = duckdb_list_vector_get_size(vector);
      static_cast<duckdb_list_entry*>(duckdb_vector_get_data(vector))[at + i] = {size, end - begin};
      duckdb_list_vector_reserve(vector, size + end - begin);
      write(duckdb_list_vector_get_child(vector), column.children[0], begin, end - begin, size);
      duckdb_list_vector_set_size(vector, size + end - begin);
    } else if (valid && !type.is(TypeKind::struct_)) {
      write_one(vector, column, from + i, at + i);
    }
  }
}

Result<void> append_batch(const std::vector<ArrowField>& fields, const Message& message, const std::vector<duckdb_logical_type>& types, engine::Session& session, std::string_view table) {
  if (message.header.table(3)) return std::unexpected(broken("compressed buffers, which are not supported"));
  auto rows = message.header.scalar<std::int64_t>(0, 0);
  Batch batch(message.header, message.body);
  std::vector<Column> columns;
  for (auto& field : fields) {
    TRY(auto column, batch.column(field));
    if (column.length < rows) return std::unexpected(broken("a short column"));
    columns.push_back(std::move(column));
  }
  auto types_copy = types;
  for (std::int64_t from = 0; from < rows; from += 2048) {
    auto count = static_cast<std::size_t>(std::min<std::int64_t>(2048, rows - from));
    auto chunk = duckdb_create_data_chunk(types_copy.data(), types_copy.size());
    for (std::size_t i = 0; i < columns.size(); ++i) write(duckdb_data_chunk_get_vector(chunk, i), columns[i], static_cast<std::size_t>(from), count, 0);
    duckdb_data_chunk_set_size(chunk, count);
    auto outcome = session.append(table, reinterpret_cast<_duckdb_data_chunk*>(chunk));
    duckdb_destroy_data_chunk(&chunk);
    CHECK_OK(std::move(outcome));
  }
  return ok();
}

}  // namespace

Result<std::vector<Field>> arrow_schema(std::string_view streams) {
  Messages messages(streams);
  TRY(auto first, messages.next());
  if (!first || first->kind != 1) return std::unexpected(broken("no schema"));
  TRY(auto fields, fields_of(first->header));
  std::vector<Field> out;
  for (auto& field : fields) out.push_back(field.field);
  return out;
}

Result<void> append_arrow(std::string_view streams, engine::Session& session, std::string_view table) {
  Messages messages(streams);
  std::vector<ArrowField> fields;
  std::vector<duckdb_logical_type> types;
  auto outcome = [&]() -> Result<void> {
    while (true) {
      TRY(auto message, messages.next());
      if (!message) return ok();
      if (message->kind == 1) {
        TRY(auto now, fields_of(message->header));
        bool same = types.empty() || std::ranges::equal(now, fields, [](auto& a, auto& b) { return a.field.type == b.field.type; });
        if (!same) return std::unexpected(broken("streams of different schemas"));
        fields = std::move(now);
        if (types.empty())
          for (auto& field : fields) types.push_back(logical_of(field.field.type));
      } else if (message->kind == 3) {
        CHECK_OK(append_batch(fields, *message, types, session, table));
      } else {
        return std::unexpected(broken("a dictionary, which is not supported"));
      }
    }
  }();
  for (auto& type : types) duckdb_destroy_logical_type(&type);
  return outcome;
}

}  // namespace axonite::spark
