#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "expression/expression.h"
#include "expression/function.h"
#include "expression/utf16.h"
#include "expression/values.h"

namespace axonite::expression {
namespace {

bool holds(const json::Array& array, const json::Value& sought) {
  return std::ranges::any_of(array, [&](const json::Value& element) { return deep_equals(element, sought); });
}

// Keys of objects are found in any case; texts and elements are not.
Result<json::Value> contains(const Context& context, Arguments arguments) {
  const json::Value& collection = arguments[0];
  if (const json::Array* array = collection.if_array()) return json::Value(holds(*array, arguments[1]));
  if (!collection.is_string() && !collection.is_object())
    return type_error(context, arguments, 0, "a String, an Array or an Object");
  TRY(auto sought, string_argument(context, arguments, 1));
  if (collection.is_object()) return json::Value(json::find_ignoring_case(collection, sought) != nullptr);
  return json::Value(std::string_view(collection.get_string()).find(sought) != std::string_view::npos);
}

Result<json::Value> empty(const Context& context, Arguments arguments) {
  const json::Value& value = arguments[0];
  if (value.is_null()) return json::Value(true);
  if (value.is_string()) return json::Value(value.get_string().empty());
  if (value.is_array()) return json::Value(value.get_array().empty());
  if (value.is_object()) return json::Value(value.get_object().empty());
  return type_error(context, arguments, 0, "a String, an Array or an Object");
}

Result<json::Value> first(const Context& context, Arguments arguments) {
  const json::Value& value = arguments[0];
  if (const json::Array* array = value.if_array()) return array->empty() ? json::Value() : array->front();
  if (!value.is_string()) return type_error(context, arguments, 0, "a String or an Array");
  std::string_view text = value.get_string();
  return json::Value(utf16_substring(text, 0, std::min<std::size_t>(1, utf16_length(text))));
}

Result<json::Value> last(const Context& context, Arguments arguments) {
  const json::Value& value = arguments[0];
  if (const json::Array* array = value.if_array()) return array->empty() ? json::Value() : array->back();
  if (!value.is_string()) return type_error(context, arguments, 0, "a String or an Array");
  std::string_view text = value.get_string();
  std::size_t length = utf16_length(text);
  return json::Value(length == 0 ? std::string() : utf16_substring(text, length - 1, 1));
}

Result<json::Value> length(const Context& context, Arguments arguments) {
  const json::Value& value = arguments[0];
  if (const json::Array* array = value.if_array()) return json::Value(static_cast<std::int64_t>(array->size()));
  if (!value.is_string()) return type_error(context, arguments, 0, "a String or an Array");
  return json::Value(static_cast<std::int64_t>(utf16_length(value.get_string())));
}

Result<json::Value> slice(const Context& context, Arguments arguments, bool take) {
  const json::Value& value = arguments[0];
  if (!value.is_array() && !value.is_string()) return type_error(context, arguments, 0, "an Array or a String");
  TRY(std::int64_t count, integer_argument(context, arguments, 1));
  if (count < 0) return function_error(context, "the count must not be negative");
  std::size_t size = value.is_array() ? value.get_array().size() : utf16_length(value.get_string());
  std::size_t cut = std::min<std::size_t>(static_cast<std::size_t>(count), size);
  std::size_t begin = take ? 0 : cut;
  std::size_t end = take ? cut : size;
  if (value.is_string()) return json::Value(utf16_substring(value.get_string(), begin, end - begin));
  const json::Array& array = value.get_array();
  return json::Value(json::Array(array.begin() + begin, array.begin() + end));
}

Result<json::Value> skip(const Context& context, Arguments arguments) { return slice(context, arguments, false); }
Result<json::Value> take(const Context& context, Arguments arguments) { return slice(context, arguments, true); }

Result<json::Value> join(const Context& context, Arguments arguments) {
  const json::Array* array = arguments[0].if_array();
  if (!array) return type_error(context, arguments, 0, "an Array");
  TRY(auto delimiter, string_argument(context, arguments, 1));
  std::string joined;
  for (bool is_first = true; const auto& element : *array) {
    if (!std::exchange(is_first, false)) joined += delimiter;
    joined += to_text(element);
    if (joined.size() > kResultBytesMax) return result_too_large(context);
  }
  return json::Value(joined);
}

// All arguments arrays, or all objects.
Result<bool> all_arrays(const Context& context, Arguments arguments) {
  bool arrays = arguments[0].is_array();
  if (!arrays && !arguments[0].is_object()) return type_error(context, arguments, 0, "an Array or an Object");
  for (std::size_t index = 1; index < arguments.size(); ++index)
    if (arguments[index].kind() != arguments[0].kind())
      return type_error(context, arguments, index, arrays ? "an Array as the first" : "an Object as the first");
  return arrays;
}

// Elements are compared pairwise, so the work is bounded by name.
constexpr std::size_t kComparisonsMax = 100'000'000;

Result<json::Value> intersection(const Context& context, Arguments arguments) {
  TRY(bool arrays, all_arrays(context, arguments));
  auto others = arguments.subspan(1);
  if (!arrays) {
    json::Object common;
    for (const auto& member : arguments[0].get_object())
      if (std::ranges::all_of(others, [&](const json::Value& other) {
            const json::Value* value = json::find(other, member.key());
            return value && deep_equals(*value, member.value());
          }))
        common.insert_or_assign(member.key(), member.value());
    return json::Value(std::move(common));
  }
  const json::Array& first_array = arguments[0].get_array();
  std::size_t sizes = first_array.size();
  for (const auto& other : others) sizes += other.get_array().size();
  if (sizes * first_array.size() > kComparisonsMax) return result_too_large(context);
  json::Array common;
  for (const auto& element : first_array)
    if (!holds(common, element) && std::ranges::all_of(others, [&](const json::Value& other) {
          return holds(other.get_array(), element);
        }))
      common.push_back(element);
  return json::Value(std::move(common));
}

Result<json::Value> unite(const Context& context, Arguments arguments) {
  TRY(bool arrays, all_arrays(context, arguments));
  if (!arrays) {
    json::Object all;
    for (const auto& argument : arguments)
      for (const auto& member : argument.get_object()) all.insert_or_assign(member.key(), member.value());
    return json::Value(std::move(all));
  }
  json::Array all;
  std::size_t comparisons = 0;
  for (const auto& argument : arguments)
    for (const auto& element : argument.get_array()) {
      comparisons += all.size();
      if (comparisons > kComparisonsMax) return result_too_large(context);
      if (!holds(all, element)) all.push_back(element);
    }
  return json::Value(std::move(all));
}

constexpr std::array kFunctions = {
    Function{"contains", 2, 2, contains},
    Function{"empty", 1, 1, empty},
    Function{"first", 1, 1, first},
    Function{"intersection", 1, kAnyNumber, intersection},
    Function{"join", 2, 2, join},
    Function{"last", 1, 1, last},
    Function{"length", 1, 1, length},
    Function{"skip", 2, 2, skip},
    Function{"take", 2, 2, take},
    Function{"union", 1, kAnyNumber, unite},
};

}  // namespace

std::span<const Function> collection_functions() { return kFunctions; }

}  // namespace axonite::expression
