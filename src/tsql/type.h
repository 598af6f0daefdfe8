#pragma once
// T-SQL's own types. DuckDB drops lengths, money, datetime and padding, so every column carries its declared type
// from the binder to the wire, sys.columns and INFORMATION_SCHEMA.
#include <optional>
#include <string>
#include <string_view>

#include "engine/session.h"

namespace axonite::tsql {

enum class TypeId {
  bit, tinyint, smallint, int_, bigint, decimal, money, smallmoney, real, float_,
  char_, varchar, nchar, nvarchar, binary, varbinary,
  date, time, datetime, smalldatetime, datetime2, datetimeoffset, uniqueidentifier,
};

struct Type {
  TypeId id = TypeId::int_;
  int length = 0;  // characters (bytes for binary); -1 = max
  int precision = 0, scale = 0;  // decimal; scale also of time, datetime2, datetimeoffset
  bool nullable = true;
  bool binary_collation = false;  // compares by code point: COLLATE …_BIN2 in an expression or in OPENROWSET's WITH

  // Two types are equal when values need no conversion; whether NULL is allowed does not matter.
  bool operator==(const Type& other) const {
    return id == other.id && length == other.length && precision == other.precision && scale == other.scale;
  }
};

// "nvarchar(50)", "decimal(18,2)", "varchar(max)".
std::string type_name(const Type& type);
// Without arguments: "nvarchar".
std::string_view type_base_name(TypeId id);
// The type of a base name with its arguments as written; nothing when there is no such type or an argument is out of
// range. Missing arguments have T-SQL's defaults: decimal(18,0), varchar(1) (30 in CAST: `in_cast`), datetime2(7).
std::optional<Type> make_type(std::string_view base_name, std::optional<int> first, std::optional<int> second,
                              bool in_cast = false);

// The vector type that values of this type have in engine rows. money is decimal(19,4), tinyint utinyint, bit boolean,
// datetime and its kin timestamp, datetimeoffset varchar "2013-01-01 10:00:00.0000000 +02:00", (var)binary blob.
engine::Type engine_type_of(const Type& type);
// The same as DuckDB SQL: "DECIMAL(18,2)".
std::string engine_type_text(const Type& type);

bool is_string(TypeId id);
bool is_unicode(TypeId id);
bool is_binary(TypeId id);
bool is_integer(TypeId id);        // bit included
bool is_exact_numeric(TypeId id);  // integers, decimal, money
bool is_numeric(TypeId id);        // and real, float
bool is_date_time(TypeId id);

// Precision and scale of any exact numeric type: int is decimal(10,0), money decimal(19,4).
Type as_decimal(const Type& type);
// The type both sides of CASE, COALESCE, UNION and comparison take: T-SQL's precedence, the longer length, enough digits.
Type common_type(const Type& left, const Type& right);

// Whole numbers of sys.types: system_type_id (= user_type_id) and max_length in bytes.
int system_type_id(TypeId id);
int max_length_bytes(const Type& type);
int display_precision(const Type& type);  // sys.columns.precision
int display_scale(const Type& type);

}  // namespace axonite::tsql
