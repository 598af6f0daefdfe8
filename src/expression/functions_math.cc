#include <array>
#include <boost/json.hpp>
#include <cmath>

#include "expression/expression.h"
#include "expression/function.h"
#include "expression/values.h"

namespace axonite::expression {
namespace {

constexpr std::int64_t kRangeMax = 100'000;

// An operator in both its kinds: false from `integers` means that the result does not fit 64 bits.
struct Operator {
  bool (*integers)(std::int64_t, std::int64_t, std::int64_t&);
  double (*floats)(double, double);
  bool divides = false;
};

Result<json::Value> apply(const Context& context, Arguments arguments, const Operator& how) {
  for (std::size_t index : {0, 1})
    if (!as_number(arguments[index])) return type_error(context, arguments, index, "an Integer or a Float");
  double right = *as_number(arguments[1]);
  if (how.divides && right == 0) return function_error(context, "attempt to divide by zero");
  auto a = as_integer(arguments[0]);
  auto b = as_integer(arguments[1]);
  if (a && b) {
    std::int64_t result = 0;
    if (!how.integers(*a, *b, result)) return function_error(context, "the result does not fit an Integer");
    return json::Value(result);
  }
  double result = how.floats(*as_number(arguments[0]), right);
  if (!std::isfinite(result)) return function_error(context, "the result does not fit a Float");
  return json::Value(result);
}

constexpr Operator kAdd{[](std::int64_t a, std::int64_t b, std::int64_t& c) { return !__builtin_add_overflow(a, b, &c); },
                        [](double a, double b) { return a + b; }};
constexpr Operator kSub{[](std::int64_t a, std::int64_t b, std::int64_t& c) { return !__builtin_sub_overflow(a, b, &c); },
                        [](double a, double b) { return a - b; }};
constexpr Operator kMul{[](std::int64_t a, std::int64_t b, std::int64_t& c) { return !__builtin_mul_overflow(a, b, &c); },
                        [](double a, double b) { return a * b; }};
// Integers divide towards zero. The one overflow is the smallest integer by -1.
constexpr Operator kDiv{[](std::int64_t a, std::int64_t b, std::int64_t& c) {
                          if (a == INT64_MIN && b == -1) return false;
                          c = a / b;
                          return true;
                        },
                        [](double a, double b) { return a / b; }, true};
constexpr Operator kMod{[](std::int64_t a, std::int64_t b, std::int64_t& c) {
                          c = b == -1 ? 0 : a % b;
                          return true;
                        },
                        [](double a, double b) { return std::fmod(a, b); }, true};

template <const Operator& kOperator>
Result<json::Value> operate(const Context& context, Arguments arguments) {
  return apply(context, arguments, kOperator);
}

bool is_less(const json::Value& a, const json::Value& b) {
  auto left = as_integer(a);
  auto right = as_integer(b);
  return left && right ? *left < *right : *as_number(a) < *as_number(b);
}

// Of the arguments, or of the elements of one array.
Result<json::Value> extreme(const Context& context, Arguments arguments, bool largest) {
  Arguments values = arguments;
  if (arguments.size() == 1 && arguments[0].is_array()) values = arguments[0].get_array();
  if (values.empty()) return function_error(context, "the array must not be empty");
  const json::Value* best = nullptr;
  for (std::size_t index = 0; index < values.size(); ++index) {
    if (!as_number(values[index])) return type_error(context, values, index, "an Integer or a Float");
    if (!best || (largest ? is_less(*best, values[index]) : is_less(values[index], *best))) best = &values[index];
  }
  return *best;
}

Result<json::Value> maximum(const Context& context, Arguments arguments) { return extreme(context, arguments, true); }
Result<json::Value> minimum(const Context& context, Arguments arguments) { return extreme(context, arguments, false); }

// From the minimum up to, not including, the maximum; equal bounds give that value.
Result<json::Value> random_integer(const Context& context, Arguments arguments) {
  TRY(std::int64_t low, integer_argument(context, arguments, 0));
  TRY(std::int64_t high, integer_argument(context, arguments, 1));
  if (low > high) return function_error(context, "the minimum must not be greater than the maximum");
  if (low < INT32_MIN || high > INT32_MAX) return function_error(context, "the bounds must fit 32 bits");
  auto width = static_cast<std::uint64_t>(high - low);
  if (width == 0) return json::Value(low);
  return json::Value(low + static_cast<std::int64_t>(context.scope.random_bits() % width));
}

Result<json::Value> range(const Context& context, Arguments arguments) {
  TRY(std::int64_t start, integer_argument(context, arguments, 0));
  TRY(std::int64_t count, integer_argument(context, arguments, 1));
  if (count < 0 || count > kRangeMax) return function_error(context, "the count must be 0 to 100000");
  if (start > INT64_MAX - count) return function_error(context, "the last value does not fit an Integer");
  json::Array values;
  values.reserve(count);
  for (std::int64_t index = 0; index < count; ++index) values.emplace_back(start + index);
  return json::Value(std::move(values));
}

constexpr std::array kFunctions = {
    Function{"add", 2, 2, operate<kAdd>}, Function{"div", 2, 2, operate<kDiv>},
    Function{"max", 1, kAnyNumber, maximum}, Function{"min", 1, kAnyNumber, minimum},
    Function{"mod", 2, 2, operate<kMod>}, Function{"mul", 2, 2, operate<kMul>},
    Function{"rand", 2, 2, random_integer}, Function{"range", 2, 2, range},
    Function{"sub", 2, 2, operate<kSub>},
};

}  // namespace

std::span<const Function> math_functions() { return kFunctions; }

}  // namespace axonite::expression
