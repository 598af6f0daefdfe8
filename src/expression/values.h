#pragma once
// Typing, comparing and printing of values as the engine (.NET) does it.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace axonite::expression {

// "String", "Integer", "Float", "Boolean", "Null", "Array", "Object".
std::string_view type_name(const json::Value& value);

// Nothing for values that are no integers, and for those beyond 64 bits with a sign.
std::optional<std::int64_t> as_integer(const json::Value& value);
std::optional<double> as_number(const json::Value& value);

// .NET's shortest round-trip form: 1e20 → "1E+20", 1e-7 → "1E-07", 10.0 → "10".
std::string print_double(double value);
// string(): true → "True", null → "", arrays and objects → JSON.
std::string to_text(const json::Value& value);
// Compact JSON as Newtonsoft prints it: a float keeps its ".0".
std::string write_json(const json::Value& value);

// 1 equals 1.0; true does not equal 1; members of objects in any order.
bool deep_equals(const json::Value& a, const json::Value& b);

// Binaries and XML travel as {"$content-type": …, "$content": base64}.
json::Value make_content(std::string_view content_type, std::string_view bytes);
std::optional<std::string> content_bytes(const json::Value& value);

// Bytes as text; what is no UTF-8 becomes U+FFFD, as .NET's decoder does.
std::string to_valid_utf8(std::string bytes);

}  // namespace axonite::expression
