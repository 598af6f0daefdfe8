#include <spark/connect/types.pb.h>

#include "spark/decode.h"
#include "spark/errors.h"

namespace axonite::spark {
namespace {

Result<DataType> decode_nested(const proto::DataType& message) {
  if (message.has_array()) {
    TRY(auto element, decode_type(message.array().element_type()));
    return array_of(std::move(element), message.array().contains_null());
  }
  if (message.has_map()) {
    TRY(auto key, decode_type(message.map().key_type()));
    TRY(auto value, decode_type(message.map().value_type()));
    return map_of(std::move(key), std::move(value));
  }
  DataType type = struct_of({});
  for (auto& field : message.struct_().fields()) {
    TRY(auto inner, decode_type(field.data_type()));
    type.fields.push_back({field.name(), std::move(inner), field.nullable()});
  }
  return type;
}

}  // namespace

Result<DataType> decode_type(const proto::DataType& message) {
  using Case = proto::DataType;
  switch (message.kind_case()) {
    case Case::kNull: return DataType{TypeKind::null};
    case Case::kBinary: return DataType{TypeKind::binary};
    case Case::kBoolean: return DataType{TypeKind::boolean};
    case Case::kByte: return DataType{TypeKind::byte};
    case Case::kShort: return DataType{TypeKind::short_};
    case Case::kInteger: return DataType{TypeKind::integer};
    case Case::kLong: return DataType{TypeKind::long_};
    case Case::kFloat: return DataType{TypeKind::float_};
    case Case::kDouble: return DataType{TypeKind::double_};
    case Case::kDecimal: return decimal_type(message.decimal().has_precision() ? message.decimal().precision() : 10, message.decimal().scale());
    case Case::kString:
    case Case::kChar:
    case Case::kVarChar: return DataType{TypeKind::string};
    case Case::kDate: return DataType{TypeKind::date};
    case Case::kTimestamp: return DataType{TypeKind::timestamp};
    case Case::kTimestampNtz: return DataType{TypeKind::timestamp_ntz};
    case Case::kCalendarInterval: return DataType{TypeKind::calendar_interval};
    case Case::kYearMonthInterval: return DataType{TypeKind::year_month_interval};
    case Case::kDayTimeInterval: return DataType{TypeKind::day_time_interval};
    case Case::kArray:
    case Case::kMap:
    case Case::kStruct: return decode_nested(message);
    case Case::kUnparsed: return parse_ddl(message.unparsed().data_type_string());
    default: return std::unexpected(unsupported_type("of this message"));
  }
}

void encode_type(const DataType& type, proto::DataType& out) {
  switch (type.kind) {
    case TypeKind::null: out.mutable_null(); break;
    case TypeKind::boolean: out.mutable_boolean(); break;
    case TypeKind::byte: out.mutable_byte(); break;
    case TypeKind::short_: out.mutable_short_(); break;
    case TypeKind::integer: out.mutable_integer(); break;
    case TypeKind::long_: out.mutable_long_(); break;
    case TypeKind::float_: out.mutable_float_(); break;
    case TypeKind::double_: out.mutable_double_(); break;
    case TypeKind::decimal:
      out.mutable_decimal()->set_precision(type.precision);
      out.mutable_decimal()->set_scale(type.scale);
      break;
    case TypeKind::string: out.mutable_string()->set_collation("UTF8_BINARY"); break;
    case TypeKind::binary: out.mutable_binary(); break;
    case TypeKind::date: out.mutable_date(); break;
    case TypeKind::timestamp: out.mutable_timestamp(); break;
    case TypeKind::timestamp_ntz: out.mutable_timestamp_ntz(); break;
    case TypeKind::day_time_interval:
      out.mutable_day_time_interval()->set_start_field(0);
      out.mutable_day_time_interval()->set_end_field(3);
      break;
    case TypeKind::year_month_interval:
      out.mutable_year_month_interval()->set_start_field(0);
      out.mutable_year_month_interval()->set_end_field(1);
      break;
    case TypeKind::calendar_interval: out.mutable_calendar_interval(); break;
    case TypeKind::array:
      encode_type(type.element(), *out.mutable_array()->mutable_element_type());
      out.mutable_array()->set_contains_null(type.fields[0].nullable);
      break;
    case TypeKind::map:
      encode_type(type.key(), *out.mutable_map()->mutable_key_type());
      encode_type(type.value(), *out.mutable_map()->mutable_value_type());
      out.mutable_map()->set_value_contains_null(type.fields[1].nullable);
      break;
    case TypeKind::struct_: {
      auto* fields = out.mutable_struct_();
      for (auto& field : type.fields) {
        auto* made = fields->add_fields();
        made->set_name(field.name);
        made->set_nullable(field.nullable);
        encode_type(field.type, *made->mutable_data_type());
      }
      break;
    }
  }
}

}  // namespace axonite::spark
