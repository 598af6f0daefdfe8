#pragma once
// Readers for definition files, whose property names match ignoring case and whose errors name the path.
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace axonite::pipeline::definition {

// A member that is present and not null; nullptr otherwise.
const json::Value* member(const json::Value& value, std::string_view key);
Error wrong(std::string_view path, std::string_view problem);

Result<std::string> string(const json::Value& value, std::string_view key, const std::string& path);
Result<std::optional<std::string>> optional_string(const json::Value& value, std::string_view key, const std::string& path);
// Also from a number in text, as the guide's files and old exports write it.
Result<std::optional<std::int64_t>> optional_integer(const json::Value& value, std::string_view key, const std::string& path);
Result<bool> boolean_or(const json::Value& value, std::string_view key, bool fallback, const std::string& path);
// nullptr when absent; an error when it is no array or object.
Result<const json::Array*> optional_array(const json::Value& value, std::string_view key, const std::string& path);
Result<const json::Value*> optional_object(const json::Value& value, std::string_view key, const std::string& path);

inline std::string at(const std::string& path, std::string_view key) { return path + "." + std::string(key); }
inline std::string at(const std::string& path, std::size_t index) { return path + "[" + std::to_string(index) + "]"; }

}  // namespace axonite::pipeline::definition
