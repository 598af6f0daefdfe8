#include <array>
#include <boost/json.hpp>
#include <compare>

#include "expression/function.h"
#include "expression/utf16.h"
#include "expression/values.h"

namespace axonite::expression {
namespace {

Result<json::Value> equals(const Context&, Arguments arguments) {
  return json::Value(deep_equals(arguments[0], arguments[1]));
}

Result<json::Value> negate(const Context& context, Arguments arguments) {
  if (const bool* value = arguments[0].if_bool()) return json::Value(!*value);
  return type_error(context, arguments, 0, "a Boolean");
}

// Two numbers by value, two texts by code units without regard to case (the engine finds 'a' less than 'B',
// although equals() tells 'a' from 'A'); nothing is coerced.
Result<std::partial_ordering> compare(const Context& context, Arguments arguments) {
  const json::Value& a = arguments[0];
  const json::Value& b = arguments[1];
  if (a.is_string() && b.is_string()) return compare_ignoring_case(a.get_string(), b.get_string()) <=> 0;
  auto left = as_integer(a);
  auto right = as_integer(b);
  if (left && right) return *left <=> *right;
  auto left_number = as_number(a);
  auto right_number = as_number(b);
  if (left_number && right_number) return *left_number <=> *right_number;
  bool first_is_wrong = !left_number && !a.is_string();
  return type_error(context, arguments, first_is_wrong ? 0 : 1,
                    first_is_wrong ? "a number or a String" : "of the kind of the first: two numbers or two Strings");
}

Result<json::Value> greater(const Context& context, Arguments arguments) {
  TRY(auto order, compare(context, arguments));
  return json::Value(order > 0);
}

Result<json::Value> greater_or_equals(const Context& context, Arguments arguments) {
  TRY(auto order, compare(context, arguments));
  return json::Value(order >= 0);
}

Result<json::Value> less(const Context& context, Arguments arguments) {
  TRY(auto order, compare(context, arguments));
  return json::Value(order < 0);
}

Result<json::Value> less_or_equals(const Context& context, Arguments arguments) {
  TRY(auto order, compare(context, arguments));
  return json::Value(order <= 0);
}

constexpr std::array kFunctions = {
    Function{"equals", 2, 2, equals},
    Function{"greater", 2, 2, greater},
    Function{"greaterOrEquals", 2, 2, greater_or_equals},
    Function{"less", 2, 2, less},
    Function{"lessOrEquals", 2, 2, less_or_equals},
    Function{"not", 1, 1, negate},
};

}  // namespace

std::span<const Function> logical_functions() { return kFunctions; }

}  // namespace axonite::expression
