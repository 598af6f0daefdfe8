#include "expression/values.h"

#include <fmt/format.h>
#include <unicode/unistr.h>

#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace axonite::expression {
namespace {

constexpr int kDepthMax = 256;

void write_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += kHex[c >> 4];
          out += kHex[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void write_value(std::string& out, const json::Value& value, int depth);

void write_object(std::string& out, const json::Object& object, int depth) {
  out += '{';
  for (bool first = true; const auto& member : object) {
    if (!std::exchange(first, false)) out += ',';
    write_string(out, member.key());
    out += ':';
    write_value(out, member.value(), depth);
  }
  out += '}';
}

void write_array(std::string& out, const json::Array& array, int depth) {
  out += '[';
  for (bool first = true; const auto& element : array) {
    if (!std::exchange(first, false)) out += ',';
    write_value(out, element, depth);
  }
  out += ']';
}

void write_value(std::string& out, const json::Value& value, int depth) {
  switch (value.kind()) {
    case boost::json::kind::null: out += "null"; break;
    case boost::json::kind::bool_: out += value.get_bool() ? "true" : "false"; break;
    case boost::json::kind::int64: out += std::to_string(value.get_int64()); break;
    case boost::json::kind::uint64: out += std::to_string(value.get_uint64()); break;
    case boost::json::kind::double_: {
      std::string text = print_double(value.get_double());
      out += text;
      if (text.find_first_of(".E") == text.npos) out += ".0";
      break;
    }
    case boost::json::kind::string: write_string(out, value.get_string()); break;
    // What is deeper than any parser of ours lets in cannot come from outside; stop rather than overflow.
    case boost::json::kind::array:
      if (depth < kDepthMax) write_array(out, value.get_array(), depth + 1);
      break;
    case boost::json::kind::object:
      if (depth < kDepthMax) write_object(out, value.get_object(), depth + 1);
      break;
  }
}

bool arrays_equal(const json::Array& a, const json::Array& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t index = 0; index < a.size(); ++index)
    if (!deep_equals(a[index], b[index])) return false;
  return true;
}

bool objects_equal(const json::Object& a, const json::Object& b) {
  if (a.size() != b.size()) return false;
  for (const auto& member : a) {
    auto other = b.find(member.key());
    if (other == b.end() || !deep_equals(member.value(), other->value())) return false;
  }
  return true;
}

}  // namespace

std::string_view type_name(const json::Value& value) {
  switch (value.kind()) {
    case boost::json::kind::null: return "Null";
    case boost::json::kind::bool_: return "Boolean";
    case boost::json::kind::int64: return "Integer";
    case boost::json::kind::uint64: return "Integer";
    case boost::json::kind::double_: return "Float";
    case boost::json::kind::string: return "String";
    case boost::json::kind::array: return "Array";
    case boost::json::kind::object: return "Object";
  }
  return "Undefined";
}

std::optional<std::int64_t> as_integer(const json::Value& value) {
  if (value.is_int64()) return value.get_int64();
  if (value.is_uint64() && value.get_uint64() <= INT64_MAX) return static_cast<std::int64_t>(value.get_uint64());
  return std::nullopt;
}

std::optional<double> as_number(const json::Value& value) {
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  if (value.is_double()) return value.get_double();
  return std::nullopt;
}

// .NET turns to the exponent below 1e-4 and from 1e15 on, and gives it two digits at least.
std::string print_double(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  if (value == 0) return std::signbit(value) ? "-0" : "0";
  char buffer[40];
  auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  std::string_view text(buffer, end - buffer);
  std::size_t mark = text.find('e');
  int exponent = 0;
  std::string_view digits_of_exponent = text.substr(mark + 1);
  if (digits_of_exponent.starts_with('+')) digits_of_exponent.remove_prefix(1);
  std::from_chars(digits_of_exponent.data(), digits_of_exponent.data() + digits_of_exponent.size(), exponent);
  if (exponent >= -4 && exponent < 15) {
    auto fixed = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed);
    return std::string(buffer, fixed.ptr);
  }
  return fmt::format("{}E{}{:02}", text.substr(0, mark), exponent < 0 ? '-' : '+', std::abs(exponent));
}

std::string to_text(const json::Value& value) {
  switch (value.kind()) {
    case boost::json::kind::null: return {};
    case boost::json::kind::bool_: return value.get_bool() ? "True" : "False";
    case boost::json::kind::double_: return print_double(value.get_double());
    case boost::json::kind::string: return std::string(value.get_string());
    case boost::json::kind::int64:
    case boost::json::kind::uint64:
    case boost::json::kind::array:
    case boost::json::kind::object: return write_json(value);
  }
  return {};
}

std::string write_json(const json::Value& value) {
  std::string out;
  write_value(out, value, 0);
  return out;
}

bool deep_equals(const json::Value& a, const json::Value& b) {
  if (auto left = as_integer(a)) {
    if (auto right = as_integer(b)) return *left == *right;
  }
  if (auto left = as_number(a)) {
    auto right = as_number(b);
    return right && *left == *right;
  }
  if (a.kind() != b.kind()) return false;
  if (a.is_string()) return a.get_string() == b.get_string();
  if (a.is_bool()) return a.get_bool() == b.get_bool();
  if (a.is_array()) return arrays_equal(a.get_array(), b.get_array());
  if (a.is_object()) return objects_equal(a.get_object(), b.get_object());
  return true;
}

json::Value make_content(std::string_view content_type, std::string_view bytes) {
  json::Object object;
  object["$content-type"] = content_type;
  object["$content"] = text::base64_encode(bytes);
  return object;
}

std::optional<std::string> content_bytes(const json::Value& value) {
  const json::Value* type = json::find(value, "$content-type");
  const json::Value* content = json::find(value, "$content");
  if (!type || !content || !content->is_string()) return std::nullopt;
  return text::base64_decode(content->get_string());
}

std::string to_valid_utf8(std::string bytes) {
  if (text::is_valid_utf8(bytes)) return bytes;
  std::string out;
  icu::UnicodeString::fromUTF8(bytes).toUTF8String(out);
  return out;
}

}  // namespace axonite::expression
