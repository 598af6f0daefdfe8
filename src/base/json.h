#pragma once
// JSON as every room reads and writes it: Boost.JSON with explicit limits, doubles in the shortest form
// that reads back equal (Boost 1.81 prints 0.1 as 1E-1), and readers that name the path that was wrong.
// Sources that touch values include <boost/json.hpp> themselves; this header stays light.
#include <boost/json/fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace axonite::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

struct Limits {
  std::size_t bytes_max = 16u << 20;
  std::size_t depth_max = 64;
};

// Errors: invalid("InvalidJson") with the byte offset in the message; too_large("JsonTooLarge").
Result<Value> parse(std::string_view text, Limits limits = {});
// Compact text, keys in insertion order.
std::string write(const Value& value);
// 0.1 → "0.1", 1e20 → "1e+20", 3.0 → "3.0"; never "nan" or "inf" (those become null).
std::string write_double(double value);

// Member lookups; nullptr when `value` is no object or has no such member.
const Value* find(const Value& value, std::string_view key);
const Value* find_ignoring_case(const Value& value, std::string_view key);
// find over a dotted path: find_path(v, "properties.typeProperties.url").
const Value* find_path(const Value& value, std::string_view dotted);

// Typed members. `path` is the path of `value` itself, for the error: "$.properties".
// required_*: invalid("InvalidJson", "… $.properties.name …") when missing or of another type.
Result<std::string> required_string(const Value& value, std::string_view key, std::string_view path = "$");
Result<const Value*> required_object(const Value& value, std::string_view key, std::string_view path = "$");
Result<const Value*> required_array(const Value& value, std::string_view key, std::string_view path = "$");
// optional_*: nothing when missing or null, an error when of another type.
Result<std::optional<std::string>> optional_string(const Value& value, std::string_view key, std::string_view path = "$");
Result<std::optional<std::int64_t>> optional_integer(const Value& value, std::string_view key, std::string_view path = "$");
Result<std::optional<bool>> optional_bool(const Value& value, std::string_view key, std::string_view path = "$");
// For shaping answers, where a missing member is simply empty.
std::string string_or(const Value& value, std::string_view dotted, std::string_view fallback = {});

}  // namespace axonite::json
