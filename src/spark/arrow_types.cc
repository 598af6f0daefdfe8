#include "spark/arrow_types.h"

#include <functional>

#include "spark/errors.h"

namespace axonite::spark {
namespace {

// Ids of the union Type in Arrow's Schema.fbs.
enum Id { kNull = 1, kInt = 2, kFloat = 3, kBinary = 4, kUtf8 = 5, kBool = 6, kDecimal = 7, kDate = 8, kTimestamp = 10, kInterval = 11, kList = 12, kStruct = 13, kMap = 17, kDuration = 18, kLargeBinary = 19, kLargeUtf8 = 20 };

struct Described {
  int id;
  std::vector<FlatWriter::Slot> slots;
};

Described described(const DataType& type) {
  switch (type.kind) {
    case TypeKind::null: return {kNull, {}};
    case TypeKind::boolean: return {kBool, {}};
    case TypeKind::byte: return {kInt, {{0, 4, 8}, {1, 1, 1}}};
    case TypeKind::short_: return {kInt, {{0, 4, 16}, {1, 1, 1}}};
    case TypeKind::integer: return {kInt, {{0, 4, 32}, {1, 1, 1}}};
    case TypeKind::long_: return {kInt, {{0, 4, 64}, {1, 1, 1}}};
    case TypeKind::float_: return {kFloat, {{0, 2, 1}}};
    case TypeKind::double_: return {kFloat, {{0, 2, 2}}};
    case TypeKind::decimal: return {kDecimal, {{0, 4, type.precision}, {1, 4, type.scale}, {2, 4, 128}}};
    case TypeKind::string: return {kUtf8, {}};
    case TypeKind::binary: return {kBinary, {}};
    case TypeKind::date: return {kDate, {{0, 2, 0}}};
    case TypeKind::timestamp: return {kTimestamp, {{0, 2, 2}, {1, 4, 0}}};
    case TypeKind::timestamp_ntz: return {kTimestamp, {{0, 2, 2}}};
    case TypeKind::day_time_interval: return {kDuration, {{0, 2, 2}}};
    case TypeKind::year_month_interval: return {kInterval, {{0, 2, 0}}};
    case TypeKind::calendar_interval: return {kInterval, {{0, 2, 2}}};
    case TypeKind::array: return {kList, {}};
    case TypeKind::map: return {kMap, {}};
    case TypeKind::struct_: return {kStruct, {}};
  }
  return {kNull, {}};
}

std::size_t write_field(FlatWriter& flat, const Field& field, const std::string& time_zone) {
  auto what = described(field.type);
  std::vector<std::size_t> at, type_at, child_at;
  auto out = flat.table({{0, 4, 0}, {1, 1, field.nullable}, {2, 1, what.id}, {3, 4, 0}, {5, 4, 0}}, at);
  flat.point(at[0], flat.text(field.name));
  flat.point(at[3], flat.table(what.slots, type_at));
  if (field.type.is(TypeKind::timestamp)) flat.point(type_at[1], flat.text(time_zone));
  std::vector<Field> children = field.type.fields;
  if (field.type.is(TypeKind::map)) children = {{"entries", struct_of(field.type.fields), false}};
  flat.point(at[4], flat.offsets(children.size(), child_at));
  for (std::size_t i = 0; i < children.size(); ++i) flat.point(child_at[i], write_field(flat, children[i], time_zone));
  return out;
}

Result<DataType> plain(const ArrowField& field, const FlatTable& type) {
  switch (field.id) {
    case kNull: return DataType{TypeKind::null};
    case kBool: return DataType{TypeKind::boolean};
    case kInt:
      if (!field.is_signed) return std::unexpected(unsupported_type("unsigned integer"));
      return DataType{field.bits == 8 ? TypeKind::byte : field.bits == 16 ? TypeKind::short_ : field.bits == 32 ? TypeKind::integer : TypeKind::long_};
    case kFloat:
      if (field.bits == 16) return std::unexpected(unsupported_type("half float"));
      return DataType{field.bits == 32 ? TypeKind::float_ : TypeKind::double_};
    case kUtf8:
    case kLargeUtf8: return DataType{TypeKind::string};
    case kBinary:
    case kLargeBinary: return DataType{TypeKind::binary};
    case kDecimal:
      if (type.scalar<std::int32_t>(2, 128) != 128) return std::unexpected(unsupported_type("decimal256"));
      return decimal_type(type.scalar<std::int32_t>(0, 0), type.scalar<std::int32_t>(1, 0));
    case kDate: return DataType{TypeKind::date};
    case kTimestamp: return DataType{type.text(1).empty() ? TypeKind::timestamp_ntz : TypeKind::timestamp};
    case kDuration: return DataType{TypeKind::day_time_interval};
    default: return std::unexpected(unsupported_type("Arrow's type " + std::to_string(field.id)));
  }
}

}  // namespace

std::size_t fixed_bytes(const DataType& type) {
  switch (type.kind) {
    case TypeKind::byte: return 1;
    case TypeKind::short_: return 2;
    case TypeKind::integer:
    case TypeKind::float_:
    case TypeKind::date: return 4;
    case TypeKind::decimal: return 16;
    default: return 8;
  }
}

std::string framed(const std::string& message) {
  std::string out("\xFF\xFF\xFF\xFF", 4);
  auto size = static_cast<std::int32_t>(message.size());
  out.append(reinterpret_cast<const char*>(&size), 4);
  return out + message;
}

std::string schema_message(const std::vector<Field>& fields, const std::string& time_zone) {
  FlatWriter flat;
  std::vector<std::size_t> message, schema, at;
  auto root = flat.table({{0, 2, 4}, {1, 1, 1}, {2, 4, 0}, {3, 8, 0}}, message);
  flat.point(message[2], flat.table({{1, 4, 0}}, schema));
  flat.point(schema[0], flat.offsets(fields.size(), at));
  for (std::size_t i = 0; i < fields.size(); ++i) flat.point(at[i], write_field(flat, fields[i], time_zone));
  return flat.finish(root);
}

Result<ArrowField> arrow_field(const FlatTable& table, int depth) {
  if (depth > 32) return std::unexpected(unsupported_type("a deeper one"));
  if (table.table(4)) return std::unexpected(unsupported_type("dictionary"));
  ArrowField out;
  out.field.name = std::string(table.text(0));
  out.field.nullable = table.scalar<std::uint8_t>(1, 0);
  out.id = table.scalar<std::uint8_t>(2, 0);
  auto type = table.table(3);
  if (!type) return std::unexpected(unsupported_type("without a description"));
  out.bits = out.id == kFloat ? 16 << type->scalar<std::int16_t>(0, 0) : type->scalar<std::int32_t>(0, 0);
  out.is_signed = out.id != kInt || type->scalar<std::uint8_t>(1, 0);
  if (out.id == kTimestamp || out.id == kDuration || out.id == kDate) out.unit = type->scalar<std::int16_t>(0, out.id == kTimestamp ? 0 : 1);
  for (auto& child : table.tables(5)) {
    TRY(auto made, arrow_field(child, depth + 1));
    out.children.push_back(std::move(made));
  }
  if (out.id == kList && out.children.size() == 1) {
    out.field.type = array_of(out.children[0].field.type, out.children[0].field.nullable);
  } else if (out.id == kMap && out.children.size() == 1 && out.children[0].children.size() == 2) {
    out.field.type = map_of(out.children[0].children[0].field.type, out.children[0].children[1].field.type);
  } else if (out.id == kStruct) {
    out.field.type = struct_of({});
    for (auto& child : out.children) out.field.type.fields.push_back(child.field);
  } else {
    TRY(out.field.type, plain(out, *type));
  }
  return out;
}

}  // namespace axonite::spark
