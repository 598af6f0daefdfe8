#include "pipeline/model_json.h"

#include <boost/json.hpp>

#include "base/text.h"

namespace axonite::pipeline::definition {

const json::Value* member(const json::Value& value, std::string_view key) {
  const json::Value* found = json::find_ignoring_case(value, key);
  return found && found->is_null() ? nullptr : found;
}

Error wrong(std::string_view path, std::string_view problem) {
  return invalid("InvalidPipeline", "'" + std::string(path) + "' " + std::string(problem) + ".", std::string(path));
}

Result<std::optional<std::string>> optional_string(const json::Value& value, std::string_view key,
                                                   const std::string& path) {
  const json::Value* found = member(value, key);
  if (!found) return std::nullopt;
  if (!found->is_string()) return std::unexpected(wrong(at(path, key), "must be a string"));
  return std::string(found->get_string());
}

Result<std::string> string(const json::Value& value, std::string_view key, const std::string& path) {
  TRY(auto found, optional_string(value, key, path));
  if (!found) return std::unexpected(wrong(at(path, key), "is required"));
  return std::move(*found);
}

Result<std::optional<std::int64_t>> optional_integer(const json::Value& value, std::string_view key,
                                                     const std::string& path) {
  const json::Value* found = member(value, key);
  if (!found) return std::nullopt;
  if (found->is_int64()) return found->get_int64();
  if (found->is_string())
    if (auto parsed = text::parse_int<std::int64_t>(std::string_view(found->get_string()))) return *parsed;
  return std::unexpected(wrong(at(path, key), "must be an integer"));
}

Result<bool> boolean_or(const json::Value& value, std::string_view key, bool fallback, const std::string& path) {
  const json::Value* found = member(value, key);
  if (!found) return fallback;
  if (found->is_bool()) return found->get_bool();
  return std::unexpected(wrong(at(path, key), "must be true or false"));
}

Result<const json::Array*> optional_array(const json::Value& value, std::string_view key, const std::string& path) {
  const json::Value* found = member(value, key);
  if (!found) return nullptr;
  if (!found->is_array()) return std::unexpected(wrong(at(path, key), "must be an array"));
  return &found->get_array();
}

Result<const json::Value*> optional_object(const json::Value& value, std::string_view key, const std::string& path) {
  const json::Value* found = member(value, key);
  if (found && !found->is_object()) return std::unexpected(wrong(at(path, key), "must be an object"));
  return found;
}

}  // namespace axonite::pipeline::definition
