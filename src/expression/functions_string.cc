#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>

#include "base/text.h"
#include "expression/expression.h"
#include "expression/function.h"
#include "expression/utf16.h"
#include "expression/values.h"

namespace axonite::expression {
namespace {

Result<json::Value> concat(const Context& context, Arguments arguments) {
  std::string joined;
  for (const auto& argument : arguments) {
    joined += to_text(argument);
    if (joined.size() > kResultBytesMax) return result_too_large(context);
  }
  return json::Value(joined);
}

Result<json::Value> starts_with(const Context& context, Arguments arguments) {
  TRY(auto text, string_argument(context, arguments, 0));
  TRY(auto prefix, string_argument(context, arguments, 1));
  return json::Value(starts_with_ignoring_case(text, prefix));
}

Result<json::Value> ends_with(const Context& context, Arguments arguments) {
  TRY(auto text, string_argument(context, arguments, 0));
  TRY(auto suffix, string_argument(context, arguments, 1));
  return json::Value(ends_with_ignoring_case(text, suffix));
}

Result<json::Value> index_of(const Context& context, Arguments arguments) {
  TRY(auto text, string_argument(context, arguments, 0));
  TRY(auto sought, string_argument(context, arguments, 1));
  return json::Value(static_cast<std::int64_t>(index_ignoring_case(text, sought)));
}

Result<json::Value> last_index_of(const Context& context, Arguments arguments) {
  TRY(auto text, string_argument(context, arguments, 0));
  TRY(auto sought, string_argument(context, arguments, 1));
  return json::Value(static_cast<std::int64_t>(last_index_ignoring_case(text, sought)));
}

Result<json::Value> replace(const Context& context, Arguments arguments) {
  TRY(auto text, string_argument(context, arguments, 0));
  TRY(auto from, string_argument(context, arguments, 1));
  TRY(auto to, string_argument(context, arguments, 2));
  if (from.empty()) return function_error(context, "the text to replace must not be empty");
  std::string replaced;
  std::size_t at = 0;
  for (std::size_t hit; (hit = text.find(from, at)) != text.npos; at = hit + from.size()) {
    replaced.append(text, at, hit - at).append(to);
    if (replaced.size() > kResultBytesMax) return result_too_large(context);
  }
  replaced.append(text, at);
  return json::Value(replaced);
}

Result<json::Value> split(const Context& context, Arguments arguments) {
  TRY(auto text, string_argument(context, arguments, 0));
  TRY(auto delimiter, string_argument(context, arguments, 1));
  json::Array parts;
  std::size_t at = 0;
  if (!delimiter.empty())
    for (std::size_t hit; (hit = text.find(delimiter, at)) != text.npos; at = hit + delimiter.size())
      parts.emplace_back(text.substr(at, hit - at));
  parts.emplace_back(text.substr(at));
  return json::Value(std::move(parts));
}

Result<json::Value> substring(const Context& context, Arguments arguments) {
  TRY(auto text, string_argument(context, arguments, 0));
  TRY(auto start, integer_argument(context, arguments, 1));
  auto size = static_cast<std::int64_t>(utf16_length(text));
  if (start < 0 || start >= size)
    return function_error(context, "the start index must be at least 0 and less than the length of the string");
  std::int64_t length = size - start;
  if (arguments.size() == 3) {
    TRY(length, integer_argument(context, arguments, 2));
  }
  if (length < 0 || length > size - start)
    return function_error(context, "start index and length must refer to a place within the string");
  return json::Value(utf16_substring(text, start, length));
}

Result<json::Value> to_lower(const Context& context, Arguments arguments) {
  TRY(auto text, string_argument(context, arguments, 0));
  return json::Value(to_lower_invariant(text));
}

Result<json::Value> to_upper(const Context& context, Arguments arguments) {
  TRY(auto text, string_argument(context, arguments, 0));
  return json::Value(to_upper_invariant(text));
}

Result<json::Value> trim(const Context& context, Arguments arguments) {
  TRY(auto text, string_argument(context, arguments, 0));
  return json::Value(trim_white_space(text));
}

// .NET's Guid formats. `hex` is 32 digits.
Result<std::string> format_guid(const Context& context, const std::string& hex, std::string_view format) {
  auto part = [&](std::size_t at, std::size_t size) { return hex.substr(at, size); };
  if (text::equals_ignoring_case(format, "N")) return hex;
  std::string dashed =
      fmt::format("{}-{}-{}-{}-{}", part(0, 8), part(8, 4), part(12, 4), part(16, 4), part(20, 12));
  if (format.empty() || text::equals_ignoring_case(format, "D")) return dashed;
  if (text::equals_ignoring_case(format, "B")) return "{" + dashed + "}";
  if (text::equals_ignoring_case(format, "P")) return "(" + dashed + ")";
  if (!text::equals_ignoring_case(format, "X"))
    return function_error(context, fmt::format("'{}' is not one of the formats N, D, B, P and X", format));
  std::string tail;
  for (std::size_t at = 16; at < 32; at += 2) tail += (at == 16 ? "0x" : ",0x") + part(at, 2);
  return fmt::format("{{0x{},0x{},0x{},{{{}}}}}", part(0, 8), part(8, 4), part(12, 4), tail);
}

Result<json::Value> guid(const Context& context, Arguments arguments) {
  std::string_view format;
  if (!arguments.empty()) {
    TRY(format, string_argument(context, arguments, 0));
  }
  // Version 4, variant 1 (RFC 9562 §5.4).
  std::uint64_t high = (context.scope.random_bits() & ~0xF000ull) | 0x4000ull;
  std::uint64_t low = (context.scope.random_bits() & ~(3ull << 62)) | (2ull << 62);
  TRY(std::string text, format_guid(context, fmt::format("{:016x}{:016x}", high, low), format));
  return json::Value(text);
}

constexpr std::array kFunctions = {
    Function{"concat", 1, kAnyNumber, concat},
    Function{"endsWith", 2, 2, ends_with},
    Function{"guid", 0, 1, guid},
    Function{"indexOf", 2, 2, index_of},
    Function{"lastIndexOf", 2, 2, last_index_of},
    Function{"replace", 3, 3, replace},
    Function{"split", 2, 2, split},
    Function{"startsWith", 2, 2, starts_with},
    Function{"substring", 2, 3, substring},
    Function{"toLower", 1, 1, to_lower},
    Function{"toUpper", 1, 1, to_upper},
    Function{"trim", 1, 1, trim},
};

}  // namespace

std::span<const Function> string_functions() { return kFunctions; }

}  // namespace axonite::expression
