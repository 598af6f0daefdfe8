#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "expression/function.h"
#include "expression/values.h"
#include "expression/xml.h"

namespace axonite::expression {
namespace {

constexpr std::string_view kBinaryContentType = "application/octet-stream";

Result<json::Value> to_array(const Context&, Arguments arguments) {
  if (arguments[0].is_array()) return arguments[0];
  json::Array array;
  array.push_back(arguments[0]);
  return json::Value(std::move(array));
}

Result<json::Value> create_array(const Context&, Arguments arguments) {
  return json::Value(json::Array(arguments.begin(), arguments.end()));
}

Result<json::Value> coalesce(const Context&, Arguments arguments) {
  auto found = std::ranges::find_if(arguments, [](const json::Value& value) { return !value.is_null(); });
  return found == arguments.end() ? json::Value() : *found;
}

// A text's UTF-8 bytes, or the bytes of a binary.
Result<std::string> bytes_argument(const Context& context, Arguments arguments) {
  if (arguments[0].is_string()) return std::string(arguments[0].get_string());
  if (auto bytes = content_bytes(arguments[0])) return std::move(*bytes);
  return type_error(context, arguments, 0, "a String or a binary");
}

Result<std::string> decoded_base64(const Context& context, std::string_view text) {
  std::string compact;
  std::ranges::copy_if(text, std::back_inserter(compact),
                       [](char c) { return c != ' ' && c != '\t' && c != '\r' && c != '\n'; });
  if (auto bytes = text::base64_decode(compact)) return std::move(*bytes);
  return function_error(context, "the text is not base64 encoded");
}

Result<json::Value> to_base64(const Context& context, Arguments arguments) {
  TRY(std::string bytes, bytes_argument(context, arguments));
  return json::Value(text::base64_encode(bytes));
}

Result<json::Value> base64_to_binary(const Context& context, Arguments arguments) {
  TRY(auto text, string_argument(context, arguments, 0));
  TRY(std::string bytes, decoded_base64(context, text));
  return make_content(kBinaryContentType, bytes);
}

Result<json::Value> base64_to_string(const Context& context, Arguments arguments) {
  TRY(auto text, string_argument(context, arguments, 0));
  TRY(std::string bytes, decoded_base64(context, text));
  return json::Value(to_valid_utf8(std::move(bytes)));
}

Result<json::Value> binary(const Context& context, Arguments arguments) {
  TRY(std::string bytes, bytes_argument(context, arguments));
  return make_content(kBinaryContentType, bytes);
}

Result<json::Value> to_data_uri(const Context& context, Arguments arguments) {
  if (arguments[0].is_object()) {
    TRY(std::string bytes, bytes_argument(context, arguments));
    return json::Value(fmt::format("data:{};base64,{}", json::string_or(arguments[0], "$content-type"),
                                   text::base64_encode(bytes)));
  }
  TRY(auto text, string_argument(context, arguments, 0));
  return json::Value("data:text/plain;charset=utf-8;base64," + text::base64_encode(text));
}

struct DataUri {
  std::string media_type;
  std::string bytes;
};

// RFC 2397: data:[<type>][;base64],<data>.
Result<DataUri> data_uri_argument(const Context& context, Arguments arguments) {
  TRY(auto text, string_argument(context, arguments, 0));
  std::size_t comma = text.find(',');
  if (!text::starts_with_ignoring_case(text, "data:") || comma == text.npos)
    return function_error(context, "the text is no data URI");
  std::string_view media_type = text.substr(5, comma - 5);
  std::string_view data = text.substr(comma + 1);
  constexpr std::string_view kBase64 = ";base64";
  if (text::ends_with_ignoring_case(media_type, kBase64)) {
    media_type.remove_suffix(kBase64.size());
    TRY(std::string bytes, decoded_base64(context, data));
    return DataUri{std::string(media_type), std::move(bytes)};
  }
  auto bytes = text::percent_decode(data);
  if (!bytes) return function_error(context, "the text is no data URI");
  return DataUri{std::string(media_type), std::move(*bytes)};
}

Result<json::Value> data_uri_to_binary(const Context& context, Arguments arguments) {
  TRY(DataUri uri, data_uri_argument(context, arguments));
  return make_content(uri.media_type.empty() ? "text/plain" : uri.media_type, uri.bytes);
}

Result<json::Value> data_uri_to_string(const Context& context, Arguments arguments) {
  TRY(DataUri uri, data_uri_argument(context, arguments));
  return json::Value(to_valid_utf8(std::move(uri.bytes)));
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// "+" is a blank, and an escape that is none stays as it is.
std::string decode_leniently(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    bool escaped = text[at] == '%' && at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 && hex_digit(text[at + 2]) >= 0;
    if (escaped) {
      bytes += static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2]));
      at += 2;
    } else {
      bytes += text[at] == '+' ? ' ' : text[at];
    }
  }
  return to_valid_utf8(std::move(bytes));
}

Result<json::Value> decode_uri_component(const Context& context, Arguments arguments) {
  TRY(auto text, string_argument(context, arguments, 0));
  return json::Value(decode_leniently(text));
}

Result<json::Value> encode_uri_component(const Context& context, Arguments arguments) {
  TRY(auto text, string_argument(context, arguments, 0));
  return json::Value(text::percent_encode(text));
}

Result<json::Value> uri_component_to_binary(const Context& context, Arguments arguments) {
  TRY(auto text, string_argument(context, arguments, 0));
  return make_content(kBinaryContentType, decode_leniently(text));
}

Result<json::Value> to_bool(const Context& context, Arguments arguments) {
  const json::Value& value = arguments[0];
  if (value.is_bool()) return value;
  if (auto number = as_number(value)) return json::Value(*number != 0);
  TRY(auto text, string_argument(context, arguments, 0));
  text = text::trim(text);
  if (text::equals_ignoring_case(text, "true")) return json::Value(true);
  if (text::equals_ignoring_case(text, "false")) return json::Value(false);
  return function_error(context, fmt::format("'{}' is no Boolean", text));
}

// .NET's float style: blanks around, a sign, commas anywhere before the point ("10,5" is 105), an exponent.
std::optional<double> parse_float(std::string_view text) {
  text = text::trim(text);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  std::string plain;
  bool in_fraction = false;
  for (char c : text) {
    if (c == '.' || c == 'e' || c == 'E') in_fraction = true;
    bool is_separator = c == ',' && !in_fraction && !plain.empty() && plain != "-";
    if (is_separator) continue;
    if (!(c >= '0' && c <= '9') && !std::string_view("+-.eE").contains(c)) return std::nullopt;
    plain += c;
  }
  if (plain.empty()) return std::nullopt;
  double value = 0;
  auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (error != std::errc{} || end != plain.data() + plain.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

Result<json::Value> to_float(const Context& context, Arguments arguments) {
  if (auto number = as_number(arguments[0])) return json::Value(*number);
  TRY(auto text, string_argument(context, arguments, 0));
  if (auto value = parse_float(text)) return json::Value(*value);
  return function_error(context, fmt::format("'{}' is no Float", text));
}

Result<json::Value> to_int(const Context& context, Arguments arguments) {
  const json::Value& value = arguments[0];
  if (auto integer = as_integer(value)) return json::Value(*integer);
  std::string text;
  if (value.is_double()) {
    text = print_double(value.get_double());  // 10.0 prints as "10"; 10.9 is no integer
  } else {
    TRY(text, string_argument(context, arguments, 0));
  }
  std::string_view digits = text::trim(text);
  if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
  if (auto integer = text::parse_int<std::int64_t>(digits)) return json::Value(*integer);
  return function_error(context, fmt::format("'{}' is no Integer", text));
}

// An unsigned integer of Boost.JSON beyond 64 bits with a sign has no type in the language.
void settle_numbers(json::Value& value) {
  if (value.is_uint64()) {
    auto integer = as_integer(value);
    value = integer ? json::Value(*integer) : json::Value(static_cast<double>(value.get_uint64()));
  } else if (value.is_array()) {
    for (auto& element : value.get_array()) settle_numbers(element);
  } else if (value.is_object()) {
    for (auto& member : value.get_object()) settle_numbers(member.value());
  }
}

Result<json::Value> to_json(const Context& context, Arguments arguments) {
  if (auto bytes = content_bytes(arguments[0])) {
    if (text::starts_with_ignoring_case(json::string_or(arguments[0], "$content-type"), "application/xml"))
      return xml_to_json(*bytes);
    TRY(json::Value value, json::parse(*bytes));
    settle_numbers(value);
    return value;
  }
  TRY(auto text, string_argument(context, arguments, 0));
  auto value = json::parse(text);
  if (!value) return function_error(context, "the text is not JSON: " + value.error().message);
  settle_numbers(*value);
  return std::move(*value);
}

Result<json::Value> to_string(const Context&, Arguments arguments) { return json::Value(to_text(arguments[0])); }

Result<json::Value> to_xml(const Context& context, Arguments arguments) {
  if (arguments[0].is_string() || content_bytes(arguments[0])) {
    TRY(std::string text, bytes_argument(context, arguments));
    CHECK_OK(check_xml(text));
    return make_content(kXmlContentType, text);
  }
  TRY(std::string text, json_to_xml(arguments[0]));
  return make_content(kXmlContentType, text);
}

Result<json::Value> xpath(const Context& context, Arguments arguments) {
  auto xml = content_bytes(arguments[0]);
  if (!xml) return type_error(context, arguments, 0, "XML, as the function 'xml' makes it");
  TRY(auto path, string_argument(context, arguments, 1));
  return evaluate_xpath(*xml, std::string(path));
}

constexpr std::array kFunctions = {
    Function{"array", 1, 1, to_array},
    Function{"base64", 1, 1, to_base64},
    Function{"base64ToBinary", 1, 1, base64_to_binary},
    Function{"base64ToString", 1, 1, base64_to_string},
    Function{"binary", 1, 1, binary},
    Function{"bool", 1, 1, to_bool},
    Function{"coalesce", 1, kAnyNumber, coalesce},
    Function{"createArray", 1, kAnyNumber, create_array},
    Function{"dataUri", 1, 1, to_data_uri},
    Function{"dataUriToBinary", 1, 1, data_uri_to_binary},
    Function{"dataUriToString", 1, 1, data_uri_to_string},
    Function{"decodeBase64", 1, 1, base64_to_string},
    Function{"decodeDataUri", 1, 1, data_uri_to_string},
    Function{"decodeUriComponent", 1, 1, decode_uri_component},
    Function{"encodeUriComponent", 1, 1, encode_uri_component},
    Function{"float", 1, 1, to_float},
    Function{"int", 1, 1, to_int},
    Function{"json", 1, 1, to_json},
    Function{"string", 1, 1, to_string},
    Function{"uriComponent", 1, 1, encode_uri_component},
    Function{"uriComponentToBinary", 1, 1, uri_component_to_binary},
    Function{"uriComponentToString", 1, 1, decode_uri_component},
    Function{"xml", 1, 1, to_xml},
    Function{"xpath", 2, 2, xpath},
};

}  // namespace

std::span<const Function> conversion_functions() { return kFunctions; }

}  // namespace axonite::expression
