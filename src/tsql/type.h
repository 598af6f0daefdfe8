#pragma once
// T-SQL's own types. DuckDB drops lengths, money, datetime and padding, so every column carries its declared type
// from the binder to the wire, sys.columns and INFORMATION_SCHEMA.
#include <string>

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
};

// "nvarchar(50)", "decimal(18,2)", "varchar(max)".
std::string type_name(const Type& type);

}  // namespace axonite::tsql
