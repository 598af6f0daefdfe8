#include "base/json.h"

#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace axonite::json {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += kHex[(c >> 4) & 15];
          out += kHex[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append(std::string& out, const Value& value) {
  switch (value.kind()) {
    case boost::json::kind::null: out += "null"; return;
    case boost::json::kind::bool_: out += value.get_bool() ? "true" : "false"; return;
    case boost::json::kind::int64: out += std::to_string(value.get_int64()); return;
    case boost::json::kind::uint64: out += std::to_string(value.get_uint64()); return;
    case boost::json::kind::double_: out += write_double(value.get_double()); return;
    case boost::json::kind::string: append_escaped(out, value.get_string()); return;
    case boost::json::kind::array: {
      out += '[';
      bool first = true;
      for (const Value& item : value.get_array()) {
        if (!std::exchange(first, false)) out += ',';
        append(out, item);
      }
      out += ']';
      return;
    }
    case boost::json::kind::object: {
      out += '{';
      bool first = true;
      for (const auto& member : value.get_object()) {
        if (!std::exchange(first, false)) out += ',';
        append_escaped(out, member.key());
        out += ':';
        append(out, member.value());
      }
      out += '}';
      return;
    }
  }
}

Error wrong(std::string_view path, std::string_view key, std::string_view expected) {
  std::string where = std::string(path) + "." + std::string(key);
  return invalid("InvalidJson", "The property '" + where + "' must be " + std::string(expected) + ".", where);
}

const Value* present(const Value& value, std::string_view key) {
  const Value* found = find(value, key);
  return found && found->is_null() ? nullptr : found;
}

}  // namespace

Result<Value> parse(std::string_view text, Limits limits) {
  if (text.size() > limits.bytes_max)
    return std::unexpected(
        too_large("JsonTooLarge", "The JSON text is longer than " + std::to_string(limits.bytes_max) + " bytes."));
  boost::json::parse_options options;
  options.max_depth = limits.depth_max;
  boost::json::stream_parser parser({}, options);
  boost::json::error_code error;
  std::size_t used = parser.write_some(text.data(), text.size(), error);
  if (!error) parser.finish(error);
  if (!error && used < text.size()) error = boost::json::error::extra_data;
  if (error)
    return std::unexpected(invalid("InvalidJson", "The text is not valid JSON at byte " + std::to_string(used) + ": " +
                                                      error.message() + "."));
  return parser.release();
}

std::string write(const Value& value) {
  std::string out;
  append(out, value);
  return out;
}

std::string write_double(double value) {
  if (!std::isfinite(value)) return "null";
  char buffer[32];
  auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
  std::string text(buffer, end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

const Value* find(const Value& value, std::string_view key) {
  const Object* object = value.if_object();
  return object ? object->if_contains(key) : nullptr;
}

const Value* find_ignoring_case(const Value& value, std::string_view key) {
  if (const Value* exact = find(value, key)) return exact;
  const Object* object = value.if_object();
  if (!object) return nullptr;
  for (const auto& member : *object)
    if (text::equals_ignoring_case(member.key(), key)) return &member.value();
  return nullptr;
}

const Value* find_path(const Value& value, std::string_view dotted) {
  const Value* at = &value;
  while (at && !dotted.empty()) {
    std::size_t dot = dotted.find('.');
    at = find(*at, dotted.substr(0, dot));
    dotted = dot == std::string_view::npos ? std::string_view{} : dotted.substr(dot + 1);
  }
  return at;
}

Result<std::string> required_string(const Value& value, std::string_view key, std::string_view path) {
  const Value* found = find(value, key);
  if (!found || !found->is_string()) return std::unexpected(wrong(path, key, "a string"));
  return std::string(found->get_string());
}

Result<const Value*> required_object(const Value& value, std::string_view key, std::string_view path) {
  const Value* found = find(value, key);
  if (!found || !found->is_object()) return std::unexpected(wrong(path, key, "an object"));
  return found;
}

Result<const Value*> required_array(const Value& value, std::string_view key, std::string_view path) {
  const Value* found = find(value, key);
  if (!found || !found->is_array()) return std::unexpected(wrong(path, key, "an array"));
  return found;
}

Result<std::optional<std::string>> optional_string(const Value& value, std::string_view key, std::string_view path) {
  const Value* found = present(value, key);
  if (!found) return std::nullopt;
  if (!found->is_string()) return std::unexpected(wrong(path, key, "a string"));
  return std::string(found->get_string());
}

Result<std::optional<std::int64_t>> optional_integer(const Value& value, std::string_view key, std::string_view path) {
  const Value* found = present(value, key);
  if (!found) return std::nullopt;
  if (!found->is_int64()) return std::unexpected(wrong(path, key, "an integer"));
  return found->get_int64();
}

Result<std::optional<bool>> optional_bool(const Value& value, std::string_view key, std::string_view path) {
  const Value* found = present(value, key);
  if (!found) return std::nullopt;
  if (!found->is_bool()) return std::unexpected(wrong(path, key, "true or false"));
  return found->get_bool();
}

std::string string_or(const Value& value, std::string_view dotted, std::string_view fallback) {
  const Value* found = find_path(value, dotted);
  return found && found->is_string() ? std::string(found->get_string()) : std::string(fallback);
}

}  // namespace axonite::json
