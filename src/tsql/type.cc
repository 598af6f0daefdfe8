#include "tsql/type.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace axonite::tsql {
namespace {

enum class Arguments { none, length, precision_scale, fraction };

struct Facts {
  TypeId id;
  std::string_view name;
  Arguments arguments;
  int precedence;  // higher wins in mixed expressions
  int system_type_id;
  int bytes;  // of fixed types
  int precision, scale;
  engine::TypeId engine;
  std::string_view engine_name;
};

using E = engine::TypeId;
// In the order of TypeId. Precedence follows "Data type precedence (Transact-SQL)", ids follow sys.types.
constexpr std::array<Facts, 23> kFacts = {{
    {TypeId::bit, "bit", Arguments::none, 9, 104, 1, 1, 0, E::boolean, "BOOLEAN"},
    {TypeId::tinyint, "tinyint", Arguments::none, 10, 48, 1, 3, 0, E::utinyint, "UTINYINT"},
    {TypeId::smallint, "smallint", Arguments::none, 11, 52, 2, 5, 0, E::smallint, "SMALLINT"},
    {TypeId::int_, "int", Arguments::none, 12, 56, 4, 10, 0, E::integer, "INTEGER"},
    {TypeId::bigint, "bigint", Arguments::none, 13, 127, 8, 19, 0, E::bigint, "BIGINT"},
    {TypeId::decimal, "decimal", Arguments::precision_scale, 16, 106, 0, 18, 0, E::decimal, "DECIMAL"},
    {TypeId::money, "money", Arguments::none, 15, 60, 8, 19, 4, E::decimal, "DECIMAL(19,4)"},
    {TypeId::smallmoney, "smallmoney", Arguments::none, 14, 122, 4, 10, 4, E::decimal, "DECIMAL(10,4)"},
    {TypeId::real, "real", Arguments::none, 17, 59, 4, 24, 0, E::float_, "FLOAT"},
    {TypeId::float_, "float", Arguments::none, 18, 62, 8, 53, 0, E::double_, "DOUBLE"},
    {TypeId::char_, "char", Arguments::length, 3, 175, 0, 0, 0, E::varchar, "VARCHAR"},
    {TypeId::varchar, "varchar", Arguments::length, 4, 167, 0, 0, 0, E::varchar, "VARCHAR"},
    {TypeId::nchar, "nchar", Arguments::length, 5, 239, 0, 0, 0, E::varchar, "VARCHAR"},
    {TypeId::nvarchar, "nvarchar", Arguments::length, 6, 231, 0, 0, 0, E::varchar, "VARCHAR"},
    {TypeId::binary, "binary", Arguments::length, 1, 173, 0, 0, 0, E::blob, "BLOB"},
    {TypeId::varbinary, "varbinary", Arguments::length, 2, 165, 0, 0, 0, E::blob, "BLOB"},
    {TypeId::date, "date", Arguments::none, 20, 40, 3, 10, 0, E::date, "DATE"},
    {TypeId::time, "time", Arguments::fraction, 19, 41, 5, 16, 7, E::time, "TIME"},
    {TypeId::datetime, "datetime", Arguments::none, 22, 61, 8, 23, 3, E::timestamp, "TIMESTAMP"},
    {TypeId::smalldatetime, "smalldatetime", Arguments::none, 21, 58, 4, 16, 0, E::timestamp, "TIMESTAMP"},
    {TypeId::datetime2, "datetime2", Arguments::fraction, 23, 42, 8, 27, 7, E::timestamp, "TIMESTAMP"},
    {TypeId::datetimeoffset, "datetimeoffset", Arguments::fraction, 24, 43, 10, 34, 7, E::varchar, "VARCHAR"},
    {TypeId::uniqueidentifier, "uniqueidentifier", Arguments::none, 8, 36, 16, 0, 0, E::uuid, "UUID"},
}};

const Facts& facts(TypeId id) { return kFacts[static_cast<std::size_t>(id)]; }

// Other spellings that T-SQL takes for the same types.
std::string canonical(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> synonyms[] = {
      {"integer", "int"},         {"dec", "decimal"},       {"numeric", "decimal"},
      {"character", "char"},      {"sysname", "nvarchar"},  {"rowversion", "binary"},
      {"double precision", "float"}};
  std::string lower = text::to_lower(name);
  for (auto& [from, to] : synonyms)
    if (lower == from) return std::string(to);
  return lower;
}

std::optional<Type> with_length(TypeId id, std::optional<int> length, bool in_cast) {
  Type type{.id = id, .length = length.value_or(in_cast ? 30 : 1)};
  int most = is_unicode(id) ? 4000 : 8000;
  bool may_be_max = id == TypeId::varchar || id == TypeId::nvarchar || id == TypeId::varbinary;
  if (type.length == -1 && may_be_max) return type;
  if (type.length < 1 || type.length > most) return std::nullopt;
  return type;
}

}  // namespace

std::string_view type_base_name(TypeId id) { return facts(id).name; }

std::string type_name(const Type& type) {
  const Facts& f = facts(type.id);
  switch (f.arguments) {
    case Arguments::none: return std::string(f.name);
    case Arguments::length:
      return type.length < 0 ? fmt::format("{}(max)", f.name) : fmt::format("{}({})", f.name, type.length);
    case Arguments::precision_scale: return fmt::format("{}({},{})", f.name, type.precision, type.scale);
    case Arguments::fraction: return fmt::format("{}({})", f.name, type.scale);
  }
  return {};
}

std::optional<Type> make_type(std::string_view base_name, std::optional<int> first, std::optional<int> second,
                              bool in_cast) {
  std::string name = canonical(base_name);
  if (text::equals_ignoring_case(base_name, "sysname")) first = 128;
  auto found = std::find_if(kFacts.begin(), kFacts.end(), [&](const Facts& f) { return f.name == name; });
  if (found == kFacts.end()) return std::nullopt;
  Type type{.id = found->id};
  switch (found->arguments) {
    case Arguments::none:
      // float(1..24) is real, float(25..53) float.
      if (type.id == TypeId::float_ && first) {
        if (*first < 1 || *first > 53) return std::nullopt;
        if (*first <= 24) type.id = TypeId::real;
        return type;
      }
      return first ? std::nullopt : std::optional(type);
    case Arguments::length: return second ? std::nullopt : with_length(type.id, first, in_cast);
    case Arguments::precision_scale:
      type.precision = first.value_or(18);
      type.scale = second.value_or(0);
      if (type.precision < 1 || type.precision > 38 || type.scale < 0 || type.scale > type.precision)
        return std::nullopt;
      return type;
    case Arguments::fraction:
      type.scale = first.value_or(7);
      if (type.scale < 0 || type.scale > 7 || second) return std::nullopt;
      return type;
  }
  return std::nullopt;
}

engine::Type engine_type_of(const Type& type) {
  const Facts& f = facts(type.id);
  if (type.id == TypeId::decimal) return {.id = f.engine, .precision = type.precision, .scale = type.scale};
  if (f.engine == E::decimal) return {.id = f.engine, .precision = f.precision, .scale = f.scale};
  return {.id = f.engine};
}

std::string engine_type_text(const Type& type) {
  if (type.id == TypeId::decimal) return fmt::format("DECIMAL({},{})", type.precision, type.scale);
  return std::string(facts(type.id).engine_name);
}

bool is_string(TypeId id) {
  return id == TypeId::char_ || id == TypeId::varchar || id == TypeId::nchar || id == TypeId::nvarchar;
}
bool is_unicode(TypeId id) { return id == TypeId::nchar || id == TypeId::nvarchar; }
bool is_binary(TypeId id) { return id == TypeId::binary || id == TypeId::varbinary; }
bool is_integer(TypeId id) { return id <= TypeId::bigint; }
bool is_exact_numeric(TypeId id) { return id <= TypeId::smallmoney; }
bool is_numeric(TypeId id) { return id <= TypeId::float_; }
bool is_date_time(TypeId id) { return id >= TypeId::date && id <= TypeId::datetimeoffset; }

Type as_decimal(const Type& type) {
  if (type.id == TypeId::decimal) return type;
  return {.id = TypeId::decimal, .precision = facts(type.id).precision, .scale = facts(type.id).scale};
}

Type common_type(const Type& left, const Type& right) {
  const Type& higher = facts(left.id).precedence >= facts(right.id).precedence ? left : right;
  Type type = higher;
  type.nullable = left.nullable || right.nullable;
  bool lengths = (is_string(left.id) && is_string(right.id)) || (is_binary(left.id) && is_binary(right.id));
  if (lengths) {
    type.length = left.length < 0 || right.length < 0 ? -1 : std::max(left.length, right.length);
  } else if (type.id == TypeId::decimal && is_exact_numeric(left.id) && is_exact_numeric(right.id)) {
    Type a = as_decimal(left), b = as_decimal(right);
    int whole = std::max(a.precision - a.scale, b.precision - b.scale);
    type.scale = std::min(std::max(a.scale, b.scale), std::max(0, 38 - whole));
    type.precision = std::min(38, whole + type.scale);
  } else if (facts(type.id).arguments == Arguments::fraction && left.id == right.id) {
    type.scale = std::max(left.scale, right.scale);
  }
  return type;
}

int system_type_id(TypeId id) { return facts(id).system_type_id; }

int max_length_bytes(const Type& type) {
  const Facts& f = facts(type.id);
  if (f.arguments == Arguments::length) {
    if (type.length < 0) return -1;
    return is_unicode(type.id) ? type.length * 2 : type.length;
  }
  if (type.id == TypeId::decimal)
    return type.precision <= 9 ? 5 : type.precision <= 19 ? 9 : type.precision <= 28 ? 13 : 17;
  if (f.arguments == Arguments::fraction) return f.bytes - (type.scale <= 2 ? 2 : type.scale <= 4 ? 1 : 0);
  return f.bytes;
}

int display_precision(const Type& type) {
  if (type.id == TypeId::decimal) return type.precision;
  const Facts& f = facts(type.id);
  if (f.arguments == Arguments::fraction) return f.precision - 8 + (type.scale ? type.scale + 1 : 0);
  return f.precision;
}

int display_scale(const Type& type) {
  const Facts& f = facts(type.id);
  if (type.id == TypeId::decimal || f.arguments == Arguments::fraction) return type.scale;
  return f.scale;
}

}  // namespace axonite::tsql
