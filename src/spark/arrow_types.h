#pragma once
// What Arrow's schema messages and Spark's types say to each other.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spark/flat.h"
#include "spark/type.h"

namespace axonite::spark {

std::string schema_message(const std::vector<Field>& fields, const std::string& time_zone);
// With the continuation mark and the length in front.
std::string framed(const std::string& message);
std::size_t fixed_bytes(const DataType& type);  // of fixed-width values in both systems

// A column as an incoming stream describes it.
struct ArrowField {
  Field field;              // the Spark type
  int id = 0;               // Arrow's type id
  int bits = 0;             // integers, floats
  bool is_signed = true;
  int unit = 0;             // of times
  std::vector<ArrowField> children;
};
// UNSUPPORTED_DATATYPE for types that Spark's clients do not send.
Result<ArrowField> arrow_field(const FlatTable& field, int depth = 0);

}  // namespace axonite::spark
